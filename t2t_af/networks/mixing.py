"""Actnorm and 1x1 convolution of Glow's steps, as one product a step.

In float32 whatever the precision of networks: the inverse of a matrix, and its
determinant, are what the exactness of a flow stands on.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import scipy.linalg
import tensorflow.compat.v1 as tf

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


class Step(NamedTuple):
  """Values of a step's variables."""

  b: tf.Tensor
  logs: tf.Tensor
  permutation: tf.Tensor
  lower: tf.Tensor
  upper: tf.Tensor
  sign_s: tf.Tensor
  log_s: tf.Tensor


def step(channels: int) -> Step:
  """Reads the variables, under the current scope."""
  with tf.variable_scope("actnorm"):
    b, logs = layers.actnorm_parameters("actnorm", channels)
  return Step(b, logs, *_invertible_parameters(channels))


def of_steps(steps: Sequence[int], channels: int) -> Mixing:
  """The parameters of the steps of these numbers, under the current scope."""
  per_step = []
  for number in steps:
    with tf.variable_scope("revnet_step_%d" % number):
      per_step.append(step(channels))
  return stacked(per_step)


def stacked(steps: Sequence[Step]) -> Mixing:
  """Few operations then serve all."""
  b, logs, p, l, u, sign_s, log_s = [tf.stack(t) for t in zip(*steps)]
  row = [-1, 1, int(p.shape[-1])]
  return Mixing(
    b=tf.reshape(b, row),
    log_scale=tf.reshape(logs, row) * layers.LOGSCALE_FACTOR,
    permutation=p,
    lower=l,
    upper=u,
    sign_s=sign_s,
    log_s=log_s,
  )


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
