"""Series as pictures: small charts with lines, as PNG. Pillow only.

One panel per column of a series. (plots.py makes the report's SVG charts;
these are files of their own, which any viewer shows.)
"""

from collections.abc import Sequence
import math
from typing import NamedTuple

import numpy as np
from PIL import Image
from PIL import ImageDraw

from t2t_af.analysis.charts import pictures
from t2t_af.analysis.charts import plots

# Okabe and Ito's, as in style.py.
COLORS = (
  (0, 114, 178),
  (213, 94, 0),
  (0, 158, 115),
  (176, 82, 138),
  (60, 63, 68),
  (192, 134, 0),
)
TRUTH = pictures.INK
GIVEN = (252, 236, 204)  # behind the steps that a model was given
GRID = (224, 224, 224)
WIDTH, HEIGHT = 420, 150  # of a panel's plot
LEFT, RIGHT, TOP, BOTTOM = 74, 14, 26, 26
SHARPNESS = 2  # Drawn so many times as large: smooth lines.


class StepLine(NamedTuple):
  """Values at steps `first`, `first` + 1 ...; NaN leaves a gap."""

  values: np.ndarray  # [time]
  color: tuple  # RGB
  width: int = 1  # pixels
  first: int = 1


class LinePanel(NamedTuple):
  """One chart; its lines share one scale."""

  title: str
  lines: Sequence[StepLine]


def charts(
  panels: Sequence[LinePanel],
  num_cond_steps: int = 0,
  columns: int = 2,
  heading: str = "",
  legend: Sequence[tuple] = (),
) -> Image.Image:
  """All panels, row by row.

  Args:
    panels: at least one; each has its own range of values.
    num_cond_steps: so many first steps are marked as given.
    columns: panels beside each other.
    heading: a line above all.
    legend: (text, RGB) of each kind of line, after the heading.
  """
  columns = min(columns, len(panels))
  cell_w, cell_h = LEFT + WIDTH + RIGHT, TOP + HEIGHT + BOTTOM
  head = 2 * pictures.LABEL_SIZE if heading or legend else 0
  size = (columns * cell_w, head + -(-len(panels) // columns) * cell_h)
  canvas = Image.new("RGB", [SHARPNESS * s for s in size], pictures.BACKGROUND)
  axes = [
    _Axes.around(
      panel, i % columns * cell_w + LEFT, head + i // columns * cell_h + TOP
    )
    for i, panel in enumerate(panels)
  ]
  for panel, axis in zip(panels, axes):
    _draw_lines(ImageDraw.Draw(canvas), panel, axis, num_cond_steps)
  canvas = canvas.resize(size, Image.Resampling.LANCZOS)
  for panel, axis in zip(panels, axes):
    _write_labels(canvas, panel, axis)
  _write_heading(canvas, heading, legend)
  return canvas


class _Axes(NamedTuple):
  """From data to pixels of one panel, before sharpening."""

  left: int
  top: int
  steps: tuple  # first and last
  low: float
  high: float

  @classmethod
  def around(cls, panel: LinePanel, left: int, top: int) -> "_Axes":
    values = np.concatenate(
      [np.asarray(line.values, np.float64) for line in panel.lines]
    )
    values = values[np.isfinite(values)]
    low, high = (values.min(), values.max()) if values.size else (0.0, 1.0)
    pad = 0.05 * (high - low) or 0.5
    last = max(line.first + len(line.values) - 1 for line in panel.lines)
    first = min(line.first for line in panel.lines)
    return cls(left, top, (first, max(last, first + 1)), low - pad, high + pad)

  def x(self, step: float) -> float:
    first, last = self.steps
    return self.left + (step - first) / (last - first) * WIDTH

  def y(self, value: float) -> float:
    return self.top + (self.high - value) / (self.high - self.low) * HEIGHT


def _draw_lines(draw, panel: LinePanel, axes: _Axes, num_cond: int) -> None:
  def scaled(*pixels):
    return [SHARPNESS * p for p in pixels]

  right, bottom = axes.left + WIDTH, axes.top + HEIGHT
  first = axes.steps[0]
  if num_cond:
    draw.rectangle(
      scaled(axes.left, axes.top, axes.x(first + num_cond - 0.5), bottom),
      fill=GIVEN,
    )
  for value in plots.ticks(axes.low, axes.high, 4):
    draw.line(
      scaled(axes.left, axes.y(value), right, axes.y(value)),
      fill=GRID,
      width=SHARPNESS,
    )
  draw.rectangle(
    scaled(axes.left, axes.top, right, bottom),
    outline=pictures.PLAIN,
    width=SHARPNESS,
  )
  for line in panel.lines:
    for run in _finite_runs(line):
      points = [
        tuple(scaled(axes.x(step), axes.y(value))) for step, value in run
      ]
      width = line.width * SHARPNESS
      if len(points) > 1:
        draw.line(points, fill=line.color, width=width, joint="curve")
      else:
        ((x, y),) = points
        draw.ellipse(
          (x - width, y - width, x + width, y + width), fill=line.color
        )


def _finite_runs(line: StepLine):
  """The stretches [(step, value), ...] between values that are no number."""
  run = []
  for step, value in enumerate(line.values, start=line.first):
    if math.isfinite(value):
      run.append((step, float(value)))
    elif run:
      yield run
      run = []
  if run:
    yield run


def _write_labels(canvas: Image.Image, panel: LinePanel, axes: _Axes) -> None:
  pictures.text(canvas, (axes.left, axes.top - TOP // 2), panel.title, "lm")
  for value in plots.ticks(axes.low, axes.high, 4):
    pictures.text(
      canvas, (axes.left - 6, axes.y(value)), f"{value + 0.0:.4g}", "rm"
    )
  for step in plots.ticks(*axes.steps, whole=True):
    pictures.text(
      canvas, (axes.x(step), axes.top + HEIGHT + BOTTOM // 2), f"{step:g}", "mm"
    )


def _write_heading(canvas, heading: str, legend: Sequence[tuple]) -> None:
  x, y = pictures.GAP, pictures.LABEL_SIZE
  for words, color in [(heading, pictures.INK), *legend]:
    pictures.text(canvas, (x, y), words, "lm", color)
    x += pictures.text_width(words) + 6 * pictures.GAP
