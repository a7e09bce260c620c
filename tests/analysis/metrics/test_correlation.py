"""Temporal correlation against noise and AR(1), whose answers are known."""

import math
import warnings

import numpy as np
import pytest

from t2t_af.analysis.metrics import correlation

NUM_UNSCORED = 3
# Of standard errors: a check is wrong once in 15,000 times; seeds are fixed.
SIGMAS = 4.0


def _in_batches(x, size=16, num_unscored=0, ids=None):
  found = correlation.TemporalCorrelation(num_unscored)
  for i in range(0, len(x), size):
    found.add(x[i : i + size], ids and ids[i : i + size])
  return found.result()


def _ar1(phi, shape, seed):
  """Stationary, [sequences, steps, ...], of standard deviation 1."""
  rng = np.random.default_rng(seed)
  x = rng.standard_normal(shape)
  for t in range(1, shape[1]):
    x[:, t] = phi * x[:, t - 1] + math.sqrt(1.0 - phi**2) * x[:, t]
  return x


def _direct(x):
  """Eq. 23 and 24, term by term, in two passes."""
  x = x.reshape(x.shape[:2] + (-1,))
  mean, variance = x.mean(axis=(0, 1)), x.var(axis=(0, 1))
  xi = (x[:, :-1] - mean) * (x[:, 1:] - mean)
  return (xi.mean(axis=(0, 1)) / variance).mean()


def _ours(x):
  return _in_batches(x, num_unscored=NUM_UNSCORED)


def _zeros_counted(x):
  """Mutant: unfilled steps are zeros and count."""
  filled = x.copy()
  filled[:, :NUM_UNSCORED] = 0.0
  return _in_batches(filled)


def _mean_of_batches(x):
  """Mutant: mean of values of batches, each with its own mean and std."""
  found = _ours(x)
  values = [_ours(x[i : i + 2]).correlation for i in range(0, len(x), 2)]
  return found._replace(correlation=np.mean(values))


def _check_noise(estimate):
  for mean in (0.0, 0.5, 1.0, 100.0):
    x = mean + _ar1(0.0, [80, 13, 4, 4, 1], seed=0)
    found = estimate(x)
    assert abs(found.correlation) < SIGMAS * found.stderr + 1.0 / 800, mean
    assert found.stderr < 0.02


def _check_ar1(estimate):
  for phi in (-0.5, 0.5, 0.9):
    found = estimate(_ar1(phi, [80, 13, 20], seed=1))
    assert abs(found.correlation - phi) < SIGMAS * found.stderr, phi
    assert found.stderr < 0.02


def test_noise_of_any_mean_has_none():
  _check_noise(_ours)


def test_ar1_has_its_coefficient():
  _check_ar1(_ours)


@pytest.mark.parametrize("check", [_check_noise, _check_ar1])
@pytest.mark.parametrize("mutant", [_zeros_counted, _mean_of_batches])
def test_mutants_fail(mutant, check):
  with pytest.raises(AssertionError):
    check(mutant)


def test_zeros_of_unfilled_steps_pretend_a_correlation():
  x = 1.0 + _ar1(0.0, [400, 13, 50], seed=2)
  assert _zeros_counted(x).correlation == pytest.approx(0.13, abs=0.005)


def test_bias_of_independent_noise_is_known():
  found = _in_batches(_ar1(0.0, [2, 6, 40000], seed=3))
  # 40000 dimensions of 12 steps each: a standard error of about 0.0015.
  assert found.correlation == pytest.approx(-1.0 / 11, abs=0.006)


def test_golden_value_of_a_seeded_ar1():
  found = _in_batches(_ar1(0.7, [100, 10, 3], seed=4))
  assert found.correlation == pytest.approx(0.697860054, abs=1e-8)
  assert found.stderr == pytest.approx(0.013860362, abs=1e-8)


@pytest.mark.parametrize("size", [1, 7, 100])
def test_equals_the_formula_however_it_is_cut_into_batches(size):
  x = _ar1(0.6, [100, 9, 2, 3], seed=5)
  found = _in_batches(x, size)
  assert found.correlation == pytest.approx(_direct(x), rel=1e-12)
  assert found.stderr == pytest.approx(_in_batches(x).stderr, rel=1e-9)
  assert found[2:] == (100, 100, 900, 6, 0)


def test_large_means_cancel_nothing():
  x = _ar1(0.6, [50, 9, 4], seed=6)
  shifted = _in_batches(x + 1e8)
  assert shifted.correlation == pytest.approx(_direct(x), rel=1e-6)
  y = (x + 1e8).astype(np.float64)
  naive = np.square(y).mean(axis=(0, 1)) - np.square(y.mean(axis=(0, 1)))
  assert not np.allclose(naive, x.var(axis=(0, 1)), rtol=1e-2)  # the mutant


def test_constant_dimensions_are_left_out_and_counted():
  x = _ar1(0.6, [50, 9, 4], seed=7)
  wide = np.concatenate([np.full([50, 9, 3], 0.1), x], axis=2)
  with warnings.catch_warnings():
    warnings.simplefilter("error")
    found, nothing = _in_batches(wide), _in_batches(wide[..., :3])
  assert found.correlation == pytest.approx(_direct(x))
  assert (found.num_dims, found.num_constant_dims) == (7, 3)
  assert math.isnan(nothing.correlation) and nothing.num_constant_dims == 3


def test_dimension_that_only_one_sequence_moves_has_a_finite_error():
  x = _ar1(0.6, [30, 9, 2], seed=8)
  x[:, :, 0] = 1e3
  x[4, 5:, 0] += 1.0
  found = _in_batches(x)
  assert found.num_constant_dims == 0
  assert 0.0 < found.stderr < 1.0


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_what_is_not_finite_shows(bad):
  x = _ar1(0.6, [30, 9, 2], seed=9)
  x[0, 0, 1] = bad
  with warnings.catch_warnings():
    warnings.simplefilter("error")
    found = _in_batches(x)
  assert math.isnan(found.correlation) and found.num_constant_dims == 0


def test_sequences_may_differ_in_length():
  long, short = _ar1(0.6, [20, 30, 2], 10), _ar1(0.6, [20, 5, 2], 11)
  found = correlation.TemporalCorrelation()
  found.add(long)
  found.add(short)
  both = [long, short]
  mean = np.concatenate([v.reshape(-1, 2) for v in both]).mean(axis=0)
  pairs = np.concatenate(
    [((v[:, :-1] - mean) * (v[:, 1:] - mean)).reshape(-1, 2) for v in both]
  ).mean(axis=0)
  variance = np.concatenate([v.reshape(-1, 2) for v in both]).var(axis=0)
  assert found.result().correlation == pytest.approx((pairs / variance).mean())
  assert found.result().num_steps == 700


@pytest.mark.parametrize("num_sequences, num_dims", [(10, 100), (150, 3)])
def test_error_is_the_spread_of_repeated_estimates(num_sequences, num_dims):
  found = [
    _in_batches(_ar1(0.5, [num_sequences, 12, num_dims], seed), 150)
    for seed in range(60)
  ]
  spread = np.std([f.correlation for f in found])
  # 60 repetitions know the spread to 9 %.
  assert 0.75 < np.mean([f.stderr for f in found]) / spread < 1.35


def test_sequences_of_one_id_are_one_for_the_error():
  x = _ar1(0.5, [40, 12, 2], seed=12)
  twice, ids = np.repeat(x, 2, axis=0), [f"r{i // 2}" for i in range(80)]
  one, two = _in_batches(x), _in_batches(twice, ids=ids)
  assert two.correlation == pytest.approx(one.correlation)
  assert two.stderr == pytest.approx(one.stderr)
  assert _in_batches(twice).stderr < 0.8 * one.stderr  # without ids


def test_one_sequence_has_no_error():
  assert math.isnan(_in_batches(_ar1(0.5, [1, 12, 2], seed=13)).stderr)


def test_record_fields_are_those_of_a_correlation_record():
  assert set(
    correlation.temporal_correlation(_ar1(0.0, [3, 4, 2], 14)).record_fields()
  ) == {
    "correlation",
    "correlation_stderr",
    "num_sequences",
    "num_windows",
    "num_steps",
    "num_dims",
    "num_constant_dims",
  }


@pytest.mark.parametrize(
  "shapes, message",
  [
    ([(3,)], "must be"),
    ([(2, 4)], "two scored steps"),
    ([(2, 6, 3), (2, 6, 4)], "4 dimensions"),
    ([], "no sequence"),
  ],
)
def test_what_does_not_fit_is_refused(shapes, message):
  found = correlation.TemporalCorrelation(NUM_UNSCORED)
  with pytest.raises(ValueError, match=message):
    for shape in shapes:
      found.add(np.zeros(shape))
    found.result()
