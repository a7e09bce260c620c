"""Mean and deviation of columns; which are left out, and what is refused."""

import json

import numpy as np
import pytest

from problems.core import series_statistics
from tests.fixtures import walks


def _measure(sequences, names):
  return series_statistics.select(
    series_statistics.measure(sequences, names), names
  )


def test_statistics_of_known_numbers():
  statistics = _measure(
    [np.array([[1.0, 5.0], [3.0, 5.0]]), np.array([[5.0, 5.0]])], ("a", "b")
  )
  np.testing.assert_allclose(statistics.mean, [3])
  np.testing.assert_allclose(statistics.std, [np.sqrt(8 / 3)])
  assert statistics.kept == (0,) and statistics.names == ("a",)


def test_statistics_lose_nothing_to_a_big_mean():
  rng = np.random.default_rng(0)
  small = rng.standard_normal([1000, 2])
  shifted = 1e6 + np.round(small * 2**16) / 2**16  # exact in float64
  statistics = _measure(np.split(shifted, [10, 300, 900]), ("a", "b"))
  expected = np.std(shifted - 1e6, axis=0)
  np.testing.assert_allclose(statistics.std, expected, rtol=1e-10)


def test_log_volume_turns_densities_into_raw_units():
  """A normal density in raw units, against the one of standardised values."""
  statistics = series_statistics.SeriesStatistics(
    np.array([3.0, -1.0]), np.array([0.5, 20.0]), (0, 1), ("a", "b")
  )
  raw = np.array([3.2, 7.0])
  x = statistics.standardise(raw)
  nll = 0.5 * np.sum(np.square(x) + np.log(2 * np.pi))
  nll_raw = 0.5 * np.sum(
    np.square((raw - statistics.mean) / statistics.std)
    + np.log(2 * np.pi * np.square(statistics.std))
  )
  np.testing.assert_allclose(nll + statistics.log_volume, nll_raw)
  np.testing.assert_allclose(statistics.to_raw(x), raw)


def test_statistics_come_back_from_json_exactly():
  statistics = _measure(
    [np.random.default_rng(0).standard_normal([9, 3])], walks.NAMES
  )
  found = series_statistics.SeriesStatistics.from_json(
    json.loads(json.dumps(statistics.to_json()))
  )
  np.testing.assert_array_equal(found.mean, statistics.mean)
  np.testing.assert_array_equal(found.std, statistics.std)
  assert found[2:] == statistics[2:]


def test_sequences_without_steps_count_for_nothing():
  values = np.random.default_rng(0).standard_normal([9, 2])
  empty = np.zeros([0, 2])
  measured = _measure([empty, values, empty], ("a", "b"))
  alone = _measure([values], ("a", "b"))
  np.testing.assert_array_equal(measured.mean, alone.mean)
  np.testing.assert_array_equal(measured.std, alone.std)


@pytest.mark.parametrize("size", [1e-12, 1.0, 1013.25, -3e5, 1e30])
@pytest.mark.parametrize("part, kept", [(3e-7, True), (3e-8, False)])
def test_column_that_is_constant_but_for_rounding_is_left_out(size, part, kept):
  """Beside one that varies, on either side of the threshold."""
  signs = np.resize([1.0, -1.0], 60)
  values = np.column_stack([signs, size * (1 + part * signs)])
  moments = series_statistics.measure(np.split(values, [7]), ("a", "b"))
  statistics = series_statistics.select(moments, ("a", "b"))
  assert statistics.names == (("a", "b") if kept else ("a",))
  if kept:  # and float32 still tells its values apart
    x = statistics.standardise(values).astype(np.float32)
    np.testing.assert_allclose(x[:, 1], np.sign(size) * signs, rtol=1e-6)
  else:
    [told] = series_statistics.left_out(moments, ("a", "b"))
    std = np.std(values[:, 1] / size) * abs(size)
    assert told.startswith(f"b (std {std:.2g}"[:8])


@pytest.mark.parametrize(
  "column, kept",
  [
    (1e6 + 1e-3 * np.sin(np.arange(60)), True),
    (1.7e12 + 20 * np.arange(60), True),
    (1013.25 + 1e-10 * np.arange(60), False),
    (0.1 + 1e-10 * np.maximum(0, np.arange(60) - 40), False),
    (np.float32(0.1) * np.ones(60) + 1e-17 * np.arange(60), False),
    (np.nextafter(np.float32(9.81), np.float32(9) + np.arange(60) % 3), False),
  ],
)
def test_column_of_many_values_that_change_by_little_is_kept(column, kept):
  values = np.column_stack([np.arange(60) % 7, column]).astype(np.float64)
  moments = series_statistics.measure(np.split(values, [7]), ("a", "b"))
  assert list(moments.varies) == [True, kept]


@pytest.mark.parametrize("offset", [0.0, 1.0, 1e4])
def test_small_changes_about_a_small_value_are_no_rounding(offset):
  """What counts is the size of the column itself, not that of others."""
  rng = np.random.default_rng(0)
  values = np.column_stack(
    [1e9 * rng.standard_normal(50), 1e-9 * (offset + rng.standard_normal(50))]
  )
  moments = series_statistics.measure([values], ("a", "b"))
  assert moments.varies.all()


_GOOD = {"mean": [1.0, 2], "std": [0.5, 3], "kept": [0, 2], "names": ["a", "b"]}


@pytest.mark.parametrize(
  "change, words",
  [
    ({"std": [0.5, 0.0]}, "std.1. is 0.0, not a finite positive"),
    ({"std": [0.5, float("nan")]}, "std.1. is nan"),
    ({"std": [-1.0, 3.0]}, "std.0. is -1.0"),
    ({"std": [1e300, 3.0]}, r"std.0. is 1e\+300"),
    ({"std": [True, 3.0]}, "std.0. is True"),
    ({"std": [10**400, 3.0]}, "std.0. is 1000"),
    ({"std": None}, "std is None, not a list"),
    ({"std": "0.5"}, "std is '0.5', not a list"),
    ({"std": [0.5]}, "so many columns: .*'std': 1"),
    ({"mean": [float("inf"), 2.0]}, "mean.0. is inf, not a finite number"),
    ({"mean": ["1", 2.0]}, "mean.0. is '1'"),
    ({"mean": [[1.0], 2.0]}, r"mean.0. is \[1.0\]"),
    ({"kept": [2, 0]}, "does not increase"),
    ({"kept": [0, 0]}, "does not increase"),
    ({"kept": [-1, 0]}, "kept.0. is -1, not at least 0"),
    ({"kept": [0, 1.0]}, "kept.1. is 1.0, not an integer"),
    ({"names": ["a", 3]}, "names.1. is 3"),
    ({"names": {"a": 1}}, "not a list"),
    ({key: [] for key in _GOOD}, "so many columns"),
  ],
)
def test_statistics_that_cannot_be_are_refused(change, words):
  from_json = series_statistics.SeriesStatistics.from_json
  assert from_json(_GOOD).kept == (0, 2)
  with pytest.raises(ValueError, match=words):
    from_json({**_GOOD, **change})
  with pytest.raises(ValueError, match='there is no "mean"'):
    from_json({})
