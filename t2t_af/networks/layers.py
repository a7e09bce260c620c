"""Convolutions with edge bias and actnorm, on frames and on windows of frames.

A *frame* tensor is [batch, height, width, channels]; a *window* tensor is
[batch, time, height, width, channels]. Names and shapes of the variables are
those of tensor2tensor's `glow_ops`, so that its checkpoints load; what is
computed from them is arranged differently:

- the edge bias (one input channel that is 1 on padding and 0 elsewhere) does
  not depend on the data, so its response is computed once for a batch of one
  and added, and no activation is padded or widened by a channel;
- a (2, 3, 3) convolution over time is one 2-D convolution over the present
  and the previous frame side by side in the channels;
- the per-step actnorm of a window is one broadcast over its time axis;
- convolutions of one input (tanh and sigmoid branch) are one convolution.
"""

from collections.abc import Sequence
from typing import Any, Optional, Union

import numpy as np
import tensorflow.compat.v1 as tf

from t2t_af.compat import dilated
from t2t_af.networks import ddi

LOGSCALE_FACTOR = 3.0  # tensor2tensor's: scales are exp(3 * logs).


def variable(name: str, shape: Sequence[int], initializer: Any) -> tf.Tensor:
  """Value of a trainable variable, read once."""
  return tf.convert_to_tensor(
    tf.get_variable(name, shape, initializer=initializer)
  )


def conv(
  name: Union[str, Sequence[str]],
  x: tf.Tensor,
  output_channels: int,
  spatial_size: int = 3,
  dilation: int = 1,
  zero_init: bool = False,
) -> tf.Tensor:
  """`(conv(x) + edge + b) * exp(3 * logs)`, same padding.

  Args:
    name: variable scope; a list runs several convolutions of x as one, their
      outputs side by side in the channels.
    x: frames [batch, height, width, channels] or windows [batch, time,
      height, width, channels]; a 3x3 convolution of a window also sees the
      previous frame of the window.
    output_channels: of each of the convolutions.
    spatial_size: 3 or 1.
    dilation: distance between the taps of a 3x3 kernel.
    zero_init: kernel, b and logs start at zero and so does the output; else
      b and logs are actnorm's, set by data (`ddi`).

  Returns:
    [batch, (time,) height, width, len(names) * output_channels].
  """
  names = [name] if isinstance(name, str) else list(name)
  kernel_shape = _kernel_shape(x, output_channels, spatial_size)
  initializer = (
    tf.zeros_initializer()
    if zero_init
    else tf.random_normal_initializer(0.0, 0.05)
  )
  kernel = side_by_side(
    [variable(n + "/W", kernel_shape, initializer) for n in names]
  )
  y, edge = _convolve(x, kernel, dilation)
  if zero_init:
    b = side_by_side(
      [
        variable(n + "/b", [1, 1, 1, output_channels], initializer)
        for n in names
      ]
    )
    logs = side_by_side(
      [variable(n + "/logs", [1, output_channels], initializer) for n in names]
    )
  else:
    b, logs = _actnorm(names, y, edge)
  shift = b if edge is None else edge + b
  return (y + shift) * tf.exp(logs * LOGSCALE_FACTOR)


def side_by_side(tensors: list[tf.Tensor]) -> tf.Tensor:
  """Concatenates channels, as a stack and a reshape.

  The gradient of a stack is one operation, that of a concat six.
  """
  if len(tensors) == 1:
    return tensors[0]
  batch, *others, channels = tensors[0].shape.as_list()
  return tf.reshape(
    tf.stack(tensors, axis=-2),
    [batch or -1] + others + [len(tensors) * channels],
  )


def _kernel_shape(
  x: tf.Tensor, output_channels: int, spatial_size: int
) -> list[int]:
  """Shape of the stored kernel, the edge-bias channel included."""
  is_window = x.shape.rank == 5
  channels = int(x.shape[-1])
  if spatial_size == 1:
    return [1] * (3 if is_window else 2) + [channels, output_channels]
  return [2] * is_window + [3, 3, channels + 1, output_channels]


def _convolve(
  x: tf.Tensor, kernel: tf.Tensor, dilation: int
) -> tuple[tf.Tensor, Optional[tf.Tensor]]:
  """Convolution without and response to the edge bias, or None for 1x1."""
  if x.shape.rank == 4:
    return _convolve_frames(x, kernel, dilation)
  return _convolve_windows(x, kernel, dilation)


def _conv2d(
  x: tf.Tensor, kernel: tf.Tensor, dilation: int, padding: str
) -> tf.Tensor:
  return dilated.convolution(x, kernel, [1, dilation, dilation, 1], padding)


def _convolve_frames(
  x: tf.Tensor, kernel: tf.Tensor, dilation: int
) -> tuple[tf.Tensor, Optional[tf.Tensor]]:
  """x: [batch, height, width, channels]; edge bias is the last channel."""
  if kernel.shape[0] == 1:
    return _conv2d(x, kernel, 1, "VALID"), None
  _, height, width, channels = x.shape.as_list()
  kernel, edge_kernel = tf.split(kernel, [channels, 1], axis=2)
  ring = tf.constant(_ring(height, width, dilation)[None, ..., None])
  return (
    _conv2d(x, kernel, dilation, "SAME"),
    _conv2d(ring, edge_kernel, dilation, "VALID"),
  )


def _convolve_windows(
  x: tf.Tensor, kernel: tf.Tensor, dilation: int
) -> tuple[tf.Tensor, Optional[tf.Tensor]]:
  """x: [batch, time, height, width, channels]; edge bias is channel 0."""
  _, time, height, width, channels = x.shape.as_list()
  output_shape = [-1, time, height, width, int(kernel.shape[-1])]
  if kernel.shape[1] == 1:
    y = _conv2d(
      tf.reshape(x, [-1, height, width, channels]),
      tf.reshape(kernel, kernel.shape[1:]),
      1,
      "VALID",
    )
    return tf.reshape(y, output_shape), None
  # [2, 3, 3, 1 + channels, out] -> [3, 3, 2, ...], previous frame first.
  kernel = tf.transpose(kernel, [1, 2, 0, 3, 4])
  edge_kernel, kernel = tf.split(kernel, [1, channels], axis=3)
  frames = tf.unstack(x, axis=1)
  previous = tf.stack([tf.zeros_like(frames[0])] + frames[:-1], axis=1)
  pairs = tf.reshape(
    side_by_side([previous, x]), [-1, height, width, 2 * channels]
  )
  y = _conv2d(
    pairs, tf.reshape(kernel, [3, 3, 2 * channels, -1]), dilation, "SAME"
  )
  ring = _ring(height, width, dilation)
  edges = np.stack(
    [
      np.stack([ring if t else np.ones_like(ring), ring], -1)
      for t in range(time)
    ]
  )
  edge = _conv2d(
    tf.constant(edges),
    tf.reshape(edge_kernel, [3, 3, 2, -1]),
    dilation,
    "VALID",
  )
  return tf.reshape(y, output_shape), edge


def _ring(height: int, width: int, thickness: int) -> np.ndarray:
  """Zeros [height, width] inside a border of ones of the given thickness."""
  return np.pad(
    np.zeros([height, width], np.float32), thickness, constant_values=1.0
  )


def _actnorm(
  names: list[str], y: tf.Tensor, edge: Optional[tf.Tensor]
) -> list[tf.Tensor]:
  """b and logs of every convolution, [(time,) 1, 1, channels].

  A frame has one actnorm per convolution, a window one per step.
  """
  channels = int(y.shape[-1]) // len(names)
  steps = [None] if y.shape.rank == 4 else range(int(y.shape[1]))
  by_name = [None] * len(names)
  if ddi.active():
    by_name = tf.split(y if edge is None else y + edge, len(names), axis=-1)
  pairs = []
  for t in steps:
    prefix = "actnorm" if t is None else "actnorm_%d/actnorm_%d" % (t, t)
    for name, y_n in zip(names, by_name):
      with tf.variable_scope(name + "/actnorm"):
        x = y_n if t is None or y_n is None else y_n[:, t]
        pairs.append(actnorm_parameters(prefix, x, channels))
  shape = [len(steps), 1, 1, len(names) * channels]
  return [
    v[0] if len(v) == 1 else tf.reshape(tf.stack(v), shape) for v in zip(*pairs)
  ]


def actnorm_parameters(
  prefix: str, x: Optional[tf.Tensor], channels: int
) -> tuple[tf.Tensor, tf.Tensor]:
  """b and logs, each [1, 1, 1, channels], of `(x + b) * exp(3 * logs)`.

  Args:
    prefix: of the names: `<prefix>_center/b` and `<prefix>_scale/logs`.
    x: [batch, height, width, channels], read in an initialisation graph only
      (there the result has mean 0 and variance 1 per channel); else ignored.
    channels: number of channels.
  """
  shape, axes = [1, 1, 1, channels], [0, 1, 2]
  b = ddi.variable(
    prefix + "_center/b", shape, lambda: -tf.reduce_mean(x, axes, keepdims=True)
  )
  logs = ddi.variable(
    prefix + "_scale/logs",
    shape,
    lambda: (
      -tf.log(1e-6 + tf.sqrt(tf.reduce_mean((x + b) ** 2, axes, keepdims=True)))
      / LOGSCALE_FACTOR
    ),
  )
  return b, logs


def conv_stack(
  x: tf.Tensor,
  mid_channels: int,
  output_channels: int,
  activation: str,
  dilation: int = 1,
) -> tf.Tensor:
  """conv 3x3, relu, gated (or relu) conv 1x1, zero-initialised conv 3x3.

  Args:
    x: frames or windows, as `conv`.
    mid_channels: width of the two hidden layers.
    output_channels: channels of the result.
    activation: `gatu`: tanh(conv(h)) * sigmoid(conv(h)), or `relu`.
    dilation: of the 3x3 convolutions.

  Returns:
    [batch, (time,) height, width, output_channels]; zeros at initialisation.
  """
  with tf.variable_scope("conv_block"):
    h = tf.nn.relu(conv("1_1", x, mid_channels, dilation=dilation))
    if activation == "gatu":
      h = conv(["1_tanh", "1_sigm"], h, mid_channels, spatial_size=1)
      h_tanh, h_sigmoid = tf.split(h, 2, axis=-1)
      h = tf.tanh(h_tanh) * tf.sigmoid(h_sigmoid)
    else:
      h = tf.nn.relu(conv("1_2", h, mid_channels, spatial_size=1))
  return conv("zeros", h, output_channels, dilation=dilation, zero_init=True)


def interleaved(h: tf.Tensor) -> list[tf.Tensor]:
  """Splits [..., 2 * channels] into its even and its odd channels.

  tensor2tensor interleaves the two outputs of a head, e.g. (loc, log_scale).
  """
  shape = [-1] + h.shape.as_list()[1:-1] + [int(h.shape[-1]) // 2, 2]
  return tf.unstack(tf.reshape(h, shape), axis=-1)
