"""Recordings that were interrupted, cut where time jumps."""

import numpy as np


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
