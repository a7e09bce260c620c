"""`run.json` of a run's folder: what was run, for the records made later."""

import os

from t2t_af import whole_file
from t2t_af.errors import UserError
from t2t_af.records import json_file

IDENTITY = (
  "model",
  "hparams_set",
  "hparams",
  "problem",
  "seed",
  "num_parameters",
  "train_fraction",
  "train_fraction_seed",
)
DATA_FINGERPRINT = "data_fingerprint"
WARM_START_FROM = "warm_start_from"
# Hparams that a run keeps from its first step on, and what they were in runs of
# version 0.2 and before, which did not keep them.
KEPT_HPARAMS = {
  "log_scale_clip": "tanh",
  "flow_log_scale_bound": 8.0,
  "scale_floor": 0.0,
}
# Of runs that were trained on all of the training split, or before there was
# a choice.
_DEFAULTS = {"train_fraction": 1.0}

KINDS: dict[str, json_file.Kind] = {
  "model": str,
  "hparams_set": str,
  "hparams": str,
  "problem": str,
  DATA_FINGERPRINT: str,
  WARM_START_FROM: str,
  "num_parameters": int,
  "seed": int,
  "steps": int,
  "trained_steps": int,
  "eval_every": int,
  "other_data": (list, str),
  "hardware": dict,
  "data_statistics": dict,
}


def path(output_dir: str) -> str:
  """Path of the file in tensor2tensor's output_dir."""
  return os.path.join(output_dir, "run.json")


def read(output_dir: str) -> dict:
  """The fields, {} where there is no file.

  Raises:
    UserError: it is damaged, or a field is not of its kind.
  """
  fields = json_file.read(path(output_dir))
  json_file.check_kinds(path(output_dir), fields, KINDS)
  if fields.get("eval_every") and fields.get("steps") is None:
    raise UserError(
      f"{path(output_dir)} is damaged: it says eval_every, and no steps. "
      f"{json_file.CURE}"
    )
  return fields


def update(output_dir: str, **fields) -> None:
  """Adds or replaces fields; the file is complete at every moment."""
  known = dict(read(output_dir), **fields)
  whole_file.write_json(path(output_dir), dict(sorted(known.items())))


def forget(output_dir: str, *kept: str) -> None:
  """Leaves of the fields those that are kept, if there are any."""
  known = read(output_dir)
  if known:
    left = {name: known[name] for name in kept if name in known}
    whole_file.write_json(path(output_dir), left)


def identity(output_dir: str) -> dict:
  """The fields that say which run a record is of; None where unknown."""
  known = read(output_dir)
  fields = {name: known.get(name, _DEFAULTS.get(name)) for name in IDENTITY}
  fields["trained_data_fingerprint"] = known.get(DATA_FINGERPRINT)
  if known.get("eval_every"):
    fields["chosen_of_steps"] = known["steps"]
  if known.get(WARM_START_FROM):
    fields[WARM_START_FROM] = known[WARM_START_FROM]
  return fields


def results(output_dir: str, name: str) -> str:
  """Path of `<output_dir>/results/<name>.jsonl`."""
  return os.path.join(output_dir, "results", name + ".jsonl")
