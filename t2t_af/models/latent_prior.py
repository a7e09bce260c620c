"""VideoFlow's prior over one level's latent, on top of a latent flow.

p(z_t | z_<t, z_t^(>l)) = N(u_t; loc, scale) |dz_t / du_t|^-1 (Eq. 12), where
loc and scale are functions of the past three z of the level and of what came
down from the levels above (Kumar et al., 2020), and u is z seen through the
level's latent dynamics:

  none       u_t = z_t
  skip       u_t = z_t - z_(t-1)                 (VideoFlow's latent_skip)
  affine_af  u_t = (z_t - alpha(z_<t)) / beta(z_<t)          (the paper)
"""

from typing import NamedTuple, Optional

import numpy as np
import tensorflow.compat.v1 as tf

from t2t_af import time_axis
from t2t_af.bijectors import affine_autoregressive
from t2t_af.bijectors import autoregressive
from t2t_af.networks import layers
from t2t_af.networks import temporal_resnet

LATENT_DYNAMICS = ("skip", "affine_af", "none")


class Noise(NamedTuple):
  """What the latent flows make of z, of every step with a full window."""

  u: tf.Tensor  # [batch, time - num_cond_latents, ...]
  log_det: tf.Tensor  # [batch, time - num_cond_latents], nats, of du / dz


class LatentPrior:
  """Prior of the latents of one level.

  Args:
    level: index of the level, 0 the finest.
    shape: (height, width, channels) of its latent.
    hparams: latent_dynamics, num_cond_latents, n_levels, latent_af_* and what
      `temporal_resnet` reads.
  """

  def __init__(self, level: int, shape: tuple[int, int, int], hparams):
    self._hparams = hparams
    self._channels = shape[-1]
    self._num_cond = hparams.num_cond_latents
    self._is_top = level == hparams.n_levels - 1
    self._scope = (
      "top" if self._is_top else ("codec/split_%d/prior_on_z2" % level)
    )
    if self._is_top:
      self._create_unconditional_top_prior(shape)
    self.flows = self._latent_flows()

  def to_noise(self, z: tf.Tensor) -> Noise:
    """Sends z [batch, time, height, width, channels] through the flows."""
    k = self._num_cond
    u, log_det = z, tf.zeros(tf.shape(z[:, k:])[:2])
    for flow in self.flows:
      u, log_det_per_step = flow.inverse_and_log_det(u)
      log_det += log_det_per_step[:, k:]
    return Noise(u[:, k:], log_det)

  def decompose(self, z: tf.Tensor) -> dict[str, tf.Tensor]:
    """alpha, beta and u of Eq. 12, of all transforms together; and z.

    z = alpha + beta * u. Shapes as u of `to_noise`. {} without a flow.
    """
    if not self.flows:
      return {}
    k = self._num_cond
    u, alpha, beta = z, 0.0, 1.0
    for flow in self.flows:
      shift, log_scale = flow.shift_and_log_scale(u)
      alpha += beta * shift
      beta *= tf.exp(log_scale)
      u = flow.inverse(u)
    return dict(z=z[:, k:], alpha=alpha, beta=beta, u=u[:, k:])

  def log_prob(
    self,
    z: tf.Tensor,
    context: Optional[tf.Tensor],
    noise: Optional[Noise] = None,
  ) -> tf.Tensor:
    """log p(z_t | z_<t, context_t) of every step with a full window.

    Args:
      z: [batch, time, height, width, channels].
      context: of the levels above, as z; None at the top.
      noise: of z, where it is known already.

    Returns:
      [batch, time - num_cond_latents], nats.
    """
    k = self._num_cond
    u, log_det = noise or self.to_noise(z)
    shape = u.shape.as_list()[2:]
    if context is not None:
      context = tf.reshape(context[:, k:], [-1] + shape)
    loc, log_scale = self._loc_and_log_scale(
      time_axis.windows(z[:, :-1], k), context
    )
    eps = (tf.reshape(u, [-1] + shape) - loc) * tf.exp(-log_scale)
    log_prob = -tf.reduce_sum(0.5 * tf.square(eps) + log_scale, axis=[1, 2, 3])
    log_prob -= 0.5 * np.log(2.0 * np.pi) * np.prod(shape)
    return tf.reshape(log_prob, [-1, z.shape.as_list()[1] - k]) + log_det

  def initial_state(self, z: tf.Tensor) -> list[tf.Tensor]:
    """Windows before the first predicted step.

    Args:
      z: of the conditioning frames, [batch, num_cond_latents, ...].

    Returns:
      One window per flow, of what the flow conditions on; all are z, which
      the flows leave unchanged where there is no full window.
    """
    return [z] * max(1, len(self.flows))

  def sample_step(
    self,
    state: list[tf.Tensor],
    context: Optional[tf.Tensor],
    eps: tf.Tensor,
    temperature: float,
  ) -> tf.Tensor:
    """z_t, one step ahead.

    Args:
      state: of `initial_state` or `next_state`.
      context: [batch, height, width, channels], or None at the top.
      eps: standard normal noise, [batch, height, width, channels].
      temperature: factor of the scale.
    """
    loc, log_scale = self._loc_and_log_scale(state[0], context)
    u = loc + temperature * tf.exp(log_scale) * eps
    for flow, window in reversed(list(zip(self.flows, state))):
      u = flow.step(u, window)
    return u

  def next_state(
    self, state: list[tf.Tensor], z_t: tf.Tensor
  ) -> list[tf.Tensor]:
    """The windows that end with z_t, [batch, height, width, channels]."""
    new_state = [_slide(state[0], z_t)]
    u = z_t
    for flow, window, next_window in zip(self.flows, state, state[1:]):
      u = flow.inverse_step(u, window)
      new_state.append(_slide(next_window, u))
    return new_state

  def _loc_and_log_scale(self, window, context):
    """Of u, from the window of past z and the levels above."""
    with tf.variable_scope(self._scope):
      if self._is_top:
        with tf.variable_scope("conv3d"):
          return temporal_resnet.temporal_resnet(
            window, self._channels, self._hparams
          )
      with tf.variable_scope("level_prior"):
        head = layers.conv(
          "conv2d", context, 2 * self._channels, zero_init=True
        )
      level_loc, _ = layers.interleaved(head)
      level_loc = tf.tile(
        level_loc[:, tf.newaxis], [1, self._num_cond, 1, 1, 1]
      )
      with tf.variable_scope("latent_stack"):
        return temporal_resnet.temporal_resnet(
          tf.concat([window, level_loc], axis=-1), self._channels, self._hparams
        )

  def _latent_flows(self):
    """The flows from z to u, the one next to z first."""
    hparams = self._hparams
    if hparams.latent_dynamics == "none":
      return []
    if hparams.latent_dynamics == "skip":
      conditioners = [lambda z: (z[:, self._num_cond - 1 :], None)]
    else:
      conditioners = [
        autoregressive.from_window_fn(self._conditioner(m), self._num_cond)
        for m in range(hparams.latent_af_num_transforms)
      ]
    return [
      affine_autoregressive.AffineAutoregressive(c, self._num_cond)
      for c in conditioners
    ]

  def _conditioner(self, transform):
    """alpha and log beta (App. B) of a window, from a ResNet of its own."""
    hparams = self._hparams

    def shift_and_log_scale(window):
      with tf.variable_scope(self._scope + "/latent_flow_%d" % transform):
        shift, log_scale = temporal_resnet.temporal_resnet(
          window, self._channels, hparams
        )
      # Paper: alpha is the network's output. Here, as an option: z_(t-1) is
      # added to it, because then training starts at latent_skip exactly.
      if hparams.latent_af_residual and transform == 0:
        shift += window[:, -1]
      return shift, layers.bounded(log_scale, hparams.latent_af_log_scale_bound)

    return shift_and_log_scale

  def _create_unconditional_top_prior(self, shape):
    """Variables of tensor2tensor's prior of a first frame; never read.

    They stand in its checkpoints and in its parameter counts, so ours hold
    them too: then a checkpoint loads both ways.
    """
    height, width, channels = shape
    with tf.variable_scope("unconditional/top_learn_prior"):
      layers.conv(
        "conv2d",
        tf.zeros([1, height, width, channels]),
        2 * channels,
        zero_init=True,
      )


def _slide(window, newest):
  return tf.concat([window[:, 1:], newest[:, tf.newaxis]], axis=1)
