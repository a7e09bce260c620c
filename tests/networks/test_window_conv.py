"""The convolution of windows by pairs is the convolution of windows."""

import numpy as np
import pytest
import tensorflow.compat.v1 as tf

from t2t_af import session as session_lib
from t2t_af.networks import window_conv

RNG = np.random.RandomState(0)


def _frames(num_frames):
  return RNG.standard_normal([2, num_frames, 4, 5, 3]).astype(np.float32)


def _kernel(num_taps):
  return RNG.standard_normal([3, 3, num_taps * 3, 6]).astype(np.float32)


def _by_hand(x, kernel):
  """Every window's frames side by side, one window after the other."""
  k = kernel.shape[2] // x.shape[-1]
  return tf.stack(
    [
      tf.nn.conv2d(
        np.concatenate([x[:, j + i] for i in range(k)], -1), kernel, 1, "SAME"
      )
      for j in range(x.shape[1] - k + 1)
    ],
    axis=1,
  )


@pytest.mark.parametrize(
  "num_frames, num_taps",
  [(3, 3), (4, 3), (5, 3), (12, 3), (15, 3), (5, 2), (6, 5)],
)
def test_equals_windows_side_by_side(num_frames, num_taps):
  x, kernel = _frames(num_frames), _kernel(num_taps)
  static = window_conv.window_conv(tf.constant(x), tf.constant(kernel))
  fed = tf.placeholder_with_default(x, (None, None) + x.shape[2:])
  dynamic = window_conv.window_conv(fed, tf.constant(kernel))
  assert static.shape == (2, num_frames - num_taps + 1, 4, 5, 6)
  with tf.Session() as session:
    static, dynamic, expected = session.run(
      [static, dynamic, _by_hand(x, kernel)]
    )
  np.testing.assert_allclose(static, expected, 1e-4, 1e-4)
  np.testing.assert_allclose(dynamic, expected, 1e-4, 1e-4)


def test_no_rounding_of_other_frames_gets_into_a_window():
  """Not a bit of window j changes with frames outside of it, however large."""
  x, kernel = _frames(7), tf.constant(_kernel(3))
  fed = tf.placeholder(tf.float32, x.shape)
  windows = window_conv.window_conv(fed, kernel)
  with tf.Session(config=session_lib.config()) as session:
    plain = session.run(windows, {fed: x})
    for t in range(7):
      other = x.copy()
      other[:, t] = 1e30
      changed = session.run(windows, {fed: other})
      for j in range(5):
        same = (changed[:, j] == plain[:, j]).all()
        assert same == (not j <= t < j + 3)
