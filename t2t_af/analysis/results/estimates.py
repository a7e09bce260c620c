"""A number of one model over its runs, and how two models differ in it.

A run is a seed, or (split of the data set, seed). Errors are standard errors:

  over runs        of the mean: over seeds, each one value. Of several splits
                   there is none: their training data is largely the same
  over recordings  how much the mean would move with other recordings: of seeds
                   the mean of their errors, as all see the same ones; of
                   several splits `recordings.mean_of_parts`, as a recording
                   may be in more than one
"""

import collections
from collections.abc import Hashable, Iterable, Mapping, Sequence
import math
from typing import NamedTuple, Optional

from scipy import special

from t2t_af.analysis.formats import is_number
from t2t_af.records import likelihood
from t2t_af.records import recordings

NLL = "nll_nats_per_dim"
# What two records must share for their difference to be one of models, in
# words.
_COMPARABLE = {
  "problem": "the problem",
  "split": "the split",
  "data_fingerprint": "the data itself",
  "dequantization": "the kind of the added noise",
  "noise_std": "the size of the added noise",
  "num_scored_steps": "the number of steps scored",
  "num_windows": "the number of windows",
  "sequence_ids": "which sequences were scored",
}


_NLLS = ("likelihood", "reference")  # kinds of records


class Estimate(NamedTuple):
  """A number of one model, over its runs.

  Attributes:
    per_run: {run: value}, of those whose value is finite.
    mean: of all.
    stderr_runs: NaN for one run, and for several splits.
    stderr_recordings: over recordings; NaN if it is not known.
  """

  per_run: dict
  mean: float
  stderr_runs: float
  stderr_recordings: float

  @property
  def stderr(self) -> float:
    """Over runs where there are several, else over recordings."""
    if math.isnan(self.stderr_runs):
      return self.stderr_recordings
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
    basis: "seeds" or "recordings" (paired), whichever has the wider interval;
      "" where neither is known.
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
  by_split = _by_split(per_run)
  if len(by_split) > 1:
    mean = _mean([_mean([per_run[run] for run in of]) for of in by_split])
    stderr = _over_parts(
      [[records[run] for run in of] for of in by_split], field
    )
    return Estimate(per_run, mean, math.nan, stderr)
  mean, stderr = likelihood.mean_and_stderr(list(per_run.values()))
  own = _mean([own_error(records[run], field) for run in per_run])
  return Estimate(per_run, mean, stderr, own)


def mean_over_runs(records: Iterable[dict], field: str) -> float:
  """Mean of a number that every record has; NaN where one lacks it."""
  return _mean([record.get(field) for record in records])


def own_error(record: dict, field: str = NLL) -> Optional[float]:
  """A run's own, over recordings.

  Likelihoods of version 0.2 and before do not say what windows were cut from:
  their errors are of windows as if they were independent.
  """
  if record.get("kind") in _NLLS and "num_recordings" not in record:
    return None
  return record.get(field + "_stderr")


def _by_split(runs: Iterable[Hashable]) -> list[list]:
  """The runs of each split."""
  by_split = collections.defaultdict(list)
  for run in runs:
    by_split[run[0] if isinstance(run, tuple) else 0].append(run)
  return list(by_split.values())


def _over_parts(splits: Sequence[Sequence[dict]], field: str) -> float:
  """Standard error over recordings of a mean over splits.

  Args:
    splits: of each the records of its seeds.
    field: of a mean over a record's windows.

  Returns:
    NaN where it is not known.
  """
  parts = [_part([_of_sequences(r, field) for r in seeds]) for seeds in splits]
  if all(parts):
    return recordings.mean_of_parts(parts).stderr
  errors = [_mean([own_error(r, field) for r in seeds]) for seeds in splits]
  return math.hypot(*errors) / len(errors)


def _of_sequences(record: dict, field: str) -> Optional[tuple]:
  """(means, windows, recordings) of its sequences; None if one is missing."""
  means = record.get(field + "_per_sequence")
  weights = record.get("num_windows_per_sequence")
  cut_from = record.get("recordings")
  if not (means and weights and cut_from and all(map(is_number, means))):
    return None
  return (
    (means, weights, cut_from)
    if len(means) == len(weights) == len(cut_from)
    else None
  )


def _part(seeds: Sequence[Optional[tuple]]) -> Optional[tuple]:
  """The mean over the seeds of one split, which score the same sequences."""
  if not all(seeds) or any(seed[1:] != seeds[0][1:] for seed in seeds):
    return None
  means = [_mean(of_sequence) for of_sequence in zip(*(s[0] for s in seeds))]
  return (means, *seeds[0][1:])


def _mean(values: Sequence[Optional[float]]) -> float:
  """NaN where one of them is no number."""
  if not all(map(is_number, values)):
    return math.nan
  return sum(value for value in values if value is not None) / len(values)


def difference(
  ours: Mapping[Hashable, dict], theirs: Mapping[Hashable, dict]
) -> Optional[Difference]:
  """NLL of `ours` minus `theirs` in nats per dimension, run by run.

  Of several splits the mean of their means.

  Args:
    ours, theirs: {run: likelihood record}.

  Returns:
    None where no seed has a finite NLL of both, on the same windows.
  """
  per_run = {
    seed: record[NLL] - theirs[seed][NLL]
    for seed, record in ours.items()
    if is_number(record.get(NLL))
    and is_number(theirs.get(seed, {}).get(NLL))
    and not differing(record, theirs[seed])
  }
  if not per_run:
    return None
  by_split = _by_split(per_run)
  mean = _mean([_mean([per_run[run] for run in of]) for of in by_split])
  stderr, count = _over_recordings(by_split, ours, theirs)
  half = half_interval(stderr, count)
  basis = "" if math.isnan(stderr) else "recordings"
  over_seeds, count = _over_seeds(
    [[per_run[run] for run in of] for of in by_split]
  )
  half_of_seeds = half_interval(over_seeds, count)
  if is_number(half_of_seeds) and not half > half_of_seeds:  # NaN is not
    stderr, half, basis = over_seeds, half_of_seeds, "seeds"
  interval = (mean - half, mean + half) if is_number(half) else None
  return Difference(per_run, mean, stderr, basis, interval)


def half_interval(stderr: float, count: int) -> float:
  """t(0.975; count - 1) * stderr: half of 95 %; NaN for fewer than two."""
  if count < 2 or not is_number(stderr):
    return math.nan
  return float(special.stdtrit(count - 1, 0.975)) * stderr


def differing(ours: dict, theirs: dict) -> list[str]:
  """Why two NLLs do not compare models; [] where nothing forbids it.

  In words with the field's name, e.g. "the split (split)". Which sequences
  were scored is only told where nothing else explains it.
  """
  fields = [f for f in _COMPARABLE if ours.get(f) != theirs.get(f)]
  if len(fields) > 1 and "sequence_ids" in fields:
    fields.remove("sequence_ids")
  return [f"{_COMPARABLE[field]} ({field})" for field in fields]


def why_not_compared(
  ours: Mapping[Hashable, dict], theirs: Mapping[Hashable, dict]
) -> list[str]:
  """`differing` of all seeds that have a finite NLL of both."""
  return list(
    dict.fromkeys(
      reason
      for seed, record in ours.items()
      if is_number(record.get(NLL)) and is_number(theirs.get(seed, {}).get(NLL))
      for reason in differing(record, theirs[seed])
    )
  )


def _over_seeds(splits: Sequence[Sequence[float]]) -> tuple[float, int]:
  """(standard error of the mean over splits, degrees of freedom + 1).

  NaN unless each split has several seeds.
  """
  errors = [likelihood.mean_and_stderr(list(seeds)).stderr for seeds in splits]
  count = sum(len(seeds) - 1 for seeds in splits) + 1
  return math.hypot(*errors) / len(errors), count


def _over_recordings(
  splits: Sequence[Sequence[Hashable]], ours: Mapping, theirs: Mapping
) -> tuple[float, int]:
  """(standard error of the difference or NaN, degrees of freedom + 1).

  Both models score the same windows: pairing takes out what makes a recording
  hard for both, which is most of the spread.

  Args:
    splits: of each its runs.
    ours, theirs: {run: record}.
  """
  parts, names = [], set()
  for runs in splits:
    sides = [
      _part([_of_sequences(side[run], NLL) for run in runs])
      for side in (ours, theirs)
    ]
    if not all(sides) or sides[0][1:] != sides[1][1:]:
      return math.nan, 1
    (a, weights, cut_from), (b, *_) = sides
    parts.append(([x - y for x, y in zip(a, b)], weights, cut_from))
    names |= set(cut_from)
  return recordings.mean_of_parts(parts).stderr, len(names) - len(splits) + 1
