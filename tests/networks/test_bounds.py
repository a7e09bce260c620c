"""Bounds that are the identity inside."""

import numpy as np
import tensorflow.compat.v1 as tf

from t2t_af.networks import bounds
from tests.networks import numpy_layers


def test_bound_is_the_identity_inside_and_holds_beyond():
  raw = np.array([-40, -6.0, -5.9, -1e-3, 0.0, 5.9, 6.5, 7.0, 40], np.float32)
  x = tf.constant(raw)
  bounded = bounds.bounded(x, 8.0)
  with tf.Session() as session:
    value, slope = session.run([bounded, tf.gradients(bounded, x)[0]])
  inside = np.abs(raw) <= 6.0
  np.testing.assert_array_equal(value[inside], raw[inside])
  np.testing.assert_array_equal(slope[inside], 1.0)
  np.testing.assert_allclose(value, numpy_layers.bounded(raw, 8.0), rtol=1e-6)
  # In float32, as the gradient: far beyond the bound tanh is 1, the slope 0.
  bend = np.tanh((np.abs(raw[~inside]) - np.float32(6.0)) / np.float32(2.0))
  np.testing.assert_allclose(slope[~inside], 1.0 - bend**2, 1e-5)


def test_bound_of_version_02_bends_everywhere():
  raw = np.array([-1e3, -5.5, -1e-3, 0.0, 1e3], np.float32)
  with tf.Session() as session:
    np.testing.assert_allclose(
      session.run(bounds.bounded(tf.constant(raw), 8.0, "tanh")),
      8.0 * np.tanh(raw / 8.0),
      rtol=1e-6,
    )


def test_floor_is_the_scale_of_noise_added():
  """Variances add up; no scale is below the floor, and none is lost."""
  raw = np.array([-60.0, -9.0, -3.912, -1.0, 0.0, 4.0, 60.0], np.float32)
  floor = 0.02
  x = tf.constant(raw)
  floored = bounds.floored(x, np.log(floor))
  with tf.Session() as session:
    value, slope = session.run([floored, tf.gradients(floored, x)[0]])
  variance = np.exp(2.0 * raw.astype(np.float64))
  np.testing.assert_allclose(
    value, 0.5 * np.log(variance + floor**2), rtol=1e-5
  )
  # The gradient is there at the floor, and is what convolution says below.
  share = variance / (variance + floor**2)
  np.testing.assert_allclose(slope, share, rtol=1e-3, atol=1e-12)
  assert (value >= np.log(floor) - 1e-6).all() and 0.4 < slope[2] < 0.6


def test_a_scale_of_one_is_kept_within_two_ten_thousandths():
  with tf.Session() as session:
    (value,) = session.run([bounds.floored(tf.zeros([]), np.log(0.02))])
  assert 0.0 < value < 2.1e-4
