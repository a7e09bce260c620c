"""One pixel's way through time, and the flow's frame of reference (Fig. 1).

Top: the values of x, with the shift (dashed) and shift ± scale (shaded) that
the first transform has for each step. Bottom: the noise that the last one
leaves, with its base density's mean (dashed) and ± one deviation (shaded).
A column of a series is drawn in the same way.
"""

from collections.abc import Sequence
from typing import NamedTuple, Optional

import numpy as np

from t2t_af.analysis.charts import plots
from t2t_af.analysis.figures import seed_lines
from t2t_af.analysis.results import flow_arrays


class Place(NamedTuple):
  """A dimension of the data: (row, column, channel), or (column,)."""

  sequence: int
  index: tuple

  def take(self, values: np.ndarray) -> np.ndarray:
    """[N, time, ...] -> [time]."""
    return values[(self.sequence, slice(None)) + self.index].astype(np.float64)

  @property
  def name(self) -> str:
    """E.g. "row 1, column 2, channel 1"."""
    if len(self.index) == 1:
      return f"column {self.index[0] + 1}"
    row, column, channel = self.index
    return f"row {row + 1}, column {column + 1}, channel {channel + 1}"


def liveliest(flow: flow_arrays.Flow, sequence: int = 0) -> Place:
  """The dimension whose values change most from step to step."""
  change = np.abs(np.diff(flow.signal[sequence], axis=0)).sum(axis=0)
  return Place(
    sequence,
    tuple(int(i) for i in np.unravel_index(int(change.argmax()), change.shape)),
  )


def charts(
  flow: flow_arrays.Flow,
  place: Optional[Place] = None,
  standard_base: bool = False,
) -> list[plots.Panel]:
  """Before and after the flow.

  Args:
    flow: with at least one transform.
    place: which dimension; None: the liveliest of the first sequence.
    standard_base: whether the base density is N(0, 1), as of 1-AF and 2-AF;
      else it is drawn where the arrays have it.
  """
  place = place or liveliest(flow)
  first, last = flow.transforms[0], flow.transforms[-1]
  unit = "x, 0 to 1" if flow.is_video else "x, standardised"
  made = [
    _panel(
      f"Before the flow: {place.name}",
      unit,
      place.take(flow.signal),
      place.take(first.shift),
      place.take(first.scale),
      ("x", "shift μ of the first transform, ± scale σ"),
    )
  ]
  noise = place.take(last.noise)
  loc, scale = _base(flow, place, noise, standard_base)
  made.append(
    _panel(
      f"After the flow: {place.name}",
      "y, no unit",
      noise,
      loc,
      scale,
      ("noise y", "mean of its base density, ± one deviation"),
    )
  )
  return made


def _base(flow, place: Place, noise, standard_base: bool) -> Sequence:
  """(mean, deviation) per step; NaN where not known."""
  if flow.base_loc is not None and flow.base_scale is not None:
    return place.take(flow.base_loc), place.take(flow.base_scale)
  known = np.isfinite(noise) if standard_base else np.zeros(len(noise), bool)
  return np.where(known, 0.0, np.nan), np.where(known, 1.0, np.nan)


def _panel(
  title: str, unit: str, values, shift, scale, labels: tuple
) -> plots.Panel:
  steps = np.arange(1, len(values) + 1)
  has_frame = np.isfinite(shift).any()
  frame = [
    plots.Line(steps, shift, 1, "band", scale),
    plots.Line(steps, shift, 1, "dashed"),
  ]
  lines = frame * has_frame + [plots.Line(steps, values, 0)]
  return plots.Panel(
    title,
    lines,
    "step",
    unit,
    dict(enumerate(labels[: 1 + has_frame])),
    # A scale far beyond the values would press them into a line.
    seed_lines.range_of(lines),
  )
