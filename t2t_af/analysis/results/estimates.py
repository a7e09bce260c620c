"""A number of one model over its runs, and how two models differ in it.

A run is a seed, or (split of the data set, seed). Errors are standard errors:

  over runs        of the mean: over seeds, each one value. Of several splits
                   there is none: their training data is largely the same
  over recordings  how much the mean would move with other recordings: of seeds
                   the mean of their errors, as all see the same ones; of
                   several splits, whose recordings are different ones,
                   sqrt(sum of squares) / number of splits
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
    basis: "seeds", "recordings" (paired), or "" where it is not known.
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
  values, errors = (
    _by_split(per_run),
    _by_split({run: own_error(records[run], field) for run in per_run}),
  )
  mean, stderr = likelihood.mean_and_stderr(
    [sum(seeds) / len(seeds) for seeds in values]
    if len(values) > 1
    else values[0]
  )
  return Estimate(
    per_run,
    mean,
    math.nan if len(values) > 1 else stderr,
    math.hypot(*map(_mean, errors)) / len(errors),
  )


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


def _by_split(per_run: Mapping[Hashable, Optional[float]]) -> list[list]:
  """The values of each split's seeds."""
  by_split = collections.defaultdict(list)
  for run, value in per_run.items():
    by_split[run[0] if isinstance(run, tuple) else 0].append(value)
  return list(by_split.values())


def _mean(values: Sequence[Optional[float]]) -> float:
  """NaN where one of them is no number."""
  if not all(map(is_number, values)):
    return math.nan
  return sum(value for value in values if value is not None) / len(values)


def difference(
  ours: Mapping[Hashable, dict], theirs: Mapping[Hashable, dict]
) -> Optional[Difference]:
  """NLL of `ours` minus `theirs` in nats per dimension, run by run.

  Args:
    ours, theirs: {seed: likelihood record}.

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
  if len(per_run) > 1:
    mean, stderr = likelihood.mean_and_stderr(list(per_run.values()))
    basis, count = "seeds", len(per_run)
  else:
    ((seed, mean),) = per_run.items()
    stderr, basis, count = _over_recordings(ours[seed], theirs[seed])
  half = half_interval(stderr, count)
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


def _over_recordings(ours: dict, theirs: dict) -> tuple[float, str, int]:
  """(standard error of the difference, basis, N) from one seed's records.

  Both models score the same windows: pairing takes out what makes a recording
  hard for both, which is most of the spread.
  """
  field = NLL + "_per_sequence"
  a, b = ours.get(field) or [], theirs.get(field) or []
  weights, cut_from = (
    ours.get("num_windows_per_sequence"),
    ours.get("recordings"),
  )
  if not (weights and cut_from and all(map(is_number, a + b))) or not len(
    a
  ) == len(b) == len(weights) == len(cut_from):
    return math.nan, "", 1
  stderr = recordings.weighted(
    [x - y for x, y in zip(a, b)], weights, cut_from
  ).stderr
  if math.isnan(stderr):
    return math.nan, "", 1
  return stderr, "recordings", len(set(cut_from))
