"""Is a model's spread right? For series.

The probability integral transform (PIT) of a value y under the predictive
distribution F is F(y): uniform on [0, 1] where F is right (Dawid 1984). A
U shape means too narrow a spread (over-confident), a hump too wide a one, a
slope a bias. A central interval of level c holds y where |F(y) - 1/2| <= c / 2.

  pit_of_noise     F(y) exactly, of a flow to noise, a step ahead
  pit_of_samples   F(y) from N samples, however far ahead
  calibrate        histogram and coverage with confidence bands
  from_records       the same from calibration records
  crps             how good the whole distribution is (scoringrules)

Errors are over independent sequences: values of one sequence, and sequences
cut from one recording (`ids`), are taken together.
"""

from collections.abc import Hashable, Sequence
import math
from typing import NamedTuple, Optional

import numpy as np
from scipy import special

from t2t_af import errors
from t2t_af.records import likelihood
from t2t_af.records import recordings

NUM_BINS = 10
LEVELS = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95)
CONFIDENCE = 0.95  # of the bands


class Shares(NamedTuple):
  """Shares of the values, each with a band of confidence CONFIDENCE."""

  share: np.ndarray  # [n]
  stderr: np.ndarray  # [n]; NaN for too few recordings
  low: np.ndarray  # [n], at least 0
  high: np.ndarray  # [n], at most 1

  @property
  def reach(self) -> np.ndarray:
    """Half the band, before it is cut off at 0 and 1."""
    return np.maximum(self.high - self.share, self.share - self.low)


class Calibration(NamedTuple):
  """Of one signal; `pit` in NUM_BINS equal bins, `coverage` at LEVELS."""

  pit: Shares  # 1 / NUM_BINS each where calibrated
  coverage: Shares  # LEVELS where calibrated
  num_values: int
  num_sequences: int
  num_independent: int  # sequences that were cut from one count once

  def record_fields(self) -> dict:
    """The fields of a calibration record that come from here."""
    return dict(
      pit_counts=np.rint(self.pit.share * self.num_values).astype(int),
      pit_share_stderr=self.pit.stderr,
      coverage_levels=LEVELS,
      coverage=self.coverage.share,
      coverage_stderr=self.coverage.stderr,
      num_values=self.num_values,
      num_sequences=self.num_sequences,
      num_independent=self.num_independent,
    )


def pit_of_noise(
  y: np.ndarray, degrees_of_freedom: Optional[np.ndarray] = None
) -> np.ndarray:
  """F(y) of a flow x -> y whose scale is positive, to N(0, 1) or Student's t.

  Exact for one-step predictions; shape of y. Leave out unscored steps.

  Args:
    y: noise, of scale 1.
    degrees_of_freedom: of the t, broadcasts against y; None: N(0, 1).
  """
  y = np.asarray(y, np.float64)
  if degrees_of_freedom is None:
    return special.ndtr(y)
  return special.stdtr(np.asarray(degrees_of_freedom, np.float64), y)


def pit_of_samples(
  samples: np.ndarray, truth: np.ndarray, seed: int = 0
) -> np.ndarray:
  """The rank of the truth among samples, made continuous.

      (number of samples below + U) / (N + 1),   U ~ U(0, 1)

  Uniform exactly, for any N, where truth and samples are exchangeable; equal
  values are put in random order.

  Args:
    samples: [sequences, N, ...].
    truth: [sequences, ...].
    seed: of U.

  Returns:
    float64, shape of `truth`.
  """
  _check(samples, truth)
  rng = np.random.default_rng(seed)
  below = (samples < truth[:, None]).sum(axis=1)
  ties = (samples == truth[:, None]).sum(axis=1)
  return (below + rng.random(truth.shape) * (ties + 1.0)) / (
    samples.shape[1] + 1.0
  )


def calibrate(
  pit: np.ndarray, ids: Optional[Sequence[Hashable]] = None
) -> Calibration:
  """Histogram of the PIT and coverage of central intervals.

  Args:
    pit: [sequences, ...], in [0, 1].
    ids: [sequences], what each was cut from. None: all are independent.

  Raises:
    ValueError: if a value is not in [0, 1], or there are none.
  """
  pit = np.asarray(pit, np.float64)
  if not pit.size:
    raise ValueError("no PIT values")
  pit = pit.reshape(len(pit), -1)
  if not ((pit >= 0.0) & (pit <= 1.0)).all():  # NaN too
    raise ValueError("PIT values must lie in [0, 1]")
  bins = np.minimum((pit * NUM_BINS).astype(int), NUM_BINS - 1)
  in_bin = [(bins == i).sum(axis=1) for i in range(NUM_BINS)]
  # A hair wider, so that a PIT on the border of its interval is inside.
  inside = [
    (np.abs(pit - 0.5) <= 0.5 * level + 1e-12).sum(axis=1) for level in LEVELS
  ]
  unit = _units(len(pit), ids)
  return Calibration(
    _shares(np.stack(in_bin, 1), pit.shape[1], unit),
    _shares(np.stack(inside, 1), pit.shape[1], unit),
    pit.size,
    len(pit),
    int(unit.max()) + 1,
  )


def from_records(records: Sequence[dict]) -> Calibration:
  """The calibration of records, of all their values together.

  Their sequences must be different ones, as those of a data set's splits are.
  A record without num_independent is taken to be of one series: no bands.
  """
  num_values = np.array([r["num_values"] for r in records])
  independent = [r.get("num_independent") or 1 for r in records]
  weight = num_values / num_values.sum()

  def pooled(shares: np.ndarray, stderr_field: str) -> Shares:
    stderr = np.array([r[stderr_field] for r in records], np.float64)
    return _with_bands(
      weight @ shares,
      np.sqrt(np.square(weight) @ np.square(stderr)),
      sum(independent) - len(independent),
    )

  pit = np.array([r["pit_counts"] for r in records]) / num_values[:, None]
  coverage = np.array([r["coverage"] for r in records])
  return Calibration(
    pooled(pit, "pit_share_stderr"),
    pooled(coverage, "coverage_stderr"),
    int(num_values.sum()),
    sum(r["num_sequences"] for r in records),
    sum(independent),
  )


def crps(samples: np.ndarray, truth: np.ndarray) -> likelihood.MeanAndStderr:
  """Continuous ranked probability score: E|X - y| - E|X - X'| / 2.

  Without bias for any N >= 2 (the "fair" score, in its form by probability
  weighted moments). In the unit of the values; 0 is best. The mean over
  everything, with its standard error over sequences.

  Args:
    samples: [sequences, N, ...].
    truth: [sequences, ...].

  Raises:
    UserError: if scoringrules is not installed.
    ValueError: if axes do not fit or N < 2.
  """
  _check(samples, truth)
  if samples.shape[1] < 2:
    raise ValueError("CRPS needs at least two samples")
  try:
    import scoringrules
  except ImportError as e:
    raise errors.UserError(
      "CRPS needs the package scoringrules, which is not installed (it runs "
      "on Python 3.10 and later): pip install scoringrules==0.9.0"
    ) from e
  score = scoringrules.crps_ensemble(
    np.asarray(truth, np.float64),
    np.asarray(samples, np.float64),
    m_axis=1,
    estimator="pwm",
    backend="numpy",
  )
  return likelihood.mean_and_stderr(score.reshape(len(truth), -1).mean(axis=1))


def _check(samples: np.ndarray, truth: np.ndarray) -> None:
  expected = samples.shape[:1] + samples.shape[2:]
  if samples.ndim < 2 or expected != truth.shape:
    raise ValueError(
      "samples must be [sequences, N, ...] and truth [sequences, ...], but "
      f"their shapes are {samples.shape} and {truth.shape}"
    )
  if not (np.isfinite(samples).all() and np.isfinite(truth).all()):
    raise ValueError("samples and truth must be finite")


def _units(num_sequences: int, ids: Optional[Sequence[Hashable]]) -> np.ndarray:
  """[sequences] -> number of the independent unit that each belongs to."""
  if ids is None:
    return np.arange(num_sequences)
  if len(ids) != num_sequences:
    raise ValueError(f"{len(ids)} ids for {num_sequences} sequences")
  numbers = {}
  return np.array([numbers.setdefault(i, len(numbers)) for i in ids])


def _shares(
  counts: np.ndarray, num_per_sequence: int, unit: np.ndarray
) -> Shares:
  """Shares with errors over units (the ratio estimator of cluster samples).

  Args:
    counts: [sequences, n], how many values of each sequence count.
    num_per_sequence: values of each sequence.
    unit: [sequences], from `_units`.
  """
  total = counts.shape[0] * num_per_sequence
  share = counts.sum(axis=0) / total
  num_units = unit.max() + 1
  if num_units < recordings.MIN_RECORDINGS:
    return _with_bands(share, np.full_like(share, math.nan), 0)
  residual = np.zeros([num_units, counts.shape[1]])
  np.add.at(residual, unit, counts - num_per_sequence * share)
  variance = np.square(residual).sum(axis=0) * num_units / (num_units - 1.0)
  return _with_bands(share, np.sqrt(variance) / total, num_units - 1)


def _with_bands(share: np.ndarray, stderr: np.ndarray, freedom: int) -> Shares:
  """Bands by Student's t; without any freedom NaN."""
  if freedom < 1:
    stderr = np.full_like(share, math.nan)
  reach = special.stdtrit(max(freedom, 1), 0.5 + 0.5 * CONFIDENCE) * stderr
  return Shares(
    share,
    stderr,
    np.maximum(share - reach, 0.0),
    np.minimum(share + reach, 1.0),
  )
