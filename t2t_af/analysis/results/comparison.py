"""A compare folder: a view of its runs by hparams set and seed.

  <dir>/compare.json              sets, seeds, steps; labels
  <dir>/references.jsonl          trivial models
  <dir>/<hparams_set>/seed_<k>/   a run folder each

Whatever is absent is absent here (None, or an empty list), never an error: a
comparison is also read while it runs. Only compare.json must be there.
"""

from collections.abc import Sequence
import os
from typing import Optional

from t2t_af import errors
from t2t_af.analysis.formats import is_number
from t2t_af.analysis.results import estimates
from t2t_af.analysis.results import folders
from t2t_af.analysis.results.estimates import NLL
from t2t_af.analysis.results.units import unit_of
from t2t_af.records import json_file
from t2t_af.records import json_lines
from t2t_af.records import records

# What two likelihoods must share before their difference means anything.
_PROTOCOL = (
  *("problem", "split", "data_fingerprint", "num_windows", "num_cond_steps"),
  *("num_scored_steps", "dequantization", "noise_std", "step"),
)
# Of compare.json.
_KINDS: dict[str, json_file.Kind] = {
  "problem": str,
  "sets": (list, str),
  "seeds": (list, int),
  "steps": int,
  "eval_every": int,
  "split": str,
  "hparams": str,
  "labels": (dict, str),
  "hardware": dict,
}
_SCORING = ("num_cond_steps", "num_scored_steps", "dequantization")
# What scores of samples depend on.
_SAMPLING = (
  *("problem", "split", "data_fingerprint", "num_contexts", "num_samples"),
  *("num_cond_steps", "num_predicted_steps", "temperature"),
  *records.SAMPLED_OTHERWISE,
)
_DATA = "data_fingerprint"


class Comparison:
  """Everything a compare folder holds.

  Attributes:
    config: compare.json.
    sets, seeds: from compare.json, else as folders are called.
    runs: {(set, seed): Run}; a run that was not started has no records.
    references: records, the newest of each name and protocol.
    split: what final numbers are of.
    unit: what NLLs are shown in.

  Raises:
    UserError: if there is no compare.json.
  """

  def __init__(self, compare_dir: str):
    self.folder = compare_dir
    self.config = _read_config(compare_dir)
    self.sets = list(self.config.get("sets") or _sets_in(compare_dir))
    self.seeds = list(
      self.config.get("seeds") or _seeds_in(compare_dir, self.sets)
    )
    self.runs = {
      (name, seed): folders.read_run(
        os.path.join(compare_dir, name, f"seed_{seed}")
      )._replace(label=self.label(name))
      for name in self.sets
      for seed in self.seeds
    }
    self.references = list(
      records.newest(
        json_lines.read(os.path.join(compare_dir, "references.jsonl")),
        ("name", "split", _DATA, *_SCORING),
      ).values()
    )
    likelihoods = self.likelihoods()
    self.split = self.config.get("split") or _final_split(likelihoods)
    self.unit = unit_of(
      self.references + likelihoods, self.config.get("problem", "")
    )

  def results(self) -> folders.Results:
    """Its runs, for figures of any runs."""
    return folders.Results(folders.in_order(list(self.runs.values())), [])

  def likelihoods(self) -> list[dict]:
    """Likelihood records of all runs."""
    return [r for run in self.runs.values() for r in run.records["likelihood"]]

  def label(self, hparams_set: str) -> str:
    """The set's name for people."""
    return (self.config.get("labels") or {}).get(hparams_set, hparams_set)

  def runs_of(self, hparams_set: str) -> dict[int, folders.Run]:
    """{seed: run}."""
    return {seed: self.runs[hparams_set, seed] for seed in self.seeds}

  def final(
    self, hparams_set: str, kind: str = "likelihood"
  ) -> dict[int, dict]:
    """{seed: newest record on the scored split}, of seeds that have one.

    Of seeds whose likelihoods are not of the same data, windows and noise, as
    many as were scored like the newest: a mean over all would be of nothing.
    """
    newest = self._newest(hparams_set, kind)
    left_out = self.left_out(hparams_set) if kind == "likelihood" else {}
    return {seed: r for seed, r in newest.items() if seed not in left_out}

  def left_out(self, hparams_set: str) -> dict[int, list[str]]:
    """{seed whose likelihood `final` leaves out: what differs, in words}."""
    newest = self._newest(hparams_set, "likelihood")
    if not newest:
      return {}
    last = max(newest.values(), key=lambda r: r.get("time") or "")
    differing = {
      seed: estimates.differing(r, last) for seed, r in newest.items()
    }
    return {seed: words for seed, words in differing.items() if words}

  def _newest(self, hparams_set: str, kind: str) -> dict[int, dict]:
    newest = {
      seed: run.newest(kind, self.split)
      for seed, run in self.runs_of(hparams_set).items()
    }
    return {seed: record for seed, record in newest.items() if record}

  def differing(self) -> list[str]:
    """In what the sets' likelihoods differ beside their models, in words."""
    of_each = [
      next(iter(final.values()))
      for final in map(self.final, self.sets)
      if final
    ]
    return list(
      dict.fromkeys(
        words
        for record in of_each[1:]
        for words in estimates.differing(record, of_each[0])
      )
    )

  def is_sampled_alike(self) -> bool:
    """Whether the scores of all sets' samples are of one way of sampling."""
    ways = {
      tuple(record.get(field) for field in _SAMPLING)
      for name in self.sets
      for record in self.final(name, "samples").values()
    }
    return len(ways) <= 1

  def nll(self, hparams_set: str) -> Optional[estimates.Estimate]:
    """NLL over seeds in the comparison's unit; None if none is finite."""
    estimate = self.estimate(hparams_set)
    return estimate and estimate.times(self.unit.scale)

  def estimate(
    self, hparams_set: str, field: str = NLL, kind: str = "likelihood"
  ) -> Optional[estimates.Estimate]:
    """`field` over seeds, or None where no seed has a finite one."""
    return estimates.over_runs(self.final(hparams_set, kind), field)

  def scored_references(self) -> list[dict]:
    """References of the scored split and data, under the sets' protocol.

    Where none is under it, all of those: shown beside another protocol is
    better than not shown.
    """
    finals = [r for name in self.sets for r in self.final(name).values()]
    of_split = [
      r
      for r in self.references
      if r.get("split") == self.split
      and (not finals or r.get(_DATA) in {f.get(_DATA) for f in finals})
    ]
    protocols = [[r.get(field) for field in _SCORING] for r in finals]
    return [
      r for r in of_split if [r.get(f) for f in _SCORING] in protocols
    ] or of_split

  def is_bound(self, hparams_set: str) -> bool:
    """Whether the set's NLL is an upper bound."""
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
    """The set with the lowest mean NLL or bound of it, or None.

    None too where sets were not scored on the same windows and noise.
    """
    if self.differing():
      return None
    means = {
      name: estimate.mean
      for name in self.sets
      if (estimate := self.estimate(name))
    }
    return min(means, key=means.get) if means else None

  def difference(
    self, ours: str, theirs: str
  ) -> Optional[estimates.Difference]:
    """NLL of `ours` minus `theirs`, paired by seed, in the unit."""
    difference = estimates.difference(self.final(ours), self.final(theirs))
    return difference and difference.times(self.unit.scale)

  def why_not_compared(self, ours: str, theirs: str) -> list[str]:
    """In words, where two sets' likelihoods are of different things."""
    return estimates.why_not_compared(self.final(ours), self.final(theirs))

  def protocol_conflicts(self) -> list[str]:
    """Sentences: where the sets' numbers were not taken alike."""
    sentences = []
    for field in _PROTOCOL:
      by_set = {
        name: sorted({str(r.get(field)) for r in self.final(name).values()})
        for name in self.sets
        if self.final(name)
      }
      if len({value for values in by_set.values() for value in values}) > 1:
        detail = ", ".join(
          f"{self.label(name)}: {' and '.join(values)}"
          for name, values in by_set.items()
        )
        sentences.append(f"{field} differs ({detail})")
    return sentences


def _final_split(likelihoods: Sequence[dict]) -> str:
  """Test, else dev, else whichever has a record."""
  present = {r.get("split") for r in likelihoods}
  for split in ("test", "dev"):
    if split in present:
      return split
  return min(present - {None}, default="test")


def _read_config(compare_dir: str) -> dict:
  path = os.path.join(compare_dir, "compare.json")
  config = folders.read_json(path)
  if config is None:
    raise errors.UserError(
      f"{path} is missing or is no JSON object, so {compare_dir} is no "
      "compare folder; `t2t-af compare` makes one"
    )
  json_file.check_kinds(path, config, _KINDS)
  return config


def _sets_in(compare_dir: str) -> list[str]:
  return [
    name
    for name in sorted(os.listdir(compare_dir))
    if _seeds_in(compare_dir, [name])
  ]


def _seeds_in(compare_dir: str, sets: Sequence[str]) -> list[int]:
  seeds = set()
  for name in sets:
    folder = os.path.join(compare_dir, name)
    entries = os.listdir(folder) if os.path.isdir(folder) else []
    seeds |= {
      int(entry[5:])
      for entry in entries
      if entry.startswith("seed_") and entry[5:].isdecimal()
    }
  return sorted(seeds)
