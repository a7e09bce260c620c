"""The Frechet distance against closed forms; which clips FVD takes."""

import numpy as np
import pytest
from scipy import linalg

from t2t_af import errors
from t2t_af.analysis.metrics import fvd


def _distance(mean_a, covariance_a, mean_b, covariance_b):
  return fvd.frechet_distance(
    fvd.FeatureMoments(np.array(mean_a), np.array(covariance_a)),
    fvd.FeatureMoments(np.array(mean_b), np.array(covariance_b)),
  )


def _covariance(seed, dims=4):
  root = np.random.default_rng(seed).normal(size=(dims, dims))
  return root @ root.T


def test_a_gaussian_is_at_no_distance_from_itself():
  covariance = _covariance(0)
  assert _distance(
    np.ones(4), covariance, np.ones(4), covariance
  ) == pytest.approx(0.0, abs=1e-10)


def test_a_shift_of_the_mean_is_squared():
  covariance = _covariance(0)
  assert _distance(
    [0.0, 0.0, 0.0, 0.0], covariance, [3.0, 0.0, 4.0, 0.0], covariance
  ) == pytest.approx(25.0)


def test_diagonal_covariances_have_a_closed_form():
  a, b = np.array([4.0, 9.0, 0.0]), np.array([1.0, 25.0, 2.0])
  assert _distance(
    np.zeros(3), np.diag(a), np.zeros(3), np.diag(b)
  ) == pytest.approx(np.square(np.sqrt(a) - np.sqrt(b)).sum())


def test_covariances_that_do_not_commute_agree_with_a_general_root():
  a, b = _covariance(0), _covariance(1)
  assert np.abs(a @ b - b @ a).max() > 1.0
  root = linalg.sqrtm(a @ b).real
  assert _distance(np.zeros(4), a, np.zeros(4), b) == pytest.approx(
    np.trace(a + b - 2.0 * root)
  )


def test_covariance_is_divided_by_the_number_of_clips():
  found = fvd.gaussian(np.float32([[1.0, 0.0], [3.0, 2.0]]))
  np.testing.assert_allclose(found.mean, [2.0, 1.0])
  np.testing.assert_allclose(found.covariance, [[1.0, 1.0], [1.0, 1.0]])


def test_record_takes_all_futures_and_one_of_each_context():
  # One feature: FVD = (m - m')^2 + (s - s')^2.
  true = np.array([[-1.0], [1.0]])  # m 0, s 1
  generated = np.array([[[-1.0], [0.0]], [[1.0], [6.0]]])
  fields = fvd.record_fields(true, generated)
  by_sample = [0.0, 9.0 + 4.0]  # (m 0, s 1) and (m 3, s 3)
  assert fields["fvd_by_sample"] == pytest.approx(by_sample)
  assert fields["fvd_by_sample_mean"] == pytest.approx(6.5)
  assert fields["fvd_by_sample_stderr"] == pytest.approx(6.5)
  together = np.array([-1.0, 0.0, 1.0, 6.0])
  assert fields["fvd"] == pytest.approx(
    together.mean() ** 2 + (together.std() - 1.0) ** 2
  )
  assert (
    fields["num_true_clips"],
    fields["num_generated_clips"],
    fields["num_features"],
  ) == (2, 4, 1)


def test_few_clips_make_it_too_high():
  """Why it is refused: two sets of one distribution, whose FVD is 0."""
  rng = np.random.default_rng(0)
  found = [
    fvd.record_fields(rng.normal(size=(n, 40)), rng.normal(size=(n, 1, 40)))[
      "fvd"
    ]
    for n in (16, 64, 1024)
  ]
  assert found[0] > 2.0 * found[1] > 4.0 * found[2]


@pytest.mark.parametrize(
  "num_clips, length, told",
  [
    (256, 9, "at least 10 frames, and these have 9"),
    (255, 10, "needs 256 true ones, but there are 255"),
  ],
)
def test_too_few_and_too_short_clips_are_refused(num_clips, length, told):
  with pytest.raises(errors.UserError, match=told):
    fvd.check(num_clips, length, fvd.MIN_CLIPS)


def test_enough_clips_are_not_refused():
  fvd.check(256, 10, fvd.MIN_CLIPS)
  fvd.check(2, 10, min_clips=2)


def test_the_true_clip_comes_first_and_frames_given_are_optional():
  given = np.full((3, 2, 2, 1), 1, np.uint8)
  truth = np.full((5, 2, 2, 1), 2, np.uint8)
  samples = np.full((2, 4, 2, 2, 1), 3, np.uint8)
  samples[1] = 4
  predicted = fvd.clips(given, truth, samples, whole=False)
  assert predicted.shape == (3, 4, 2, 2, 3)  # Four frames: the shorter.
  assert predicted[:, :, 0, 0, 0].tolist() == [[2] * 4, [3] * 4, [4] * 4]
  whole = fvd.clips(given, truth, samples, whole=True)
  assert whole[:, :, 1, 1, 2].tolist() == [[1] * 3 + [n] * 4 for n in (2, 3, 4)]
