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
