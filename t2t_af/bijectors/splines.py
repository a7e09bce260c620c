"""Steps that are no affine function of their noise: rational splines."""

import numpy as np
import tensorflow.compat.v1 as tf
import tensorflow_probability as tfp

from t2t_af.bijectors import autoregressive

NUM_BINS = 8
TAIL = 4.0  # Standard deviations: noise beyond it is left as it is.
MIN_BIN = 0.01  # Of the interval, which is 2 * TAIL wide.
MIN_SLOPE = 0.01


def num_extra(num_bins: int = NUM_BINS) -> int:
  """Numbers per channel of a step in the third map of the conditioner."""
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
  the maps of the conditioner, and of `initial`, are (shift, log_scale, extra),
  where extra has num_extra(num_bins) times the channels of a step.

  At initialisation: identity, because zeros in extra make g the identity.

  Args:
    num_bins: of the spline, at least 2.

  Raises:
    ValueError: num_bins below 2.

  #### References
  [1]: Durkan et al. Neural spline flows. _NeurIPS_, 2019.
  """

  def __init__(
    self,
    *args,
    num_bins: int = NUM_BINS,
    name: str = "spline_autoregressive",
    **kwargs,
  ):
    if num_bins < 2:
      raise ValueError("num_bins must be at least 2, got %d" % num_bins)
    self._num_bins = num_bins
    super().__init__(*args, name=name, **kwargs)

  def to_data(self, y, shift, log_scale, extra):
    inside, safe = _inside(y)
    u = self._spline(extra, y).inverse(safe)
    u = tf.where(inside, tf.reshape(u, tf.shape(y)), y)
    return shift + u * tf.exp(log_scale)

  def to_noise(self, x, shift, log_scale, extra):
    u = (x - shift) * tf.exp(-log_scale)
    inside, safe = _inside(u)
    spline = self._spline(extra, u)
    y, log_slope = [
      tf.reshape(found, tf.shape(u))
      for found in (
        spline.forward(safe),
        spline.forward_log_det_jacobian(safe, event_ndims=0),
      )
    ]
    return (
      tf.where(inside, y, u),
      tf.where(inside, log_slope, tf.zeros_like(u)) - log_scale,
    )

  def _spline(self, extra, like):
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
    return tfp.bijectors.RationalQuadraticSpline(
      _bins(widths), _bins(heights), _slopes(slopes), range_min=-TAIL
    )


def _inside(u):
  """Where u is within the spline's interval, and u there, else 0, [numbers].

  Outside, a branch that is not chosen must still have a finite gradient.
  """
  inside = tf.abs(u) < TAIL
  return inside, tf.reshape(tf.where(inside, u, tf.zeros_like(u)), [-1])


def _bins(raw):
  share = MIN_BIN + (1.0 - MIN_BIN * int(raw.shape[-1])) * tf.nn.softmax(raw)
  return 2.0 * TAIL * share


def _slopes(raw):
  """Positive, 1 for 0."""
  return MIN_SLOPE + tf.nn.softplus(raw + np.log(np.expm1(1.0 - MIN_SLOPE)))
