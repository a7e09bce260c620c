"""A number of one model over its runs, and how two models differ in it.

A run is a seed, or (split of the data set, seed). Errors are standard errors:

  over runs        of the mean: over seeds, each one value; of several splits
                   over the splits, each the mean of its seeds
  over sequences   each run's own; how much it would move with other sequences
"""

import collections
from collections.abc import Hashable, Mapping
import math
from typing import NamedTuple, Optional

from scipy import special

from t2t_af.analysis.formats import is_number
from t2t_af.records import likelihood

NLL = "nll_nats_per_dim"


class Estimate(NamedTuple):
  """A number of one model, over its runs.

  Attributes:
    per_run: {run: value}, of those whose value is finite.
    mean: of all.
    stderr_runs: NaN for one run.
    stderr_sequences: mean over runs of each one's; NaN if none is known.
  """

  per_run: dict
  mean: float
  stderr_runs: float
  stderr_sequences: float

  @property
  def stderr(self) -> float:
    """Over runs where there are several, else over sequences."""
    if math.isnan(self.stderr_runs):
      return self.stderr_sequences
    return self.stderr_runs

  def times(self, factor: float) -> "Estimate":
    """The same in another unit."""
    return Estimate(
      {run: value * factor for run, value in self.per_run.items()},
      *(value * factor for value in self[1:]),
    )


class Difference(NamedTuple):
  """`ours - theirs`; of an NLL, below zero: ours is better.

  Attributes:
    per_run: {run: difference}, of the runs that both have.
    mean: of those.
    stderr: NaN if the spread is not known.
    basis: "seeds", "sequences" (paired), "sequences, unpaired" or "".
    interval: of 95 % by Student's t, or None.
  """

  per_run: dict
  mean: float
  stderr: float
  basis: str
  interval: Optional[tuple[float, float]]

  def times(self, factor: float) -> "Difference":
    """The same in another unit; factor > 0."""
    return Difference(
      {run: value * factor for run, value in self.per_run.items()},
      self.mean * factor,
      self.stderr * factor,
      self.basis,
      self.interval and tuple(end * factor for end in self.interval),
    )


def over_runs(
  records: Mapping[Hashable, dict], field: str = NLL
) -> Optional[Estimate]:
  """`field` over {run: record}; None where no run has a finite one."""
  per_run = {
    run: record[field]
    for run, record in records.items()
    if is_number(record.get(field))
  }
  if not per_run:
    return None
  by_split = collections.defaultdict(list)
  for run, value in per_run.items():
    by_split[run[0] if isinstance(run, tuple) else 0].append(value)
  values = list(per_run.values())
  if len(by_split) > 1:
    values = [sum(seeds) / len(seeds) for seeds in by_split.values()]
  within = [records[run].get(field + "_stderr") for run in per_run]
  within = [error for error in within if is_number(error)]
  return Estimate(
    per_run,
    *likelihood.mean_and_stderr(values),
    sum(within) / len(within) if within else math.nan,
  )


def difference(
  ours: Mapping[Hashable, dict], theirs: Mapping[Hashable, dict]
) -> Optional[Difference]:
  """NLL of `ours` minus `theirs` in nats per dimension, run by run.

  Args:
    ours, theirs: {seed: likelihood record}.

  Returns:
    None where no seed has a finite NLL of both.
  """
  per_run = {
    seed: record[NLL] - theirs[seed][NLL]
    for seed, record in ours.items()
    if is_number(record.get(NLL)) and is_number(theirs.get(seed, {}).get(NLL))
  }
  if not per_run:
    return None
  if len(per_run) > 1:
    mean, stderr = likelihood.mean_and_stderr(list(per_run.values()))
    basis, count = "seeds", len(per_run)
  else:
    ((seed, mean),) = per_run.items()
    stderr, basis, count = _over_sequences(ours[seed], theirs[seed])
  half = half_interval(stderr, count)
  interval = (mean - half, mean + half) if is_number(half) else None
  return Difference(per_run, mean, stderr, basis, interval)


def half_interval(stderr: float, count: int) -> float:
  """t(0.975; count - 1) * stderr: half of 95 %; NaN for fewer than two."""
  if count < 2 or not is_number(stderr):
    return math.nan
  return float(special.stdtrit(count - 1, 0.975)) * stderr


def _over_sequences(ours: dict, theirs: dict) -> tuple[float, str, int]:
  """(standard error of the difference, basis, N) from one seed's records."""
  field = NLL + "_per_sequence"
  a, b = ours.get(field), theirs.get(field)
  # Both models score the same sequences: pairing takes out what makes a
  # sequence hard for both, which is most of the spread.
  if (
    a
    and b
    and len(a) == len(b)
    and all(map(is_number, a + b))
    and (ours.get("sequence_ids") == theirs.get("sequence_ids"))
  ):
    pairs = [x - y for x, y in zip(a, b)]
    return likelihood.mean_and_stderr(pairs).stderr, "sequences", len(pairs)
  a, b = (r.get(NLL + "_stderr") for r in (ours, theirs))
  if is_number(a) and is_number(b):
    count = min(r.get("num_sequences") or 2 for r in (ours, theirs))
    return math.hypot(a, b), "sequences, unpaired", count
  return math.nan, "", 1
