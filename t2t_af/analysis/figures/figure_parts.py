"""What a figure is made of: parts, and which runs go into them."""

from collections.abc import Sequence
from typing import NamedTuple, Union

from t2t_af import errors
from t2t_af.analysis.charts import panels
from t2t_af.analysis.results.found_runs import FoundRun


class Part(NamedTuple):
  """One file of a figure."""

  name: str  # without folder, with ending: .svg, .png or .gif
  content: bytes
  caption: str
  # Of an .svg: its charts, which a page lays out by its own width.
  charts: Sequence[panels.Panel] = ()


def sheet(
  name: str, shown: Sequence[panels.Panel], caption: str, columns: int = 2
) -> Part:
  """Charts in one SVG file, at most `columns` beside each other."""
  svg = panels.sheet(shown, caption, min(columns, len(shown)))
  return Part(name, svg.encode("utf-8"), caption, shown)


def one_per_model(runs: Sequence[FoundRun]) -> list[FoundRun]:
  """The lowest seed of every set and problem."""
  chosen = {}
  for run in sorted(runs, key=lambda run: run.seed or 0):
    chosen.setdefault((run.hparams_set, run.problem), run)
  order = [run.folder for run in runs]
  return sorted(chosen.values(), key=lambda run: order.index(run.folder))


def problems(runs: Sequence[FoundRun]) -> list[str]:
  return sorted({run.problem for run in runs if run.problem})


def nothing(figure: Union[int, str], what: str, command: str) -> list:
  """Raises the error that names the command which makes `what`."""
  raise errors.UserError(
    f"there is no {what} for figure {figure}; it is made by: {command}"
  )
