"""Recordings cut at gaps."""

import numpy as np
import pytest

from problems.core import time_gaps


@pytest.mark.parametrize(
  "steps,lengths",
  [
    ([5, 5, 10, 5], [5]),
    ([5, 11, 5, 5], [2, 3]),
    ([5, -3, 5, 5], [2, 3]),
    ([0, 5, 5, 99], [1, 3, 1]),
  ],
)
def test_recordings_are_cut_where_time_jumps_or_stands(steps, lengths):
  times = np.cumsum([100] + steps)
  values = np.arange(10).reshape(5, 2)
  pieces = time_gaps.cut(times, values, 10)
  assert list(map(len, pieces)) == lengths
  np.testing.assert_array_equal(np.concatenate(pieces), values)
