"""`run.json` of a run's folder: what was run, for the records made later."""

import json
import os

from t2t_af import whole_file

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
# Hparams that a run keeps from its first step on, and what they were in runs of
# version 0.2 and before, which did not keep them.
KEPT_HPARAMS = {"log_scale_clip": "tanh", "flow_log_scale_bound": 8.0}
# Of runs that were trained on all of the training split, or before there was
# a choice.
_DEFAULTS = {"train_fraction": 1.0}


def path(output_dir: str) -> str:
  """Path of the file in tensor2tensor's output_dir."""
  return os.path.join(output_dir, "run.json")


def read(output_dir: str) -> dict:
  """The fields, {} where there is no file."""
  return read_json(path(output_dir))


def read_json(file_path: str) -> dict:
  """The object in a file of the folder, {} where there is no file."""
  if not os.path.exists(file_path):
    return {}
  with open(file_path, encoding="utf-8") as f:
    return json.load(f)


def update(output_dir: str, **fields) -> None:
  """Adds or replaces fields; the file is complete at every moment."""
  known = dict(read(output_dir), **fields)
  whole_file.write_json(path(output_dir), dict(sorted(known.items())))


def identity(output_dir: str) -> dict:
  """The fields that say which run a record is of; None where unknown."""
  known = read(output_dir)
  fields = {name: known.get(name, _DEFAULTS.get(name)) for name in IDENTITY}
  fields["trained_data_fingerprint"] = known.get(DATA_FINGERPRINT)
  if known.get("eval_every"):
    fields["chosen_of_steps"] = known["steps"]
  return fields


def results(output_dir: str, name: str) -> str:
  """Path of `<output_dir>/results/<name>.jsonl`."""
  return os.path.join(output_dir, "results", name + ".jsonl")
