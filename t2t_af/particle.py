"""The particle with momentum of Appendix C, simulated. No TensorFlow."""

from typing import NamedTuple

import numpy as np


class Motion(NamedTuple):
  """float64 [..., time, dims] each: position, velocity, force (Eq. 25, 26)."""

  x: np.ndarray
  u: np.ndarray
  w: np.ndarray


def simulate(
  rng: np.random.Generator,
  num_steps: int,
  num_dims: int,
  sigma: float,
  num_sequences: int = 0,
) -> Motion:
  """A particle of mass 1 under random forces, from rest in the origin.

      x[t] = x[t-1] + u[t]         (Eq. 25)
      u[t] = u[t-1] + w[t]         (Eq. 26)
      w[t] ~ N(0, sigma^2 I),      x[-1] = u[-1] = 0

  Args:
    rng: where w is drawn from.
    num_steps, num_dims: of the arrays.
    sigma: standard deviation of w; Sigma of the paper is sigma^2 I.
    num_sequences: 0 for one motion [time, dims], else a leading axis.
  """
  shape = [num_sequences] * bool(num_sequences) + [num_steps, num_dims]
  w = sigma * rng.standard_normal(shape)
  u = np.cumsum(w, axis=-2)
  return Motion(np.cumsum(u, axis=-2), u, w)
