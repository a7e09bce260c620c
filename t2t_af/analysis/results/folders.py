"""Every run folder below some paths, and what it left.

  <run>/run.json               what was run
  <run>/results/<kind>.jsonl   records: likelihood, calibration ...
  <run>/results/<kind>.npz     arrays: flow, samples; these may lie in <run>
  parameters.jsonl             anywhere: counts without a run (Table 3)

A path may be a run folder, a compare folder or a folder of those. Whatever is
absent is absent here (None, or an empty list), never an error: runs are also
read while they go on.
"""

import collections
from collections.abc import Sequence
import os
from typing import NamedTuple, Optional, Union

from t2t_af import errors
from t2t_af import json_text
from t2t_af.analysis import formats
from t2t_af.analysis.formats import is_number
from t2t_af.analysis.results import paper_values
from t2t_af.analysis.results import rows
from t2t_af.analysis.results.rows import Row
from t2t_af.records import json_file
from t2t_af.records import json_lines
from t2t_af.records import records as records_lib
from t2t_af.records import run_folder

DEFAULT_PATH = "results"
PARAMETERS_FILE = "parameters.jsonl"
# Of run.json, what its records do not say.
_OF_RUN = ("log_scale_clip", "flow_log_scale_bound")
FOLDER = "folder"  # field of a record that was read
KINDS = ("training", "calibration", "samples", "correlation", "likelihood")
_FILES = tuple(f"{kind}.jsonl" for kind in KINDS) + ("flow.npz", "samples.npz")


class Run(NamedTuple):
  """One run folder; a field is None where neither run.json nor records have it.

  Attributes:
    train_fraction: share of the training sequences; None: all.
    records: {kind: records, oldest first}, of all `KINDS`; none of evaluations
      that ended before the split did. Each with what the run alone knows: its
      FOLDER, and the hparams that it keeps.
    info: run.json, or {}.
    label: the model's name for people.
  """

  folder: str
  hparams_set: Optional[str]
  hparams: Optional[str]
  problem: Optional[str]
  seed: Optional[int]
  num_parameters: Optional[int]
  train_fraction: Optional[float]
  records: dict
  info: dict
  label: str = ""

  @property
  def row(self) -> Optional[str]:
    """Of the paper's tables, e.g. "slvm_af1"."""
    return paper_values.row_of(self.hparams_set or "")

  @property
  def changes(self) -> str:
    """Overrides that make another model of the set; "": none do."""
    return rows.changes(self.hparams)

  @property
  def data_set(self) -> str:
    """The problem without its split; "" if not known."""
    return paper_values.without_split(self.problem or "")[0]

  @property
  def data_split(self) -> int:
    """Which split of the data set it was run on; 0: the first, or the only."""
    return paper_values.without_split(self.problem or "")[1]

  @property
  def uses_all_training_data(self) -> bool:
    """Whether it was trained on all training sequences."""
    return self.train_fraction in (None, 1.0)

  @property
  def num_steps(self) -> Optional[int]:
    """Of the newest evaluation; what run.json asks for where there is none."""
    scored = [r["step"] for r in self.records["likelihood"] if r.get("step")]
    return max(scored, default=self.info.get("steps"))

  @property
  def training_hours(self) -> float:
    """Of the steps of training by the clock; 0 if no record says it."""
    seconds, last = 0.0, 0
    for r in self.records["training"]:
      step, of_one = r.get("step"), r.get("seconds_per_step")
      if is_number(step) and is_number(of_one) and step > last:
        seconds += (step - last) * of_one
        last = step
    return seconds / 3600

  def scores(self, *splits: str) -> list[dict]:
    """Likelihood records of these splits; bounds of one sample alone."""
    return [
      r
      for r in self.records["likelihood"]
      if r.get("split") in splits and (r.get("num_samples") or 1) == 1
    ]

  def newest(self, kind: str, split: str) -> Optional[dict]:
    """The newest record of a kind on a split, or None.

    Samples of another split are better than none; likelihoods are not.
    """
    found = self.records[kind]
    if kind == "likelihood":  # bounds of more samples are another number
      found = [r for r in found if (r.get("num_samples") or 1) == 1]
    by_split = records_lib.newest(found, ("split",))
    if kind == "samples" and by_split and (split,) not in by_split:
      return max(by_split.values(), key=lambda r: r.get("time", ""))
    return by_split.get((split,))

  def path(self, name: str) -> Optional[str]:
    """Of a file that the run left; None where it left none."""
    for folder in (os.path.join(self.folder, "results"), self.folder):
      path = os.path.join(folder, name)
      if os.path.isfile(path):
        return path
    return None


class Results(NamedTuple):
  """What there is below some paths: runs, and records of parameters.jsonl."""

  runs: list[Run]
  parameters: list[dict]

  def with_file(self, name: str) -> list[Run]:
    """Runs on all training data that left the file, e.g. "flow.npz"."""
    return [
      run for run in self.runs if run.uses_all_training_data and run.path(name)
    ]

  def of_first_splits(self) -> "Results":
    """Of a data set that was run in several splits, the lowest alone."""
    first = {}
    for run in self.runs:
      split = first.get(run.data_set, run.data_split)
      first[run.data_set] = min(run.data_split, split)
    return self._replace(
      runs=[run for run in self.runs if run.data_split == first[run.data_set]]
    )


def find(paths: Sequence[str] = ()) -> Results:
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
        runs.setdefault(os.path.realpath(folder), read_run(folder))
        children.clear()
  return Results(_labelled(in_order(list(runs.values()))), parameters)


def read_run(folder: str) -> Run:
  """Identity from run.json; what that lacks, from the newest record.

  Raises:
    UserError: a field of run.json is not of its kind.
  """
  records = {
    kind: json_lines.read(os.path.join(folder, "results", f"{kind}.jsonl"))
    for kind in KINDS
  }
  known = {}
  for kind in KINDS:
    for record in records[kind]:
      known.update((k, v) for k, v in record.items() if v is not None)
  path = os.path.join(folder, "run.json")
  info = read_json(path) or {}
  json_file.check_kinds(path, info, run_folder.KINDS)
  known.update(info)
  of_run = {name: _kept(info, name) for name in _OF_RUN}
  whole = {
    kind: [
      {**of_run, **r, FOLDER: folder}
      for r in of_kind
      if not r.get("is_partial")
    ]
    for kind, of_kind in records.items()
  }
  return Run(
    folder, *(known.get(field) for field in Run._fields[1:-3]), whole, info
  )


def read_json(path: str) -> Optional[dict]:
  """The object in a file; None where there is none that can be read."""
  try:
    with open(path, encoding="utf-8") as stream:
      content = json_text.loads(stream.read())
  except (OSError, ValueError):
    return None
  return content if isinstance(content, dict) else None


def in_order(runs: Sequence[Run]) -> list[Run]:
  """By the paper's rows, then by set, problem and seed."""
  rows = list(paper_values.LABELS)
  return sorted(
    runs,
    key=lambda run: (
      rows.index(run.row) if run.row else len(rows),
      run.hparams_set or "",
      run.problem or "",
      run.seed or 0,
      run.folder,
    ),
  )


def _labelled(runs: Sequence[Run]) -> list[Run]:
  """Named by row; by set where several of a data set share a row.

  And by how they were trained where that differs: what has one label is taken
  for seeds and splits of one model.
  """
  sets = collections.defaultdict(set)
  for run in runs:
    sets[run.data_set, run.row].add(run.hparams_set)
  named = []
  for run in runs:
    is_clear = run.row and len(sets[run.data_set, run.row]) == 1
    name = run.row if is_clear else run.hparams_set or run.folder
    named.append(run._replace(label=Row(name, 0, run.changes).label))
  for training_of in _TRAININGS:
    kinds = collections.defaultdict(set)
    for run in named:
      kinds[run.data_set, run.label].add(training_of(run))
    named = [
      run._replace(label=f"{run.label}, {training_of(run)}")
      if training_of(run) and len(kinds[run.data_set, run.label]) > 1
      else run
      for run in named
    ]
  return named


def _steps(run: Run) -> str:
  return f"{formats.thousands(run.num_steps)} steps" if run.num_steps else ""


def _start(run: Run) -> str:
  return "warm start" if run.info.get(run_folder.WARM_START_FROM) else ""


def _kept(info: dict, name: str) -> Union[str, float]:
  """An hparam that a run keeps; of version 0.2 and before, what it was then."""
  return info.get(name, run_folder.KEPT_HPARAMS[name])


# What tells runs of one model apart, in words.
_TRAININGS = (
  _steps,
  lambda run: rows.training(run.hparams),
  _start,
  *(
    lambda run, name=name: f"{name}={_kept(run.info, name)}"
    for name in run_folder.KEPT_HPARAMS
  ),
)


def _is_run(folder: str, files: Sequence[str]) -> bool:
  return "run.json" in files or any(
    os.path.isfile(os.path.join(folder, "results", name)) for name in _FILES
  )
