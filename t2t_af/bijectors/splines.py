"""Steps that are no affine function of their noise: rational splines."""

from typing import Any, Optional

import numpy as np
import tensorflow.compat.v1 as tf
from tensorflow_probability import bijectors as tfb

from t2t_af.bijectors import affine
from t2t_af.bijectors import autoregressive

NUM_BINS = 8
TAIL = 4.0  # Standard deviations: noise beyond it is left as it is.
MIN_BIN = 0.01  # Of the interval, which is 2 * TAIL wide.
MIN_SLOPE = 0.01


def num_extra(num_bins: int = NUM_BINS) -> int:
  """Numbers per channel of a step in the conditioner's third parameter."""
  return 3 * num_bins - 1


class SplineAutoregressive(autoregressive.AutoregressiveFlow):
  """`x[t] = shift[t] + exp(log_scale[t]) * g_t^-1(y[t])`, element by element.

  g is a monotone rational-quadratic spline with num_bins bins on [-4, 4], the
  identity outside (Durkan et al., 2019, which the paper names in Sect. 2.4 as
  a flow that could do better than the affine one). Shift and scale stay,
  because the spline's interval has to meet the data: frames on [0, 1] have
  conditional widths down to exp(-7).

  `inverse`, which training runs, is g; `forward` solves a quadratic equation.
  See `AutoregressiveFlow` for the first steps, shapes, units and arguments;
  the parameters that the conditioner gives, and `initial`, are (shift,
  log_scale, extra), where extra has num_extra(num_bins) times the channels of
  a step.

  At initialisation: identity, because zeros in extra make g the identity.

  Args:
    num_bins: of the spline, at least 2.

  Raises:
    ValueError: num_bins below 2.

  #### References
  [1]: Durkan et al. Neural spline flows. _NeurIPS_, 2019.
  """

  parameter_names = ("shift", "log_scale", "extra")

  def __init__(
    self, *args: Any, num_bins: int = NUM_BINS, **kwargs: Any
  ) -> None:
    if num_bins < 2:
      raise ValueError("num_bins must be at least 2, got %d" % num_bins)
    self._num_bins = num_bins
    super().__init__(*args, **kwargs)

  def element_forward(
    self, y: tf.Tensor, *parameters: Optional[tf.Tensor]
  ) -> tf.Tensor:
    """shift + exp(log_scale) * g^-1(y)."""
    shift, log_scale, extra = parameters
    inside, safe = _inside(y)
    u = self._spline(extra, y).inverse(safe)
    u = tf.where(inside, tf.reshape(u, tf.shape(y)), y)
    return affine.Affine(shift, log_scale).forward(u)

  def element_inverse(
    self, x: tf.Tensor, *parameters: Optional[tf.Tensor]
  ) -> autoregressive.ElementInverse:
    """g((x - shift) / exp(log_scale)), and log g' - log_scale."""
    shift, log_scale, extra = parameters
    u = affine.Affine(shift, log_scale).inverse(x)
    inside, safe = _inside(u)
    spline = self._spline(extra, u)
    y = tf.reshape(spline.forward(safe), tf.shape(u))
    log_slope = tf.reshape(
      spline.forward_log_det_jacobian(safe, event_ndims=0), tf.shape(u)
    )
    return autoregressive.ElementInverse(
      tf.where(inside, y, u),
      tf.where(inside, log_slope, tf.zeros_like(u)) - log_scale,
    )

  def _spline(
    self, extra: tf.Tensor, like: tf.Tensor
  ) -> tfb.RationalQuadraticSpline:
    """g of every number of `like` on its own, [numbers].

    Two axes are all that is needed, and many more make each of TensorFlow's
    gathers slow and its softmax refuse.
    """
    k = self._num_bins
    shape = tf.concat([tf.shape(like)[:-1], extra.shape[-1:]], axis=0)
    widths, heights, slopes = tf.split(
      tf.reshape(tf.broadcast_to(extra, shape), [-1, num_extra(k)]),
      [k, k, k - 1],
      axis=-1,
    )
    return tfb.RationalQuadraticSpline(
      _bins(widths), _bins(heights), _slopes(slopes), range_min=-TAIL
    )


def _inside(u: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
  """Where u is within the spline's interval, and u there, else 0, [numbers].

  Outside, a branch that is not chosen must still have a finite gradient.
  """
  inside = tf.abs(u) < TAIL
  return inside, tf.reshape(tf.where(inside, u, tf.zeros_like(u)), [-1])


def _bins(raw: tf.Tensor) -> tf.Tensor:
  """Widths or heights of the bins: positive, 2 * TAIL in all."""
  share = MIN_BIN + (1.0 - MIN_BIN * int(raw.shape[-1])) * tf.nn.softmax(raw)
  return 2.0 * TAIL * share


def _slopes(raw: tf.Tensor) -> tf.Tensor:
  """Positive, 1 for 0."""
  return MIN_SLOPE + tf.nn.softplus(raw + np.log(np.expm1(1.0 - MIN_SLOPE)))
