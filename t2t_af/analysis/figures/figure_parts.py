"""What a figure is made of: parts, and which runs go into them."""

from collections.abc import Sequence
from typing import NamedTuple, NoReturn, Optional, Union

from t2t_af import errors
from t2t_af.analysis.charts import bars
from t2t_af.analysis.charts import panels
from t2t_af.analysis.results.folders import Run


class Part(NamedTuple):
  """One file of a figure.

  Attributes:
    name: without folder, with ending: .svg, .png or .gif.
    content: the file.
    caption: what it shows, and of which runs.
    charts: of an .svg, which a page lays out by its width.
  """

  name: str
  content: bytes
  caption: str
  charts: Sequence[panels.Panel] = ()


def sheet(
  name: str, shown: Sequence[panels.Panel], caption: str, columns: int = 2
) -> Part:
  """Charts in one SVG file, at most `columns` beside each other."""
  svg = panels.sheet(shown, caption, min(columns, len(shown)))
  return Part(name, svg.encode("utf-8"), caption, shown)


def bar_chart(
  name: str,
  groups: Sequence[bars.Group],
  x_label: str,
  title: str,
  caption: str,
) -> Optional[Part]:
  """Groups of bars in one SVG file; None where there is no number."""
  svg = bars.chart(groups, x_label, title)
  return (
    Part(
      name,
      bars.as_file(svg).encode("utf-8"),
      caption,
      bars.panels_of(groups, x_label),
    )
    if svg
    else None
  )


def one_per_model(runs: Sequence[Run]) -> list[Run]:
  """The lowest seed of every set and problem."""
  chosen = {}
  for run in sorted(runs, key=lambda run: run.seed or 0):
    chosen.setdefault((run.hparams_set, run.problem), run)
  order = [run.folder for run in runs]
  return sorted(chosen.values(), key=lambda run: order.index(run.folder))


def problems(runs: Sequence[Run]) -> list[str]:
  """Of the runs, each once, in alphabetical order."""
  return sorted({run.problem for run in runs if run.problem})


def of_problem(runs: Sequence[Run], problem: str) -> list[Run]:
  """The runs on one problem."""
  return [run for run in runs if run.problem == problem]


def raise_missing(figure: Union[int, str], what: str, command: str) -> NoReturn:
  """Raises a UserError that names the command which makes `what`."""
  raise errors.UserError(
    f"there is no {what} for figure {figure}; it is made by: {command}"
  )
