"""VideoFlow's likelihood and sampling with time folded into batch.

The encoder of a frame depends on no other frame: conditioning enters the
priors alone. So all frames go through one Glow pass, all predicted frames
through one pass of each level's prior, and sampling is one loop whose body
is built once, however many frames it runs for.
"""

from collections.abc import Sequence
from typing import Callable, NamedTuple, Optional

import numpy as np
import tensorflow.compat.v1 as tf

from t2t_af import time_axis
from t2t_af.annotations import HParams
from t2t_af.models import latent_prior
from t2t_af.models import observation
from t2t_af.models import round_trip
from t2t_af.models import sample_axis
from t2t_af.networks import glow

OBSERVATION = observation.glow_observation()

# (level, shape) -> standard normal noise of that shape.
EpsFn = Callable[[int, tf.Tensor], tf.Tensor]


class Encoded(NamedTuple):
  z_levels: list[tf.Tensor]  # [batch, time, h_l, w_l, c_l] per level
  contexts: list[Optional[tf.Tensor]]  # the same; None at the top
  log_det: tf.Tensor  # [batch, time], nats


class Scored(NamedTuple):
  """Of every frame after the conditioning ones."""

  log_prob: tf.Tensor  # [batch, scored], nats
  z_levels: list[tf.Tensor]  # [batch, scored, h_l, w_l, c_l] per level
  u_levels: list[tf.Tensor]  # the same; what the latent flows make of z


class VideoFlowCore:
  """The model on tensors, under the current variable scope.

  Args:
    frame_shape: (height, width, channels).
    hparams: of a `video_flow` set.
  """

  def __init__(self, frame_shape: Sequence[int], hparams: HParams) -> None:
    self._frame_shape = [int(d) for d in frame_shape]
    self._hparams = hparams
    shapes = glow.latent_shapes(self._frame_shape, hparams.n_levels)
    self.priors = [
      latent_prior.LatentPrior(level, shape, hparams)
      for level, shape in enumerate(shapes)
    ]

  def encode(self, x: tf.Tensor) -> Encoded:
    """All frames in one Glow pass.

    Args:
      x: [batch, time, height, width, channels], dequantized.
    """
    time = x.shape.as_list()[1]
    latents = glow.encode(
      tf.reshape(x, [-1] + self._frame_shape), self._hparams
    )

    def unfold(t: tf.Tensor) -> tf.Tensor:
      return tf.reshape(t, [-1, time] + t.shape.as_list()[1:])

    return Encoded(
      [unfold(z) for z in latents.z_levels],
      [unfold(c) for c in latents.contexts] + [None],
      unfold(latents.log_det),
    )

  def log_prob(self, x: tf.Tensor) -> tf.Tensor:
    """log p(x_t | x_<t) of every frame after the conditioning ones.

    Args:
      x: [batch, time, height, width, channels], dequantized.

    Returns:
      [batch, time - num_cond_latents], nats, of the 8-bit frame: the density
      of x times the volume 256^-dims of a level.
    """
    return self.score(x).log_prob

  def score(self, x: tf.Tensor) -> Scored:
    """`log_prob`, and the latents that it is computed from."""
    encoded = self.encode(x)
    num_cond = self._hparams.num_cond_latents
    terms, u_levels = [encoded.log_det[:, num_cond:]], []
    for prior, z, context in zip(
      self.priors, encoded.z_levels, encoded.contexts
    ):
      transformed = prior.inverse(z)
      terms.append(prior.log_prob(z, context, transformed))
      u_levels.append(transformed.u)
    dims = np.prod(self._frame_shape)
    log_prob = tf.add_n(terms) - dims * OBSERVATION.log_volume_per_dim
    return Scored(
      log_prob, [z[:, num_cond:] for z in encoded.z_levels], u_levels
    )

  def decompose(self, x: tf.Tensor) -> dict[str, tf.Tensor]:
    """z_l, alpha_l, beta_l, u_l of every level l (`LatentPrior.decompose`).

    Args:
      x: as in `log_prob`.
    """
    return {
      "%s_%d" % (name, level): values
      for level, z in enumerate(self.encode(x).z_levels)
      for name, values in self.priors[level].decompose(z).items()
    }

  def round_trips(self, x: tf.Tensor) -> dict[str, round_trip.RoundTrip]:
    """Encodes, decodes, encodes again: of the frames and of every level's z.

    Where there are latent flows, z -> u -> z of each level too.

    Args:
      x: as in `log_prob`.
    """
    encoded = self.encode(x)
    decoder = glow.Decoder(self._frame_shape, self._hparams)
    context = None
    for level, z in reversed(list(enumerate(encoded.z_levels))):
      context = decoder.context(level, context, time_axis.fold(z))
    frames = time_axis.unfold(context, x)
    trips = {"frames": round_trip.compare(x, frames)}
    again = self.encode(frames)
    levels = zip(self.priors, encoded.z_levels, again.z_levels)
    for level, (prior, z, z_again) in enumerate(levels):
      trips["level %d" % level] = round_trip.compare(z, z_again)
      if prior.flow.conditioners:
        flow = prior.inverse(z)
        trips["latent flow of level %d" % level] = round_trip.compare(
          z[:, self._hparams.num_cond_latents :],
          flow.parameters.forward(flow.u),
        )
    return trips

  def sample(
    self,
    context_frames: tf.Tensor,
    num_samples: int,
    num_frames: int,
    temperature: float = 1.0,
    eps_fn: Optional[EpsFn] = None,
  ) -> tf.Tensor:
    """Futures of each context.

    Args:
      context_frames: [batch, num_cond_latents, height, width, channels],
        dequantized; encoded once, whatever num_samples.
      num_samples: futures per context.
      num_frames: length of a future; the graph does not grow with it.
      temperature: factor of every prior's scale.
      eps_fn: (level, shape) -> standard normal noise; None draws it.

    Returns:
      Continuous frames
      [batch, num_samples, num_frames, height, width, channels].
    """
    decoder = glow.Decoder(self._frame_shape, self._hparams)
    eps_fn = eps_fn or (lambda level, shape: tf.random_normal(shape))
    states = [
      prior.initial_state(sample_axis.repeat(z, num_samples))
      for prior, z in zip(self.priors, self.encode(context_frames).z_levels)
    ]
    frames = tf.TensorArray(tf.float32, num_frames)

    def body(
      t: tf.Tensor,
      frames: tf.TensorArray,
      states: list[latent_prior.PriorState],
    ) -> tuple[tf.Tensor, tf.TensorArray, list[latent_prior.PriorState]]:
      frame, states = self._sample_frame(decoder, states, temperature, eps_fn)
      return t + 1, frames.write(t, frame), states

    # One frame at a time: of several at once, whichever comes first would draw
    # the first noise, and one seed would not give the same frames again.
    _, frames, _ = tf.while_loop(
      lambda t, *_: t < num_frames,
      body,
      (0, frames, states),
      parallel_iterations=1,
    )
    frames = tf.transpose(frames.stack(), [1, 0, 2, 3, 4])
    return tf.reshape(frames, [-1, num_samples, num_frames] + self._frame_shape)

  def _sample_frame(
    self,
    decoder: glow.Decoder,
    states: list[latent_prior.PriorState],
    temperature: float,
    eps_fn: EpsFn,
  ) -> tuple[tf.Tensor, list[latent_prior.PriorState]]:
    """One frame ahead, from the top level down; and the next states."""
    context, z_levels = None, [None] * len(states)
    for level in reversed(range(len(states))):
      window = states[level].window
      shape = tf.concat([tf.shape(window)[:1], window.shape[2:]], axis=0)
      z_levels[level] = self.priors[level].sample_step(
        states[level], context, eps_fn(level, shape), temperature
      )
      context = decoder.context(level, context, z_levels[level])
    frame = context
    # The model is one of 8-bit frames, so what comes next is conditioned on
    # the 8-bit frame: its latents are those of a frame that can exist. The
    # sampled latents themselves drift out of the data's range, frame by
    # frame, until scales overflow; tensor2tensor conditions on them.
    if self._hparams.sample_conditioning == "frames":
      grey = tf.cast(OBSERVATION.from_x(frame), tf.float32) / 255.0
      x = OBSERVATION.to_x(grey)
      z_levels = [z[:, 0] for z in self.encode(x[:, tf.newaxis]).z_levels]
    states = [
      prior.next_state(state, z)
      for prior, state, z in zip(self.priors, states, z_levels)
    ]
    return frame, states
