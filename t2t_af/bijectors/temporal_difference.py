"""Differences between successive steps: Delta x (Sect. 3.1)."""

import tensorflow.compat.v1 as tf
from tensorflow_probability import bijectors as tfb

from t2t_af.bijectors import affine
from t2t_af.bijectors import autoregressive


class TemporalDifference(tfb.Bijector):
  """`y[t] = x[t] - x[t - 1]` after step `start`; the others pass unchanged.

  The affine flow with shift = x[t - 1] and scale 1 (Sect. 3.1), without its
  loop: `forward` is a cumulative sum. Log-determinants are 0.

  Shapes: x, y: [batch, time, ...] with `event_rank` axes after batch.

  Args:
    event_rank: number of axes after batch: 4 for video, 2 for series.
    start: first step of the data; no difference reaches back before it.

  Attributes:
    num_unscored: number of first steps that pass unchanged, start + 1.

  Raises:
    ValueError: start below 0; in `inverse` and `forward`: fewer than
      num_unscored steps.
  """

  def __init__(
    self, event_rank: int = 4, start: int = 0, name: str = "temporal_difference"
  ) -> None:
    if start < 0:
      raise ValueError("start must be at least 0, got %d" % start)
    self._start = start
    self.num_unscored = start + 1
    super().__init__(forward_min_event_ndims=event_rank, name=name)

  def inverse_and_log_det(
    self, x: tf.Tensor
  ) -> autoregressive.InverseAndLogDet:
    """y and, per step, the log-determinant of dy/dx, which is 0."""
    autoregressive.check_num_steps(x, self)
    y = tf.concat(
      [
        x[:, : self.num_unscored],
        x[:, self.num_unscored :] - x[:, self._start : -1],
      ],
      axis=1,
    )
    return autoregressive.InverseAndLogDet(
      y, tf.zeros(tf.shape(x)[:2], x.dtype)
    )

  def inverse_and_scale(self, x: tf.Tensor) -> autoregressive.InverseAndScale:
    """As `inverse_and_log_det`; the log-scale is 0."""
    return autoregressive.InverseAndScale(
      *self.inverse_and_log_det(x), tf.zeros_like(x)
    )

  def shift_and_log_scale(self, x: tf.Tensor) -> affine.Affine:
    """As `AutoregressiveFlow`'s: x[t - 1] and 0."""
    autoregressive.check_num_steps(x, self)
    shift = x[:, self._start : -1]
    return affine.Affine(shift, tf.zeros_like(shift))

  def _inverse(self, x: tf.Tensor) -> tf.Tensor:
    return self.inverse_and_log_det(x).y

  def _inverse_log_det_jacobian(self, x: tf.Tensor) -> tf.Tensor:
    return tf.zeros(tf.shape(x)[:1], x.dtype)

  def _forward(self, y: tf.Tensor) -> tf.Tensor:
    autoregressive.check_num_steps(y, self)
    x = tf.cumsum(y[:, self._start :], axis=1)
    return tf.concat([y[:, : self._start], x], axis=1)
