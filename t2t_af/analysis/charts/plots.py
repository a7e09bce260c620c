"""What a chart shows, as plain data; drawing.py draws it.

A colour is the index of a model, of its colour and marker, or DATA.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple, Optional

import numpy as np

from t2t_af.analysis.formats import is_number

DATA = -1  # the grey colour, which no model has: what is true


class Line(NamedTuple):
  """One line of a chart; values that are not numbers leave a gap."""

  x: Sequence[float]
  y: Sequence[Optional[float]]
  color: int
  # "thick", "thin" (one seed), "dashed", "points", "zero", "band" (y +- stderr)
  style: str = "thick"
  stderr: Sequence[float] = ()  # error bars or half widths, as long as y


class Panel(NamedTuple):
  """Lines on one pair of axes.

  Attributes:
    title: above the axes.
    lines: in drawing order, the last on top.
    x_label, y_label: with units.
    legend: {colour: label}; below the axes, never over the data.
    y_range: axis range; parts of lines outside it are cut off. None: all.
    whole_x: ticks of x at whole numbers only.
    num_given: so many first steps are shaded as given.
  """

  title: str
  lines: Sequence[Line]
  x_label: str
  y_label: str
  legend: Mapping[int, str] = {}
  y_range: Optional[tuple[float, float]] = None
  whole_x: bool = True
  num_given: int = 0

  @property
  def has_data(self) -> bool:
    """Whether there is a number to draw, besides a line at zero."""
    return any(
      np.isfinite(floats(line.y)).any()
      for line in self.lines
      if line.style != "zero"
    )


class Bar(NamedTuple):
  """One bar; `stderr` may be NaN."""

  label: str
  value: Optional[float]
  stderr: float
  color: int


class BarPanel(NamedTuple):
  """Horizontal bars, the first on top, with their values at the right."""

  title: str
  bars: Sequence[Bar]
  x_label: str
  legend: Mapping[int, str] = {}

  @property
  def has_data(self) -> bool:
    """Whether there is a number to draw."""
    return any(is_number(bar.value) for bar in self.bars)


def dodged(
  x: Sequence[float], index: int, count: int, width: float
) -> np.ndarray:
  """x moved aside, so that the error bars of `count` models do not overlap."""
  return np.asarray(x, np.float64) + (index - (count - 1) / 2) * width / count


def floats(values: Sequence[Optional[float]]) -> np.ndarray:
  """NaN for None."""
  return np.array([np.nan if v is None else v for v in values], np.float64)
