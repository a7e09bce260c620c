"""Figures of a page, and what could not be made."""

from collections.abc import Sequence
from typing import NamedTuple

from t2t_af import errors
from t2t_af.analysis.figures import paper_figures
from t2t_af.analysis.figures.figure_parts import Part
from t2t_af.analysis.results.folders import Results

# Of samples: animations are most of a page's weight.
_NUM_CONTEXTS = 1


class Section(NamedTuple):
  """One figure."""

  name: paper_figures.Name
  heading: str
  parts: Sequence[Part]


def make(
  names: Sequence[paper_figures.Name], results: Results
) -> tuple[list[Section], dict]:
  """(every figure that can be made, {heading: why not, and what makes it})."""
  sections, missing = [], {}
  for name in names:
    heading = paper_figures.heading(name)
    try:
      parts = paper_figures.build(name, results, _NUM_CONTEXTS)
    except errors.UserError as error:
      missing[heading] = str(error)
    else:
      sections.append(Section(name, heading, parts))
  return sections, missing
