"""PSNR and SSIM against tf.image, and the best of N against a slow oracle."""

import csv
import math

import numpy as np
import pytest

from t2t_af.analysis.metrics import quality

# tf.image.ssim works in float32, as we do; they differ in the order of sums.
SSIM_TOLERANCE = 2e-5
ROUNDING = 1e-6  # The same sums in another order, SSIM about 1.


def _pair(channels=3, seed=0, shape=(4, 20, 17)):
  """Smooth frames, dark at one side, and a noisy, darker copy."""
  rng = np.random.default_rng(seed)
  ramp = np.linspace(0, 120, shape[-1])[:, None]
  truth = np.broadcast_to(ramp, shape + (channels,)).astype(np.uint8)
  scale = rng.uniform(1, 60, (shape[0], 1, 1, 1))
  noisy = 0.6 * truth + scale * rng.normal(size=truth.shape)
  return np.clip(noisy, 0, 255).astype(np.uint8), truth


def _tensorflow(function, frames, truth):
  import tensorflow.compat.v1 as tf

  with tf.Graph().as_default(), tf.Session() as session:
    return session.run(
      getattr(tf.image, function)(
        tf.constant(frames), tf.constant(truth), max_val=255
      )
    )


@pytest.mark.parametrize("channels", [1, 3])
def test_psnr_and_ssim_equal_those_of_tf_image(channels):
  frames, truth = _pair(channels)
  np.testing.assert_allclose(
    quality.psnr(frames, truth), _tensorflow("psnr", frames, truth), rtol=1e-5
  )
  np.testing.assert_allclose(
    quality.ssim(frames, truth),
    _tensorflow("ssim", frames, truth),
    atol=SSIM_TOLERANCE,
  )


@pytest.mark.parametrize(
  "name,value",
  [
    ("SIGMA", 1.4),
    ("C1", 0.02**2),
    ("C2", 0.02**2),
    ("WINDOW", 9),
    ("PEAK", 256.0),
  ],
)
def test_comparison_with_tf_image_would_see_a_wrong_constant(
  monkeypatch, name, value
):
  frames, truth = _pair()
  monkeypatch.setattr(quality, name, value)
  ssim_gap = np.abs(
    quality.ssim(frames, truth) - _tensorflow("ssim", frames, truth)
  ).max()
  psnr_gap = np.abs(
    quality.psnr(frames, truth) - _tensorflow("psnr", frames, truth)
  ).max()
  assert ssim_gap > 2 * SSIM_TOLERANCE or psnr_gap > 1e-2


def test_psnr_of_an_error_of_one_level():
  truth = np.zeros((2, 2, 1), np.uint8)
  assert quality.psnr(truth + np.uint8(1), truth) == pytest.approx(
    20 * math.log10(255)
  )
  assert quality.psnr(truth, truth) == math.inf
  # Unsigned differences would wrap: 0 - 255 is 1 in uint8.
  assert quality.psnr(truth, truth + np.uint8(255)) == pytest.approx(0.0)


def test_equal_frames_have_ssim_one_and_many_blocks_agree_with_one(monkeypatch):
  frames, truth = _pair(shape=(7, 12, 12))
  np.testing.assert_allclose(quality.ssim(truth, truth), 1.0, atol=1e-6)
  whole = quality.ssim(frames, truth)
  monkeypatch.setattr(quality, "FRAMES_AT_ONCE", 2)
  np.testing.assert_allclose(quality.ssim(frames, truth), whole, atol=ROUNDING)


def _best_slowly(samples, truth, metric):
  """Loops over everything: [(index, score, frames)] per context."""
  found = []
  for context, of_context in enumerate(samples):
    scores = [
      [
        min(float(metric(frame, true)), 100.0)
        for frame, true in zip(sample, truth[context])
      ]
      for sample in of_context
    ]
    means = [sum(s) / len(s) for s in scores]
    index = max(range(len(means)), key=means.__getitem__)
    found.append((index, means[index], scores[index]))
  return found


def test_best_of_n_equals_a_slow_search():
  rng = np.random.default_rng(3)
  truth = rng.integers(0, 256, (4, 4, 12, 12, 3), dtype=np.uint8)
  noise = rng.normal(0, rng.uniform(5, 40, (4, 5, 4, 1, 1, 1)))
  samples = np.clip(truth[:, None] + noise, 0, 255).astype(np.uint8)
  found = quality.best_of_n(samples, truth)
  fields = quality.record_fields(found)
  for name, metric in (("psnr", quality.psnr), ("ssim", quality.ssim)):
    slow, fast = _best_slowly(samples, truth, metric), getattr(found, name)
    np.testing.assert_array_equal(fast.best_index, [s[0] for s in slow])
    np.testing.assert_allclose(
      fast.per_context, [s[1] for s in slow], atol=ROUNDING
    )
    np.testing.assert_allclose(
      fast.per_step, np.mean([s[2] for s in slow], axis=0), atol=ROUNDING
    )
    np.testing.assert_allclose(
      fields[f"{name}_per_step_stderr"],
      np.std([s[2] for s in slow], axis=0, ddof=1) / math.sqrt(4),
      atol=ROUNDING,
    )
    assert fast.mean == pytest.approx(np.mean([s[1] for s in slow]))
    assert fast.stderr == pytest.approx(
      np.std([s[1] for s in slow], ddof=1) / math.sqrt(4), abs=ROUNDING
    )


def test_best_is_chosen_by_the_mean_over_frames_not_by_one_frame():
  truth = np.zeros((1, 2, 1, 1, 1), np.uint8)
  # Errors per frame: (2, 200) has the better first frame, (10, 10) the mean.
  samples = np.array([[[2, 200], [10, 10]]], np.uint8)[..., None, None, None]
  found = quality.best_of_n(samples, truth)
  assert found.psnr.best_index[0] == 1
  assert found.ssim is None  # One pixel is smaller than the window.


def test_more_samples_never_score_lower():
  rng = np.random.default_rng(0)
  truth = rng.integers(0, 256, (4, 2, 11, 11, 1), dtype=np.uint8)
  samples = rng.integers(0, 256, (4, 8, 2, 11, 11, 1), dtype=np.uint8)
  means = [
    quality.best_of_n(samples[:, :n], truth).psnr.mean for n in range(1, 9)
  ]
  assert all(b >= a for a, b in zip(means, means[1:]))
  assert means[-1] > means[0]


def test_one_perfect_frame_does_not_make_a_mean_infinite():
  truth = np.zeros((1, 2, 1, 1, 1), np.uint8)
  samples = np.array([[[0, 255]]], np.uint8)[..., None, None, None]
  assert quality.best_of_n(samples, truth).psnr.mean == pytest.approx(
    quality.PSNR_CEILING_DB / 2
  )


def test_longer_samples_are_compared_on_the_frames_that_exist():
  truth = np.zeros((1, 2, 1, 1, 1), np.uint8)
  samples = np.zeros((1, 1, 5, 1, 1, 1), np.uint8)
  assert quality.best_of_n(samples, truth).psnr.per_step.shape == (2,)


@pytest.mark.parametrize(
  "samples,truth",
  [
    ((2, 3, 4, 8, 8, 1), (1, 4, 8, 8, 1)),
    ((1, 3, 4, 8, 8, 1), (1, 4, 8, 8)),
    ((1, 0, 4, 8, 8, 1), (1, 4, 8, 8, 1)),
    ((1, 1, 4, 8, 8, 1), (1, 4, 8, 9, 1)),
  ],
)
def test_axes_that_do_not_fit_are_refused(samples, truth):
  with pytest.raises(ValueError):
    quality.best_of_n(np.zeros(samples, np.uint8), np.zeros(truth, np.uint8))


def test_floats_are_refused():
  with pytest.raises(ValueError, match="uint8"):
    quality.psnr(np.zeros((2, 2, 1)), np.zeros((2, 2, 1), np.uint8))


def test_csv_has_a_row_per_metric_context_and_frame(tmp_path):
  frames, truth = _pair(shape=(3, 12, 12))
  found = quality.best_of_n(np.stack([frames, truth])[None], truth[None])
  path = str(tmp_path / "quality.csv")
  quality.write_csv(path, found)
  with open(path, encoding="utf-8") as stream:
    rows = list(csv.DictReader(stream))
  assert len(rows) == 2 * 1 * 3
  assert {row["best_sample"] for row in rows} == {"1"}
  assert float(rows[0]["value"]) == 100.0
