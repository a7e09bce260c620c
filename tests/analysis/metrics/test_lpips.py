"""LPIPS with a distance of our own: what it is given, and what is chosen."""

import math

import numpy as np
import pytest

from t2t_af.analysis.metrics import lpips


def _distance(a, b):
  """Mean absolute difference of each frame."""
  return np.abs(a - b).mean(axis=(1, 2, 3))


def _frames(shape, seed=0):
  return np.random.default_rng(seed).integers(0, 256, shape, dtype=np.uint8)


def test_distances_equal_a_slow_loop_over_samples_and_frames(monkeypatch):
  samples, truth = _frames((3, 5, 64, 64, 3)), _frames((4, 64, 64, 3), 1)
  # 12 frames in blocks of 5: a block begins within a sample and ends in one.
  monkeypatch.setattr(lpips, "FRAMES_AT_ONCE", 5)
  found = lpips.distances(samples, truth, _distance)
  assert found.shape == (3, 4)  # The truth has four frames.
  for n in range(3):
    for t in range(4):
      gap = np.abs(samples[n, t].astype(float) - truth[t]).mean() / 127.5
      assert found[n, t] == pytest.approx(gap, rel=1e-4)


def test_the_network_sees_prepared_frames():
  seen = []

  def distance(a, b):
    seen.extend((a, b))
    return np.zeros(len(a))

  truth = np.full((2, 32, 16, 1), 255, np.uint8)
  lpips.distances(np.zeros((3, 2, 32, 16, 1), np.uint8), truth, distance)
  for frames, value in zip(seen, (-1.0, 1.0)):
    assert frames.shape == (6, 128, 64, 3) and frames.dtype == np.float32
    np.testing.assert_allclose(frames, value, atol=1e-5)


def test_the_best_has_the_lowest_mean_over_frames():
  # Of context 1, sample 1 has the best single frame and sample 2 the mean.
  scores = np.array(
    [[[0.5, 0.7], [0.1, 0.9], [0.4, 0.2]], [[0.2, 0.2], [0.6, 0.6], [0.3, 0.5]]]
  )
  found = lpips.best_of_n(scores)
  np.testing.assert_array_equal(found.best_index, [2, 0])
  np.testing.assert_allclose(found.best_frames, [[0.4, 0.2], [0.2, 0.2]])
  fields = lpips.record_fields(found)
  assert fields["lpips_best_of_n"] == pytest.approx(0.25)
  # Two contexts, 0.3 and 0.2: std(ddof=1) = 0.1 / sqrt 2.
  assert fields["lpips_best_of_n_stderr"] == pytest.approx(0.05)
  assert fields["lpips_best_of_n_per_context"] == pytest.approx([0.3, 0.2])
  assert fields["lpips_mean_of_n_per_context"] == pytest.approx([1.4 / 3, 0.4])
  assert fields["lpips_mean_of_n"] == pytest.approx((1.4 / 3 + 0.4) / 2)
  assert fields["lpips_mean_of_n_stderr"] == pytest.approx((1.4 / 3 - 0.4) / 2)
  assert fields["lpips_per_step"] == pytest.approx([0.3, 0.2])
  assert fields["lpips_per_step_stderr"] == pytest.approx([0.1, 0.0])


def test_one_context_has_no_standard_error():
  fields = lpips.record_fields(lpips.best_of_n(np.ones((1, 2, 3))))
  assert math.isnan(fields["lpips_best_of_n_stderr"])
  assert fields["lpips_best_of_n"] == 1.0
