"""Means, errors and paired differences, against numbers worked out by hand."""

import math

import pytest

from t2t_af.analysis.results import estimates

NLL = estimates.NLL


def _records(values, **fields):
  return {run: {NLL: value, **fields} for run, value in values.items()}


def test_mean_and_error_over_seeds():
  found = estimates.over_runs(_records({0: 1.0, 1: 2.0, 2: 6.0}))
  assert found.per_run == {0: 1.0, 1: 2.0, 2: 6.0}
  assert found.mean == pytest.approx(3.0)
  # Deviations -2, -1, 3: variance 14 / 2 = 7.
  assert found.stderr_runs == pytest.approx(math.sqrt(7.0 / 3.0))
  assert math.isnan(found.stderr_recordings)


def test_error_over_splits_is_of_their_recordings():
  found = estimates.over_runs(
    {
      run: {NLL: value, NLL + "_stderr": stderr}
      for run, value, stderr in (
        ((0, 0), 1.0, 0.2),
        ((0, 1), 3.0, 0.4),
        ((1, 0), 5.0, 0.4),
      )
    }
  )
  # Split means 2 and 5; over all three runs it would be 3 +- 1.15.
  assert found.mean == pytest.approx(3.5)
  assert math.isnan(found.stderr_runs)  # training data is largely the same
  # Seeds of a split share its recordings: 0.3 and 0.4, independent.
  assert found.stderr == found.stderr_recordings == pytest.approx(0.25)


def test_runs_of_one_split_are_seeds():
  found = estimates.over_runs(_records({(2, 0): 1.0, (2, 1): 3.0}))
  assert (found.mean, found.stderr_runs) == pytest.approx((2.0, 1.0))


def test_error_within_runs_is_their_mean():
  records = {
    0: {NLL: 1.0, NLL + "_stderr": 0.1},
    1: {NLL: 2.0, NLL + "_stderr": 0.3},
  }
  assert estimates.over_runs(records).stderr_recordings == pytest.approx(0.2)


def test_error_within_runs_is_not_known_where_one_does_not_say():
  records = {
    0: {NLL: 1.0, NLL + "_stderr": 0.1},
    1: {NLL: 2.0, NLL + "_stderr": None},
  }
  assert math.isnan(estimates.over_runs(records).stderr_recordings)


def test_mean_over_runs_is_of_a_number_that_all_have():
  records = [{"a": 1.0, "b": 2.0}, {"a": 4.0}]
  assert estimates.mean_over_runs(records, "a") == 2.5
  assert math.isnan(estimates.mean_over_runs(records, "b"))


def test_error_shown_is_over_seeds_where_there_are_several():
  one = estimates.over_runs({0: {NLL: 1.0, NLL + "_stderr": 0.1}})
  assert math.isnan(one.stderr_runs) and one.stderr == 0.1
  two = estimates.over_runs(
    {seed: {NLL: 1.0 + seed, NLL + "_stderr": 0.1} for seed in (0, 1)}
  )
  assert two.stderr == two.stderr_runs == pytest.approx(0.5)


@pytest.mark.parametrize("bad", [None, math.nan, math.inf, "1.0", True])
def test_what_is_no_finite_number_is_left_out(bad):
  assert estimates.over_runs(_records({0: bad})) is None
  found = estimates.over_runs(_records({0: bad, 1: 2.0}))
  assert found.per_run == {1: 2.0} and found.mean == 2.0


def test_error_of_a_run_that_is_left_out_does_not_count():
  records = {
    0: {NLL: math.nan, NLL + "_stderr": 9.0},
    1: {NLL: 2.0, NLL + "_stderr": 0.1},
  }
  assert estimates.over_runs(records).stderr_recordings == 0.1


def test_another_unit_scales_values_mean_and_errors():
  estimate = estimates.over_runs(
    {seed: {NLL: 1.0 + seed, NLL + "_stderr": 0.1} for seed in (0, 1)}
  ).times(3.0)
  assert estimate.per_run == {0: 3.0, 1: 6.0}
  assert estimate.mean == pytest.approx(4.5)
  assert estimate.stderr_runs == pytest.approx(1.5)
  assert estimate.stderr_recordings == pytest.approx(0.3)


def test_another_field_has_its_own_error():
  found = estimates.over_runs({0: {"crps": 0.5, "crps_stderr": 0.2}}, "crps")
  assert (found.mean, found.stderr) == (0.5, 0.2)


def test_difference_takes_out_what_seeds_share():
  found = estimates.difference(
    _records({0: 1.0, 1: 11.0, 2: 21.0}), _records({0: 2.0, 1: 12.5, 2: 22.5})
  )
  assert found.per_run == {0: -1.0, 1: -1.5, 2: -1.5}
  assert found.mean == pytest.approx(-4.0 / 3.0)
  assert found.basis == "seeds"
  assert found.stderr == pytest.approx(math.sqrt(1.0 / 12.0 / 3.0))


def test_difference_is_antisymmetric():
  a, b = _records({0: 1.0, 1: 2.0}), _records({0: 1.5, 1: 2.25})
  ours, theirs = estimates.difference(a, b), estimates.difference(b, a)
  assert ours.mean == -theirs.mean and ours.stderr == theirs.stderr
  assert ours.interval == pytest.approx([-end for end in theirs.interval[::-1]])


def test_interval_of_two_seeds_is_students():
  found = estimates.difference(
    _records({0: 1.0, 1: 2.0}), _records({0: 0.0, 1: 0.0})
  )
  # t(0.975; 1) = 12.7062, standard error 0.5.
  assert found.interval == pytest.approx((1.5 - 6.3531, 1.5 + 6.3531), abs=1e-4)


def test_no_common_seed_is_no_difference():
  a = _records({0: 1.0})
  assert estimates.difference(a, _records({1: 1.0})) is None
  assert estimates.difference(a, _records({0: math.nan})) is None
  assert estimates.difference({}, {}) is None


def _one(values, weights=None, cut_from="abcd", **fields):
  """One seed's record of a sequence each, of so many windows."""
  weights = weights or [1] * len(values)
  mean = sum(w * v for w, v in zip(weights, values)) / sum(weights)
  return {
    0: {
      NLL: mean,
      NLL + "_stderr": 0.3,
      NLL + "_per_sequence": list(values),
      "num_windows_per_sequence": weights,
      "recordings": list(cut_from),
      "sequence_ids": [f"{name}/{i}" for i, name in enumerate(cut_from)],
      **fields,
    }
  }


def test_one_seed_is_paired_by_recording():
  found = estimates.difference(
    _one([1.0, 5.0, 9.0, 3.0]), _one([0.0, 4.5, 7.5, 2.0])
  )
  # Pairs 1, 0.5, 1.5, 1: variance 0.5 / 3.
  assert found.basis == "recordings" and found.mean == pytest.approx(1.0)
  assert found.stderr == pytest.approx(math.sqrt(0.5 / 3.0 / 4.0))
  half = 3.182446 * found.stderr  # t(0.975; 3), from tables.
  assert found.interval == pytest.approx((1.0 - half, 1.0 + half), rel=1e-6)


def test_sequences_of_one_recording_are_paired_together():
  """By their windows: three of the first sequence, one of each other."""
  weights, cut_from = [3, 1, 1, 1, 1], "aabcd"
  zeros = [0.0] * 5
  found = estimates.difference(
    _one([1.0, 5.0, 0.0, 3.0, -4.0], weights, cut_from),
    _one(zeros, weights, cut_from),
  )
  # Mean 7 / 7; sums of deviations 0 + 4, -1, 2 and -5 of four recordings.
  assert found.mean == pytest.approx(1.0)
  assert found.stderr == pytest.approx(math.sqrt(4 / 3 * 46.0) / 7.0)


@pytest.mark.parametrize(
  "ours, theirs",
  [
    (_one([1.0, 2.0, 3.0], cut_from="abc"), _one([1.0, 2.0, 3.0, 4.0])),
    (_one([1.0] * 4, sequence_ids=["a"] * 4), _one([1.0] * 4)),
    (_one([1.0] * 4, cut_from="abcd"), _one([1.0] * 4, cut_from="bacd")),
    (_one([1.0] * 4, data_fingerprint="1"), _one([1.0] * 4)),
    (_one([1.0] * 4, num_windows=4), _one([1.0] * 4, num_windows=5)),
    (_one([1.0] * 4, noise_std=0.02), _one([1.0] * 4, noise_std=0.0)),
    (
      _one([1.0] * 4, dequantization="gaussian"),
      _one([1.0] * 4, dequantization="uniform"),
    ),
    (_one([1.0] * 4, split="dev"), _one([1.0] * 4, split="test")),
  ],
  ids=[
    "another number",
    "other ids",
    "another order",
    "other data",
    "other windows",
    "other noise",
    "other dequantization",
    "another split",
  ],
)
def test_what_is_not_of_the_same_windows_is_not_compared(ours, theirs):
  assert estimates.difference(ours, theirs) is None
  assert estimates.difference(ours, ours).mean == 0.0


@pytest.mark.parametrize(
  "ours",
  [
    _one(
      [1.0, 2.0, 2.0, 3.0], **{NLL + "_per_sequence": [1.0, 2.0, None, 3.0]}
    ),
    _one([1.0, 2.0, 2.0, 3.0], num_windows_per_sequence=None),
    _one([1.0, 2.0, 2.0, 3.0], recordings=None),
  ],
  ids=["not finite", "windows not said", "recordings not said"],
)
def test_one_seed_without_its_recordings_has_no_error(ours):
  """Errors of two models on the same recordings do not add up."""
  theirs = _one([1.0, 2.0, 3.0, 4.0])
  found = estimates.difference(ours, theirs)
  assert found.mean == ours[0][NLL] - theirs[0][NLL]
  assert (found.basis, found.interval) == ("", None)
  assert math.isnan(found.stderr)


def test_three_recordings_have_no_error():
  found = estimates.difference(
    _one([1.0, 2.0, 3.0], cut_from="abc"), _one([0.0, 1.5, 1.5], cut_from="abc")
  )
  assert math.isnan(found.stderr) and found.interval is None


def test_without_any_spread_there_is_no_interval():
  found = estimates.difference(_records({0: 2.0}), _records({0: 1.0}))
  assert (found.mean, found.basis, found.interval) == (1.0, "", None)
  assert math.isnan(found.stderr)
  assert found.times(2.0).interval is None


def test_difference_in_another_unit():
  found = estimates.difference(
    _records({0: 1.0, 1: 2.0}), _records({0: 0.0, 1: 0.0})
  )
  scaled = found.times(4.0)
  assert scaled.per_run == {0: 4.0, 1: 8.0}
  assert scaled.mean == 4.0 * found.mean
  assert scaled.stderr == 4.0 * found.stderr
  assert scaled.interval == pytest.approx([4.0 * e for e in found.interval])
  assert scaled.basis == found.basis


@pytest.mark.parametrize(
  "count, t", [(2, 12.706205), (3, 4.302653), (10, 2.262157), (1000, 1.962341)]
)
def test_half_interval_is_that_of_tables(count, t):
  assert estimates.half_interval(2.0, count) == pytest.approx(2.0 * t, rel=1e-6)


@pytest.mark.parametrize("stderr, count", [(1.0, 1), (1.0, 0), (math.nan, 9)])
def test_half_interval_of_nothing_is_not_a_number(stderr, count):
  assert math.isnan(estimates.half_interval(stderr, count))


def _population(records):
  """Mutant: divides by N, not N - 1."""
  estimate = _OVER_RUNS(records)
  count = len(records)
  return estimate._replace(
    stderr_runs=estimate.stderr_runs * math.sqrt((count - 1.0) / count)
  )


def _pooled(records):
  """Mutant: the error over all runs, whatever their split."""
  return _OVER_RUNS(dict(enumerate(records.values())))


_OVER_RUNS = estimates.over_runs


@pytest.mark.parametrize(
  "mutant, test",
  [
    (_population, test_mean_and_error_over_seeds),
    (_pooled, test_error_over_splits_is_of_their_recordings),
  ],
)
def test_mutants_fail(monkeypatch, mutant, test):
  monkeypatch.setattr(estimates, "over_runs", mutant)
  with pytest.raises(AssertionError):
    test()
