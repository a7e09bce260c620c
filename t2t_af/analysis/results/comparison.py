"""A compare folder as one object: runs, estimates, paired differences.

  <dir>/compare.json              what was asked for
  <dir>/references.jsonl          trivial models
  <dir>/<hparams_set>/seed_<k>/   a run folder each

Whatever is absent is absent here (None, or an empty list), never an error: a
comparison is also read while it runs. Only compare.json must be there.
"""

from collections.abc import Sequence
import json
import math
import os
from typing import NamedTuple, Optional

from scipy import special

from t2t_af import errors
from t2t_af.analysis.formats import is_number
from t2t_af.analysis.results import units
from t2t_af.records import json_lines
from t2t_af.records import likelihood
from t2t_af.records import records

# What two likelihoods must share before their difference means anything.
PROTOCOL = (
  "problem",
  "split",
  "num_sequences",
  "num_cond_steps",
  "num_scored_steps",
  "dequantization",
)
NLL = "nll_nats_per_dim"


class Estimate(NamedTuple):
  """A number of one hparams set, over its seeds."""

  per_seed: dict  # {seed: value}
  mean: float
  stderr_seeds: float  # NaN for one seed
  stderr_sequences: float  # mean over seeds of each seed's; NaN if unknown

  def times(self, factor: float) -> "Estimate":
    return Estimate(
      {seed: v * factor for seed, v in self.per_seed.items()},
      *(v * factor for v in self[1:]),
    )


class Difference(NamedTuple):
  """`ours - theirs` in the comparison's unit; below zero: ours is better."""

  per_seed: dict  # {seed: difference}, of the seeds that both have
  mean: float
  stderr: float  # NaN if nothing tells the spread
  basis: str  # "seeds", "sequences" (paired), "sequences, unpaired" or ""
  interval: Optional[tuple[float, float]]  # 95 %, Student's t


class Run(NamedTuple):
  """One run folder; lists are oldest first."""

  folder: str
  info: dict  # run.json, or {}
  training: list
  likelihood: list
  samples: list

  @property
  def samples_path(self) -> str:
    return os.path.join(self.folder, "samples.npz")

  def newest(self, kind: str, split: str) -> Optional[dict]:
    """The newest record ("likelihood" or "samples") of a split, or None.

    Samples of another split are better than none; likelihoods are not.
    """
    found = records.newest(getattr(self, kind), ("split",))
    newest = found.get((split,))
    if newest is None and kind == "samples" and found:
      newest = max(found.values(), key=lambda r: r.get("time", ""))
    return newest


class Comparison:
  """Everything a compare folder holds."""

  def __init__(self, compare_dir: str):
    self.folder = compare_dir
    self.config = _read_config(compare_dir)
    self.sets = list(self.config.get("sets") or _found_sets(compare_dir))
    self.seeds = list(
      self.config.get("seeds") or _found_seeds(compare_dir, self.sets)
    )
    self.runs = {
      (name, seed): _read_run(os.path.join(compare_dir, name, f"seed_{seed}"))
      for name in self.sets
      for seed in self.seeds
    }
    self.references = _of_newest_names(
      json_lines.read(os.path.join(compare_dir, "references.jsonl"))
    )
    self.split = self._final_split()
    self.unit = units.of(
      self.config.get("problem", ""),
      self.references
      + [r for run in self.runs.values() for r in run.likelihood],
    )

  def label(self, hparams_set: str) -> str:
    """The name for people."""
    return (self.config.get("labels") or {}).get(hparams_set, hparams_set)

  def runs_of(self, hparams_set: str) -> dict[int, Run]:
    return {seed: self.runs[hparams_set, seed] for seed in self.seeds}

  def final(
    self, hparams_set: str, kind: str = "likelihood"
  ) -> dict[int, dict]:
    """{seed: newest record on the scored split}, of seeds that have one."""
    found = {
      seed: run.newest(kind, self.split)
      for seed, run in self.runs_of(hparams_set).items()
    }
    return {seed: record for seed, record in found.items() if record}

  def nll(self, hparams_set: str) -> Optional[Estimate]:
    """NLL over seeds in the comparison's unit; None if none is finite."""
    estimate = self.estimate(hparams_set)
    return estimate.times(self.unit.scale) if estimate else None

  def estimate(
    self, hparams_set: str, field: str = NLL, kind: str = "likelihood"
  ) -> Optional[Estimate]:
    """`field` over seeds, or None where no seed has a finite one."""
    finals = self.final(hparams_set, kind)
    per_seed = {
      seed: record[field]
      for seed, record in finals.items()
      if is_number(record.get(field))
    }
    if not per_seed:
      return None
    mean, stderr = likelihood.mean_and_stderr(list(per_seed.values()))
    errors_ = [finals[seed].get(field + "_stderr") for seed in per_seed]
    errors_ = [error for error in errors_ if is_number(error)]
    return Estimate(
      per_seed,
      mean,
      stderr,
      sum(errors_) / len(errors_) if errors_ else math.nan,
    )

  def scored_references(self) -> list[dict]:
    """References of the scored split, under the sets' protocol.

    Where none is under it, all of the split: told beside another protocol is
    better than not told.
    """
    of_split = [r for r in self.references if r.get("split") == self.split]
    keys = ("num_cond_steps", "num_scored_steps", "dequantization")
    protocols = [
      [r.get(k) for k in keys]
      for name in self.sets
      for r in self.final(name).values()
    ]
    return [
      r for r in of_split if [r.get(k) for k in keys] in protocols
    ] or of_split

  def is_bound(self, hparams_set: str) -> bool:
    return any(r.get("bound") for r in self.final(hparams_set).values())

  def diverged(self, hparams_set: str) -> list[int]:
    """Seeds whose final NLL was not finite."""
    return [
      seed
      for seed, record in self.final(hparams_set).items()
      if not is_number(record.get(NLL))
    ]

  def from_run(self, hparams_set: str, field: str) -> Optional[float]:
    """Mean over seeds of a number in run.json (or in the final record)."""
    finals = self.final(hparams_set)
    values = []
    for seed, run in self.runs_of(hparams_set).items():
      value = run.info.get(field, finals.get(seed, {}).get(field))
      if is_number(value):
        values.append(value)
    return sum(values) / len(values) if values else None

  def best_set(self) -> Optional[str]:
    """The set with the lowest mean NLL or bound of it, or None."""
    means = {
      name: estimate.mean
      for name in self.sets
      if (estimate := self.estimate(name))
    }
    return min(means, key=means.get) if means else None

  def difference(self, ours: str, theirs: str) -> Optional[Difference]:
    """NLL of `ours` minus `theirs`, paired by seed."""
    a, b = self.nll(ours), self.nll(theirs)
    per_seed = (
      {}
      if not (a and b)
      else {
        seed: a.per_seed[seed] - b.per_seed[seed]
        for seed in a.per_seed
        if seed in b.per_seed
      }
    )
    if not per_seed:
      return None
    if len(per_seed) > 1:
      mean, stderr = likelihood.mean_and_stderr(list(per_seed.values()))
      return Difference(
        per_seed, mean, stderr, "seeds", _interval(mean, stderr, len(per_seed))
      )
    ((seed, mean),) = per_seed.items()
    stderr, basis, count = _over_sequences(
      self.final(ours)[seed], self.final(theirs)[seed]
    )
    stderr *= self.unit.scale
    return Difference(
      per_seed, mean, stderr, basis, _interval(mean, stderr, count)
    )

  def protocol_conflicts(self) -> list[str]:
    """Sentences: where the sets' numbers were not taken alike."""
    found = []
    for field in PROTOCOL + ("step",):
      values = {
        name: sorted({str(r.get(field)) for r in self.final(name).values()})
        for name in self.sets
        if self.final(name)
      }
      if len({value for found_ in values.values() for value in found_}) > 1:
        detail = ", ".join(
          f"{self.label(name)}: {' and '.join(value)}"
          for name, value in values.items()
        )
        found.append(f"{field} differs ({detail})")
    return found

  def _final_split(self) -> str:
    """compare.json's, else test, else dev, else whichever has a record."""
    if self.config.get("split"):
      return self.config["split"]
    present = {
      r.get("split") for run in self.runs.values() for r in run.likelihood
    }
    for split in ("test", "dev"):
      if split in present:
        return split
    return min(present - {None}, default="test")


def half_interval(stderr: float, count: int) -> float:
  """t(0.975; count - 1) * stderr: half of 95 %; NaN for fewer than two."""
  if count < 2 or not is_number(stderr):
    return math.nan
  return float(special.stdtrit(count - 1, 0.975)) * stderr


def _over_sequences(ours: dict, theirs: dict) -> tuple[float, str, int]:
  """(standard error of the difference, basis, N) from one seed's records.

  In nats per dimension.
  """
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


def _interval(
  mean: float, stderr: float, count: int
) -> Optional[tuple[float, float]]:
  """mean +- t(0.975; count - 1) * stderr."""
  half = half_interval(stderr, count)
  return (mean - half, mean + half) if is_number(half) else None


def _read_config(compare_dir: str) -> dict:
  path = os.path.join(compare_dir, "compare.json")
  config = read_json(path)
  if config is None:
    raise errors.UserError(
      f"{path} is missing or is no JSON object, so {compare_dir} is no "
      "compare folder; `t2t-af compare` makes one"
    )
  return config


def _read_run(folder: str) -> Run:
  results = os.path.join(folder, "results")
  return Run(
    folder,
    read_json(os.path.join(folder, "run.json")) or {},
    *(
      json_lines.read(os.path.join(results, name + ".jsonl"))
      for name in ("training", "likelihood", "samples")
    ),
  )


def read_json(path: str) -> Optional[dict]:
  """The object in a file; None where there is none that can be read."""
  try:
    with open(path, encoding="utf-8") as stream:
      found = json.load(stream)
  except (OSError, ValueError):
    return None
  return found if isinstance(found, dict) else None


def _of_newest_names(found: Sequence[dict]) -> list[dict]:
  """The newest reference of each name and protocol, in order of appearance."""
  keys = (
    "name",
    "split",
    "num_cond_steps",
    "num_scored_steps",
    "dequantization",
  )
  return list(records.newest(found, keys).values())


def _found_sets(compare_dir: str) -> list[str]:
  return [
    name
    for name in sorted(os.listdir(compare_dir))
    if _found_seeds(compare_dir, [name])
  ]


def _found_seeds(compare_dir: str, sets: Sequence[str]) -> list[int]:
  seeds = set()
  for name in sets:
    folder = os.path.join(compare_dir, name)
    entries = os.listdir(folder) if os.path.isdir(folder) else []
    seeds |= {
      int(entry[5:])
      for entry in entries
      if entry.startswith("seed_") and entry[5:].isdigit()
    }
  return sorted(seeds)
