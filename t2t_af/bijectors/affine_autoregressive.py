"""The affine autoregressive flow across time (Eq. 4-7 and, for latents, 12)."""

from typing import Optional

import tensorflow.compat.v1 as tf

from t2t_af.bijectors import affine
from t2t_af.bijectors import autoregressive


class AffineAutoregressive(autoregressive.AutoregressiveFlow):
  """Affine flow across time: `x[t] = shift[t] + exp(log_scale[t]) * y[t]`.

  `shift` and `log_scale` (mu and log sigma in Eq. 5) of step t are functions
  of `x[t - num_cond_steps : t]` alone. See `AutoregressiveFlow` for the first
  steps, shapes, units and arguments; the parameters that the conditioner
  gives, and `initial`, are those of `affine.Affine`.

  At initialisation: identity where the heads of the conditioner start at zero.

  #### References
  [1]: Marino et al. Improving sequential latent variable models with
       autoregressive flows. _Machine Learning_, 2021.
  """

  def element_forward(
    self, y: tf.Tensor, *parameters: Optional[tf.Tensor]
  ) -> tf.Tensor:
    """Eq. 4."""
    return affine.Affine(*parameters).forward(y)

  def element_inverse(
    self, x: tf.Tensor, *parameters: Optional[tf.Tensor]
  ) -> autoregressive.ElementInverse:
    """Eq. 5 and the summands of Eq. 7, negated."""
    map_ = affine.Affine(*parameters)
    return autoregressive.ElementInverse(
      map_.inverse(x), map_.inverse_log_det()
    )
