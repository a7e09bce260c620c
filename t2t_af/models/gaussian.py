"""Gaussians with a diagonal covariance, one per step of every sequence."""

from typing import NamedTuple, Optional

import numpy as np
import tensorflow.compat.v1 as tf

from t2t_af.bijectors import affine


def standard_normal_log_prob(
  y: tf.Tensor, log_scale: Optional[tf.Tensor] = None
) -> tf.Tensor:
  """log N(y_t; 0, I), less the sum of log_scale, of every step, nats.

  Args:
    y: [batch, time, ...], the axes after time static.
    log_scale: as y: y is (x - loc) / exp(log_scale), and the density that of
      x. None: scale 1.

  Returns:
    [batch, time].
  """
  terms = 0.5 * tf.square(y)
  if log_scale is not None:
    terms += log_scale
  dims = np.prod(y.shape.as_list()[2:])
  return -_sum_of_step(terms) - 0.5 * np.log(2.0 * np.pi) * dims


class DiagonalGaussian(NamedTuple):
  """N(loc, diag(exp(log_scale))^2), each [batch, time, ...]."""

  loc: tf.Tensor
  log_scale: tf.Tensor

  def sample(self, eps: tf.Tensor) -> tf.Tensor:
    """loc + scale * eps, eps standard normal and shaped as loc."""
    return affine.Affine(*self).forward(eps)

  def log_prob(self, x: tf.Tensor) -> tf.Tensor:
    """Of x [batch, time, ...]: [batch, time], nats, summed over a step."""
    return standard_normal_log_prob(
      affine.Affine(*self).inverse(x), self.log_scale
    )

  def through(self, flow: affine.Affine) -> "DiagonalGaussian":
    """Of z = shift + exp(log_scale) * u where this is that of u (Eq. 12)."""
    return DiagonalGaussian(*flow.after(affine.Affine(*self)))

  def kl(self, other: "DiagonalGaussian") -> tf.Tensor:
    """KL(self || other), [batch, time], nats, summed over a step.

    log(s' / s) + (s^2 + (m - m')^2) / (2 s'^2) - 1/2, element by element.
    """
    log_ratio = self.log_scale - other.log_scale
    eps = affine.Affine(*other).inverse(self.loc)
    return _sum_of_step(
      0.5 * (tf.exp(2.0 * log_ratio) + tf.square(eps) - 1.0) - log_ratio
    )


def _sum_of_step(x: tf.Tensor) -> tf.Tensor:
  return tf.reduce_sum(x, axis=list(range(2, x.shape.rank)))
