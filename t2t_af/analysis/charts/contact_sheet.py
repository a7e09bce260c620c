"""A data set at a glance: one PNG with a few of its sequences."""

from collections.abc import Sequence

import numpy as np
from PIL import Image

from t2t_af.analysis.charts import line_pictures
from t2t_af.analysis.charts import pictures

MAX_FRAMES = 12
MAX_COLUMNS = 12  # of a series; more are left out, evenly
MAX_STEPS = 300


def video(ids: Sequence[str], videos: Sequence[np.ndarray]) -> Image.Image:
  """A row per sequence, its first frames to the right.

  Args:
    ids: names of the sequences.
    videos: uint8 [time, height, width, channels] each, of one frame size.
  """
  return pictures.strip(
    [
      pictures.FrameRow(name, frames[:MAX_FRAMES])
      for name, frames in zip(ids, videos)
    ],
    0,
  )


def series(
  ids: Sequence[str],
  values: Sequence[np.ndarray],
  names: Sequence[str],
  unit: str = "raw units",
) -> Image.Image:
  """A chart per column, a line per sequence.

  Args:
    ids: names of the sequences.
    values: [time, features] each.
    names: of the features.
    unit: of the values, for the heading.
  """
  shown = some_columns(len(names))
  colors = line_pictures.COLORS
  panels = [
    line_pictures.LinePanel(
      names[column],
      [
        line_pictures.StepLine(v[:MAX_STEPS, column], colors[i % len(colors)])
        for i, v in enumerate(values)
      ],
    )
    for column in shown
  ]
  heading = f"{len(shown)} of {len(names)} columns, {unit}"
  legend = [(name, colors[i % len(colors)]) for i, name in enumerate(ids)]
  return line_pictures.charts(panels, heading=heading, legend=legend)


def some_columns(count: int, at_most: int = MAX_COLUMNS) -> list[int]:
  """All columns, or `at_most` of them, evenly spread from first to last."""
  return [
    int(i)
    for i in np.unique(np.linspace(0, count - 1, min(count, at_most)).round())
  ]
