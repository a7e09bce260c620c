"""No noise on what is observed: a number as it is, a level's middle."""

from typing import Any

import tensorflow.compat.v1 as tf

from t2t_af.models import noise


class MidNoise(noise.WindowNoise):
  """U(0, 1) is 1/2 and N(0, 1) is 0; other streams are a window's own.

  For what is not to depend on a draw (a transform and its inverse), and for
  samples, which have the noise of the data in them already.
  """

  def uniform(self, shape: Any) -> tf.Tensor:
    """The middle of U(0, 1)."""
    return tf.fill(shape, 0.5)

  def normal(self, shape: Any) -> tf.Tensor:
    """The middle of N(0, 1)."""
    return tf.zeros(shape)
