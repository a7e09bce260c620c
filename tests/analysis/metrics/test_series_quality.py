"""RMSE and CRPS against numbers known by hand or by brute force."""

import csv

import numpy as np
import pytest

from t2t_af.analysis.metrics import series_quality


def _arrays(count=5):
  rng = np.random.default_rng(0)
  return rng.normal(size=(3, count, 4, 2)), rng.normal(size=(3, 6, 2))


def test_best_of_n_is_the_sample_with_the_lowest_rmse():
  samples, truth = _arrays()
  samples[1, 3] = truth[1, :4] + 0.5
  found = series_quality.best_of_n(samples, truth)
  assert found.best_index[1] == 3
  assert found.per_context[1] == pytest.approx(0.5)
  expected = np.sqrt(np.square(samples - truth[:, None, :4]).mean((2, 3)))
  np.testing.assert_allclose(found.per_sample, expected)
  fields = series_quality.record_fields(found)
  assert fields["rmse_best_of_n"] == pytest.approx(expected.min(1).mean())
  assert len(fields["rmse_per_step"]) == 4


def test_crps_equals_the_sum_over_pairs():
  samples, truth = _arrays()
  truth = truth[:, :4]
  error = np.abs(samples - truth[:, None]).mean(axis=1)
  pairs = np.abs(samples[:, :, None] - samples[:, None]).sum(axis=(1, 2))
  expected = (error - pairs / (5 * 4) / 2).mean()
  assert series_quality.best_of_n(samples, truth).crps == pytest.approx(
    expected
  )


def test_crps_prefers_the_right_spread():
  rng = np.random.default_rng(1)
  truth = rng.normal(size=(200, 3, 1))
  crps = [
    series_quality.best_of_n(s * rng.normal(size=(200, 50, 3, 1)), truth).crps
    for s in (0.3, 1.0, 3.0)
  ]
  assert crps[1] < min(crps[0], crps[2])


def test_one_sample_has_no_crps_and_non_finite_ones_never_win():
  samples, truth = _arrays(count=2)
  assert series_quality.best_of_n(samples[:, :1], truth).crps is None
  samples[0, 0, 2, 1] = np.nan
  found = series_quality.best_of_n(samples, truth)
  assert found.best_index[0] == 1 and np.isfinite(found.per_context).all()


def test_axes_that_do_not_fit_are_refused():
  samples, truth = _arrays()
  with pytest.raises(ValueError, match="contexts, N, time, features"):
    series_quality.best_of_n(samples[:2], truth)


def test_csv_has_what_was_given_the_truth_and_every_sample(tmp_path):
  samples, truth = _arrays()
  given = np.ones((3, 2, 2))
  path = tmp_path / "samples.csv"
  series_quality.write_csv(str(path), ["a", "b"], given, truth, samples)
  rows = list(csv.DictReader(path.open()))
  assert len(rows) == 3 * (2 + 6 + 5 * 4)
  second = [r for r in rows if r["context"] == "2" and r["what"] == "sample 4"]
  assert [int(r["step"]) for r in second] == [3, 4, 5, 6]
  assert float(second[1]["b"]) == pytest.approx(samples[1, 3, 1, 1], rel=1e-6)
