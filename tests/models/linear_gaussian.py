"""An SLVM that is linear and Gaussian, and what is exactly true of it.

    z_t = A z_(t-1) + scale_z eps     y_t = C z_t + scale_y eps     z_0 = 0

Its posterior q is linear too, and not the best one.
"""

from typing import NamedTuple, Optional

import numpy as np
import scipy.stats
import tensorflow.compat.v1 as tf

from t2t_af.networks import slvm_networks

Z_SIZE, Y_SIZE = 2, 3


class Linear(NamedTuple):
  """loc = x @ matrix, and the same scale always."""

  matrix: np.ndarray
  scale: np.ndarray

  def heads(self, x: tf.Tensor) -> slvm_networks.LocAndLogScale:
    """Of [..., features]."""
    loc = tf.tensordot(x, tf.constant(self.matrix, tf.float32), 1)
    log_scale = tf.constant(np.log(self.scale), tf.float32)
    return slvm_networks.LocAndLogScale(loc, log_scale + tf.zeros_like(loc))


class LinearNetworks:
  """In place of `slvm_networks.SeriesNetworks`."""

  latent_size = Z_SIZE

  def __init__(self, prior: Linear, likelihood: Linear, posterior: Linear):
    self.of_prior = prior  # of z_(t-1)
    self.of_likelihood = likelihood  # of z_t
    self.of_posterior = posterior  # of (y_t, z_(t-1))

  def encode(self, y, training):
    del training
    return y

  def posterior_state(self, batch):
    del batch
    return []

  prior_state = posterior_state

  def posterior(self, features_t, z_prev, state):
    return self.of_posterior.heads(
      tf.concat([features_t, z_prev], axis=-1)
    ), state

  def prior(self, z_prev, state):
    return self.of_prior.heads(z_prev), state

  def decode(self, z, training):
    del training
    return self.of_likelihood.heads(z)


def example(off: float = 0.2) -> LinearNetworks:
  """Correlated steps; q is off the posterior given z_(t-1) by about `off`."""
  rng = np.random.RandomState(0)
  prior = Linear(np.array([[0.9, 0.2], [-0.3, 0.8]]), np.array([0.5, 0.8]))
  likelihood = Linear(
    rng.standard_normal([Z_SIZE, Y_SIZE]), np.array([0.7, 0.9, 0.6])
  )
  gain, cov = _update(np.diag(prior.scale**2), likelihood)
  matrix = np.concatenate(
    [gain, prior.matrix @ (np.eye(Z_SIZE) - likelihood.matrix @ gain)]
  )
  matrix = matrix + off * rng.uniform(-0.5, 0.5, matrix.shape)
  return LinearNetworks(
    prior, likelihood, Linear(matrix, (1.0 + off) * np.sqrt(np.diag(cov)))
  )


def _update(cov, likelihood) -> tuple[np.ndarray, np.ndarray]:
  """(gain, covariance after y) where z has a covariance before y."""
  c = likelihood.matrix
  innovation = c.T @ cov @ c + np.diag(likelihood.scale**2)
  gain = np.linalg.solve(innovation, c.T @ cov)
  return gain, cov - cov @ c @ gain


def log_likelihood(
  networks: LinearNetworks,
  y: np.ndarray,
  start: Optional[tuple[np.ndarray, np.ndarray]] = None,
) -> np.ndarray:
  """log p(y_t | y_<t) of each step by the Kalman filter; y [time, Y_SIZE].

  Args:
    networks: the model.
    y: of the steps after the start.
    start: (mean, covariance) of z before them; None is z_0 = 0.
  """
  prior, likelihood = networks.of_prior, networks.of_likelihood
  mean, cov = start or (np.zeros(Z_SIZE), np.zeros([Z_SIZE, Z_SIZE]))
  log_probs = []
  for y_t in y:
    mean = mean @ prior.matrix
    cov = prior.matrix.T @ cov @ prior.matrix + np.diag(prior.scale**2)
    c = likelihood.matrix
    log_probs.append(
      scipy.stats.multivariate_normal.logpdf(
        y_t, mean @ c, c.T @ cov @ c + np.diag(likelihood.scale**2)
      )
    )
    gain, new_cov = _update(cov, likelihood)
    mean, cov = mean + (y_t - mean @ c) @ gain, new_cov
  return np.array(log_probs)


def under_q(
  networks: LinearNetworks, y: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
  """(mean, covariance) of the last z where all are drawn from q."""
  of_y, of_z = np.split(networks.of_posterior.matrix, [Y_SIZE])
  mean, cov = np.zeros(Z_SIZE), np.zeros([Z_SIZE, Z_SIZE])
  for y_t in y:
    mean = y_t @ of_y + mean @ of_z
    cov = of_z.T @ cov @ of_z + np.diag(networks.of_posterior.scale**2)
  return mean, cov


def draw(networks: LinearNetworks, num_steps: int, seed: int = 0) -> np.ndarray:
  """y [num_steps, Y_SIZE] of the model."""
  rng = np.random.RandomState(seed)
  z, y = np.zeros(Z_SIZE), []
  for _ in range(num_steps):
    prior, likelihood = networks.of_prior, networks.of_likelihood
    z = z @ prior.matrix + prior.scale * rng.standard_normal(Z_SIZE)
    y.append(
      z @ likelihood.matrix + likelihood.scale * rng.standard_normal(Y_SIZE)
    )
  return np.array(y)
