"""The SLVM's bound and samples by numpy, one step after the other."""

from typing import Callable, NamedTuple

import numpy as np
import scipy.special
import scipy.stats

from tests.networks import numpy_layers


def bounded_log_scale(raw):
  return np.where(
    raw < 0, numpy_layers.bounded(raw, 15.0), numpy_layers.bounded(raw, 5.0)
  )


def _heads(weights, h):
  """(loc, log_scale)."""
  return (
    numpy_layers.dense(numpy_layers.under(weights, "loc"), h),
    bounded_log_scale(
      numpy_layers.dense(numpy_layers.under(weights, "log_scale"), h)
    ),
  )


class Video:
  """Of `slvm_networks.VideoNetworks`; states are lists of (h, c)."""

  def __init__(self, weights, training: bool, sigmoid: bool):
    self._encoder, self._posterior, self._prior, self._decoder = [
      numpy_layers.under(weights, scope)
      for scope in ("encoder", "posterior", "prior", "decoder")
    ]
    self._training, self._sigmoid = training, sigmoid

  def encode(self, y):
    """All steps at once, as batch norm has it."""
    self._frame_size = y.shape[2:4]
    if not y.size:
      return None
    features = numpy_layers.dcgan_encoder(
      self._encoder, y.reshape((-1,) + y.shape[2:]), self._training
    )
    return features.reshape(y.shape[:2] + (-1,))

  def posterior(self, features_t, z_prev, state):
    x = np.concatenate([features_t, z_prev], axis=1)
    return self._recurrent(self._posterior, x, state)

  def prior(self, z_prev, state):
    h = z_prev
    for name in ("dense_0", "dense_1"):
      h = np.maximum(
        0.0, numpy_layers.dense(numpy_layers.under(self._prior, name), h)
      )
    return self._recurrent(self._prior, h, state)

  def decode(self, z):
    loc, log_scale = [
      m.reshape(z.shape[:2] + m.shape[1:])
      for m in numpy_layers.dcgan_decoder(
        self._decoder,
        z.reshape(-1, z.shape[2]),
        self._frame_size,
        self._training,
      )
    ]
    loc = (
      scipy.special.expit(loc)
      if self._sigmoid
      else numpy_layers.bounded(loc, 1000.0)
    )
    return loc, bounded_log_scale(log_scale)

  def _recurrent(self, weights, x, state):
    new_state = []
    for layer in range(2):
      own = numpy_layers.under(weights, "lstm_%d" % layer)
      h, c = (
        state[layer]
        if state
        else [np.tile(own["initial_" + s], [len(x), 1]) for s in "hc"]
      )
      x, c = numpy_layers.lstm_step(own, x, h, c)
      new_state.append((x, c))
    return _heads(weights, x), new_state


class Series:
  """Of `slvm_networks.SeriesNetworks`."""

  def __init__(self, weights):
    self._weights = weights

  def encode(self, y):
    return y

  def posterior(self, features_t, z_prev, state):
    x = np.concatenate([features_t, z_prev], axis=1)
    return self._of("posterior", x), state

  def prior(self, z_prev, state):
    return self._of("prior", z_prev), state

  def decode(self, z):
    loc, log_scale = self._of("decoder", z)
    return numpy_layers.bounded(loc, 1000.0), log_scale

  def _of(self, scope, x):
    weights = numpy_layers.under(self._weights, scope)
    return _heads(
      weights,
      numpy_layers.highway(numpy_layers.under(weights, "highway"), x, np.tanh),
    )


class Run(NamedTuple):  # None where there are no steps before the future
  reconstruction: np.ndarray  # [batch, time]
  kl: np.ndarray  # [batch, time]
  log_weight: np.ndarray  # [batch, time]
  future: np.ndarray  # mean of y after the last step


def _kl(q, p) -> np.ndarray:
  """KL(q || p) of two scipy normals, element by element."""
  return (
    np.log(p.std() / q.std())
    - 0.5
    + (q.var() + (q.mean() - p.mean()) ** 2) / (2.0 * p.var())
  )


def run(
  networks,
  y: np.ndarray,
  eps: np.ndarray,
  future_eps: np.ndarray,
  latent_network: Callable,
) -> Run:
  """Filters y and goes on.

  Args:
    networks: Video or Series.
    y: [batch, time, ...]; none at all for no context.
    eps: of q, [time, batch, latent_size].
    future_eps: of the prior after y, [steps, batch, latent_size].
    latent_network: the three z before a step, [batch, 3, latent_size], oldest
      first, to (alpha, log beta) [batch, latent_size] of the latent flow.
  """
  batch, num_steps = y.shape[:2]
  zs = [np.zeros(future_eps.shape[1:])] * 3  # what was before is zero
  q_state = p_state = None
  features = networks.encode(y)
  kl, log_ratio = [], []
  for t in range(num_steps):
    (p_loc, p_log), p_state = networks.prior(zs[-1], p_state)
    alpha, log_beta = latent_network(np.stack(zs[-3:], axis=1))
    p = scipy.stats.norm(
      alpha + np.exp(log_beta) * p_loc, np.exp(log_beta + p_log)
    )
    (q_loc, q_log), q_state = networks.posterior(
      features[:, t], zs[-1], q_state
    )
    q = scipy.stats.norm(q_loc, np.exp(q_log))
    zs.append(q_loc + np.exp(q_log) * eps[t])
    kl.append(_kl(q, p).sum(axis=1))
    log_ratio.append((p.logpdf(zs[-1]) - q.logpdf(zs[-1])).sum(axis=1))
  for eps_t in future_eps:
    (loc, log_scale), p_state = networks.prior(zs[-1], p_state)
    alpha, log_beta = latent_network(np.stack(zs[-3:], axis=1))
    zs.append(alpha + np.exp(log_beta) * (loc + np.exp(log_scale) * eps_t))
  future, _ = networks.decode(np.stack(zs[3 + num_steps :], axis=1))
  if not num_steps:
    return Run(None, None, None, future)
  loc, log_scale = networks.decode(np.stack(zs[3 : 3 + num_steps], axis=1))
  reconstruction = scipy.stats.norm.logpdf(y, loc, np.exp(log_scale)).sum(
    axis=tuple(range(2, y.ndim))
  )
  log_weight = reconstruction + np.stack(log_ratio, axis=1)
  return Run(reconstruction, np.stack(kl, axis=1), log_weight, future)
