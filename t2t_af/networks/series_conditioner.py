"""The fully connected conditioner of flows on series (Appendix B)."""

from typing import Any

import tensorflow.compat.v1 as tf

from t2t_af import time_axis
from t2t_af.networks import conditioning
from t2t_af.networks import highway


class SeriesConditioner(conditioning.Conditioner):
  """Shift and log-scale of a step from the num_cond_steps steps before it.

  The steps of the window side by side; a highway network, ELU (Appendix B:
  two layers of 256); a zero-initialised layer for each parameter.

  Args:
    num_cond_steps: steps in a window.
    width, num_layers: of the highway network.
    **options: of `conditioning.Conditioner`; a learned mask has a gate for
      every feature of every step of the window.
  """

  def __init__(
    self,
    num_cond_steps: int = 3,
    width: int = 256,
    num_layers: int = 2,
    name: str = "series_conditioner",
    **options: Any,
  ) -> None:
    super().__init__(num_cond_steps, width, name=name, **options)
    self._num_layers = num_layers

  def _parameters(self, x: tf.Tensor) -> tuple[tf.Tensor, ...]:
    """Parameters [batch, s - k + 1, features] of x [batch, s, features].

    k is num_cond_steps; see `conditioning`.
    """
    with tf.variable_scope(self._name, reuse=tf.AUTO_REUSE):
      windows = conditioning.beside(
        time_axis.shifted(x, self.num_cond_steps), self._mask
      )
      h = highway.highway(
        time_axis.fold(windows),
        self._width,
        self._num_layers,
        precision=self._precision,
      )
      return self._flow_parameters(
        lambda sizes: dense_layers(h, sizes, self._precision),
        windows,
        int(x.shape[-1]),
      )


def dense_layers(
  x: tf.Tensor, sizes: dict[str, int], precision: str
) -> list[tf.Tensor]:
  """One zero-initialised layer for each {name: size}; x [batch, features]."""
  return [
    highway.dense(name, x, size, zero_init=True, precision=precision)
    for name, size in sizes.items()
  ]
