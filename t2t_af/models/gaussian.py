"""Gaussians with a diagonal covariance, one per step of every sequence."""

from typing import NamedTuple

import numpy as np
import tensorflow.compat.v1 as tf


class Gaussian(NamedTuple):
  """N(loc, diag(exp(log_scale))^2), each [batch, time, ...]."""

  loc: tf.Tensor
  log_scale: tf.Tensor

  def sample(self, eps: tf.Tensor) -> tf.Tensor:
    """loc + scale * eps, eps standard normal and shaped as loc."""
    return self.loc + tf.exp(self.log_scale) * eps

  def log_prob(self, x: tf.Tensor) -> tf.Tensor:
    """Of x [batch, time, ...]: [batch, time], nats, summed over a step."""
    eps = (x - self.loc) * tf.exp(-self.log_scale)
    return -_sum_of_step(
      0.5 * tf.square(eps) + self.log_scale + 0.5 * np.log(2.0 * np.pi)
    )

  def kl(self, other: "Gaussian") -> tf.Tensor:
    """KL(self || other), [batch, time], nats, summed over a step.

    log(s' / s) + (s^2 + (m - m')^2) / (2 s'^2) - 1/2, element by element.
    """
    log_ratio = self.log_scale - other.log_scale
    eps = (self.loc - other.loc) * tf.exp(-other.log_scale)
    return _sum_of_step(
      0.5 * (tf.exp(2.0 * log_ratio) + tf.square(eps) - 1.0) - log_ratio
    )


def _sum_of_step(x):
  return tf.reduce_sum(x, axis=list(range(2, x.shape.rank)))
