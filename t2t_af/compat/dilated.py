"""Dilated convolutions that train on every device.

TensorFlow's own CPU kernels compute no gradient of a dilated 2-D convolution
and no dilated 3-D convolution at all. oneDNN's and a GPU's do; where there is
neither, a dilated convolution is taken apart: each d-th pixel in both
directions is an image of its own, on which the convolution is an ordinary one.
With oneDNN, one such convolution and its gradient (3x3, 24 to 128 channels or
back, 12 frames of 32x32) take 26 ms as they are and 31 to 37 ms taken apart;
so this is for those who have no choice.
"""

from collections.abc import Sequence

import tensorflow.compat.v1 as tf

from t2t_af.compat import onednn


def convolution(
  x: tf.Tensor, kernel: tf.Tensor, dilations: Sequence[int], padding: str
) -> tf.Tensor:
  """Convolution of stride 1, whose gradient exists.

  Args:
    x: [batch, height, width, channels] or [batch, time, height, width,
      channels].
    kernel: [height, width, in, out] or [time, height, width, in, out].
    dilations: one for every axis of x; 1 for batch and channels.
    padding: `SAME` or `VALID`.

  Returns:
    What tf.nn.conv2d or tf.nn.conv3d returns.
  """
  if max(dilations) == 1 or is_native():
    return _convolution(x, kernel, dilations, padding)
  return by_blocks(x, kernel, dilations, padding)


def is_native() -> bool:
  """Whether this process has kernels for all that dilation needs."""
  return onednn.is_on() or bool(tf.config.list_physical_devices("GPU"))


def by_blocks(
  x: tf.Tensor, kernel: tf.Tensor, dilations: Sequence[int], padding: str
) -> tf.Tensor:
  """As `convolution`, of ordinary convolutions on each d-th pixel."""

  def each(blocks, unused_spatial_shape, block_padding):
    return _convolution(blocks, kernel, [1] * len(dilations), block_padding)

  return tf.nn.with_space_to_batch(
    x, dilations[1:-1], padding, each, kernel.shape.as_list()[:-2]
  )


def _convolution(x, kernel, dilations, padding):
  conv = tf.nn.conv2d if len(dilations) == 4 else tf.nn.conv3d
  return conv(
    x,
    kernel,
    strides=[1] * len(dilations),
    padding=padding,
    dilations=dilations,
  )
