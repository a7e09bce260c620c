"""What metrics do at their edges: nothing, too little, too small."""

import csv

import numpy as np
import pytest

from t2t_af.analysis.metrics import calibration
from t2t_af.analysis.metrics import correlation
from t2t_af.analysis.metrics import multi_information
from t2t_af.analysis.metrics import quality
from t2t_af.analysis.metrics import series_quality


def test_an_empty_batch_adds_nothing():
  x = np.random.default_rng(0).standard_normal([4, 5, 2])
  estimate = correlation.TemporalCorrelation()
  estimate.add(x)
  before = estimate.result()
  estimate.add(x[:0])
  assert estimate.result() == before


def test_ids_must_be_one_per_sequence():
  estimate = correlation.TemporalCorrelation()
  with pytest.raises(ValueError, match="3 ids for 2 sequences"):
    estimate.add(np.zeros([2, 4, 1]), ids=["a", "b", "c"])


@pytest.mark.parametrize(
  "shape, unscored, message",
  [
    ([4], 0, "batch must be"),
    ([4, 1, 2], 0, "two scored steps"),
    ([4, 5, 2], 4, "4 are unscored"),
  ],
)
def test_batches_without_two_scored_steps_are_refused(shape, unscored, message):
  estimate = correlation.TemporalCorrelation(unscored)
  with pytest.raises(ValueError, match=message):
    estimate.add(np.zeros(shape))


def test_frames_smaller_than_the_window_have_no_ssim(tmp_path):
  rng = np.random.default_rng(0)
  truth = rng.integers(0, 256, (2, 3, 8, 8, 1), np.uint8)
  samples = np.stack([truth, truth // 2], axis=1)
  with pytest.raises(ValueError, match="at least 11x11 pixels"):
    quality.ssim(truth, truth)
  scores = quality.best_of_n(samples, truth)
  assert scores.ssim is None
  assert scores.psnr.best_index.tolist() == [0, 0]
  fields = quality.record_fields(scores)
  assert fields["ssim_best_of_n"] is fields["ssim_per_step"] is None
  assert fields["psnr_best_of_n"] == quality.PSNR_CEILING_DB
  path = str(tmp_path / "quality.csv")
  quality.write_csv(path, scores)
  with open(path, newline="", encoding="utf-8") as stream:
    rows = list(csv.DictReader(stream))
  assert len(rows) == 2 * 3 and {row["metric"] for row in rows} == {"psnr"}
  assert {row["value"] for row in rows} == {"100.000000"}


@pytest.mark.parametrize(
  "samples, truth, message",
  [
    ((2, 3, 4, 8, 8, 1), (3, 4, 8, 8, 1), "samples must be"),
    ((2, 0, 4, 8, 8, 1), (2, 4, 8, 8, 1), "nothing to compare"),
    ((2, 3, 0, 8, 8, 1), (2, 4, 8, 8, 1), "nothing to compare"),
    ((0, 3, 4, 8, 8, 1), (0, 4, 8, 8, 1), "nothing to compare"),
  ],
)
def test_axes_that_do_not_fit_are_refused(samples, truth, message):
  with pytest.raises(ValueError, match=message):
    quality.best_of_n(np.zeros(samples, np.uint8), np.zeros(truth, np.uint8))


def test_frames_of_floats_are_refused():
  with pytest.raises(ValueError, match="must be uint8"):
    quality.psnr(np.zeros((8, 8, 1)), np.zeros((8, 8, 1)))


def test_psnr_of_a_known_error():
  """An error of 51 levels everywhere is 20 log10(255 / 51) = 13.979 dB."""
  truth = np.zeros((8, 8, 3), np.uint8)
  assert quality.psnr(truth + np.uint8(51), truth) == pytest.approx(
    20.0 * np.log10(5.0)
  )


def test_rmse_of_the_mean_is_not_the_mean_rmse():
  """Two samples 1 above and 1 below: their mean is exact."""
  truth = np.zeros((1, 4, 2))
  samples = np.stack([truth + 1.0, truth - 1.0], axis=1)
  scores = series_quality.best_of_n(samples, truth)
  fields = series_quality.record_fields(scores)
  assert fields["rmse_best_of_n"] == fields["rmse_mean_of_n"] == 1.0
  assert fields["rmse_of_mean"] == 0.0
  np.testing.assert_array_equal(fields["rmse_per_step"], np.ones(4))


def test_a_sample_that_overflowed_is_never_the_best():
  truth = np.zeros((1, 4, 2))
  samples = np.stack([truth + np.nan, truth + 3.0], axis=1)
  scores = series_quality.best_of_n(samples, truth)
  assert scores.best_index.tolist() == [1]
  assert np.isnan(series_quality.record_fields(scores)["crps"])


def test_one_sample_has_no_crps():
  truth = np.zeros((2, 4, 2))
  assert series_quality.best_of_n(truth[:, None] + 1.0, truth).crps is None


def test_crps_of_a_point_mass_is_the_distance():
  truth = np.zeros((3, 4))
  samples = np.full((3, 5, 4), 2.0)
  estimate = calibration.crps(samples, truth)
  assert estimate.mean == pytest.approx(2.0)
  assert estimate.stderr == pytest.approx(0.0)


def test_crps_of_two_samples_by_hand():
  """E|X - y| = 1.5 of samples 1 and 2; E|X - X'| of different ones is 1."""
  estimate = calibration.crps(np.array([[[1.0], [2.0]]]), np.zeros((1, 1)))
  assert estimate.mean == pytest.approx(1.5 - 0.5)


@pytest.mark.parametrize("covariance", [np.ones((2, 2)), -np.eye(2)])
def test_a_covariance_that_is_none_is_refused(covariance):
  with pytest.raises(ValueError, match="not positive definite"):
    multi_information.gaussian(covariance)


def test_multi_information_of_a_pair_is_that_of_its_correlation():
  rho = 0.6
  covariance = np.array([[4.0, 2.0 * 3.0 * rho], [2.0 * 3.0 * rho, 9.0]])
  assert multi_information.gaussian(covariance) == pytest.approx(
    -0.5 * np.log(1.0 - rho**2)
  )


def test_affine_map_of_each_step_keeps_multi_information():
  """What a transform that sees no other step cannot remove."""
  rng = np.random.default_rng(0)
  root = rng.standard_normal((4, 4))
  covariance = root @ root.T + np.eye(4)
  scale = np.diag([0.1, 2.0, 5.0, 1.0])
  assert multi_information.gaussian(
    scale @ covariance @ scale
  ) == pytest.approx(multi_information.gaussian(covariance))
