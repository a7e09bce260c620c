"""The sequential latent variable model's bounds and samples, on tensors.

Only what waits for the step before is a loop over time: the posterior with
its draw of z, and the prior's LSTM. Encoder, decoder, the other layers of the
prior and all densities run on all steps of all sequences at once.
"""

from collections.abc import Sequence
from typing import Any, Callable, NamedTuple, Optional, Union

import tensorflow.compat.v1 as tf

from t2t_af import time_axis
from t2t_af.annotations import HParams
from t2t_af.models import base_distribution
from t2t_af.models import gaussian
from t2t_af.models import importance_weights
from t2t_af.models import latent_flow
from t2t_af.models import sample_axis
from t2t_af.networks import slvm_networks

LATENT_FLOWS = ("none", "affine_af")
SAMPLE_MODES = ("samples", "means")

# (what for, shape, which of several times) -> standard normal noise.
NoiseFn = Callable[[str, Any, Union[int, tf.Tensor]], tf.Tensor]


class SlvmBound(NamedTuple):
  """Summands of the bound of Eq. 22: log p(y) >= reconstruction - kl."""

  reconstruction: tf.Tensor  # log p(y_t | z_t), [batch, time], nats
  kl: tf.Tensor  # KL(q(z_t) || p(z_t)), [batch, time], nats


class _Filtered(NamedTuple):
  """What the posterior says of a sequence."""

  z: tf.Tensor  # [batch, time, latent_size], drawn from q
  q: gaussian.DiagonalGaussian  # of z


class _Memory(NamedTuple):
  """What the prior continues from."""

  z_prev: tf.Tensor  # [batch, latent_size]
  prior: Any  # state of the prior's network
  flow: Any  # state of the latent flow


class SlvmCore:
  """p(y, z) = prod_t p(y_t | z_t) p(z_t | z_<t), under the current scope.

  z_0 = 0; the filtering posterior is q(z_t | y_<=t, z_<t) (Eq. 17). With a
  latent flow the prior is that of u_t = (z_t - alpha(z_<t)) / beta(z_<t)
  (Eq. 12), conditioned on the same z_<t as without.

  Args:
    step_shape: [height, width, channels] or [features] of y.
    hparams: latent_flow; with affine_af also num_cond_steps, hidden_size and
      flow_log_scale_bound; and what `networks` reads.
    networks: as `slvm_networks.VideoNetworks`; None chooses by the shape.
    conditioners: of the latent flow, as `LatentFlow` takes them; None builds
      what hparams.latent_flow says.
    base: of p(y_t | z_t).
  """

  def __init__(
    self,
    step_shape: Sequence[int],
    hparams: HParams,
    networks: Optional[slvm_networks.Networks] = None,
    conditioners: Optional[Sequence[latent_flow.Conditioner]] = None,
    base: Optional[base_distribution.Base] = None,
  ) -> None:
    self._base = base or base_distribution.Normal()
    self._networks = networks or slvm_networks.from_step_shape(
      step_shape, hparams
    )
    self._latent_flow = latent_flow.LatentFlow(
      slvm_networks.latent_conditioners(hparams)
      if conditioners is None
      else conditioners
    )

  def elbo(
    self,
    y: tf.Tensor,
    is_training: bool,
    num_samples: int = 1,
    noise_fn: Optional[NoiseFn] = None,
    log_floor: Optional[tf.Tensor] = None,
  ) -> SlvmBound:
    """The filtering bound (Eq. 22), step by step; the KL is analytic.

    Args:
      y: [batch, time, ...].
      is_training: whether batch norm uses and remembers this batch.
      num_samples: of z per sequence, over which is averaged.
      noise_fn: for tests; called with "posterior".
      log_floor: of the scales of p(y_t | z_t), as y; None for none.
    """
    features = sample_axis.repeat(
      self._networks.encode(y, is_training), num_samples
    )
    z, q = self._filter(features, noise_fn or _noise)
    prior, _ = self._prior(z)
    likelihood = self._likelihood(z, is_training).floored(
      sample_axis.repeat_or_none(log_floor, num_samples)
    )
    return SlvmBound(
      *[
        tf.reduce_mean(sample_axis.apart(term, num_samples), axis=1)
        for term in (
          likelihood.log_prob(sample_axis.repeat(y, num_samples)),
          q.kl(prior),
        )
      ]
    )

  def likelihood(
    self, y: tf.Tensor, noise_fn: Optional[NoiseFn], floor: Optional[tf.Tensor]
  ) -> base_distribution.LocationScale:
    """p(y_t | z_t) of an evaluation, z drawn from q; arguments as of `elbo`."""
    z, _ = self._filter(self._networks.encode(y, False), noise_fn or _noise)
    return self._likelihood(z, False).floored(floor)

  def importance_weighted_bound(
    self,
    y: tf.Tensor,
    num_samples: int,
    num_warmup: int = 0,
    max_at_once: int = 10,
    noise_fn: Optional[NoiseFn] = None,
    log_floor: Optional[tf.Tensor] = None,
  ) -> tf.Tensor:
    """log of the mean of K whole-sequence importance weights, step by step.

    `importance_weights` says of what, with a warm-up and without.

    Args:
      y: [batch, time, ...].
      num_samples: K.
      num_warmup: first steps that are not scored.
      max_at_once: samples of a sequence that are in memory together.
      noise_fn: for tests; called with "posterior" once per max_at_once.
      log_floor: as of `elbo`.

    Returns:
      [batch, scored steps], nats; the sum over steps is the bound.
    """
    at_once = importance_weights.samples_at_once(num_samples, max_at_once)
    features = sample_axis.repeat(self._networks.encode(y, False), at_once)
    scored = sample_axis.repeat(y[:, num_warmup:], at_once)
    floor = sample_axis.repeat_or_none(log_floor, at_once, num_warmup)

    @tf.autograph.experimental.do_not_convert  # Is graph code; saves seconds.
    def log_weights(number: tf.Tensor) -> tf.Tensor:
      z, q = self._filter(features, noise_fn or _noise, number)
      prior, _ = self._prior(z)
      likelihood = self._likelihood(z[:, num_warmup:], False).floored(floor)
      log_w = likelihood.log_prob(scored)
      log_w += (prior.log_prob(z) - q.log_prob(z))[:, num_warmup:]
      return sample_axis.apart(log_w, at_once)

    # [passes, batch, samples of a pass, scored steps]
    log_w = tf.map_fn(
      log_weights,
      tf.range(num_samples // at_once),
      dtype=tf.float32,
      parallel_iterations=1,
    )
    return importance_weights.bound(log_w)

  def sample(
    self,
    y_context: tf.Tensor,
    num_samples: int,
    num_steps: int,
    mode: str = "samples",
    noise_fn: Optional[NoiseFn] = None,
  ) -> base_distribution.Future:
    """Futures of each context: q filters it, then the prior forecasts.

    Args:
      y_context: [batch, steps, ...]; encoded once, whatever num_samples. No
        steps at all (static): the prior starts from z_0.
      num_samples: futures per context; each has its own z of the context.
      num_steps: length of a future; the graph does not grow with it.
      mode: "samples" draws y from the likelihood, "means" takes its mean; z
        is drawn in both.
      noise_fn: for tests; called with "posterior", "prior", "likelihood".

    Returns:
      What y is drawn from, [batch * num_samples, num_steps, ...], samples of
      one context together.

    Raises:
      ValueError: unknown mode.
    """
    if mode not in SAMPLE_MODES:
      raise ValueError(f"mode must be one of {SAMPLE_MODES}, got {mode!r}")
    noise_fn = noise_fn or _noise
    memory = self._after(y_context, num_samples, noise_fn)
    likelihood = self._likelihood(
      self._forecast(memory, num_steps, noise_fn), False
    )
    noise = tf.zeros_like(likelihood.loc)
    if mode == "samples":
      noise = self._base.noise(noise_fn("likelihood", tf.shape(noise), 0))
    return base_distribution.Future(likelihood.loc, likelihood.log_scale, noise)

  def _filter(
    self,
    features: tf.Tensor,
    noise_fn: NoiseFn,
    number: Union[int, tf.Tensor] = 0,
  ) -> _Filtered:
    """Draws z of all steps from q; features [batch, time, ...]."""
    networks = self._networks
    batch, num_steps = time_axis.sizes(features)
    features = time_axis.swap(features)
    size = networks.latent_size
    eps = noise_fn("posterior", [num_steps, batch, size], number)
    z_0 = tf.zeros([batch, size])

    def step(before: tuple, now: tuple[tf.Tensor, tf.Tensor]) -> tuple:
      z_prev, _, state = before
      features_t, eps_t = now
      of_z, state = networks.posterior(features_t, z_prev, state)
      q_t = gaussian.DiagonalGaussian(*of_z)
      return q_t.sample(eps_t), q_t, state

    z, q, _ = tf.scan(
      step,
      (features, eps),
      (
        z_0,
        gaussian.DiagonalGaussian(z_0, z_0),
        networks.posterior_state(batch),
      ),
    )
    return _Filtered(
      time_axis.swap(z), gaussian.DiagonalGaussian(*map(time_axis.swap, q))
    )

  def _prior(self, z: tf.Tensor) -> tuple[gaussian.DiagonalGaussian, _Memory]:
    """p(z_t | z_<t) of all steps, and what the step after them needs."""
    z_prev = tf.concat([tf.zeros_like(z[:, :1]), z[:, :-1]], axis=1)
    of_u, state = self._networks.prior(
      z_prev, self._networks.prior_state(time_axis.sizes(z)[0])
    )
    flow = self._latent_flow.inverse(z)
    of_z = gaussian.DiagonalGaussian(*of_u).through(flow.parameters)
    return of_z, _Memory(z[:, -1], state, flow.state)

  def _likelihood(
    self, z: tf.Tensor, is_training: bool
  ) -> base_distribution.LocationScale:
    of_y = self._networks.decode(z, is_training)
    return base_distribution.LocationScale(self._base, *of_y)

  def _after(
    self, y_context: tf.Tensor, num_samples: int, noise_fn: NoiseFn
  ) -> _Memory:
    """What the prior continues from after the context, samples in the batch."""
    if y_context.shape.as_list()[1] == 0:
      batch = time_axis.sizes(y_context)[0] * num_samples
      z_0 = tf.zeros([batch, self._networks.latent_size])
      return _Memory(
        z_0,
        self._networks.prior_state(batch),
        self._latent_flow.initial_state(z_0),
      )
    features = sample_axis.repeat(
      self._networks.encode(y_context, False), num_samples
    )
    return self._prior(self._filter(features, noise_fn).z)[1]

  def _forecast(
    self, memory: _Memory, num_steps: int, noise_fn: NoiseFn
  ) -> tf.Tensor:
    """z of the next num_steps steps, [batch, num_steps, latent_size]."""
    batch, size = time_axis.sizes(memory.z_prev)[0], self._networks.latent_size
    eps = noise_fn("prior", [num_steps, batch, size], 0)

    def step(before: _Memory, eps_t: tf.Tensor) -> _Memory:
      of_u, state = self._networks.prior(
        before.z_prev[:, tf.newaxis], before.prior
      )
      u_t = gaussian.DiagonalGaussian(*of_u).sample(eps_t[:, tf.newaxis])[:, 0]
      z_t, flow_state = self._latent_flow.step(u_t, before.flow)
      return _Memory(z_t, state, flow_state)

    return time_axis.swap(tf.scan(step, eps, memory).z_prev)


def _noise(what: str, shape: Any, number: Union[int, tf.Tensor]) -> tf.Tensor:
  del what, number
  return tf.random_normal(shape)
