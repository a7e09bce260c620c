"""Appendix C and Fig. 10: what is left of time after each affine transform.

A particle's position x, velocity u and force w (particle.py): u is x after one
affine transform across time (a difference), w after two. All three are Gaussian
with known moments, so beside each estimate stands its exact value: the temporal
correlation of Eq. 23, that of each pair of steps, and the multi-information of
Eq. 8. With steps counted from 1 and sigma = 1, per dimension,

            var at step t           cov of steps t, t + 1
    x       t (t + 1) (2 t + 1) / 6     t (t + 1) (t + 2) / 3
    u       t                           t
    w       1                           0

Eq. 23, whose standard deviation is over all steps together, is T / (T + 1) for
x and for u alike: what it measures of them is that both grow from rest. That
u has less of a past than x shows in the correlation of each pair of steps, and
in the multi-information: 71.5, 27.4 and 0 nats per dimension for 24 steps.
"""

from typing import NamedTuple

import numpy as np

from t2t_af import particle
from t2t_af.analysis.metrics import correlation
from t2t_af.analysis.metrics import multi_information

SIGNALS = ("x", "u", "w")
NUM_SEQUENCES, NUM_STEPS, NUM_DIMS = 2000, 24, 2  # as series_particle


class ParticleSignal(NamedTuple):
  """One of x, u, w; correlations have no unit."""

  estimated: correlation.Correlation
  exact: float  # of Eq. 23, in the limit of many sequences
  estimated_per_step: np.ndarray  # [steps - 1], of step t with step t + 1
  exact_per_step: np.ndarray  # [steps - 1]
  multi_information: float  # exact, nats per dimension


class ParticleExample(NamedTuple):
  """`signals` by name, over all motions; `motion`: the first of them."""

  signals: dict[str, ParticleSignal]
  motion: particle.Motion


def measure(
  num_sequences: int = NUM_SEQUENCES,
  num_steps: int = NUM_STEPS,
  num_dims: int = NUM_DIMS,
  seed: int = 0,
) -> ParticleExample:
  """Simulates motions and measures each signal."""
  motions = particle.simulate(
    np.random.default_rng(seed), num_steps, num_dims, 1.0, num_sequences
  )
  signals = {name: _signal(name, getattr(motions, name)) for name in SIGNALS}
  return ParticleExample(signals, particle.Motion(*(v[0] for v in motions)))


def covariance(name: str, num_steps: int) -> np.ndarray:
  """Of the steps of one dimension, [steps, steps], for sigma = 1.

  x = L L w, u = L w, w = w, with L the lower triangle of ones.
  """
  num_sums = {"x": 2, "u": 1, "w": 0}[name]
  mixing = np.linalg.matrix_power(np.tril(np.ones([num_steps] * 2)), num_sums)
  return mixing @ mixing.T


def exact_correlation(cov: np.ndarray) -> float:
  """Eq. 23 of a signal of mean 0: mean cov[t, t + 1] / mean cov[t, t]."""
  return float(np.diagonal(cov, 1).mean() / np.diagonal(cov).mean())


def exact_per_step(cov: np.ndarray) -> np.ndarray:
  """cov[t, t + 1] / (std[t] std[t + 1]) -> [steps - 1]."""
  std = np.sqrt(np.diagonal(cov))
  return np.diagonal(cov, 1) / (std[:-1] * std[1:])


def correlation_per_step(x: np.ndarray) -> np.ndarray:
  """Pearson's, of step t with step t + 1 over sequences; mean over dims.

  Args:
    x: [sequences, steps, dims], at least two sequences.

  Returns:
    float64 [steps - 1].
  """
  d = x - x.mean(axis=0)
  std = np.sqrt(np.square(d).mean(axis=0))  # [steps, dims]
  cov = (d[:, :-1] * d[:, 1:]).mean(axis=0)
  return (cov / (std[:-1] * std[1:])).mean(axis=-1)


def _signal(name: str, values: np.ndarray) -> ParticleSignal:
  """Of values [sequences, steps, dims]."""
  cov = covariance(name, values.shape[1])
  return ParticleSignal(
    correlation.temporal_correlation(values),
    exact_correlation(cov),
    correlation_per_step(values),
    exact_per_step(cov),
    multi_information.gaussian(cov),
  )
