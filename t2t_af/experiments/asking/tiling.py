"""Which windows of a sequence are scored, and where their scores belong.

As an evaluation does it, windows are so far apart as they have targets, and so
each step is scored once, given the true steps before it. What is left at the
end and fills no window is scored by one more, moved back to reach it; of that
one only these steps count.
"""

from collections.abc import Sequence

import numpy as np

from problems.core import series_records


def starts(num_steps: int, num_inputs: int, num_targets: int) -> list[int]:
  """First steps of the windows of a sequence; none where it is too short."""
  count = series_records.num_tiled(num_steps, num_inputs, num_targets)
  tiled = [num_targets * i for i in range(max(0, count))]
  last = num_steps - num_inputs - num_targets
  return tiled + [last] if tiled and tiled[-1] < last else tiled


def cut(
  steps: np.ndarray, window_starts: Sequence[int], length: int
) -> np.ndarray:
  """The windows, [windows, length, ...], of steps [time, ...]."""
  return np.stack([steps[start : start + length] for start in window_starts])


def per_step(
  values: np.ndarray, window_starts: Sequence[int], length: int, num_steps: int
) -> np.ndarray:
  """Of every step what the first window says that scores it; else NaN.

  Args:
    values: [windows, n], of the last n steps of each window.
    window_starts: of each window.
    length: steps of a window.
    num_steps: of the sequence.
  """
  made = np.full(num_steps, np.nan)
  is_scored = np.zeros(num_steps, bool)
  for start, of_window in zip(window_starts, values):
    here = np.arange(start + length - len(of_window), start + length)
    new = ~is_scored[here]
    made[here[new]] = of_window[new]
    is_scored[here] = True
  return made
