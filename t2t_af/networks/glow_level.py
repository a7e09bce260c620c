"""One level of Glow: `depth` steps of actnorm, 1x1 convolution and coupling.

Kingma and Dhariwal, Glow: Generative flow with invertible 1x1 convolutions,
2018. Variables have tensor2tensor's names and shapes (`glow_ops.revnet`).
"""

from collections.abc import Sequence
from typing import NamedTuple, Optional

import numpy as np
import scipy.linalg
import tensorflow.compat.v1 as tf

from t2t_af.annotations import HParams
from t2t_af.networks import ddi
from t2t_af.networks import layers


class Mixing(NamedTuple):
  """Parameters of actnorm and 1x1 convolution of `steps` steps, stacked.

  The two together are `x @ kernel + bias`, with log-determinant
  `height * width * log_det`.
  """

  b: tf.Tensor  # [steps, 1, channels]
  log_scale: tf.Tensor  # [steps, 1, channels]
  permutation: tf.Tensor  # [steps, channels, channels]; the P of W = P L U
  lower: tf.Tensor  # [steps, channels, channels]; its strict part counts
  upper: tf.Tensor  # [steps, channels, channels]; its strict part counts
  sign_s: tf.Tensor  # [steps, channels]
  log_s: tf.Tensor  # [steps, channels]

  def weights(self) -> tf.Tensor:
    """W = P (L + I) (U + diag(sign_s * exp(log_s))), [steps, c, c]."""
    channels = int(self.b.shape[-1])
    mask = np.tril(np.ones([channels, channels], np.float32), -1)
    lower = self.lower * mask + np.eye(channels, dtype=np.float32)
    upper = self.upper * mask.T + tf.matrix_diag(
      self.sign_s * tf.exp(self.log_s)
    )
    return tf.matmul(self.permutation, tf.matmul(lower, upper))

  def kernels(self) -> list[tuple[tf.Tensor, tf.Tensor]]:
    """Per step W with its rows scaled, [1, 1, c, c], and the bias, [c]."""
    weights = self.weights()
    scale = tf.exp(self.log_scale)
    kernels = tf.matrix_transpose(scale) * weights
    biases = tf.matmul(self.b * scale, weights)
    return _per_step(kernels, biases)

  def inverse_kernels(self) -> list[tuple[tf.Tensor, tf.Tensor]]:
    """Per step inv(W) with its columns unscaled, and the bias, -b."""
    return _per_step(
      tf.linalg.inv(self.weights()) * tf.exp(-self.log_scale), -self.b
    )

  def log_det(self) -> tf.Tensor:
    """Scalar, nats per pixel, summed over the steps."""
    return tf.reduce_sum(self.log_scale) + tf.reduce_sum(self.log_s)


def forward(x: tf.Tensor, hparams: HParams) -> tuple[tf.Tensor, tf.Tensor]:
  """Data to noise through `hparams.depth` steps.

  Args:
    x: [batch, height, width, channels], channels even.
    hparams: depth, coupling, coupling_width, activation.

  Returns:
    z as x, and its log-determinant [batch], nats.
  """
  height, width, channels = x.shape.as_list()[1:]
  pixels = float(height * width)
  if not ddi.active():
    mixing = _mixing(range(hparams.depth), channels)
    kernels = mixing.kernels()
    log_det = mixing.log_det()
  log_scales = []
  for step in range(hparams.depth):
    if ddi.active():  # Each step initialises on the output of the one before.
      x = _mix(x, *_mixing([step], channels, x).kernels()[0])
    else:
      x = _mix(x, *kernels[step])
    with tf.variable_scope("revnet_step_%d" % step):
      x, log_scale = _couple(x, hparams)
      log_scales.append(log_scale)
  if ddi.active():
    return x, tf.zeros(tf.shape(x)[:1])
  return x, pixels * log_det + _sum_over_pixels(log_scales, x)


def inverse_parameters(channels: int, hparams: HParams) -> list[tuple]:
  """What of the inverse depends on the weights alone.

  Call it outside of a loop over frames: it inverts a matrix per step.

  Returns:
    (inverse 1x1 kernel, its bias) of every step, last step first.
  """
  mixing = _mixing(range(hparams.depth), channels)
  return mixing.inverse_kernels()[::-1]


def inverse(
  parameters: list[tuple], z: tf.Tensor, hparams: HParams
) -> tf.Tensor:
  """Noise to data, the exact inverse of `forward`.

  Args:
    parameters: of `inverse_parameters`.
    z: [batch, height, width, channels].
    hparams: as in `forward`.

  Returns:
    x, as z.
  """
  steps = reversed(range(hparams.depth))
  for step, (kernel, bias) in zip(steps, parameters):
    with tf.variable_scope("revnet_step_%d" % step):
      z = _uncouple(z, hparams)
    z = _mix(z, kernel, bias)
  return z


def _mix(x: tf.Tensor, kernel: tf.Tensor, bias: tf.Tensor) -> tf.Tensor:
  """1x1 convolution, actnorm included. kernel: [1, 1, c, c], bias: [c]."""
  return tf.nn.bias_add(tf.nn.conv2d(x, kernel, 1, "VALID"), bias)


def _per_step(
  kernels: tf.Tensor, biases: tf.Tensor
) -> list[tuple[tf.Tensor, tf.Tensor]]:
  """[steps, c, c] and [steps, 1, c] to [([1, 1, c, c], [c]) of each step]."""
  c = int(kernels.shape[-1])
  return list(
    zip(
      tf.unstack(tf.reshape(kernels, [-1, 1, 1, c, c])),
      tf.unstack(tf.reshape(biases, [-1, c])),
    )
  )


def _mixing(
  steps: Sequence[int], channels: int, x: Optional[tf.Tensor] = None
) -> Mixing:
  """Stacks the parameters of the steps, so that few operations serve all."""
  per_step = []
  for step in steps:
    with tf.variable_scope("revnet_step_%d" % step):
      with tf.variable_scope("actnorm"):
        b, logs = layers.actnorm_parameters("actnorm", x, channels)
      per_step.append((b, logs) + _invertible_parameters(channels))
  b, logs, p, l, u, sign_s, log_s = [tf.stack(t) for t in zip(*per_step)]
  row = [-1, 1, channels]
  return Mixing(
    b=tf.reshape(b, row),
    log_scale=tf.reshape(logs, row) * layers.LOGSCALE_FACTOR,
    permutation=p,
    lower=l,
    upper=u,
    sign_s=sign_s,
    log_s=log_s,
  )


def _invertible_parameters(channels: int) -> tuple[tf.Tensor, ...]:
  """P, L, U, sign_S, log_S of one step; starts as a random rotation."""
  rotation = scipy.linalg.qr(np.random.rand(channels, channels))[0]
  p, l, u = scipy.linalg.lu(rotation)
  s = np.diag(u)

  def value(
    name: str, initial: np.ndarray, trainable: bool = True
  ) -> tf.Tensor:
    return tf.convert_to_tensor(
      tf.get_variable(
        name, initializer=initial.astype(np.float32), trainable=trainable
      )
    )

  with tf.variable_scope("invertible"):
    return (
      value("P", p, trainable=False),
      value("L", l),
      value("U", np.triu(u, 1)),
      value("sign_S", np.sign(s), trainable=False),
      value("log_S", np.log(np.abs(s))),
    )


def _coupling_network(
  x1: tf.Tensor, hparams: HParams
) -> tuple[tf.Tensor, Optional[tf.Tensor]]:
  """shift and log_scale (None if additive) of the other half of channels."""
  channels = int(x1.shape[-1])
  affine = hparams.coupling == "affine"
  with tf.variable_scope("affine/nn" if affine else "additive/nn"):
    h = layers.conv_stack(
      x1,
      hparams.coupling_width,
      2 * channels if affine else channels,
      hparams.activation,
    )
  if not affine:
    return h, None
  shift, raw_scale = layers.interleaved(h)
  return shift, tf.log_sigmoid(raw_scale + 2.0)


def _couple(
  x: tf.Tensor, hparams: HParams
) -> tuple[tf.Tensor, Optional[tf.Tensor]]:
  x1, x2 = tf.split(x, 2, axis=-1)
  shift, log_scale = _coupling_network(x1, hparams)
  z2 = x2 + shift
  if log_scale is not None:
    z2 *= tf.exp(log_scale)
  return layers.side_by_side([x1, z2]), log_scale


def _uncouple(z: tf.Tensor, hparams: HParams) -> tf.Tensor:
  x1, x2 = tf.split(z, 2, axis=-1)
  shift, log_scale = _coupling_network(x1, hparams)
  if log_scale is not None:
    x2 *= tf.exp(-log_scale)
  return layers.side_by_side([x1, x2 - shift])


def _sum_over_pixels(
  maps: Sequence[Optional[tf.Tensor]], x: tf.Tensor
) -> tf.Tensor:
  """Sum over the steps of the sum of each map, [batch]."""
  if maps[0] is None:
    return tf.zeros(tf.shape(x)[:1])
  return tf.reduce_sum(tf.add_n(maps), axis=[1, 2, 3])
