"""Units of likelihood, and means with their standard errors. No TensorFlow.

A likelihood of video is a negative log-likelihood (NLL) of 8-bit values x in
{0, ..., 255} made continuous by noise, x + u, u ~ U(0, 1), with the density
taken in 0..256 units. (Records name the noise; the paper's authors take a
Gaussian one.) Averaged over values it has two common units:

  nats_per_dim = bits_per_dim * log 2
  uniform model: nats_per_dim = log 256 = 5.545..., bits_per_dim = 8

One of series is a density of standardised values: it has no noise and no
floor, and may be below zero.

The paper reports nats per dimension of video and nats per time step of series,
tensor2tensor bits per dimension.
"""

from collections.abc import Sequence
import math
from typing import NamedTuple, TypeVar, Union

import numpy as np

Values = TypeVar("Values", float, np.ndarray)

NATS_PER_BIT = math.log(2.0)
UNIFORM_NATS_PER_DIM = math.log(256.0)
UNIFORM_BITS_PER_DIM = 8.0


class MeanAndStderr(NamedTuple):
  """A mean, and the standard error of that mean (NaN for fewer than two)."""

  mean: float
  stderr: float


def bits_from_nats(nats: Values) -> Values:
  """bits = nats / log 2; a number or an array."""
  return nats / NATS_PER_BIT


def mean_and_stderr(
  values: Union[Sequence[float], np.ndarray],
) -> MeanAndStderr:
  """mean, and standard error = std(ddof = 1) / sqrt(N), of independent values.

  Args:
    values: [N], one value per independent unit (a sequence, or a seed).

  Returns:
    MeanAndStderr; `stderr` is NaN for N = 1, as one value says nothing about
    spread.

  Raises:
    ValueError: if `values` is empty or not one-dimensional.
  """
  values = np.asarray(values, dtype=np.float64)
  if values.ndim != 1 or not values.size:
    raise ValueError(
      f"values must be [N] with N > 0, but its shape is {values.shape}"
    )
  if values.size == 1:
    return MeanAndStderr(float(values[0]), math.nan)
  stderr = values.std(ddof=1) / math.sqrt(values.size)
  return MeanAndStderr(float(values.mean()), float(stderr))
