"""Calibration: forecasts whose faults are known."""

import math
import sys

import numpy as np
import pytest
from scipy import stats

from t2t_af import errors
from t2t_af.analysis.figures import calibration_panels
from t2t_af.analysis.metrics import calibration

LEVELS = np.array(calibration.LEVELS)


def _noise(spread=1.0, bias=0.0, seed=0):
  """y of a model whose spread is `spread` times the true one."""
  x = np.random.default_rng(seed).standard_normal([400, 8, 3])
  return (x - bias) / spread


def _of_noise(*args, **kwargs):
  return calibration.calibrate(
    calibration.pit_of_noise(_noise(*args, **kwargs))
  )


def _samples(count, spread=1.0, seed=1):
  shape = [400, count, 8, 3]
  return spread * np.random.default_rng(seed).standard_normal(shape)


def _check_uniform(pit):
  found = calibration.calibrate(pit)
  np.testing.assert_allclose(found.pit.share, 0.1, atol=0.015)
  # A standard error is 0.003 for 9600 values.
  assert (np.abs(found.pit.share - 0.1) < 4 * found.pit.stderr).all()
  assert (
    np.abs(found.coverage.share - LEVELS) < 4 * found.coverage.stderr
  ).all()


def test_calibrated_gaussian_gives_a_uniform_pit():
  _check_uniform(calibration.pit_of_noise(_noise()))


@pytest.mark.parametrize("freedom", [1.5, 4.0, 500.0])
def test_students_t_is_calibrated_by_its_own_degrees_of_freedom(freedom):
  """And a normal's PIT of it is not, where its tails are heavy."""
  y = np.random.default_rng(2).standard_t(freedom, [400, 8, 3])
  _check_uniform(calibration.pit_of_noise(y, np.full(3, freedom)))
  if freedom < 100:
    with pytest.raises(AssertionError):
      _check_uniform(calibration.pit_of_noise(y))


@pytest.mark.parametrize("count", [4, 20, 30])
def test_rank_among_any_number_of_samples_is_uniform(count):
  _check_uniform(calibration.pit_of_samples(_samples(count), _noise()))


def _share_below(samples, truth):
  """Mutant: the share of samples below, without what lies between ranks."""
  return (samples < truth[:, None]).mean(axis=1)


@pytest.mark.parametrize("count", [4, 20])
def test_mutant_of_the_rank_fails(count):
  with pytest.raises(AssertionError):
    _check_uniform(_share_below(_samples(count), _noise()))


@pytest.mark.parametrize(
  "fault", [dict(spread=0.6), dict(spread=1.6), dict(bias=0.3)]
)
def test_faulty_forecasts_are_not_uniform(fault):
  with pytest.raises(AssertionError):
    _check_uniform(calibration.pit_of_noise(_noise(**fault)))


def test_over_confidence_is_a_u_and_its_opposite_a_hump():
  u, hump = (_of_noise(spread).pit.share for spread in (0.6, 1.6))
  assert min(u[0], u[-1]) > 0.18 > 0.08 > u[3:7].max()
  assert max(hump[0], hump[-1]) < 0.04 < 0.12 < hump[3:7].min()
  slope = _of_noise(bias=0.5).pit.share
  assert slope[0] > 0.1 > slope[-1]


@pytest.mark.parametrize("spread", [0.6, 1.0, 1.6])
def test_coverage_of_a_wrong_spread_is_known(spread):
  found = _of_noise(spread).coverage
  reach = spread * stats.norm.ppf(0.5 + 0.5 * LEVELS)
  exact = 2.0 * stats.norm.cdf(reach) - 1.0
  assert (np.abs(found.share - exact) < 4 * found.stderr).all()
  # Bands of 95 %: of ten correlated ones, most hold the exact value.
  assert ((found.low <= exact) & (exact <= found.high)).sum() >= 7


def test_golden_values():
  found = _of_noise(0.6)
  fields = found.record_fields()
  assert list(fields["pit_counts"]) == [
    2099,
    850,
    644,
    654,
    589,
    501,
    597,
    640,
    839,
    2187,
  ]
  assert fields["num_values"] == 9600 and fields["num_sequences"] == 400
  np.testing.assert_allclose(  # levels 0.5 and 0.9
    [found.coverage.share[[4, 8]], found.coverage.stderr[[4, 8]]],
    [(0.308437500, 0.675104167), (0.004669201, 0.004606342)],
    atol=1e-8,
  )


def test_errors_are_over_independent_sequences():
  pit = calibration.pit_of_noise(_noise())
  one = calibration.calibrate(pit).coverage.stderr
  twice = np.repeat(pit, 2, axis=0)
  kept = calibration.calibrate(twice, [i // 2 for i in range(800)])
  np.testing.assert_allclose(kept.coverage.stderr, one)
  pretended = calibration.calibrate(twice).coverage.stderr
  np.testing.assert_allclose(pretended, one / math.sqrt(2.0), rtol=0.01)
  # Steps of a sequence that move together are one piece of evidence.
  together = np.repeat(pit[:, :1, :1], 24, axis=1)
  assert (calibration.calibrate(together).coverage.stderr > 3 * one).all()


def test_one_sequence_has_shares_and_no_bands():
  found = calibration.calibrate(np.full([1, 4], 0.55))
  assert found.pit.share[5] == 1.0 and np.isnan(found.pit.stderr).all()
  panel = calibration_panels.histogram_panel({"a": found})
  assert panel.has_data and panel.legend[0].startswith("a, without bars")


def test_pit_of_one_is_in_the_last_bin_and_ties_are_shared():
  assert calibration.calibrate(np.array([[1.0], [0.0]])).pit.share[-1] == 0.5
  pit = calibration.pit_of_samples(np.zeros([2000, 9]), np.zeros([2000]))
  assert pit.mean() == pytest.approx(0.5, abs=0.03) and pit.max() > 0.99


def test_crps_equals_pairs_and_the_closed_form():
  scoringrules = pytest.importorskip("scoringrules")
  samples, truth = _samples(5), _noise()
  found = calibration.crps(samples, truth)
  error = np.abs(samples - truth[:, None]).mean(axis=1)
  pairs = np.abs(samples[:, :, None] - samples[:, None]).sum(axis=(1, 2)) / 20
  assert found.mean == pytest.approx((error - 0.5 * pairs).mean())
  exact = scoringrules.crps_normal(truth, 0.0, 1.0, backend="numpy").mean()
  assert abs(found.mean - exact) < 4 * found.stderr
  assert found == pytest.approx((0.561828075, 0.004710484), abs=1e-8)


def test_crps_prefers_the_right_spread():
  pytest.importorskip("scoringrules")
  found = [
    calibration.crps(_samples(30, spread), _noise()).mean
    for spread in (0.4, 1.0, 2.5)
  ]
  assert found[1] < min(found[0], found[2])


def test_crps_without_its_package_says_what_to_install(monkeypatch):
  monkeypatch.setitem(sys.modules, "scoringrules", None)
  with pytest.raises(errors.UserError, match="scoringrules==0.9.0"):
    calibration.crps(_samples(2), _noise())


@pytest.mark.parametrize(
  "call, message",
  [
    (lambda: calibration.calibrate(np.array([[0.5, math.nan]])), "lie in"),
    (lambda: calibration.calibrate(np.array([[1.5]])), "lie in"),
    (lambda: calibration.calibrate(np.zeros([0, 3])), "no PIT"),
    (lambda: calibration.calibrate(np.zeros([2, 3]), ["a"]), "1 ids"),
    (lambda: calibration.crps(_samples(1), _noise()), "two samples"),
    (
      lambda: calibration.pit_of_samples(_samples(2), _noise()[:, :4]),
      "must be",
    ),
    (
      lambda: calibration.pit_of_samples(_samples(2) * np.inf, _noise()),
      "finite",
    ),
  ],
)
def test_what_does_not_fit_is_refused(call, message):
  with pytest.raises(ValueError, match=message):
    call()


def test_charts_show_their_confidence():
  found = _of_noise(0.6)
  for panel in (
    calibration_panels.histogram_panel({"a": found}),
    calibration_panels.coverage_panel({"a": found}),
  ):
    (points,) = [line for line in panel.lines if line.style == "points"]
    assert len(points.stderr) == 10 and (points.stderr > 0.0).all()
    assert panel.legend[0] == "a, bars: 95 % confidence"
