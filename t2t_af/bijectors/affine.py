"""The affine map of Eq. 4, 5 and 12, element by element: written once."""

from typing import NamedTuple, Optional

import tensorflow.compat.v1 as tf


class Affine(NamedTuple):
  """`x = shift + exp(log_scale) * y`, y being noise and x data.

  shift and log_scale are mu and log sigma in Eq. 4 and 5, alpha and log beta
  in Eq. 12; they broadcast against x and y. log_scale None means scale 1.
  """

  shift: tf.Tensor
  log_scale: Optional[tf.Tensor] = None

  def forward(self, y: tf.Tensor) -> tf.Tensor:
    """Eq. 4: noise to data."""
    if self.log_scale is None:
      return self.shift + y
    return self.shift + y * tf.exp(self.log_scale)

  def inverse(self, x: tf.Tensor) -> tf.Tensor:
    """Eq. 5: data to noise."""
    y = x - self.shift
    return y if self.log_scale is None else y * tf.exp(-self.log_scale)

  def inverse_log_det(self) -> Optional[tf.Tensor]:
    """log |dy / dx|, element by element; None for 0 (a summand of Eq. 7)."""
    return None if self.log_scale is None else -self.log_scale

  def after(self, first: "Affine") -> "Affine":
    """The map that is `first.forward`, then this `forward` (Eq. 9)."""
    if self.log_scale is None or first.log_scale is None:
      log_scale = self.log_scale if first.log_scale is None else first.log_scale
    else:
      log_scale = self.log_scale + first.log_scale
    return Affine(self.forward(first.shift), log_scale)
