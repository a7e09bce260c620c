"""What a figure is made of: parts, and which runs go into them."""

from collections.abc import Sequence
import os
from typing import NamedTuple, NoReturn, Union

from t2t_af import errors
from t2t_af.analysis.charts import drawing
from t2t_af.analysis.results.folders import Run


class Part(NamedTuple):
  """One file of a figure: a picture, or charts.

  Attributes:
    name: without folder, with ending: .svg, .png or .gif.
    caption: what it shows, and of which runs.
    picture: PNG or GIF; empty where there are charts.
    charts: of an .svg, which a page lays out by its width.
    columns: at most so many charts beside each other in a file.
  """

  name: str
  caption: str
  picture: bytes = b""
  charts: Sequence[drawing.Panel] = ()
  columns: int = 2

  def content(self, kind: str = "") -> bytes:
    """The file; as another `kind` of file where one is named."""
    ending = os.path.splitext(self.name)[1][1:]
    if self.charts:
      return drawing.file(self.charts, kind or ending, self.columns)
    if kind in ("", ending):
      return self.picture
    return drawing.picture(self.picture, kind)


def one_per_model(runs: Sequence[Run]) -> list[Run]:
  """The lowest seed of every model and problem."""
  chosen = {}
  for run in sorted(runs, key=lambda run: run.seed or 0):
    model = (run.hparams_set, run.label, run.problem)
    chosen.setdefault(model, run)
  order = [run.folder for run in runs]
  return sorted(chosen.values(), key=lambda run: order.index(run.folder))


def problems(runs: Sequence[Run]) -> list[str]:
  """Of the runs, each once, in alphabetical order."""
  return sorted({run.problem for run in runs if run.problem})


def colors(runs: Sequence[Run]) -> dict[str, int]:
  """{label: colour} of models on one problem: in all of its charts the same."""
  return {
    label: i for i, label in enumerate(dict.fromkeys(r.label for r in runs))
  }


def of_problem(runs: Sequence[Run], problem: str) -> list[Run]:
  """The runs on one problem."""
  return [run for run in runs if run.problem == problem]


def raise_missing(figure: Union[int, str], what: str, command: str) -> NoReturn:
  """Raises a UserError that names the command which makes `what`."""
  raise errors.UserError(
    f"there is no {what} for figure {figure}; it is made by: {command}"
  )
