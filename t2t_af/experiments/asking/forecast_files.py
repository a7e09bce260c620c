"""Futures of files (`t2t-af forecast`).

forecast.csv  of series: file, step (from 1, the first after the file's end),
              feature, and a column for each quantile, q5, q25 ..., raw units
<file>.svg    of series: the end of the file and its fan
<file>.npz    outputs [samples, steps, ...]: raw units, or uint8 frames
<file>.gif, <file>.png   of video: what was given and a few futures
<file>.sample_1.mp4 ...  of video: each of these futures after what was given
"""

from collections.abc import Iterable, Sequence
import io
import os
from typing import Any, NamedTuple, Optional

import numpy as np

from t2t_af import errors
from t2t_af import whole_file
from t2t_af.analysis.charts import contact_sheet
from t2t_af.analysis.charts import drawing
from t2t_af.analysis.charts import pictures
from t2t_af.analysis.charts import plots
from t2t_af.experiments.asking import asked_run
from t2t_af.experiments.asking import loaded_run
from t2t_af.experiments.asking import mp4
from t2t_af.experiments.asking import score_files

_MAX_COLUMNS, _MAX_ROWS = 6, 4
_SHOWN_BEFORE = 3  # times as many steps as are forecast, of the file's end
_MILLISECONDS = 200


class Forecast(NamedTuple):
  """Of one file; raw units or levels.

  Attributes:
    name: of the file.
    given: its end, [steps, ...].
    samples: [samples, steps, ...].
    truth: what really followed, as far as it is known; None: nothing is.
  """

  name: str
  given: np.ndarray
  samples: np.ndarray
  truth: Optional[np.ndarray] = None


class ForecastFiles:
  """Writes the futures of files into a folder.

  Args:
    folder: of what is written.
    names: of a series' columns; none of video.
    quantiles: of the table.
    num_cond_steps: steps that a future follows from.
  """

  def __init__(
    self,
    folder: str,
    names: Sequence[str],
    quantiles: Sequence[float],
    num_cond_steps: int,
  ) -> None:
    self._folder, self._names = folder, names
    self._quantiles, self._num_cond_steps = list(quantiles), num_cond_steps
    self._tables: list[tuple[str, np.ndarray]] = []

  def add(self, made: Forecast) -> list[str]:
    """A file's pictures and samples; its quantiles wait for `close`.

    Returns:
      What was written, below the folder.
    """
    arrays = dict(outputs=made.samples)
    if made.truth is not None:
      arrays.update(inputs=made.given, targets=made.truth)
    stream = io.BytesIO()
    np.savez_compressed(stream, **arrays)
    content = {".npz": stream.getvalue()}
    content.update(self._series(made) if self._names else self._video(made))
    for ending, data in content.items():
      path = os.path.join(self._folder, made.name + ending)
      whole_file.write(path, data)
    return [made.name + ending for ending in content]

  def _series(self, made: Forecast) -> dict[str, bytes]:
    """{what its name ends with: a file}; keeps the row of the table."""
    table = loaded_run.to_quantiles(made.samples, self._quantiles)
    num_lost = int((~np.isfinite(made.samples)).any(axis=(1, 2)).sum())
    if num_lost:
      asked_run.say(
        f"{made.name}: {num_lost} of {len(made.samples)} futures have numbers "
        "that are not finite, which quantiles leave out"
      )
    self._tables.append((made.name, table))
    charts = _fan(made, self._names, table)
    return {".svg": drawing.file(charts, "svg")}

  def close(self) -> None:
    """Writes the table of all files."""
    if self._names:
      path = os.path.join(self._folder, "forecast.csv")
      score_files.write_csv(path, self._rows())

  def _rows(self) -> Iterable[Sequence[Any]]:
    yield "file", "step", "feature", *(f"q{100 * q:g}" for q in self._quantiles)
    for name, table in self._tables:
      for step in range(table.shape[1]):
        for i, feature in enumerate(self._names):
          values = map(_all_digits, table[:, step, i].tolist())
          yield name, step + 1, feature, *values

  def _video(self, made: Forecast) -> dict[str, bytes]:
    """{what its name ends with: a file}."""
    given = made.given[len(made.given) - self._num_cond_steps :]
    rows, files = [], {}
    if made.truth is not None:
      truth = np.concatenate([given, made.truth])
      rows.append(pictures.FrameRow("truth", truth))
    for n, sample in enumerate(made.samples[:_MAX_ROWS], start=1):
      frames = np.concatenate([given, sample])
      rows.append(pictures.FrameRow(f"sample {n}", frames))
      files[f".sample_{n}.mp4"] = mp4.encode(frames, _MILLISECONDS)
    return {
      ".gif": pictures.animation(rows, len(given), milliseconds=_MILLISECONDS),
      ".png": pictures.png(pictures.strip(rows, len(given))),
      **files,
    }


def _all_digits(value: float) -> str:
  """Nine say nothing of a column that varies little about a large number."""
  return "" if value != value else repr(value)


def parse_quantiles(text: str) -> list[float]:
  """Of "5,50,95", in per cent.

  Raises:
    UserError: they are none.
  """
  try:
    percent = [float(part) for part in text.split(",")]
  except ValueError as error:
    raise errors.UserError(
      f"--quantiles={text}: numbers of per cent, such as 5,50,95"
    ) from error
  if not all(0 <= p <= 100 for p in percent):
    raise errors.UserError(f"--quantiles={text}: from 0 to 100 per cent")
  return sorted(p / 100 for p in percent)


def _fan(
  made: Forecast, names: Sequence[str], table: np.ndarray
) -> list[plots.Panel]:
  """A chart per column, the bands between pairs of quantiles."""
  num_steps = table.shape[1]
  total = len(made.given)
  shown = made.given[max(0, total - _SHOWN_BEFORE * num_steps) :]
  known = shown if made.truth is None else np.concatenate([shown, made.truth])
  first = total - len(shown) + 1
  before = range(first, first + len(known))
  # From the last given step on, so that the fan hangs on to it.
  after = range(total, total + num_steps + 1)
  middle = "middle quantile, " if len(table) % 2 else ""
  legend = {0: f"forecast: {middle}bands of quantiles", plots.DATA: "the data"}
  charts = []
  for column in contact_sheet.some_columns(len(names), _MAX_COLUMNS):
    of = np.concatenate(
      [
        np.repeat(shown[-1:, column][np.newaxis], len(table), 0),
        table[:, :, column],
      ],
      axis=1,
    )
    lines = [
      plots.Line(
        after,
        (of[low] + of[-1 - low]) / 2,
        0,
        "band",
        (of[-1 - low] - of[low]) / 2,
      )
      for low in range(len(of) // 2)
    ]
    if len(of) % 2:
      lines.append(plots.Line(after, of[len(of) // 2], 0))
    lines.append(plots.Line(before, known[:, column], plots.DATA))
    title = f"{names[column]} of {made.name}"
    charts.append(plots.Panel(title, lines, "step", "raw units", legend))
  return charts
