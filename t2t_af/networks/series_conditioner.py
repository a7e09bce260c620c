"""The fully connected conditioner of flows on series (Appendix B)."""

import tensorflow.compat.v1 as tf

from t2t_af import time_axis
from t2t_af.networks import conditioning
from t2t_af.networks import highway


class SeriesConditioner(conditioning.Conditioner):
  """Shift and log-scale of a step from the num_cond_steps steps before it.

  The steps of the window side by side; a highway network, ELU (Appendix B:
  two layers of 256); a zero-initialised layer for each map.

  Args:
    num_cond_steps: steps in a window.
    width, num_layers: of the highway network.
    mask: `none`, or `learned`: a gate for every feature of every step of the
      window.
    log_scale_bound, num_extra: as in `conditioning.maps`.
    name: of the variable scope.
  """

  def __init__(
    self,
    num_cond_steps: int = 3,
    width: int = 256,
    num_layers: int = 2,
    mask: str = "none",
    log_scale_bound: float = conditioning.LOG_SCALE_BOUND,
    num_extra: int = 0,
    name: str = "series_conditioner",
  ):
    super().__init__(
      num_cond_steps, width, mask, log_scale_bound, num_extra, name
    )
    self._num_layers = num_layers

  def __call__(self, x: tf.Tensor) -> tuple[tf.Tensor, ...]:
    """Maps [batch, s - k + 1, features] of x [batch, s, features].

    k is num_cond_steps; see `conditioning`.
    """
    with tf.variable_scope(self._name, reuse=tf.AUTO_REUSE):
      windows = conditioning.beside(
        time_axis.shifted(x, self.num_cond_steps), self._mask
      )
      h = highway.highway(
        time_axis.fold(windows), self._width, self._num_layers
      )
      return self._maps(
        lambda sizes: dense_layers(h, sizes), windows, int(x.shape[-1])
      )


def dense_layers(x: tf.Tensor, sizes: dict[str, int]) -> list[tf.Tensor]:
  """One zero-initialised layer for each {name: size}; x [batch, features]."""
  return [
    highway.dense(name, x, size, zero_init=True) for name, size in sizes.items()
  ]
