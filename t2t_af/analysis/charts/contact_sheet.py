"""A data set at a glance: one PNG with a few of its sequences."""

from collections.abc import Sequence

import numpy as np

from t2t_af.analysis.charts import drawing
from t2t_af.analysis.charts import pictures
from t2t_af.analysis.charts import plots

MAX_FRAMES = 12
MAX_COLUMNS = 12  # of a series; more are left out, evenly
MAX_STEPS = 300


def video(ids: Sequence[str], videos: Sequence[np.ndarray]) -> bytes:
  """PNG: a row per sequence, its first frames to the right.

  Args:
    ids: names of the sequences.
    videos: uint8 [time, height, width, channels] each, of one frame size.
  """
  rows = [
    pictures.FrameRow(name, frames[:MAX_FRAMES])
    for name, frames in zip(ids, videos)
  ]
  return pictures.png(pictures.strip(rows, 0))


def series(
  ids: Sequence[str],
  values: Sequence[np.ndarray],
  names: Sequence[str],
  unit: str = "raw units",
) -> bytes:
  """PNG: a chart per column, a line per sequence.

  Args:
    ids: names of the sequences.
    values: [time, features] each.
    names: of the features.
    unit: of the values.
  """
  panels = series_panels(ids, values, names, unit)
  heading = f"{len(panels)} of {len(names)} columns, {unit}"
  return drawing.file(panels, "png", heading=heading)


def series_panels(
  ids: Sequence[str],
  values: Sequence[np.ndarray],
  names: Sequence[str],
  unit: str,
) -> list[plots.Panel]:
  """The charts of `series`; a line stops after MAX_STEPS."""
  return [
    plots.Panel(
      names[column],
      [
        plots.Line(range(1, len(shown) + 1), shown, i, "thin")
        for i, shown in enumerate(v[:MAX_STEPS, column] for v in values)
      ],
      "step",
      unit,
      dict(enumerate(ids)),
    )
    for column in some_columns(len(names))
  ]


def some_columns(count: int, at_most: int = MAX_COLUMNS) -> list[int]:
  """All columns, or `at_most` of them, evenly spread from first to last."""
  return [
    int(i)
    for i in np.unique(np.linspace(0, count - 1, min(count, at_most)).round())
  ]
