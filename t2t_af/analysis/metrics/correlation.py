"""How far each step of a signal predicts the next, linearly (Eq. 23, 24).

  corr = mean over dims of  E[(x[t] - mean) (x[t+1] - mean)] / std^2

with one mean and one standard deviation per dimension (a pixel's channel, a
column of a series), both over the whole set. One pass, in float64, about
running means (Chan, Golub and LeVeque 1979), so that no large sums cancel.

Bias: with n scored steps in all, independent noise has expectation -1 / (n - 1)
exactly, as the mean is taken from the same steps; an AR(1) of coefficient phi
has phi + O(1 / n).

Standard error: a jackknife over sequences that needs no second pass. Sequences
are dealt in turn to at most `MAX_BLOCKS` blocks, each with statistics of its
own (memory: 5 float64 per dimension and block); each block is left out once,
and mean and standard deviation are then estimated anew. Up to MAX_BLOCKS
sequences this leaves out single sequences; beyond, the error itself is known to
1 / sqrt(2 MAX_BLOCKS) = 9 %. Not a bootstrap over sequences: drawing some twice
biases the estimate by an amount that differs from replicate to replicate and is
common to all dimensions. For an AR(1) of 0.5, 12 steps, 300 dimensions, the
bootstrap's error is twice the true one for 10 sequences and right from 64 on;
the jackknife's is 1.1 times it for 10 (measured).
"""

from collections.abc import Hashable, Sequence
import math
from typing import NamedTuple, Optional

import numpy as np

from t2t_af.records import recordings

MAX_BLOCKS = 64
# A variance below this share of the second moment it was computed from is
# rounding: the dimension is constant without the block that is left out.
_ROUNDING = 1e-9


class Correlation(NamedTuple):
  """`correlation` and `stderr` have no unit; NaN where they are not defined."""

  correlation: float
  stderr: float  # NaN for too few recordings
  num_sequences: int  # independent ones
  num_windows: int  # what was added; several may be cut from one sequence
  num_steps: int  # scored, over all sequences
  num_dims: int  # per step, constant ones among them
  num_constant_dims: int  # the same value at every step; left out

  def record_fields(self) -> dict:
    """The fields of a correlation record that come from here."""
    fields = self._asdict()
    fields["correlation_stderr"] = fields.pop("stderr")
    return fields


class TemporalCorrelation:
  """Takes sequences batch by batch; `result()` at any time.

  Signals must be handed over without the steps that a flow leaves unscored:
  these are raw data or empty, not noise variables, and would count as signal.

      estimate = TemporalCorrelation(num_unscored=3)
      for y in batches:
        estimate.add(y)
      estimate.result().correlation
  """

  def __init__(self, num_unscored: int = 0):
    """Leaves out the first `num_unscored` steps of every sequence."""
    self._num_unscored = num_unscored
    self._blocks: list[Optional[_Moments]] = [None] * MAX_BLOCKS
    self._block_of: dict = {}
    self._num_windows = 0
    self._reference: Optional[np.ndarray] = None

  def add(
    self, batch: np.ndarray, ids: Optional[Sequence[Hashable]] = None
  ) -> None:
    """Adds sequences.

    Args:
      batch: [sequences, steps, ...dims]; the number of steps may differ from
        batch to batch.
      ids: [sequences], what each was cut from; sequences of one id are not
        independent and are left out together. None: all are independent.

    Raises:
      ValueError: if axes do not fit, or fewer than two steps are scored.
    """
    x = self._flat(np.asarray(batch))
    if ids is not None and len(ids) != len(x):
      raise ValueError(f"{len(ids)} ids for {len(x)} sequences")
    if not len(x):
      return
    if self._reference is None:
      self._reference = x[0, 0].copy()
    # Nearer to zero, and exactly zero for constant dimensions.
    x = x - self._reference
    blocks = np.array(
      [self._block(ids[i] if ids is not None else None) for i in range(len(x))]
    )
    for block in np.unique(blocks):
      added, old = _moments(x[blocks == block]), self._blocks[block]
      self._blocks[block] = added if old is None else _merged(old, added)

  def result(self) -> Correlation:
    """The estimate over everything added so far.

    Raises:
      ValueError: if nothing was added.
    """
    blocks = [block for block in self._blocks if block is not None]
    if not blocks:
      raise ValueError("no sequence was added")
    sums = _Sums.from_blocks(blocks)
    (estimate,) = sums.correlations(np.ones([1, len(blocks)]))
    return Correlation(
      float(estimate),
      sums.stderr(),
      len(self._block_of),
      self._num_windows,
      int(sums.counts[:, 0].sum()),
      sums.num_dims,
      sums.num_dims - int(sums.varying.sum()),
    )

  def _flat(self, batch: np.ndarray) -> np.ndarray:
    """float64 [sequences, scored steps, dims]; NaN for what is not finite."""
    if batch.ndim < 2:
      raise ValueError(
        f"batch must be [sequences, steps, ...], but its shape is {batch.shape}"
      )
    num_scored = batch.shape[1] - self._num_unscored
    if num_scored < 2:
      raise ValueError(
        f"correlation needs two scored steps, but of {batch.shape[1]} steps "
        f"{self._num_unscored} are unscored"
      )
    num_dims = math.prod(batch.shape[2:])
    if self._reference is not None and num_dims != self._reference.size:
      raise ValueError(
        f"steps of {num_dims} dimensions after steps of {self._reference.size}"
      )
    x = (
      batch[:, self._num_unscored :]
      .reshape(len(batch), num_scored, num_dims)
      .astype(np.float64)
    )
    x[~np.isfinite(x)] = math.nan  # shows in the result, and warns nobody
    return x

  def _block(self, sequence_id: Optional[Hashable]) -> int:
    """Sequences, or ids in the order of their first sequence, in turn."""
    key = (sequence_id,) if sequence_id is not None else self._num_windows
    self._num_windows += 1
    return self._block_of.setdefault(key, len(self._block_of)) % MAX_BLOCKS


class _Moments(NamedTuple):
  """Of some sequences, per dimension [dims]; co is about the pairs' own means.

  square = sum (x - mean)^2; co = sum (x[t] - first) (x[t+1] - second).
  """

  num_steps: float
  num_pairs: float
  mean: np.ndarray
  square: np.ndarray
  first: np.ndarray
  second: np.ndarray
  co: np.ndarray


def _moments(x: np.ndarray) -> _Moments:
  """Of sequences [sequences, steps, dims]."""
  mean, first, second = (v.mean(axis=(0, 1)) for v in (x, x[:, :-1], x[:, 1:]))
  square = np.square(x - mean).sum(axis=(0, 1))
  co = ((x[:, :-1] - first) * (x[:, 1:] - second)).sum(axis=(0, 1))
  num_sequences, num_steps = x.shape[:2]
  return _Moments(
    num_sequences * num_steps,
    num_sequences * (num_steps - 1),
    mean,
    square,
    first,
    second,
    co,
  )


def _merged(a: _Moments, b: _Moments) -> _Moments:
  """Of both together (Chan et al.)."""
  steps, pairs = a.num_steps + b.num_steps, a.num_pairs + b.num_pairs
  to_mean, to_first, to_second = (
    b.mean - a.mean,
    b.first - a.first,
    b.second - a.second,
  )
  step_share, pair_share = b.num_steps / steps, b.num_pairs / pairs
  return _Moments(
    steps,
    pairs,
    a.mean + to_mean * step_share,
    a.square + b.square + np.square(to_mean) * a.num_steps * step_share,
    a.first + to_first * pair_share,
    a.second + to_second * pair_share,
    a.co + b.co + to_first * to_second * a.num_pairs * pair_share,
  )


class _Sums(NamedTuple):
  """Sums of each block about the mean of the whole set; d = x - mean."""

  counts: np.ndarray  # [blocks, 2]: steps, pairs
  steps: np.ndarray  # [blocks, dims]: sum d
  square: np.ndarray  # sum d^2
  ends: np.ndarray  # sum d[t] + d[t+1] over pairs
  product: np.ndarray  # sum d[t] d[t+1] over pairs
  varying: np.ndarray  # bool [all dims]; only these have sums

  @property
  def num_dims(self) -> int:
    """Per step, constant ones among them."""
    return self.varying.size

  @classmethod
  def from_blocks(cls, blocks: Sequence[_Moments]) -> "_Sums":
    total = blocks[0]
    for block in blocks[1:]:
      total = _merged(total, block)
    varying = total.square != 0.0  # NaN counts as varying, and shows

    def stacked(name):
      return np.stack([getattr(b, name)[varying] for b in blocks])

    mean = total.mean[varying]
    counts = np.array([(b.num_steps, b.num_pairs) for b in blocks])
    num_steps, num_pairs = counts[:, :1], counts[:, 1:]
    off, first, second = (
      stacked(name) - mean for name in ("mean", "first", "second")
    )
    return cls(
      counts,
      num_steps * off,
      stacked("square") + num_steps * np.square(off),
      num_pairs * (first + second),
      stacked("co") + num_pairs * first * second,
      varying,
    )

  def stderr(self) -> float:
    """sqrt((K - 1) / K sum (estimate without one - their mean)^2)."""
    num_blocks = len(self.counts)
    if num_blocks < recordings.MIN_RECORDINGS:
      return math.nan
    without_one = self.correlations(1.0 - np.eye(num_blocks))
    return float(without_one.std() * math.sqrt(num_blocks - 1.0))

  def correlations(self, weights: np.ndarray) -> np.ndarray:
    """Eq. 23 with every block counted weights [n, blocks] times -> [n]."""
    if not self.varying.any():
      return np.full(len(weights), math.nan)
    num_steps, num_pairs = np.split(weights @ self.counts, 2, axis=1)
    mean, second, ends, product = (
      weights @ s / n
      for s, n in (
        (self.steps, num_steps),
        (self.square, num_steps),
        (self.ends, num_pairs),
        (self.product, num_pairs),
      )
    )
    variance = second - np.square(mean)
    covariance = product - mean * ends + np.square(mean)
    constant = variance <= _ROUNDING * second
    with np.errstate(invalid="ignore", divide="ignore"):
      ratio = np.where(constant, 0.0, covariance / variance)
      return ratio.sum(axis=1) / (~constant).sum(axis=1)


def temporal_correlation(
  x: np.ndarray, num_unscored: int = 0, ids: Optional[Sequence[Hashable]] = None
) -> Correlation:
  """Of a signal that is there as a whole, [sequences, steps, ...dims]."""
  estimate = TemporalCorrelation(num_unscored)
  estimate.add(x, ids)
  return estimate.result()
