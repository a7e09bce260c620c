"""Every run folder below some paths, and what it left.

  <run>/run.json               what was run
  <run>/results/<kind>.jsonl   records: likelihood, calibration ...
  <run>/results/<kind>.npz     arrays: flow, samples; these may lie in <run>
  parameters.jsonl             anywhere: counts without a run (Table 3)

A path may be a run folder, a compare folder or a folder of those.
"""

import collections
from collections.abc import Sequence
import os
from typing import NamedTuple, Optional

from t2t_af import errors
from t2t_af.analysis.results import comparison
from t2t_af.analysis.results import paper_values
from t2t_af.records import json_lines

DEFAULT_PATH = "results"
PARAMETERS_FILE = "parameters.jsonl"
_KINDS = ("calibration", "samples", "correlation", "likelihood")
_FILES = tuple(f"{kind}.jsonl" for kind in _KINDS) + ("flow.npz", "samples.npz")


class Found(NamedTuple):
  """What there is below the paths."""

  runs: list  # of FoundRun
  parameters: list  # records of parameters.jsonl

  def with_file(self, name: str) -> list:
    """Runs on all training data that left the file, e.g. "flow.npz"."""
    return [run for run in self.runs if run.is_whole and run.path(name)]

  def of_first_splits(self) -> "Found":
    """Of a data set that was run in several splits, the lowest alone."""
    first = {}
    for run in self.runs:
      name, split = paper_values.without_split(run.problem or "")
      first[name] = min(split, first.get(name, split))
    return self._replace(
      runs=[
        run
        for run in self.runs
        if (paper_values.without_split(run.problem or "") in first.items())
      ]
    )


class FoundRun(NamedTuple):
  """One run folder; fields are None where nothing tells them."""

  folder: str
  hparams_set: Optional[str]
  hparams: Optional[str]
  problem: Optional[str]
  seed: Optional[int]
  num_parameters: Optional[int]
  train_fraction: Optional[float]  # None: all
  records: dict  # {kind: records, oldest first}
  info: dict  # run.json
  label: str = ""  # the model's name for people

  @property
  def row(self) -> Optional[str]:
    """Of the paper's tables, e.g. "slvm_af1"."""
    return paper_values.row_of(self.hparams_set or "")

  @property
  def is_whole(self) -> bool:
    """Whether it was trained on all training sequences."""
    return self.train_fraction in (None, 1.0)

  def scores(self, *splits: str) -> list:
    """Likelihood records of these splits; bounds of one sample alone."""
    return [
      r
      for r in self.records["likelihood"]
      if r.get("split") in splits and (r.get("num_samples") or 1) == 1
    ]

  def path(self, name: str) -> Optional[str]:
    """Of a file that the run left; None where it left none."""
    for folder in (os.path.join(self.folder, "results"), self.folder):
      path = os.path.join(folder, name)
      if os.path.isfile(path):
        return path
    return None


def find(paths: Sequence[str] = ()) -> Found:
  """All runs below the paths (none: `results` in the current folder).

  In the order of the paper's rows, then by set, problem and seed.

  Raises:
    UserError: if a path is no folder.
  """
  runs, parameters = {}, []
  for path in paths or (DEFAULT_PATH,):
    if not os.path.isdir(path):
      raise errors.UserError(
        f"{path} is no folder; give folders of runs, of comparisons, or "
        "what lies above them"
      )
    for folder, children, files in os.walk(path):
      children.sort()
      if PARAMETERS_FILE in files:
        parameters += json_lines.read(os.path.join(folder, PARAMETERS_FILE))
      if _is_run(folder, files):
        runs.setdefault(os.path.realpath(folder), _run(folder))
        children.clear()
  return Found(_labelled(list(runs.values())), parameters)


def _labelled(runs: Sequence[FoundRun]) -> list[FoundRun]:
  """In order, named by row; by set where several of a problem share a row."""
  rows = list(paper_values.LABELS)
  runs = sorted(
    runs,
    key=lambda run: (
      rows.index(run.row) if run.row else len(rows),
      run.hparams_set or "",
      run.problem or "",
      run.seed or 0,
      run.folder,
    ),
  )
  sets = collections.defaultdict(set)
  for run in runs:
    sets[run.problem, run.row].add(run.hparams_set)
  return [
    run._replace(
      label=paper_values.LABELS[run.row]
      if run.row and len(sets[run.problem, run.row]) == 1
      else run.hparams_set or run.folder
    )
    for run in runs
  ]


def _is_run(folder: str, files: Sequence[str]) -> bool:
  return "run.json" in files or any(
    os.path.isfile(os.path.join(folder, "results", name)) for name in _FILES
  )


def _run(folder: str) -> FoundRun:
  """Identity from run.json; what that lacks, from the newest record."""
  kept = {
    kind: json_lines.read(os.path.join(folder, "results", f"{kind}.jsonl"))
    for kind in _KINDS
  }
  known = {}
  for kind in _KINDS:
    for record in kept[kind]:
      known.update((k, v) for k, v in record.items() if v is not None)
  info = comparison.read_json(os.path.join(folder, "run.json")) or {}
  known.update(info)
  return FoundRun(
    folder, *(known.get(field) for field in FoundRun._fields[1:-3]), kept, info
  )
