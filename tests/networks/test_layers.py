"""Convolutions equal tensor2tensor's `glow_ops` on the same weights."""

import numpy as np
import pytest
from tensor2tensor.models.research import glow_ops
import tensorflow.compat.v1 as tf

from t2t_af.networks import conv_stack
from t2t_af.networks import layers
from tests import weights

TOLERANCE = 1e-5  # The same sums in another order.
FRAMES = (
  np.random.RandomState(0).standard_normal([2, 4, 6, 3]).astype(np.float32)
)
WINDOWS = (
  np.random.RandomState(1).standard_normal([2, 3, 6, 8, 3]).astype(np.float32)
)
CHANNELS = 5


def _conv(x, dilation=1, spatial_size=3, zero_init=False):
  """(ours, tensor2tensor's), of the same variables."""
  window = np.ndim(x) == 5
  x = tf.constant(x)
  theirs = glow_ops.conv(
    "conv",
    x,
    CHANNELS,
    apply_actnorm=not zero_init,
    filter_size=[1] * (2 + window) if spatial_size == 1 else None,
    conv_init="zeros" if zero_init else "default",
    dilations=[1, 1, dilation, dilation, 1] if window else None,
  )
  ours = layers.conv(
    "conv", _frames_or_window(x), CHANNELS, spatial_size, dilation, zero_init
  )
  return tf.stack(ours, axis=1) if window else ours, theirs


def _frames_or_window(x):
  return tuple(tf.unstack(x, axis=1)) if x.shape.rank == 5 else x


def _stack(x, activation, dilation=1):
  window = np.ndim(x) == 5
  x = tf.constant(x)
  theirs = glow_ops.conv_stack(
    "stack",
    x,
    4,
    CHANNELS,
    activation=activation,
    dilations=[1, 1, dilation, dilation, 1] if window else None,
  )
  with tf.variable_scope("stack"):
    steps = 3 if window else None
    stack = conv_stack.ConvStack(3, 4, CHANNELS, activation, dilation, steps)
    xs = _frames_or_window(x)
    ours = stack.apply(xs if window else (xs,), stack.weights())
  return tf.stack(ours, axis=1) if window else ours[0], theirs


CASES = {
  "conv_frames": lambda: _conv(FRAMES),
  "conv_frames_1x1": lambda: _conv(FRAMES, spatial_size=1),
  "conv_frames_zero_init": lambda: _conv(FRAMES, zero_init=True),
  "conv_windows": lambda: _conv(WINDOWS),
  "conv_windows_dilated": lambda: _conv(WINDOWS, dilation=2),
  "conv_windows_1x1": lambda: _conv(WINDOWS, spatial_size=1),
  "conv_windows_zero_init": lambda: _conv(WINDOWS, zero_init=True),
  "conv_windows_zero_init_dilated": lambda: _conv(
    WINDOWS, dilation=2, zero_init=True
  ),
  "stack_frames_gatu": lambda: _stack(FRAMES, "gatu"),
  "stack_frames_relu": lambda: _stack(FRAMES, "relu"),
  "stack_windows_gatu": lambda: _stack(WINDOWS, "gatu"),
  "stack_windows_relu_dilated": lambda: _stack(WINDOWS, "relu", dilation=2),
}


@pytest.fixture(name="computed", scope="module")
def _computed():
  """Every case in one graph: {name: (ours, theirs)}."""
  with tf.Graph().as_default(), tf.Session() as session:
    built = {}
    for name, case in CASES.items():
      with tf.variable_scope(name, reuse=tf.AUTO_REUSE):
        built[name] = case()
    weights.randomize(session)
    return session.run(built)


@pytest.mark.parametrize("name", sorted(CASES))
def test_equals_tensor2tensor(computed, name):
  ours, theirs = computed[name]
  assert theirs.std() > 0.01, "says nothing"
  np.testing.assert_allclose(ours, theirs, TOLERANCE, TOLERANCE)


def test_dilated_frames_equal_a_sum_over_taps():
  """tensor2tensor cannot dilate on frames; so by hand, edge bias included."""
  dilation = 2
  with tf.variable_scope("model"):
    built = layers.conv(
      "conv", tf.constant(FRAMES), CHANNELS, 3, dilation, zero_init=True
    )
  with tf.Session() as session:
    weights.randomize(session)
    ours, variables = session.run(
      [built, {v.op.name: v for v in tf.global_variables()}]
    )
  inside = np.concatenate([FRAMES, np.zeros_like(FRAMES[..., :1])], axis=-1)
  margin = [(0, 0), (dilation, dilation), (dilation, dilation)]
  padded = np.pad(inside, margin + [(0, 0)])
  padded[..., -1] = np.pad(inside[..., -1], margin, constant_values=1.0)
  _, height, width, _ = FRAMES.shape
  theirs = sum(
    padded[
      :,
      dilation * i : dilation * i + height,
      dilation * j : dilation * j + width,
    ]
    @ variables["model/conv/W"][i, j]
    for i in range(3)
    for j in range(3)
  )
  theirs = (theirs + variables["model/conv/b"]) * np.exp(
    3.0 * variables["model/conv/logs"]
  )
  np.testing.assert_allclose(ours, theirs, TOLERANCE, TOLERANCE)


def test_interleaved_splits_even_from_odd_channels():
  h = np.arange(2 * 3 * 3 * 8, dtype=np.float32).reshape([2, 3, 3, 8])
  with tf.Session() as session:
    even, odd = session.run(layers.interleaved(tf.constant(h)))
  np.testing.assert_array_equal(even, h[..., 0::2])
  np.testing.assert_array_equal(odd, h[..., 1::2])
