"""Means over windows, with errors over the recordings they were cut from.

Windows of one recording are not independent: they overlap, or follow each
other. What is independent is a recording (a walk, a video, a trajectory), so
an error is one over recordings (the cluster-robust error of a mean):

  stderr = sqrt(K / (K - 1) sum_k (sum over k's windows of v - mean)^2) / N

of N windows of K recordings; with one window each it is std(ddof = 1) /
sqrt(N). With very few recordings it is far too small more often than not, and
is not given.
"""

from collections.abc import Hashable, Sequence
import math
from typing import NamedTuple, Optional, Union

import numpy as np

from t2t_af.records import likelihood

Values = Union[Sequence[float], np.ndarray]

# Below, the error of the error is half of it and more: sqrt(1 / (2 (K - 1))).
MIN_RECORDINGS = 4
_WORST = 0.01  # share of the windows


class Grouped(NamedTuple):
  """Windows by what they were cut from.

  Attributes:
    names: [K], in the order of their first window.
    index: int [N], which of the names each window is of.
  """

  names: list
  index: np.ndarray

  @property
  def counts(self) -> np.ndarray:
    """Windows of each, int [K]."""
    return np.bincount(self.index, minlength=len(self.names))

  def means(self, values: np.ndarray) -> np.ndarray:
    """Mean over the windows of each, float64 [K], of values [N]."""
    sums = np.bincount(self.index, values, minlength=len(self.names))
    return sums / self.counts


class Tail(NamedTuple):
  """How far a mean is decided by its worst windows.

  Attributes:
    median: over windows.
    worst_percent: what the worst 1 % of the windows (at least one) add to the
      mean: their sum over N. The mean is this plus what the others add.
  """

  median: float
  worst_percent: float


def group(ids: Sequence[Hashable]) -> Grouped:
  """Windows of the same id together."""
  numbers: dict = {}
  index = [numbers.setdefault(i, len(numbers)) for i in ids]
  return Grouped(list(numbers), np.array(index, int))


def mean_and_stderr(
  values: Values, recordings: Optional[Sequence[Hashable]] = None
) -> likelihood.MeanAndStderr:
  """The mean over windows, with its error over recordings.

  Args:
    values: [N], one per window.
    recordings: [N], what each window was cut from; None: all are independent.

  Returns:
    MeanAndStderr; `stderr` is NaN for fewer than MIN_RECORDINGS.

  Raises:
    ValueError: there are no values, or not as many recordings.
  """
  if recordings is None:
    recordings = range(len(values))
  return weighted(values, np.ones(len(values)), recordings)


def weighted(
  means: Values, weights: Values, recordings: Sequence[Hashable]
) -> likelihood.MeanAndStderr:
  """`mean_and_stderr` from means over some windows each.

  Args:
    means: [M], each over `weights` many windows of one recording.
    weights: [M].
    recordings: [M].

  Raises:
    ValueError: there are no values, or axes do not fit.
  """
  means = np.asarray(means, np.float64)
  weights = np.asarray(weights, np.float64)
  if means.ndim != 1 or not means.size:
    raise ValueError(f"values must be [N], N > 0, but are {means.shape}")
  if not len(means) == len(weights) == len(recordings):
    raise ValueError(
      f"{len(means)} values, {len(weights)} weights and {len(recordings)} "
      "recordings"
    )
  total = weights.sum()
  mean = float((weights * means).sum() / total)
  grouped = group(recordings)
  num = len(grouped.names)
  if num < MIN_RECORDINGS:
    return likelihood.MeanAndStderr(mean, math.nan)
  sums = np.bincount(grouped.index, weights * (means - mean))
  variance = np.square(sums).sum() * num / (num - 1.0)
  return likelihood.MeanAndStderr(mean, float(math.sqrt(variance) / total))


def mean_of_parts(
  parts: Sequence[tuple[Values, Values, Sequence[Hashable]]],
) -> likelihood.MeanAndStderr:
  """The mean of the means of P parts, which may share recordings.

  What a recording adds to the mean it adds in every part it is in:

    stderr = sqrt(sum_k (sum over parts p of d_kp / P)^2),
    d_kp = sqrt(K_p / (K_p - 1)) (sum of p's values of k - mean_p) / N_p

  Of parts without a recording in common that is sqrt(sum of their squared
  errors) / P.

  Args:
    parts: means, weights and recordings of each, as of `weighted`.

  Returns:
    MeanAndStderr; `stderr` is NaN if a part's is.
  """
  means = [weighted(*part) for part in parts]
  mean = sum(m.mean for m in means) / len(means)
  if any(math.isnan(m.stderr) for m in means):
    return likelihood.MeanAndStderr(mean, math.nan)
  added: dict = {}
  for (values, weights, names), of_part in zip(parts, means):
    weights = np.asarray(weights, np.float64)
    grouped = group(names)
    off = weights * (np.asarray(values, np.float64) - of_part.mean)
    num = len(grouped.names)
    sums = np.bincount(grouped.index, off) * math.sqrt(num / (num - 1.0))
    for name, value in zip(grouped.names, sums / weights.sum() / len(parts)):
      added[name] = added.get(name, 0.0) + value
  return likelihood.MeanAndStderr(mean, math.hypot(*added.values()))


def tail(values: Values) -> Tail:
  """Of NLLs of windows, [N]: higher is worse."""
  values = np.sort(np.asarray(values, np.float64))
  worst = max(1, int(round(_WORST * len(values))))
  return Tail(
    float(np.median(values)), float(values[-worst:].sum() / len(values))
  )
