"""Recordings that were interrupted or uneven: cut, checked, resampled."""

from typing import NamedTuple, Optional

import numpy as np

from problems.files import table_times

_LONG = 5  # steps, of a gap in what is resampled
_MOST_GAPS = 0.1  # of all steps: where there are more, times are uneven


def cut(
  times_ms: np.ndarray, values: np.ndarray, longest_step_ms: int
) -> list[np.ndarray]:
  """The stretches of a recording between gaps.

  A gap is a step of more than `longest_step_ms` in either direction, or one
  that does not move forwards.

  Args:
    times_ms: [time], milliseconds.
    values: [time, columns].
    longest_step_ms: the longest step that is no gap.

  Returns:
    Arrays [steps, columns] that put together are `values`.
  """
  steps = np.diff(times_ms)
  gaps = np.flatnonzero((steps <= 0) | (steps > longest_step_ms))
  return np.split(values, gaps + 1)


class Pace(NamedTuple):
  """How the times of a recording go on.

  Attributes:
    step: the usual one.
    stretches: rows between gaps.
    fault: the row (from 0) that is not in order; None for none.
    trouble, cure: of it, in words.
  """

  step: float
  stretches: list[slice]
  fault: Optional[int] = None
  trouble: str = ""
  cure: str = ""


def pace(times: np.ndarray, new_step: Optional[float] = None) -> Pace:
  """Whether times rise by one step, but for gaps.

  A gap is a step of 1.5 usual ones (the median) or more; where a recording is
  to be resampled, of more than five usual ones and five new ones. Steps may
  differ from the usual one by a tenth, and by the last place of the stamps.

  Args:
    times: float64 [rows].
    new_step: what the recording will be resampled to; None for what it is.
  """
  whole = [slice(0, len(times))]
  if len(times) < 2:
    return Pace(0.0, whole)
  steps = np.diff(times)
  usual = float(np.median(steps))
  if not (steps > 0).all():
    row = int(np.argmin(steps > 0)) + 1
    word = "stands still" if steps[row - 1] == 0 else "goes back"
    return Pace(usual, whole, row, f"time {word}")
  if new_step is not None:
    gaps = steps > _LONG * max(usual, new_step)
  else:
    gaps = table_times.is_gap(steps)
    even = np.abs(steps - usual) <= table_times.tolerance(times, usual)
    uneven = ~even & ~gaps
    if gaps.mean() > _MOST_GAPS and not uneven.any():
      uneven = gaps
    if uneven.any():
      row = int(np.argmax(uneven)) + 1
      return Pace(
        usual,
        whole,
        row,
        f"time goes on by {steps[row - 1]:.6g}, where {usual:.6g} is usual",
        "--resample=STEP brings recordings to a constant step, on the line "
        "between their neighbours",
      )
  edges = [0, *(np.flatnonzero(gaps) + 1).tolist(), len(times)]
  return Pace(usual, [slice(a, b) for a, b in zip(edges, edges[1:])])


def resample(times: np.ndarray, values: np.ndarray, step: float) -> np.ndarray:
  """Values at a constant step from the first time on, to the last at most.

  Args:
    times: float64 [rows], rising.
    values: float64 [rows, columns].
    step: of the result, in the unit of times.

  Returns:
    float64 [steps, columns], on the line between neighbours in time.
  """
  length = times[-1] - times[0]
  # The last one too, where rounding puts it just beyond.
  count = int(np.floor(length / step * (1 + 1e-12) + 1e-9)) + 1
  new = times[0] + step * np.arange(count)
  return np.stack([np.interp(new, times, column) for column in values.T], 1)
