"""The affine map that Eq. 4, 5 and 12 share."""

import numpy as np
import pytest
import tensorflow.compat.v1 as tf

from t2t_af.bijectors import affine

Y = np.float32([[1.0, -2.0, 0.5]])
SHIFT = np.float32([[0.5, 1.0, -1.0]])
SCALE = np.float32([[2.0, 0.25, 1.0]])


def _map(shift=SHIFT, scale=SCALE):
  log_scale = None if scale is None else tf.constant(np.log(scale))
  return affine.Affine(tf.constant(shift), log_scale)


def _run(tensors):
  with tf.Session() as session:
    return session.run(tensors)


def test_forward_is_equation_4_and_inverse_equation_5():
  map_ = _map()
  x, y, log_det = _run(
    [
      map_.forward(tf.constant(Y)),
      map_.inverse(tf.constant([[2.5, 0.5, -0.5]])),
      map_.inverse_log_det(),
    ]
  )
  np.testing.assert_allclose(x, [[2.5, 0.5, -0.5]], rtol=1e-6)
  np.testing.assert_allclose(y, Y, rtol=1e-6)
  np.testing.assert_allclose(log_det, -np.log(SCALE), rtol=1e-6)


def test_without_a_scale_it_is_1_and_its_log_det_nothing():
  map_ = _map(scale=None)
  x, y = _run([map_.forward(tf.constant(Y)), map_.inverse(tf.constant(Y))])
  np.testing.assert_array_equal(x, Y + SHIFT)
  np.testing.assert_array_equal(y, Y - SHIFT)
  assert map_.inverse_log_det() is None


def test_log_det_is_that_of_the_jacobian():
  x = tf.constant(Y)
  y = _map().inverse(x)
  (slope,) = tf.gradients(y, x)
  slope, log_det = _run([slope, _map().inverse_log_det()])
  np.testing.assert_allclose(np.log(slope), log_det, rtol=1e-6, atol=1e-7)


@pytest.mark.parametrize("first_scale", [SCALE[:, ::-1], None])
@pytest.mark.parametrize("second_scale", [SCALE, None])
def test_after_is_one_map_for_two(first_scale, second_scale):
  """And the order matters, or the test says nothing."""
  first, second = _map(SHIFT + 1.0, first_scale), _map(scale=second_scale)
  together = second.after(first)
  y = tf.constant(Y)
  expected, x, back = _run(
    [
      second.forward(first.forward(y)),
      together.forward(y),
      together.inverse(second.forward(first.forward(y))),
    ]
  )
  np.testing.assert_allclose(x, expected, rtol=1e-6)
  np.testing.assert_allclose(back, Y, rtol=1e-5, atol=1e-6)
  if first_scale is None and second_scale is None:
    assert together.log_scale is None
  else:
    (other,) = _run([first.after(second).forward(y)])
    assert np.abs(other - expected).max() > 0.1
