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

import tensorflow.compat.v1 as tf

from t2t_af import time_axis
from t2t_af.annotations import HParams
from t2t_af.bijectors import affine
from t2t_af.bijectors import conditioners
from t2t_af.models import gaussian
from t2t_af.models import latent_flow
from t2t_af.networks import bounds
from t2t_af.networks import layers
from t2t_af.networks import temporal_resnet

LATENT_DYNAMICS = ("skip", "affine_af", "none")


class PriorState(NamedTuple):
  """What the next step of a level is conditioned on."""

  window: tf.Tensor  # the z before it, [batch, num_cond_latents, ...]
  flow: latent_flow.State


class LatentPrior:
  """Prior of the latents of one level.

  Args:
    level: index of the level, 0 the finest.
    shape: (height, width, channels) of its latent.
    hparams: latent_dynamics, num_cond_latents, n_levels, latent_af_* and what
      `temporal_resnet` reads.

  Attributes:
    flow: from z to u.
  """

  def __init__(
    self, level: int, shape: tuple[int, int, int], hparams: HParams
  ) -> None:
    self._hparams = hparams
    self._channels = shape[-1]
    self._num_cond = hparams.num_cond_latents
    self._is_top = level == hparams.n_levels - 1
    self._scope = (
      "top" if self._is_top else ("codec/split_%d/prior_on_z2" % level)
    )
    if self._is_top:
      self._create_unconditional_top_prior(shape)
    self.flow = latent_flow.LatentFlow(self._conditioners())

  def inverse(self, z: tf.Tensor) -> latent_flow.Transformed:
    """Sends z [batch, time, height, width, channels] through the latent flow.

    Returns:
      u and its parameters, of every step with a full window: [batch,
      time - num_cond_latents, ...].
    """
    k = self._num_cond
    return self.flow.inverse(z[:, k:], self.flow.state_after(z[:, :k]))

  def decompose(self, z: tf.Tensor) -> dict[str, tf.Tensor]:
    """alpha, beta and u of Eq. 12, of all transforms together; and z.

    z = alpha + beta * u. Shapes as u of `inverse`. {} without a flow.
    """
    if not self.flow.conditioners:
      return {}
    transformed = self.inverse(z)
    shift, log_scale = transformed.parameters
    beta = tf.ones_like(shift) if log_scale is None else tf.exp(log_scale)
    return dict(
      z=z[:, self._num_cond :], alpha=shift, beta=beta, u=transformed.u
    )

  def log_prob(
    self,
    z: tf.Tensor,
    context: Optional[tf.Tensor],
    transformed: Optional[latent_flow.Transformed] = None,
  ) -> tf.Tensor:
    """log p(z_t | z_<t, context_t) of every step with a full window.

    Args:
      z: [batch, time, height, width, channels].
      context: of the levels above, as z; None at the top.
      transformed: `inverse` of z, where it is known already.

    Returns:
      [batch, time - num_cond_latents], nats.
    """
    k = self._num_cond
    transformed = transformed or self.inverse(z)
    u = transformed.u
    if context is not None:
      context = time_axis.fold(context[:, k:])
    loc, log_scale = self._loc_and_log_scale(
      time_axis.windows(z[:, :-1], k), context
    )
    base = gaussian.DiagonalGaussian(
      time_axis.unfold(loc, u), time_axis.unfold(log_scale, u)
    )
    return base.log_prob(u) + transformed.inverse_log_det()

  def initial_state(self, z: tf.Tensor) -> PriorState:
    """The state before the first predicted step.

    Args:
      z: of the conditioning frames, [batch, num_cond_latents, ...].
    """
    return PriorState(z, self.flow.state_after(z))

  def sample_step(
    self,
    state: PriorState,
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
    base = affine.Affine(*self._loc_and_log_scale(state.window, context))
    z_t, _ = self.flow.step(base.forward(temperature * eps), state.flow)
    return z_t

  def next_state(self, state: PriorState, z_t: tf.Tensor) -> PriorState:
    """The state after z_t, [batch, height, width, channels]."""
    return PriorState(
      time_axis.slide(state.window, z_t), self.flow.next_state(z_t, state.flow)
    )

  def _loc_and_log_scale(
    self, window: tf.Tensor, context: Optional[tf.Tensor]
  ) -> tuple[tf.Tensor, tf.Tensor]:
    """Of u, from the window of past z and the levels above."""
    with tf.variable_scope(self._scope):
      if self._is_top:
        with tf.variable_scope("conv3d"):
          return temporal_resnet.temporal_resnet(
            window, self._channels, self._hparams
          )
      with tf.variable_scope("level_prior"):
        head = layers.conv(
          "conv2d",
          context,
          2 * self._channels,
          zero_init=True,
          precision=self._hparams.precision,
        )
      level_loc, _ = layers.interleaved(head)
      level_loc = tf.tile(
        level_loc[:, tf.newaxis], [1, self._num_cond, 1, 1, 1]
      )
      with tf.variable_scope("latent_stack"):
        return temporal_resnet.temporal_resnet(
          tf.concat([window, level_loc], axis=-1), self._channels, self._hparams
        )

  def _conditioners(self) -> list[latent_flow.Conditioner]:
    """Of the transforms from z to u, the one next to z first."""
    hparams = self._hparams
    if hparams.latent_dynamics == "none":
      return []
    if hparams.latent_dynamics == "skip":
      return [latent_flow.LastStep(self._num_cond)]
    return [
      conditioners.WindowConditioner(self._window_fn(m), self._num_cond)
      for m in range(hparams.latent_af_num_transforms)
    ]

  def _window_fn(self, transform: int) -> conditioners.ParametersFn:
    """alpha and log beta (App. B) of a window, from its own ResNet."""
    hparams = self._hparams

    def shift_and_log_scale(window: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
      with tf.variable_scope(self._scope + "/latent_flow_%d" % transform):
        shift, log_scale = temporal_resnet.temporal_resnet(
          window, self._channels, hparams
        )
      # Paper: alpha is the network's output. Here, as an option: z_(t-1) is
      # added to it, because then training starts at latent_skip exactly.
      if hparams.latent_af_residual and transform == 0:
        shift += window[:, -1]
      bound = hparams.latent_af_log_scale_bound
      log_scale = bounds.bounded(log_scale, bound, hparams.log_scale_clip)
      with tf.variable_scope(self._scope + "/latent_flow_%d" % transform):
        return shift, bounds.note(log_scale, -bound, bound)

    return shift_and_log_scale

  def _create_unconditional_top_prior(
    self, shape: tuple[int, int, int]
  ) -> None:
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
