"""The affine autoregressive flow across time (Eq. 4-7 and, for latents, 12)."""

from typing import Callable, NamedTuple, Optional, Tuple

import tensorflow.compat.v1 as tf
import tensorflow_probability as tfp

tfb = tfp.bijectors

ShiftAndLogScale = Tuple[tf.Tensor, Optional[tf.Tensor]]


class InverseAndLogDet(NamedTuple):
  y: tf.Tensor                 # as x
  log_det_per_step: tf.Tensor  # [batch, time], nats; 0 where not transformed


class AffineAutoregressive(tfb.Bijector):
  """Affine flow across time: `x[t] = shift[t] + exp(log_scale[t]) * y[t]`.

  `shift` and `log_scale` (mu and log sigma in Eq. 5, alpha and log beta in
  Eq. 12) of step t are functions of `x[t - num_cond_steps : t]` alone. The
  first `num_cond_steps` steps have no such window and pass unchanged.

  `inverse` (data -> noise, Eq. 5) is one parallel pass over all steps;
  `forward` (noise -> data, Eq. 4) is a loop with one call of the conditioner
  per step.
  Not validated: that the conditioner uses nothing but its window.

  Shapes: x, y: [batch, time, ...] with `event_rank` axes after batch.
  Units: log-determinants are nats, summed over everything but batch (Eq. 7).

  Args:
    shift_and_log_scale_fn: maps a window [batch, num_cond_steps, ...] to
      (shift, log_scale), each [batch, ...]; log_scale None means scale 1.
    num_cond_steps: length of the window, at least 1.
    event_rank: number of axes after batch: 4 for video, 2 for series.

  Raises:
    ValueError: num_cond_steps below 1.

  #### References
  [1]: Marino et al. Improving sequential latent variable models with
       autoregressive flows. _Machine Learning_, 2021.
  """

  def __init__(self, shift_and_log_scale_fn: Callable[[tf.Tensor],
                                                      ShiftAndLogScale],
               num_cond_steps: int, event_rank: int = 4,
               name: str = "affine_autoregressive"):
    if num_cond_steps < 1:
      raise ValueError(
          "num_cond_steps must be at least 1, got %d" % num_cond_steps)
    self._shift_and_log_scale_fn = shift_and_log_scale_fn
    self.num_cond_steps = num_cond_steps
    super().__init__(forward_min_event_ndims=event_rank, name=name)

  def inverse_and_log_det(self, x: tf.Tensor) -> InverseAndLogDet:
    """y and the log-determinant of dy/dx per step, in one conditioner call.

    Raises:
      ValueError: x has no step after the first num_cond_steps.
    """
    k = self.num_cond_steps
    num_steps = x.shape.as_list()[1]
    if num_steps is not None and num_steps <= k:
      raise ValueError("%s needs more than %d steps, got %d" % (
          self.name, k, num_steps))
    scored = x[:, k:]
    shift, log_scale = [
        _unfold(map_, scored)
        for map_ in self._shift_and_log_scale_fn(windows(x, k))]
    y = scored - shift
    if log_scale is None:
      log_det = tf.zeros(tf.shape(scored)[:2], x.dtype)
    else:
      y *= tf.exp(-log_scale)
      log_det = -tf.reduce_sum(log_scale, axis=list(range(2, x.shape.rank)))
    return InverseAndLogDet(tf.concat([x[:, :k], y], axis=1),
                            tf.pad(log_det, [[0, 0], [k, 0]]))

  def step(self, y_t: tf.Tensor, window: tf.Tensor) -> tf.Tensor:
    """x of one step (Eq. 4).

    Args:
      y_t: [batch, ...].
      window: the num_cond_steps x before it, [batch, num_cond_steps, ...].
    """
    shift, log_scale = self._shift_and_log_scale_fn(window)
    if log_scale is not None:
      y_t *= tf.exp(log_scale)
    return shift + y_t

  def inverse_step(self, x_t: tf.Tensor, window: tf.Tensor) -> tf.Tensor:
    """y of one step (Eq. 5); arguments as `step`."""
    shift, log_scale = self._shift_and_log_scale_fn(window)
    y_t = x_t - shift
    return y_t if log_scale is None else y_t * tf.exp(-log_scale)

  def _inverse(self, x):
    return self.inverse_and_log_det(x).y

  def _inverse_log_det_jacobian(self, x):
    return tf.reduce_sum(self.inverse_and_log_det(x).log_det_per_step, axis=1)

  def _forward(self, y):
    """The loop keeps the window alone, so a step costs the same at any t."""
    k = self.num_cond_steps
    num_steps = tf.shape(y)[1]
    by_time = tf.transpose(y, [1, 0] + list(range(2, y.shape.rank)))
    steps = tf.TensorArray(y.dtype, num_steps, element_shape=by_time.shape[1:])
    for t in range(k):
      steps = steps.write(t, by_time[t])

    def body(t, window, steps):
      x_t = self.step(by_time[t], window)
      window = tf.concat([window[:, 1:], x_t[:, tf.newaxis]], axis=1)
      return t + 1, window, steps.write(t, x_t)

    _, _, steps = tf.while_loop(
        lambda t, *_: t < num_steps, body, (k, y[:, :k], steps),
        shape_invariants=(tf.TensorShape([]), y[:, :k].shape,
                          tf.TensorShape(None)))
    x = tf.transpose(steps.stack(), [1, 0] + list(range(2, y.shape.rank)))
    x.set_shape(y.shape)
    return x


def windows(x: tf.Tensor, num_cond_steps: int) -> tf.Tensor:
  """The steps before each step that has enough of them, folded into batch.

  Args:
    x: [batch, time, ...].
    num_cond_steps: length k of a window.

  Returns:
    [batch * (time - k), k, ...]; row b * (time - k) + i is x[b, i : i + k],
    what step i + k may see.
  """
  num_steps = x.shape.as_list()[1]
  if num_steps is None:
    num_steps = tf.shape(x)[1]
  num_windows = num_steps - num_cond_steps
  stacked = tf.stack([x[:, i:i + num_windows] for i in range(num_cond_steps)],
                     axis=2)
  return tf.reshape(stacked, [-1, num_cond_steps] + x.shape.as_list()[2:])


def _unfold(map_, like):
  """[batch * time, ...] to the shape of `like`, [batch, time, ...]."""
  if map_ is None:
    return None
  time = like.shape.as_list()[1]
  if time is None:
    time = tf.shape(like)[1]
  return tf.reshape(map_, [-1, time] + map_.shape.as_list()[1:])
