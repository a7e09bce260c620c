"""What is left of a step: location and scale of a normal or a Student's t.

The base of a flow (y of `autoregressive_flow`) and the likelihood p(y_t | z_t)
of an SLVM.

Hparams:
  base_distribution   normal (the paper) | student_t: degrees of freedom of
                      every feature, of video every channel, are learned. A
                      sensor that jumps once in a thousand steps costs a normal
                      the square of the jump, and a t the logarithm of it.
"""

from collections.abc import Sequence
from typing import NamedTuple, Optional, Protocol

import numpy as np
import tensorflow.compat.v1 as tf

from t2t_af.annotations import HParams
from t2t_af.bijectors import affine
from t2t_af.models import gaussian
from t2t_af.networks import bounds
from t2t_af.networks import layers

BASES = ("normal", "student_t")
INITIAL_DEGREES_OF_FREEDOM = 5.0
# Of log (degrees of freedom - 1): what the variable is multiplied by, as that
# of Glow's log-scales is, because at a learning rate of 1e-4 it would need tens
# of thousands of steps; and how far it may go from where it starts, which are
# 1.02 and 980 degrees of freedom.
_GAIN = 10.0
_BOUND = 5.5


class Base(Protocol):
  """A distribution of numbers around 0, with scale 1."""

  def log_prob(
    self, y: tf.Tensor, log_scale: Optional[tf.Tensor] = None
  ) -> tf.Tensor:
    """As `gaussian.standard_normal_log_prob`: [batch, time], nats."""

  def noise(self, normal: tf.Tensor) -> tf.Tensor:
    """A draw, made of one of N(0, 1) and of its shape."""


class Normal:
  """N(0, 1)."""

  def log_prob(
    self, y: tf.Tensor, log_scale: Optional[tf.Tensor] = None
  ) -> tf.Tensor:
    """See Base."""
    return gaussian.standard_normal_log_prob(y, log_scale)

  def noise(self, normal: tf.Tensor) -> tf.Tensor:
    """Itself."""
    return normal


class StudentT:
  """Student's t with `degrees_of_freedom`, [features]."""

  def __init__(self, degrees_of_freedom: tf.Tensor) -> None:
    self.degrees_of_freedom = degrees_of_freedom

  def log_prob(
    self, y: tf.Tensor, log_scale: Optional[tf.Tensor] = None
  ) -> tf.Tensor:
    """See Base."""
    df = self.degrees_of_freedom
    at_zero = (
      tf.math.lgamma(0.5 * (df + 1.0))
      - tf.math.lgamma(0.5 * df)
      - 0.5 * tf.log(np.pi * df)
    )
    terms = at_zero - 0.5 * (df + 1.0) * tf.math.log1p(tf.square(y) / df)
    if log_scale is not None:
      terms -= log_scale
    return tf.reduce_sum(terms, axis=list(range(2, terms.shape.rank)))

  def noise(self, normal: tf.Tensor) -> tf.Tensor:
    """normal / sqrt(chi^2 / degrees of freedom); follows the graph's seed."""
    half = 0.5 * self.degrees_of_freedom
    return normal * tf.rsqrt(
      tf.random_gamma(tf.shape(normal)[:-1], alpha=half, beta=half)
    )


class LocationScale(NamedTuple):
  """loc + exp(log_scale) * base, each [..., features]."""

  base: Base
  loc: tf.Tensor
  log_scale: tf.Tensor

  def log_prob(self, x: tf.Tensor) -> tf.Tensor:
    """Of x [batch, time, ...]: [batch, time], nats, summed over a step."""
    y = affine.Affine(self.loc, self.log_scale).inverse(x)
    return self.base.log_prob(y, self.log_scale)

  def floored(self, log_floor: Optional[tf.Tensor]) -> "LocationScale":
    """With `bounds.floored` scales; None: as it is."""
    if log_floor is None:
      return self
    return self._replace(log_scale=bounds.floored(self.log_scale, log_floor))


class Future(NamedTuple):
  """What y of coming steps is made of: loc + scale * noise, tensors alike."""

  loc: tf.Tensor
  log_scale: tf.Tensor
  noise: tf.Tensor  # of the base

  def draw(self, log_floor: Optional[tf.Tensor] = None) -> tf.Tensor:
    """y, with `bounds.floored` scales where there is a floor."""
    log_scale = self.log_scale
    if log_floor is not None:
      log_scale = bounds.floored(log_scale, log_floor)
    return affine.Affine(self.loc, log_scale).forward(self.noise)


def from_hparams(step_shape: Sequence[int], hparams: HParams) -> Base:
  """The base that hparams.base_distribution says, of steps of this shape.

  The variable of a Student's t is base/degrees_of_freedom.
  """
  if hparams.base_distribution == "normal":
    return Normal()
  with tf.variable_scope("base", reuse=tf.AUTO_REUSE):
    raw = layers.variable(
      "degrees_of_freedom", [int(step_shape[-1])], tf.zeros_initializer()
    )
  factor = tf.exp(bounds.bounded(_GAIN * raw, _BOUND))
  return StudentT(1.0 + (INITIAL_DEGREES_OF_FREEDOM - 1.0) * factor)
