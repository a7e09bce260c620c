"""Steps of a series with missing values: filled in, or cut out."""

from typing import Optional

import numpy as np


def fill(values: np.ndarray) -> list[Optional[int]]:
  """Fills in missing values, in place.

  On the line between the neighbours of the same column; at an end, as the
  nearest one.

  Args:
    values: float64 [steps, columns], NaN where one is missing.

  Returns:
    How many were filled in of each column; None of one that has no value.
  """
  counts: list[Optional[int]] = []
  steps = np.arange(len(values))
  for column in values.T:
    missing = np.isnan(column)
    if missing.all():
      counts.append(None)
      continue
    if missing.any():
      column[missing] = np.interp(
        steps[missing], steps[~missing], column[~missing]
      )
    counts.append(int(missing.sum()))
  return counts


def runs(whole: np.ndarray, within: slice) -> list[slice]:
  """The stretches of rows without a missing value.

  Args:
    whole: bool [rows], whether no value of a row is missing.
    within: the rows to look at.
  """
  edges = np.diff(np.concatenate([[0], whole[within].astype(np.int8), [0]]))
  starts, stops = np.flatnonzero(edges > 0), np.flatnonzero(edges < 0)
  return [
    slice(within.start + int(a), within.start + int(b))
    for a, b in zip(starts, stops)
  ]
