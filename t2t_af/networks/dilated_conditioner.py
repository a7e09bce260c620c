"""A conditioner with a longer memory: causal dilated convolutions over time.

Not in the paper, which conditions on a window of three.
"""

from typing import Any

import tensorflow.compat.v1 as tf

from t2t_af import time_axis
from t2t_af.networks import conditioning
from t2t_af.networks import conv_conditioner
from t2t_af.networks import highway
from t2t_af.networks import series_conditioner


def dilations(num_cond_steps: int) -> list[int]:
  """Distances between two taps, layer by layer: 1, 2, 4 ... and a rest.

  A stack of such layers sees exactly num_cond_steps steps, each of them.
  """
  rates: list[int] = []
  missing = num_cond_steps - 1
  while missing > 0:
    rates.append(min(2 ** len(rates), missing))
    missing -= rates[-1]
  return rates


class DilatedConditioner(conditioning.NormalizedConditioner):
  """Shift and log-scale of a step from the num_cond_steps steps before it.

  One layer on every step; layers that join two steps, 1, 2, 4 ... apart, with
  a residual connection; a zero-initialised layer for each parameter. A layer
  is a 3x3 convolution with ReLU on video, a dense layer with ELU on series.
  The cost per step grows with the logarithm of num_cond_steps where all steps
  go through at once.

  Args: as `conditioning.NormalizedConditioner`; on series there is no
    normalisation. num_cond_steps is how many steps it sees. A learned mask has
    a gate for every channel of both taps of every layer that joins two steps.
  """

  def __init__(
    self, *args: Any, name: str = "dilated_conditioner", **options: Any
  ) -> None:
    super().__init__(*args, name=name, **options)

  def _parameters(self, x: tf.Tensor) -> tuple[tf.Tensor, ...]:
    """Parameters [batch, s - k + 1, ...] of x [batch, s, ...],
    video or series; k is num_cond_steps, see `conditioning`.
    """
    is_video = x.shape.rank == 5
    affine = (
      conv_conditioner.convs if is_video else series_conditioner.dense_layers
    )
    with tf.variable_scope(self._name, reuse=tf.AUTO_REUSE):
      h = self._layer("step", x, is_video)
      for i, dilation in enumerate(dilations(self.num_cond_steps)):
        with tf.variable_scope("dilated_%d" % i):
          taps = [h[:, :-dilation], h[:, dilation:]]
          h = taps[1] + self._layer(
            "join", conditioning.beside(taps, self._mask), is_video
          )
      folded = time_axis.fold(h)
      return self._flow_parameters(
        lambda sizes: affine(folded, sizes, self._precision),
        h,
        int(x.shape[-1]),
      )

  def _layer(self, name: str, x: tf.Tensor, is_video: bool) -> tf.Tensor:
    folded = time_axis.fold(x)
    if is_video:
      h = conv_conditioner.conv_layer(
        name,
        folded,
        self._width,
        self._normalization,
        self._training,
        self._precision,
      )
    else:
      h = tf.nn.elu(
        highway.dense(name, folded, self._width, precision=self._precision)
      )
    return time_axis.unfold(h, x)
