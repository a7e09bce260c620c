"""Hierarchical chains of flows (Eq. 9)."""

from collections.abc import Sequence
from typing import NamedTuple

import tensorflow.compat.v1 as tf
from tensorflow_probability import bijectors as tfb

from t2t_af.bijectors import autoregressive


class Inverses(NamedTuple):
  ys: list[tf.Tensor]  # y^1 ... y^M, each as x
  log_det_per_step: tf.Tensor  # [batch, time], nats, of all together


class Stack(tfb.Bijector):
  """M flows on top of each other: `y^m = transforms[m - 1].inverse(y^(m-1))`.

  y^0 is x and y^M is y; the transform nearest x comes first. Where the first
  steps of a transform pass unchanged, the next one starts after them
  (`start=below.num_unscored`), so that none of them conditions on steps that
  are data where others are noise.

  To forecast after a context: `y = stack.inverse(x)` of the context, at least
  num_unscored steps; then `stack.forward(concat([y, noise], 1))` begins with
  the same x. Every transform loops over time once, one call per step.

  Shapes: x, y: [batch, time, ...] with `event_rank` axes after batch.
  Units: log-determinants are nats, summed over everything but batch.

  Args:
    transforms: `AutoregressiveFlow`s, `TemporalDifference`s or `Stack`s; none
      make the identity.
    event_rank: number of axes after batch: 4 for video, 2 for series.

  Attributes:
    transforms: as given.
    num_unscored: number of first steps that are not transformed by all.
  """

  def __init__(
    self,
    transforms: Sequence[tfb.Bijector],
    event_rank: int = 4,
    name: str = "stack",
  ) -> None:
    self.transforms = tuple(transforms)
    self.num_unscored = max([t.num_unscored for t in transforms], default=0)
    super().__init__(forward_min_event_ndims=event_rank, name=name)

  def inverses(self, x: tf.Tensor) -> Inverses:
    """What every transform makes of x."""
    y, ys, total = x, [], tf.zeros(tf.shape(x)[:2], x.dtype)
    for transform in self.transforms:
      y, log_det_per_step = transform.inverse_and_log_det(y)
      ys.append(y)
      total += log_det_per_step
    return Inverses(ys, total)

  def inverse_and_log_det(
    self, x: tf.Tensor
  ) -> autoregressive.InverseAndLogDet:
    """y^M, and the log-determinants of all transforms added up per step."""
    ys, log_det_per_step = self.inverses(x)
    return autoregressive.InverseAndLogDet([x, *ys][-1], log_det_per_step)

  def _inverse(self, x: tf.Tensor) -> tf.Tensor:
    return self.inverse_and_log_det(x).y

  def _inverse_log_det_jacobian(self, x: tf.Tensor) -> tf.Tensor:
    return tf.reduce_sum(self.inverse_and_log_det(x).log_det_per_step, axis=1)

  def _forward(self, y: tf.Tensor) -> tf.Tensor:
    x = y
    for transform in reversed(self.transforms):
      x = transform.forward(x)
    return x
