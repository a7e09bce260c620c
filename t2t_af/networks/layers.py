"""Convolutions with edge bias and actnorm, on frames and on windows of frames.

Frames and windows are those of `convolution`. Names and shapes of the variables
are those of tensor2tensor's `glow_ops`, so that its checkpoints load; what is
computed from them is arranged differently:

- b and exp(3 logs) of an actnorm go into the kernel and the bias, not over the
  activations: on two cores their gradients took a quarter of a step;
- a (2, 3, 3) convolution over time is one of each step and the step before it,
  and steps that nothing depends on are left out.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple, Optional, Union

import tensorflow.compat.v1 as tf

from t2t_af import session
from t2t_af import workers
from t2t_af.networks import convolution
from t2t_af.networks import ddi
from t2t_af.networks import products

LOGSCALE_FACTOR = 3.0  # tensor2tensor's: scales are exp(3 * logs).

Window = tuple[tf.Tensor, ...]


def variable(name: str, shape: Sequence[int], initializer: Any) -> tf.Tensor:
  """Value of a trainable variable, read once."""
  return tf.convert_to_tensor(
    tf.get_variable(name, shape, initializer=initializer)
  )


class Weights(NamedTuple):
  """Values of a convolution's variables."""

  kernel: tf.Tensor
  b: tuple[tf.Tensor, ...]  # one, or of every step of a window
  logs: tuple[tf.Tensor, ...]  # as b


class Conv(NamedTuple):
  """`(conv(x) + edge + b) * exp(3 * logs)`, same padding.

  A 3x3 convolution of a window also sees the previous frame of the window.

  Attributes:
    name: variable scope.
    channels, out: of what comes in and goes out.
    size: 3 or 1.
    dilation: distance between the taps of a 3x3 kernel.
    zero_init: kernel, b and logs start at zero and so does the output; else
      b and logs are actnorm's, set by data (`ddi`), of a window step by step.
    num_steps: of the window; None: of frames.
    precision: one of session.PRECISIONS (`products`).
  """

  name: str
  channels: int
  out: int
  size: int = 3
  dilation: int = 1
  zero_init: bool = False
  num_steps: Optional[int] = None
  precision: str = session.FLOAT32

  def weights(self) -> Weights:
    """Reads the variables, under the current scope."""
    kernel = self._kernel()
    pairs = (
      [self._shift_and_scale()]
      if self.zero_init
      else [self._shift_and_scale_of(t) for t in range(self.num_steps or 1)]
    )
    return Weights(kernel, *(tuple(values) for values in zip(*pairs)))

  def apply(
    self, xs: Window, weights: Weights, num_outputs: Optional[int] = None
  ) -> Window:
    """The last steps of the result.

    Args:
      xs: the last steps of the window, or (frames,).
      weights: of `weights`.
      num_outputs: so many steps; None: as many as xs.
    """
    num_outputs = num_outputs or len(xs)
    scales = [
      tf.exp(tf.reshape(logs, [-1]) * LOGSCALE_FACTOR) for logs in weights.logs
    ]
    if self.zero_init and len(xs) == num_outputs > 1:
      (scale,) = scales
      kernel = products.factor(weights.kernel * scale, self.precision)
      ys = convolution.of_steps(xs, kernel, self.dilation)
      return tuple(_shifted(y, weights.b[0], scale) for y in ys)
    first = (self.num_steps or 1) - len(xs)
    outputs = []
    for i in range(len(xs) - num_outputs, len(xs)):
      t = 0 if len(scales) == 1 else first + i
      kernel = products.factor(weights.kernel * scales[t], self.precision)
      y = self._convolve(xs, i, first + i, kernel)
      outputs.append(_shifted(y, weights.b[t], scales[t]))
    return tuple(outputs)

  def initialize(
    self, xs: Window, weights: Weights, batch_number: tf.Tensor
  ) -> tuple[Window, Weights]:
    """As `apply`; actnorms follow from xs. And the new weights (`ddi`)."""
    kernel = products.factor(weights.kernel, self.precision)
    outputs, shifts_and_scales = [], []
    for t in range(len(xs)):
      y, edge = self._convolve(xs, t, t, kernel)
      y = y if edge is None else y + edge
      if self.zero_init:
        b, logs = weights.b[0], weights.logs[0]
      else:
        b, logs = normalizing(y, weights.b[t], weights.logs[t], batch_number)
        shifts_and_scales.append((b, logs))
      outputs.append((y + b) * tf.exp(logs * LOGSCALE_FACTOR))
    if not self.zero_init:
      weights = Weights(kernel, *(tuple(v) for v in zip(*shifts_and_scales)))
    return tuple(outputs), weights

  def _convolve(
    self, xs: Window, i: int, t: int, kernel: tf.Tensor
  ) -> convolution.Response:
    """Convolution and edge of xs[i], step t of its window."""
    if self.num_steps is None:
      return convolution.of_frames(xs[i], kernel, self.dilation)
    previous = xs[i - 1] if t > 0 and self.size > 1 else None
    return convolution.of_step(xs[i], previous, kernel, self.dilation)

  def _kernel(self) -> tf.Tensor:
    is_window = self.num_steps is not None
    shape = [1] * is_window + [1, 1, self.channels, self.out]
    if self.size > 1:
      shape = [2] * is_window + [3, 3, self.channels + 1, self.out]
    return variable(
      self.name + "/W",
      shape,
      tf.zeros_initializer()
      if self.zero_init
      else tf.random_normal_initializer(0.0, 0.05),
    )

  def _shift_and_scale(self) -> tuple[tf.Tensor, tf.Tensor]:
    zeros = tf.zeros_initializer()
    return (
      variable(self.name + "/b", [1, 1, 1, self.out], zeros),
      variable(self.name + "/logs", [1, self.out], zeros),
    )

  def _shift_and_scale_of(self, t: int) -> tuple[tf.Tensor, tf.Tensor]:
    """b and logs of a step, an actnorm's."""
    prefix = (
      "actnorm" if self.num_steps is None else "actnorm_%d/actnorm_%d" % (t, t)
    )
    with tf.variable_scope(self.name + "/actnorm"):
      return actnorm_parameters(prefix, self.out)


def _shifted(
  response: convolution.Response, b: tf.Tensor, scale: tf.Tensor
) -> tf.Tensor:
  """(y + edge) + b * scale; y and edge are scaled already."""
  y, edge = response
  shift = tf.reshape(b, [-1]) * scale
  return tf.nn.bias_add(y, shift) if edge is None else y + (edge + shift)


def conv(
  name: str,
  x: Union[tf.Tensor, Window],
  output_channels: int,
  spatial_size: int = 3,
  dilation: int = 1,
  zero_init: bool = False,
  precision: str = session.FLOAT32,
) -> Union[tf.Tensor, Window]:
  """A single `Conv` of frames or a window, with its variables; like x."""
  is_window = isinstance(x, tuple)
  xs = x if is_window else (x,)
  layer = Conv(
    name,
    int(xs[0].shape[-1]),
    output_channels,
    spatial_size,
    dilation,
    zero_init,
    len(xs) if is_window else None,
    precision,
  )
  weights = layer.weights()
  ys = (
    ddi.call(_initialized, xs, weights, layer=layer)
    if ddi.active()
    else layer.apply(xs, weights)
  )
  return ys if is_window else ys[0]


def _initialized(
  xs: Window, weights: Weights, batch_number: tf.Tensor, *, layer: Conv
) -> tuple[Window, Weights]:
  """Of a layer alone."""
  return layer.initialize(xs, weights, batch_number)


def actnorm_parameters(
  prefix: str, channels: int
) -> tuple[tf.Tensor, tf.Tensor]:
  """b and logs, each [1, 1, 1, channels], of `(x + b) * exp(3 * logs)`.

  Args:
    prefix: of the names: `<prefix>_center/b` and `<prefix>_scale/logs`.
    channels: number of channels.
  """
  shape = [1, 1, 1, channels]
  return (
    ddi.variable(prefix + "_center/b", shape),
    ddi.variable(prefix + "_scale/logs", shape),
  )


def normalizing(
  x: tf.Tensor, b: tf.Tensor, logs: tf.Tensor, batch_number: tf.Tensor
) -> tuple[tf.Tensor, tf.Tensor]:
  """b and logs after another batch; the first gives mean 0 and variance 1.

  Args:
    x: [batch, height, width, channels], the batch.
    b, logs: [1, 1, 1, channels], of the batches before: the mean of them all.
    batch_number: float32 scalar, 1 for the first.
  """
  b += (-_mean(x) - b) / batch_number
  batch_logs = -tf.log(1e-6 + tf.sqrt(_mean((x + b) ** 2))) / LOGSCALE_FACTOR
  return b, logs + (batch_logs - logs) / batch_number


def _mean(x: tf.Tensor) -> tf.Tensor:
  """[1, 1, 1, channels], of the batches of all workers."""
  (mean,) = workers.mean([tf.reduce_mean(x, [0, 1, 2], keepdims=True)])
  return mean


def interleaved(h: tf.Tensor) -> list[tf.Tensor]:
  """Splits [..., 2 * channels] into its even and its odd channels.

  tensor2tensor interleaves the two outputs of a head, e.g. (loc, log_scale).
  """
  shape = [-1] + h.shape.as_list()[1:-1] + [int(h.shape[-1]) // 2, 2]
  return tf.unstack(tf.reshape(h, shape), axis=-1)
