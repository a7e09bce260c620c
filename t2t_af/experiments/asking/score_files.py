"""Scores of files: tables and charts (`t2t-af score`).

scores.csv   of each step of each file: file, step (from 1), nll_nats,
             nll_bits_per_dim, of series nll_raw_nats, p_value, is_anomaly;
             empty where a step has none
files.csv    of each file: its means
<file>.svg   NLL and p_value over time
"""

from collections.abc import Iterable, Sequence
import csv
import io
import os
from typing import Any, NamedTuple, Optional

import numpy as np

from t2t_af import whole_file
from t2t_af.analysis import formats
from t2t_af.analysis.charts import drawing
from t2t_af.analysis.charts import plots
from t2t_af.experiments.asking import loaded_run

_NLL = ("nll_nats", "nll_bits_per_dim", "nll_raw_nats")


class FileScores(NamedTuple):
  """Of one file."""

  name: str
  scores: loaded_run.Scores
  is_anomaly: Optional[np.ndarray]  # bool [time]; None without a threshold
  first_step: int = 1  # of a recording, which it may be cut out of

  @property
  def steps(self) -> range:
    """Their numbers."""
    return range(self.first_step, self.first_step + len(self.scores.nll_nats))

  @property
  def num_scored(self) -> int:
    """Steps that have a likelihood."""
    return int((~np.isnan(self.scores.nll_nats)).sum())

  def mean(self, name: str) -> float:
    """Over the steps that have one."""
    return float(np.nanmean(getattr(self.scores, name)))


class ScoreFiles:
  """What `t2t-af score` says of files, and where it writes it.

  Attributes:
    threshold: as of Args.

  Args:
    folder: of what is written.
    is_series: whether raw units are others than the model's.
    num_bound_samples: of the bound; 0: exact.
    threshold: nll_nats above which a step is an anomaly, if there is one.
  """

  def __init__(
    self,
    folder: str,
    is_series: bool,
    num_bound_samples: int,
    threshold: Optional[float],
  ) -> None:
    self._folder, self._is_series = folder, is_series
    self._num_bound_samples, self.threshold = num_bound_samples, threshold
    self._columns = _NLL if is_series else _NLL[:2]

  def judge(
    self, name: str, scores: loaded_run.Scores, first_step: int = 1
  ) -> FileScores:
    """With its anomalies."""
    if self.threshold is None:
      return FileScores(name, scores, None, first_step)
    with np.errstate(invalid="ignore"):
      is_anomaly = scores.nll_nats > self.threshold
    return FileScores(name, scores, is_anomaly, first_step)

  def line(self, of: FileScores) -> str:
    """A file's means in a line; a bound says that it is one."""
    sign = formats.BOUND if self._num_bound_samples else ""
    scored = np.flatnonzero(~np.isnan(of.scores.nll_nats)) + of.first_step
    if not len(scored):
      return f"{of.name}: no step has a likelihood that is a number"
    before = f"{of.first_step} to " if of.first_step > 1 else ""
    parts = [
      f"steps {scored[0]} to {scored[-1]} of {before}{of.steps[-1]}",
      f"{sign}{of.mean('nll_nats'):.4f} nats/step",
      f"{sign}{of.mean('nll_bits_per_dim'):.4f} bits/dim",
    ]
    if self._is_series:
      parts.append(
        f"{sign}{of.mean('nll_raw_nats'):.4f} nats/step in raw units"
      )
    else:
      parts.append("of levels with noise added")
    if self._num_bound_samples:
      count = formats.plural(self._num_bound_samples, "sample")
      parts.append(f"a bound of {count}")
    if of.is_anomaly is not None:
      parts.append(f"{int(of.is_anomaly.sum())} anomalies")
    return f"{of.name}: {', '.join(parts)}"

  def fields(self, of: FileScores) -> dict[str, Any]:
    """A file's row of files.csv."""
    anomalies = None if of.is_anomaly is None else int(of.is_anomaly.sum())
    return dict(
      file=of.name,
      num_steps=len(of.scores.nll_nats),
      num_scored_steps=of.num_scored,
      **{name: of.mean(name) for name in self._columns},
      num_anomalies=anomalies,
      num_bound_samples=self._num_bound_samples,
    )

  def write(self, files: Sequence[FileScores]) -> None:
    """The tables, and a chart of each file."""
    self._write_csv("scores.csv", self._step_rows(files))
    self._write_csv("files.csv", self._file_rows(files))
    for of in files:
      whole_file.write(
        os.path.join(self._folder, of.name + ".svg"),
        drawing.file(self._charts(of), "svg", columns=1),
      )

  def _write_csv(self, name: str, rows: Iterable[Sequence[Any]]) -> None:
    write_csv(os.path.join(self._folder, name), rows)

  def _step_rows(self, files: Sequence[FileScores]) -> Iterable[Sequence[Any]]:
    yield "file", "step", *self._columns, "p_value", "is_anomaly"
    for of in files:
      for t, step in enumerate(of.steps):
        row = [cell(getattr(of.scores, name)[t]) for name in self._columns]
        judged = "" if of.is_anomaly is None else int(of.is_anomaly[t])
        yield (
          of.name,
          step,
          *row,
          cell(of.scores.p_value[t]),
          judged if row[0] != "" else "",
        )

  def _file_rows(self, files: Sequence[FileScores]) -> Iterable[Sequence[Any]]:
    rows = [self.fields(of) for of in files]
    yield tuple(rows[0])
    for row in rows:
      yield tuple(map(cell, row.values()))

  def _charts(self, of: FileScores) -> list[plots.Panel]:
    nll = of.scores.nll_nats
    steps = of.steps
    lines = [plots.Line(steps, nll, 0)]
    legend = {0: "NLL" + (" (a bound)" if self._num_bound_samples else "")}
    if self.threshold is not None:
      level = [self.threshold] * len(nll)
      lines.append(plots.Line(steps, level, plots.DATA, "dashed"))
      legend[plots.DATA] = "threshold, from the dev split"
      above = np.where(of.is_anomaly, nll, np.nan)
      lines.append(plots.Line(steps, above, 1, "points"))
      legend[1] = "above it"
    shown = [plots.Panel(of.name, lines, "step", "nats per step", legend)]
    if not np.isnan(of.scores.p_value).all():
      line = plots.Line(steps, of.scores.p_value, 2)
      shown.append(
        plots.Panel("tail probability", [line], "step", "p", y_range=(0.0, 1.0))
      )
    return shown


def write_csv(path: str, rows: Iterable[Sequence[Any]]) -> None:
  """A table, whole or not at all."""
  stream = io.StringIO()
  csv.writer(stream, lineterminator="\n").writerows(rows)
  whole_file.write(path, stream.getvalue().encode("utf-8"))


def cell(value: Any) -> Any:
  """What a table shows: of a number nine digits; nothing of NaN and None."""
  if value is None or value != value:
    return ""
  return f"{value:.9g}" if isinstance(value, float) else value
