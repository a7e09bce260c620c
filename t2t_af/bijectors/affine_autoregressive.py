"""The affine autoregressive flow across time (Eq. 4-7 and, for latents, 12)."""

import tensorflow.compat.v1 as tf

from t2t_af.bijectors import autoregressive


class AffineAutoregressive(autoregressive.AutoregressiveFlow):
  """Affine flow across time: `x[t] = shift[t] + exp(log_scale[t]) * y[t]`.

  `shift` and `log_scale` (mu and log sigma in Eq. 5, alpha and log beta in
  Eq. 12) of step t are functions of `x[t - num_cond_steps : t]` alone. See
  `AutoregressiveFlow` for the first steps, shapes, units and arguments; the
  maps of the conditioner, and of `initial`, are (shift, log_scale), and
  log_scale None means scale 1.

  At initialisation: identity where the heads of the conditioner start at zero.

  #### References
  [1]: Marino et al. Improving sequential latent variable models with
       autoregressive flows. _Machine Learning_, 2021.
  """

  def __init__(self, *args, name: str = "affine_autoregressive", **kwargs):
    super().__init__(*args, name=name, **kwargs)

  def to_data(self, y, shift, log_scale):
    """Eq. 4."""
    return shift + (y if log_scale is None else y * tf.exp(log_scale))

  def to_noise(self, x, shift, log_scale):
    """Eq. 5 and the summands of Eq. 7, negated."""
    y = x - shift
    if log_scale is None:
      return y, None
    return y * tf.exp(-log_scale), -log_scale
