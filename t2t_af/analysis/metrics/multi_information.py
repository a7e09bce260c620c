"""Dependence between steps, and what a conditional affine map removes of it.

Multi-information (Eq. 8), in nats:

  I(x[1:T]) = sum_t H(x[t]) - H(x[1:T])

The example of Section 3.1 and Fig. 3, two steps of one dimension:

  x1 ~ N(0, 1)
  x2 = mean[k] + std[k] * e,   k = 0 if x1 < 0, else 1,   e ~ shape
  y1 = x1,  y2 = (x2 - E[x2 | x1]) / std[x2 | x1] = e

so p(x2 | x1) is one of two densities, alike but shifted and scaled, and
I(x1; x2) > 0 = I(y1; y2).
"""

import functools
import math
from typing import NamedTuple, Optional

import numpy as np
from scipy import integrate

from t2t_af.records import likelihood

NUM_NEIGHBORS = 3  # of the estimate from samples; scikit-learn's default
NUM_SPLITS = 8  # of the samples, for its standard error
_TAIL = 12.0  # densities are integrated this many standard deviations far


class Shape(NamedTuple):
  """A mixture of Gaussians with mean 0 and standard deviation 1.

  Made by `mixture`; e of the module's docstring.
  """

  weights: np.ndarray
  means: np.ndarray
  stds: np.ndarray

  def density(self, e: np.ndarray) -> np.ndarray:
    """p(e), of the shape of e."""
    z = (np.asarray(e, np.float64)[..., None] - self.means) / self.stds
    peak = self.weights / (self.stds * math.sqrt(2.0 * math.pi))
    return (peak * np.exp(-0.5 * np.square(z))).sum(axis=-1)

  def sample(self, rng: np.random.Generator, count: int) -> np.ndarray:
    """float64 [count]."""
    k = rng.choice(len(self.weights), count, p=self.weights)
    return self.means[k] + self.stds[k] * rng.standard_normal(count)


def mixture(weights, means, stds) -> Shape:
  """The mixture, shifted and scaled to mean 0 and standard deviation 1."""
  weights, means, stds = (
    np.asarray(v, np.float64) for v in (weights, means, stds)
  )
  mean = weights @ means
  std = math.sqrt(weights @ (np.square(stds) + np.square(means - mean)))
  return Shape(weights, (means - mean) / std, stds / std)


class TwoSteps(NamedTuple):
  """x2 given x1: shape shifted by means[k], scaled by stds[k]; k = x1 >= 0."""

  shape: Shape
  means: tuple[float, float] = (-1.5, 1.0)
  stds: tuple[float, float] = (0.5, 1.0)

  def density(self, x2: np.ndarray, k: int) -> np.ndarray:
    """p(x2 | x1) where x1 belongs to k."""
    e = (np.asarray(x2) - self.means[k]) / self.stds[k]
    return self.shape.density(e) / self.stds[k]

  def marginal(self, x2: np.ndarray) -> np.ndarray:
    """p(x2)."""
    return 0.5 * (self.density(x2, 0) + self.density(x2, 1))

  def inverse(self, x1: np.ndarray, x2: np.ndarray) -> np.ndarray:
    """y2: the conditional affine map, data to noise."""
    k = (np.asarray(x1) >= 0.0).astype(int)
    return (x2 - np.array(self.means)[k]) / np.array(self.stds)[k]

  def normalized(self) -> "TwoSteps":
    """The same in y: (y1, y2) is of this family too."""
    shift, scale = np.array(self.means), np.array(self.stds)
    return self._replace(
      means=tuple((self.means - shift) / scale), stds=tuple(self.stds / scale)
    )

  def sample(
    self, rng: np.random.Generator, count: int
  ) -> tuple[np.ndarray, np.ndarray]:
    """x1, x2: [count] each."""
    x1 = rng.standard_normal(count)
    k = (x1 >= 0.0).astype(int)
    e = self.shape.sample(rng, count)
    return x1, np.array(self.means)[k] + np.array(self.stds)[k] * e

  def exact(self) -> float:
    """I(x1; x2) = E[log p(x2 | x1) - log p(x2)], nats, by quadrature."""
    return sum(
      0.5
      * integrate.quad(
        functools.partial(self._gain, k=k),
        self.means[k] - _TAIL * self.stds[k],
        self.means[k] + _TAIL * self.stds[k],
        limit=200,
      )[0]
      for k in (0, 1)
    )

  def _gain(self, x2: float, k: int) -> float:
    """p(x2 | k) log(p(x2 | k) / p(x2)), 0 where p(x2 | k) is."""
    p = float(self.density(x2, k))
    return p * math.log(p / float(self.marginal(x2))) if p > 0.0 else 0.0


EXAMPLE = TwoSteps(mixture((0.65, 0.35), (-0.8, 1.2), (0.45, 0.6)))


def gaussian(covariance: np.ndarray) -> float:
  """Multi-information of a Gaussian, nats (Eq. 8 in closed form).

      I = (sum_t log covariance[t, t] - log det covariance) / 2

  Args:
    covariance: [T, T], positive definite.

  Raises:
    ValueError: if it is not.
  """
  sign, log_det = np.linalg.slogdet(covariance)
  variances = np.diagonal(covariance)
  if sign <= 0 or (variances <= 0).any():
    raise ValueError("the covariance is not positive definite")
  return float(0.5 * (np.log(variances).sum() - log_det))


def estimate(
  x1: np.ndarray, x2: np.ndarray, seed: int = 0
) -> likelihood.MeanAndStderr:
  """I(x1; x2) from samples, nats, by nearest neighbours.

  scikit-learn's mutual_info_regression (Kraskov et al. 2004; Ross 2014), which
  cuts off negative estimates: independent samples give 0 or a little more. The
  error is that of the mean over NUM_SPLITS disjoint parts of the samples; the
  estimate itself uses all of them together, which is less biased.

  Args:
    x1, x2: [count], of continuous distributions.
    seed: of the tiny noise that the library breaks ties with.

  Raises:
    ValueError: if the shapes differ or a part has too few samples.
  """
  x1, x2 = np.asarray(x1), np.asarray(x2)
  if x1.shape != x2.shape or x1.ndim != 1:
    raise ValueError(
      "x1 and x2 must be [count] both, but their shapes are "
      f"{x1.shape} and {x2.shape}"
    )
  if len(x1) < NUM_SPLITS * (NUM_NEIGHBORS + 1):
    raise ValueError(f"{len(x1)} samples are too few for {NUM_SPLITS} parts")
  parts = [
    _neighbors(x1[i::NUM_SPLITS], x2[i::NUM_SPLITS], seed)
    for i in range(NUM_SPLITS)
  ]
  return likelihood.MeanAndStderr(
    _neighbors(x1, x2, seed), likelihood.mean_and_stderr(parts).stderr
  )


def _neighbors(x1: np.ndarray, x2: np.ndarray, seed: int) -> float:
  from sklearn import feature_selection  # half a second, for this one number

  (nats,) = feature_selection.mutual_info_regression(
    x1[:, None], x2, n_neighbors=NUM_NEIGHBORS, random_state=seed
  )
  return float(nats)


class Redundancy(NamedTuple):
  """Multi-information of the example before (x) and after (y), nats."""

  exact_x: float
  exact_y: float
  estimated_x: likelihood.MeanAndStderr
  estimated_y: likelihood.MeanAndStderr
  num_samples: int


def measure(
  example: Optional[TwoSteps] = None, num_samples: int = 4000, seed: int = 0
) -> Redundancy:
  """Exact and estimated from the same samples, before and after."""
  example = example or EXAMPLE
  x1, x2 = example.sample(np.random.default_rng(seed), num_samples)
  return Redundancy(
    example.exact(),
    example.normalized().exact(),
    estimate(x1, x2, seed),
    estimate(x1, example.inverse(x1, x2), seed),
    num_samples,
  )
