"""A record's run, made again, and how far its result is from the record."""

from collections.abc import Mapping
import math
import os
from typing import Any, NamedTuple, Optional

from tensor2tensor.utils import registry

from t2t_af import errors
from t2t_af import whole_file
from t2t_af.experiments import run as run_lib
from t2t_af.experiments import trained_run
from t2t_af.models import likelihood_record
from t2t_af.records import environment
from t2t_af.records import json_file
from t2t_af.records import json_lines
from t2t_af.records import run_folder

_NLL = likelihood_record.NLL
_NEEDED = ("model", "hparams_set", "problem", "seed", "step", "split", _NLL)
# Hparams that an evaluation alone reads, and the fields that say their values.
_OF_EVALUATION = {
  "num_importance_samples": "num_samples",
  "eval_noise_draws": "num_noise_draws",
}
SAME = 1e-5  # relative: what float32 and the order of additions leave


class Original(NamedTuple):
  """A likelihood record, and what stands beside it."""

  record: dict[str, Any]
  where: str  # its file and line
  folder: Optional[str]  # of its run; None where only the record is left
  known: dict[str, Any]  # run.json


class Distance(NamedTuple):
  """NLLs in nats per dimension."""

  then: float
  now: float
  stderr: Optional[float]  # of `then`

  @property
  def is_same(self) -> bool:
    """Whether nothing but rounding lies between the two."""
    return math.isclose(self.then, self.now, rel_tol=SAME, abs_tol=SAME)

  @property
  def in_stderrs(self) -> Optional[float]:
    """How far apart they are, in standard errors; None where none is known."""
    return abs(self.now - self.then) / self.stderr if self.stderr else None


def find(path: str, line: Optional[int] = None) -> Original:
  """The record that is meant.

  Args:
    path: of a file of likelihood records, or of a run's folder.
    line: its number among the file's records, from 1; None: the last one of
      the test split, or else the last one.

  Raises:
    UserError: there is none, or it does not say what is needed.
  """
  if os.path.isdir(path):
    path = run_folder.results(path, "likelihood")
  found = json_lines.read(path)
  if not found:
    raise errors.UserError(
      f"{path} has no records. Give the folder of a run, or its "
      "results/likelihood.jsonl."
    )
  if line is None:
    of_test = [n for n, r in enumerate(found, 1) if r.get("split") == "test"]
    line = [len(found), *of_test][-1]
  if not 1 <= line <= len(found):
    raise errors.UserError(f"{path} has {len(found)} records: no number {line}")
  record, where = found[line - 1], f"{path}, record {line}"
  missing = [name for name in _NEEDED if record.get(name) is None]
  if missing:
    raise errors.UserError(
      f"{where} does not say its {', '.join(missing)}: it cannot be repeated"
    )
  if record.get("is_partial"):
    raise errors.UserError(f"{where} is of a part of its split: not repeated")
  folder: Optional[str] = os.path.dirname(
    os.path.dirname(os.path.abspath(path))
  )
  known = run_folder.read(str(folder))
  return Original(record, where, folder if known else None, known)


def check_data(original: Original, data_dir: str) -> None:
  """Raises UserError where data_dir holds other data than it was made of."""
  record = original.record
  now = registry.problem(record["problem"]).data_fingerprint(data_dir)
  for name in ("trained_data_fingerprint", "data_fingerprint"):
    then = record.get(name)
    if then and then != now:
      raise errors.UserError(
        f"{data_dir} holds other data of {record['problem']} than "
        f"{original.where} was made of (its fingerprint is {now[:12]}, not "
        f"{then[:12]})"
      )


def changed_versions(original: Original) -> list[str]:
  """Packages of another version than then, each in words."""
  then: Mapping[str, Any] = original.record.get("versions") or {}
  now = environment.versions()
  return [
    f"{name} was {then.get(name, 'not there')}, is {now.get(name, 'not there')}"
    for name in sorted({*then, *now})
    if then.get(name) != now.get(name)
  ]


def repeat(original: Original, data_dir: str, output_dir: str) -> Distance:
  """Trains and evaluates again, in output_dir; goes on where it was left."""
  record, known = original.record, original.known
  step = int(record["step"])
  run = run_lib.Run(
    model=record["model"],
    hparams_set=record["hparams_set"],
    hparams=record.get("hparams") or "",
    problem=record["problem"],
    data_dir=data_dir,
    output_dir=output_dir,
    # Schedules of the learning rate know how many there were to be.
    steps=max(step, known.get("steps") or record.get("chosen_of_steps") or 0),
    seed=int(record["seed"]),
    split=record["split"],
    num_contexts=0,
    num_samples=1,
  )
  if original.folder:
    _copy_hparams(original.folder, output_dir)
  run_lib.repeat(run, step)
  trained = trained_run.TrainedRun(output_dir, data_dir)
  values = trained.hparams.values()
  trained.evaluate(
    record["split"],
    ",".join(
      f"{name}={record[field]}"
      for name, field in _OF_EVALUATION.items()
      if name in values and record.get(field)
    ),
  )
  again = json_lines.read(run_folder.results(output_dir, "likelihood"))[-1]
  return Distance(record[_NLL], again[_NLL], record.get(_NLL + "_stderr"))


def _copy_hparams(source: str, output_dir: str) -> None:
  """All values of then, whatever the set says today."""
  target = os.path.join(output_dir, "hparams.json")
  values = json_file.read(os.path.join(source, "hparams.json"))
  if values and not os.path.exists(target):
    os.makedirs(output_dir, exist_ok=True)
    whole_file.write_json(target, values)
