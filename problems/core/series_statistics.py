"""Mean and standard deviation of the columns of series, to standardise them.

x = (raw - mean) / std,      log p(raw) = log p(x) - sum log std
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple, Optional

import numpy as np

from problems.core import manifest_fields
from t2t_af.errors import UserError

# A column is constant but for rounding where its standard deviation is no more
# than such a part of its largest value. One unit in the last place of a
# float32, as sensors and programs give them, is up to 1.2e-7 of a number: a
# column that changes by no more, and has few values or mostly stands still, is
# rounding noise. Standardised it would have a density of its own, e.g. 20 nats
# a step for 1e-9. Another one changes truly (1e6 + 0.001 sin t, a time stamp in
# milliseconds), unless by so little that sums of float64 round as much.
_FLOAT32_ROUNDING = 1e-7
_FLOAT64_ROUNDING = 1e-10
_FEW = 8
_LOOKED_AT = 4096  # steps of a sequence among which values are counted


class SeriesStatistics(NamedTuple):
  """Of the columns that vary; computed on the training split alone.

  Attributes:
    mean, std: float64 [features], in raw units.
    kept: the features' places among the raw columns.
    names: the features' names.
  """

  mean: np.ndarray
  std: np.ndarray
  kept: tuple[int, ...]
  names: tuple[str, ...]

  @property
  def log_volume(self) -> float:
    """Nats for each step: -log p(raw) = -log p(standardised) + log_volume."""
    return float(np.sum(np.log(self.std)))

  def standardise(self, raw: np.ndarray) -> np.ndarray:
    """float64 [..., features] of raw values [..., raw columns]."""
    return (
      np.asarray(raw, np.float64)[..., list(self.kept)] - self.mean
    ) / self.std

  def to_raw(self, x: np.ndarray) -> np.ndarray:
    """float64 [..., features] in raw units of standardised ones."""
    return np.asarray(x, np.float64) * self.std + self.mean

  def to_json(self) -> dict[str, Any]:
    """What `from_json` makes the statistics of again, exactly."""
    return {
      "mean": self.mean.tolist(),
      "std": self.std.tolist(),
      "kept": list(self.kept),
      "names": list(self.names),
    }

  @classmethod
  def from_json(cls, fields: Mapping[str, Any]) -> "SeriesStatistics":
    """The statistics that `to_json` gave `fields` of.

    Raises:
      ValueError: they are none; says what is wrong.
    """
    mean = manifest_fields.numbers(fields, "mean")
    std = manifest_fields.numbers(fields, "std", above=0.0)
    kept = manifest_fields.integers(fields, "kept", 0)
    names = manifest_fields.texts(fields, "names")
    lengths = {
      "mean": len(mean),
      "std": len(std),
      "kept": len(kept),
      "names": len(names),
    }
    if len(set(lengths.values())) > 1 or not mean:
      raise ValueError(f"statistics of so many columns: {lengths}")
    if any(a >= b for a, b in zip(kept, kept[1:])):
      raise ValueError(f"kept is {kept}, which does not increase")
    return cls(np.array(mean), np.array(std), tuple(kept), tuple(names))


class Moments(NamedTuple):
  """Of every raw column of the training split: float64 [columns].

  Attributes:
    mean, std: in raw units.
    largest: the largest absolute value.
    is_coarse: whether a column has few different values, or repeats the one
      before in most steps.
  """

  mean: np.ndarray
  std: np.ndarray
  largest: np.ndarray
  is_coarse: np.ndarray

  @property
  def varies(self) -> np.ndarray:
    """bool [columns]: whether a column changes by more than rounding does."""
    rounding = np.where(self.is_coarse, _FLOAT32_ROUNDING, _FLOAT64_ROUNDING)
    return self.std > rounding * self.largest


def measure(sequences: Iterable[np.ndarray], names: Sequence[str]) -> Moments:
  """One pass over float64 [steps, len(names)] arrays.

  Everything is measured from the first step, so that a column with a big mean
  and small changes loses nothing, and a constant one has a deviation of exactly
  0; sequences are joined by the rule of Chan et al. (1979).

  Raises:
    UserError: there are no steps, no column varies, or numbers are too big.
  """
  origin: Optional[np.ndarray] = None
  count = 0
  mean, squares, largest, repeats = np.zeros([4, len(names)])
  values_of: list[set[float]] = [set() for _ in names]
  with np.errstate(over="ignore", invalid="ignore"):  # reported below
    for values in sequences:
      if not len(values):
        continue
      origin = values[0] if origin is None else origin
      largest = np.maximum(largest, np.abs(values).max(axis=0))
      repeats += (values[1:] == values[:-1]).sum(axis=0)
      _count_values(values_of, values[:_LOOKED_AT])
      values = values - origin
      mean_here = values.mean(axis=0)
      squares_here = np.square(values - mean_here).sum(axis=0)
      total = count + len(values)
      gap = mean_here - mean
      mean = mean + gap * len(values) / total
      squares = (
        squares + squares_here + (np.square(gap) * count * len(values) / total)
      )
      count = total
  if origin is None:
    raise UserError("the training split has no steps to standardise by")
  few = np.array([len(found) <= _FEW for found in values_of], bool)
  moments = Moments(
    origin + mean,
    np.sqrt(squares / count),
    largest,
    few | (2 * repeats > count),
  )
  if not np.isfinite(moments.std).all():
    column = names[int(np.argmin(np.isfinite(moments.std)))]
    raise UserError(f"the numbers in column {column} are too big")
  if not moments.varies.any():
    raise UserError(
      "no column varies in the training split: "
      + ", ".join(left_out(moments, names))
    )
  return moments


def _count_values(found: list[set[float]], values: np.ndarray) -> None:
  """Adds the different values of each column, until there are more than few."""
  for of_column, column in zip(found, values.T):
    if len(of_column) <= _FEW:
      of_column.update(np.unique(column)[: _FEW + 1].tolist())


def select(moments: Moments, names: Sequence[str]) -> SeriesStatistics:
  """The statistics of the columns that vary."""
  kept = np.flatnonzero(moments.varies)
  return SeriesStatistics(
    moments.mean[kept],
    moments.std[kept],
    tuple(map(int, kept)),
    tuple(names[i] for i in kept),
  )


def left_out(moments: Moments, names: Sequence[str]) -> list[str]:
  """The raw columns that are no features, and by how much each changes."""
  return [
    f"{names[i]} (std {moments.std[i]:.3g}, values up to "
    f"{moments.largest[i]:.6g})"
    if moments.std[i]
    else names[i]
    for i in np.flatnonzero(~moments.varies)
  ]
