"""Frames to x and back; noise of evaluations; the scale of the likelihood."""

import numpy as np
import tensorflow.compat.v1 as tf

from t2t_af.models import observation

LEVELS = np.arange(256)
FRAMES = (np.tile(LEVELS, [2000, 1]) / 255.0).astype(np.float32)


def _x(dequantization):
  return observation.VideoObservation(dequantization).to_x(tf.constant(FRAMES))


def test_uniform_noise_fills_the_interval_of_each_level():
  with tf.Session() as session:
    noise = session.run(_x("uniform")).astype(np.float64) * 256.0 - LEVELS
  assert noise.min() >= -1e-5 and noise.max() <= 1.0 + 1e-5
  assert noise.min() < 1e-3 and noise.max() > 1.0 - 1e-3
  np.testing.assert_allclose(noise.mean(0), 0.5, atol=0.05)
  np.testing.assert_allclose(noise.var(0), 1.0 / 12.0, atol=0.02)


def test_gaussian_noise_is_that_of_the_authors():
  """v / 255 + N(0, 1) / 256."""
  with tf.Session() as session:
    noise = (session.run(_x("gaussian")) - LEVELS / 255.0) * 256.0
  np.testing.assert_allclose(noise.mean(0), 0.0, atol=0.15)
  np.testing.assert_allclose(noise.std(0), 1.0, atol=0.1)


def test_uniform_frames_come_back_whatever_the_noise():
  video = observation.VideoObservation("uniform")
  with tf.Session() as session:
    back = session.run(video.from_x(_x("uniform")))
  assert back.dtype == np.uint8
  wrong = back.astype(int) - LEVELS
  # float32: 255.999999 is 256, once in 2^18 draws.
  assert np.abs(wrong).max() <= 1 and (wrong != 0).mean() < 5e-5


def test_frames_of_gaussian_noise_are_the_nearest_level():
  video = observation.VideoObservation("gaussian")
  with tf.Session() as session:
    back = session.run(
      video.from_x(
        tf.constant(
          [0.0, 0.4 / 255.0, 0.6 / 255.0, 254.6 / 255.0, 1.3, -0.3, np.nan]
        )
      )
    )
  np.testing.assert_array_equal(back, [0, 0, 1, 255, 255, 0, 0])


def test_series_are_left_as_they_are():
  series = observation.SeriesObservation()
  x = tf.constant([[[1.5, np.inf]]])
  assert series.to_x(x) is x and series.from_x(x) is x
  assert series.log_volume_per_dim == 0 and series.dequantization == "none"


def test_noise_of_series_has_its_deviation():
  series = observation.SeriesObservation(noise_std=0.02)
  values = np.linspace(-3.0, 3.0, 6000, dtype=np.float32).reshape([1, -1, 3])
  with tf.Graph().as_default(), tf.Session() as session:
    noise = session.run(series.to_x(tf.constant(values))) - values
  # 6,000 draws: one standard error of the deviation is 1 %.
  np.testing.assert_allclose(noise.std(), 0.02, rtol=0.05)
  assert abs(noise.mean()) < 5 * 0.02 / np.sqrt(noise.size)


def test_floor_of_gaussian_noise():
  """Entropy of the noise on the scale of the levels: 1.419 nats/dim."""
  video = observation.VideoObservation("gaussian")
  entropy = 0.5 * np.log(2 * np.pi * np.e / 256**2)
  np.testing.assert_allclose(
    entropy + video.log_volume_per_dim, 1.419, atol=1e-3
  )
