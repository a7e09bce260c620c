"""The networks of a sequential latent variable model (Appendix B, Fig. 9).

Encoder, posterior, prior and decoder of video, and of other series. They give
(loc, log_scale); that these are Gaussians is the model's business.

Paper: two separate layers for mean and log-variance. The authors' code takes
the second for the log standard deviation and clamps it to [-15, 5], where its
gradient ends. Here: log standard deviations in the same range, approached
smoothly; means are bounded as smoothly, far out.
"""

from collections.abc import Iterator, Sequence
import contextlib
from typing import Any, NamedTuple, Union

import tensorflow.compat.v1 as tf

from t2t_af import time_axis
from t2t_af.annotations import HParams
from t2t_af.networks import bounds
from t2t_af.networks import dcgan
from t2t_af.networks import highway
from t2t_af.networks import recurrence
from t2t_af.networks import series_conditioner
from t2t_af.networks import xla

MIN_LOG_SCALE, MAX_LOG_SCALE = -15.0, 5.0
MAX_LOC = 1000.0  # Of a likelihood; below 100 it changes less than 0.4 %.

_NUM_FEATURES = 2  # Of the encoder, times its width: 128 in the paper.

State = list[Any]  # Of a network that remembers; [] of one that does not.


class LocAndLogScale(NamedTuple):
  loc: tf.Tensor
  log_scale: tf.Tensor


def bounded_log_scale(raw: tf.Tensor, clip: str = "smooth") -> tf.Tensor:
  """`bounds.bounded`, between MIN_LOG_SCALE and MAX_LOG_SCALE."""
  log_scale = tf.where(
    raw < 0.0,
    bounds.bounded(raw, -MIN_LOG_SCALE, clip),
    bounds.bounded(raw, MAX_LOG_SCALE, clip),
  )
  return bounds.note(log_scale, MIN_LOG_SCALE, MAX_LOG_SCALE)


def from_step_shape(step_shape: Sequence[int], hparams: HParams) -> "Networks":
  """The networks that fit steps [height, width, channels] or [features]."""
  if len(step_shape) == 3:
    return VideoNetworks(step_shape, hparams)
  return SeriesNetworks(step_shape, hparams)


def latent_conditioners(
  hparams: HParams,
) -> list[series_conditioner.SeriesConditioner]:
  """Of the latent flow: one transform, or none."""
  if hparams.latent_flow == "none":
    return []
  return [
    series_conditioner.SeriesConditioner(
      hparams.num_cond_steps,
      hparams.hidden_size,
      log_scale_bound=hparams.flow_log_scale_bound,
      log_scale_clip=hparams.log_scale_clip,
      name="latent_flow",
      precision=hparams.precision,
      jit_compile=hparams.jit_compile,
    )
  ]


class VideoNetworks:
  """DC-GAN encoder and decoder; LSTMs in posterior and prior.

    posterior  LSTMs on (encoder(y_t), z_(t-1))
    prior      LSTMs on two ReLU layers on z_(t-1)
    decoder    of z_t; the mean goes through a sigmoid where there is no flow
               between it and the frames in [0, 1], as in the authors' code

  Args:
    step_shape: (height, width, channels) of y.
    hparams: latent_size, hidden_size (of LSTMs and layers),
      num_recurrent_layers, encoder_width, normalization, data_flow,
      log_scale_clip, precision, jit_compile.

  Attributes:
    latent_size: of z.
  """

  def __init__(self, step_shape: Sequence[int], hparams: HParams) -> None:
    self.latent_size = hparams.latent_size
    self._step_shape = [int(d) for d in step_shape]
    self._hparams = hparams

  def encode(self, y: tf.Tensor, training: bool) -> tf.Tensor:
    """What the posterior sees of y [batch, time, ...], all steps at once.

    Returns:
      [batch, time, features].
    """
    width = self._hparams.encoder_width
    with _scope("encoder", self._hparams):
      return time_axis.unfold(
        dcgan.encoder(
          time_axis.fold(y),
          width,
          _NUM_FEATURES * width,
          self._hparams.normalization,
          training,
          self._hparams.precision,
        ),
        y,
      )

  def posterior_state(self, batch: Union[int, tf.Tensor]) -> State:
    """Before the first step, of so many sequences."""
    return self._initial_states("posterior", batch)

  def posterior(
    self, features_t: tf.Tensor, z_prev: tf.Tensor, state: State
  ) -> tuple[LocAndLogScale, State]:
    """q(z_t | y_<=t, z_<t) (Eq. 17), one step.

    Args:
      features_t: [batch, features].
      z_prev: z_(t-1), [batch, latent_size].
      state: of `posterior_state` or of the step before.
    """
    with _scope("posterior", self._hparams):
      x = tf.concat([features_t, z_prev], axis=-1)[:, tf.newaxis]
      h, state = recurrence.lstm(x, state, self._hparams.precision)
      return _latent_heads(h[:, 0], self._hparams), state

  def prior_state(self, batch: Union[int, tf.Tensor]) -> State:
    """Before the first step, of so many sequences."""
    return self._initial_states("prior", batch)

  def prior(
    self, z_prev: tf.Tensor, state: State
  ) -> tuple[LocAndLogScale, State]:
    """p(z_t | z_<t) of all steps of a sequence, or of one.

    Args:
      z_prev: z_(t-1) at t, [batch, time, latent_size].
      state: before the first of these steps.

    Returns:
      (both [batch, time, latent_size], state after the last step).
    """
    units, precision = self._hparams.hidden_size, self._hparams.precision
    with _scope("prior", self._hparams):
      h = time_axis.fold(z_prev)
      for i in range(2):
        h = highway.dense("dense_%d" % i, h, units, precision=precision)
        h = tf.nn.relu(h)
      h = time_axis.unfold(h, z_prev)
      h, state = recurrence.lstm(h, state, precision)
      heads = _latent_heads(time_axis.fold(h), self._hparams)
    return LocAndLogScale(*[time_axis.unfold(h, z_prev) for h in heads]), state

  def decode(self, z: tf.Tensor, training: bool) -> LocAndLogScale:
    """p(y_t | z_t), all steps at once.

    Args:
      z: [batch, time, latent_size].
      training: whether batch norm uses and remembers this batch.

    Returns:
      Both [batch, time, height, width, channels].
    """
    hparams = self._hparams
    with _scope("decoder", hparams):
      loc, log_scale = dcgan.decoder(
        time_axis.fold(z),
        self._step_shape,
        hparams.encoder_width,
        hparams.normalization,
        training,
        hparams.precision,
      )
    loc = (
      tf.sigmoid(loc)
      if hparams.data_flow == "none"
      else bounds.bounded(loc, MAX_LOC, hparams.log_scale_clip)
    )
    log_scale = bounded_log_scale(log_scale, hparams.log_scale_clip)
    return LocAndLogScale(
      time_axis.unfold(loc, z), time_axis.unfold(log_scale, z)
    )

  def _initial_states(
    self, scope: str, batch: Union[int, tf.Tensor]
  ) -> list[recurrence.LstmState]:
    with tf.variable_scope(scope, reuse=tf.AUTO_REUSE):
      return recurrence.initial_states(
        self._hparams.num_recurrent_layers, self._hparams.hidden_size, batch
      )


class SeriesNetworks:
  """Highway networks with tanh for all functions; nothing remembers.

    posterior  of (y_t, z_(t-1)); prior of z_(t-1); decoder of z_t

  Methods are those of VideoNetworks; the state is [].

  Args:
    step_shape: [features] of y.
    hparams: latent_size (the paper: 16), hidden_size (256), log_scale_clip,
      precision, jit_compile.
  """

  def __init__(self, step_shape: Sequence[int], hparams: HParams) -> None:
    self.latent_size = hparams.latent_size
    (self._num_features,) = [int(d) for d in step_shape]
    self._hparams = hparams

  def encode(self, y: tf.Tensor, training: bool) -> tf.Tensor:
    """y itself."""
    del training
    return y

  def posterior_state(self, batch: Union[int, tf.Tensor]) -> State:
    """Nothing."""
    del batch
    return []

  def posterior(
    self, features_t: tf.Tensor, z_prev: tf.Tensor, state: State
  ) -> tuple[LocAndLogScale, State]:
    """q(z_t | y_t, z_(t-1)), one step."""
    x = tf.concat([features_t, z_prev], axis=-1)
    return self._latent_network("posterior", x), state

  def prior_state(self, batch: Union[int, tf.Tensor]) -> State:
    """Nothing."""
    del batch
    return []

  def prior(
    self, z_prev: tf.Tensor, state: State
  ) -> tuple[LocAndLogScale, State]:
    """p(z_t | z_(t-1)) of [batch, time, latent_size]."""
    heads = self._latent_network("prior", time_axis.fold(z_prev))
    return LocAndLogScale(*[time_axis.unfold(h, z_prev) for h in heads]), state

  def decode(self, z: tf.Tensor, training: bool) -> LocAndLogScale:
    """p(y_t | z_t), both [batch, time, features]."""
    del training
    clip = self._hparams.log_scale_clip
    with _scope("decoder", self._hparams):
      h = self._highway(time_axis.fold(z))
      loc, log_scale = _heads(h, self._num_features, self._hparams)
    loc = bounds.bounded(loc, MAX_LOC, clip)
    log_scale = bounded_log_scale(log_scale, clip)
    return LocAndLogScale(
      time_axis.unfold(loc, z), time_axis.unfold(log_scale, z)
    )

  def _latent_network(self, scope: str, x: tf.Tensor) -> LocAndLogScale:
    with _scope(scope, self._hparams):
      return _latent_heads(self._highway(x), self._hparams)

  def _highway(self, x: tf.Tensor) -> tf.Tensor:
    hparams = self._hparams
    return highway.highway(
      x, hparams.hidden_size, activation=tf.tanh, precision=hparams.precision
    )


Networks = Union[VideoNetworks, SeriesNetworks]


@contextlib.contextmanager
def _scope(name: str, hparams: HParams) -> Iterator[None]:
  """Of a network's variables, and of its compilation."""
  own = tf.variable_scope(name, reuse=tf.AUTO_REUSE)
  with own, xla.scope(hparams.jit_compile):
    yield


def _latent_heads(h: tf.Tensor, hparams: HParams) -> LocAndLogScale:
  """loc and log_scale of z, each [batch, latent_size]."""
  loc, log_scale = _heads(h, hparams.latent_size, hparams)
  return LocAndLogScale(
    loc, bounded_log_scale(log_scale, hparams.log_scale_clip)
  )


def _heads(h: tf.Tensor, size: int, hparams: HParams) -> list[tf.Tensor]:
  """Layers `loc` and `log_scale`, each [batch, size]."""
  return [
    highway.dense(name, h, size, precision=hparams.precision)
    for name in ("loc", "log_scale")
  ]
