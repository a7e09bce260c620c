"""Figures as sections of a page, and what could not be made."""

from collections.abc import Sequence
import html
from typing import NamedTuple

from t2t_af import errors
from t2t_af.analysis.figures import paper_figures
from t2t_af.analysis.figures.figure_parts import Part
from t2t_af.analysis.report import page
from t2t_af.analysis.results.folders import Results

# Of samples: animations are most of a page's weight.
_NUM_CONTEXTS = 1


class Figures(NamedTuple):
  """`sections`: HTML; `missing`: {heading: why, and what makes it}."""

  sections: str
  missing: dict


def make(names: Sequence[paper_figures.Name], results: Results) -> Figures:
  """Every figure that can be made, each part on the page once."""
  sections, missing, shown = [], {}, {}
  for name in names:
    heading = paper_figures.heading(name)
    try:
      parts = paper_figures.build(name, results, _NUM_CONTEXTS)
    except errors.UserError as error:
      missing[heading] = str(error)
    else:
      sections.append(_section(name, heading, parts, shown))
  return Figures("".join(sections), missing)


def _section(
  name: paper_figures.Name, heading: str, parts: Sequence[Part], shown: dict
) -> str:
  """shown: {content: heading it stands under}, which is added to."""
  out = []
  for part in parts:
    before = shown.setdefault(part.picture or part.name, heading)
    if before != heading:
      out.append(
        f'<p class="empty">{html.escape(part.caption)} Shown under '
        f"“{html.escape(before)}”.</p>"
      )
    elif part.charts:
      out.append(page.charts(part.charts, part.caption))
    else:
      out.append(page.figure(part.name, part.picture, part.caption))
  return (
    f'<section id="figure-{name}"><h2>{html.escape(heading)}</h2>'
    f"{''.join(out)}</section>"
  )
