"""What a comparison is of: sets that score alike, labels, compare.json."""

from collections.abc import Mapping, Sequence
import os
from typing import Any

from tensor2tensor.utils import registry

from problems.core import training_part
from t2t_af import whole_file
from t2t_af.errors import UserError
from t2t_af.records import json_file

# Rows of the paper's tables: what a set's name begins with.
_ROWS = {
  "video_flow": "VideoFlow",
  "video_flow_af": "VideoFlow + AF",
  "video_flow_af_residual": "VideoFlow + AF, residual start",
  "video_flow_af_matched": "VideoFlow + AF, residual, same size",
  "af1": "1-AF",
  "af2": "2-AF",
  "slvm": "SLVM",
  "slvm_dx": "SLVM + Δx",
  "slvm_af1": "SLVM + 1-AF",
  "slvm_af2": "SLVM + 2-AF",
  "af1_t": "1-AF, Student's t",
  "af2_t": "2-AF, Student's t",
  "slvm_t": "SLVM, Student's t",
  "slvm_dx_t": "SLVM + Δx, Student's t",
  "slvm_af1_t": "SLVM + 1-AF, Student's t",
}
# What sets must agree in, and its value where a model has no such hparam.
_PROTOCOL = {
  "video_num_input_frames": 3,
  "video_num_target_frames": 10,
  "dequantization": "uniform",
  "series_noise": 0.0,
  "first_steps": "skip",
  "train_fraction": 1.0,
  "train_fraction_seed": 0,
}
# What a folder's comparison cannot be continued with another value of.
_FIXED = ("problem", "hparams", "eval_every")


def protocol(overrides: Mapping[str, str]) -> dict[str, Any]:
  """The hparams that decide what is trained on and scored, alike in all sets.

  Args:
    overrides: {set: overrides of its hparams}.

  Raises:
    UserError: the sets differ in one of them.
  """
  values: dict[str, dict[str, Any]] = {field: {} for field in _PROTOCOL}
  for name, text in overrides.items():
    hparams = registry.hparams(name)
    hparams.parse(text)
    training_part.from_hparams(hparams)
    for field, default in _PROTOCOL.items():
      values[field][name] = getattr(hparams, field, default)
  for field, by_set in values.items():
    if len(set(by_set.values())) > 1:
      differing = ", ".join(f"{v} in {name}" for name, v in by_set.items())
      raise UserError(
        f"these sets could not be compared: {field} is {differing}. Make it "
        f"the same with --hparams={field}=..."
      )
  return {
    field: next(iter(by_set.values())) for field, by_set in values.items()
  }


def labels(hparams_sets: Sequence[str], given: str = "") -> dict[str, str]:
  """{set: row of the table it is in}; the set's name where two share a row.

  Args:
    hparams_sets: names.
    given: labels of the user for the first sets, separated by |; an empty
      one is skipped.
  """
  rows = {}
  for name in hparams_sets:
    fitting = [row for row in _ROWS if name.startswith(row + "_")]
    rows[name] = _ROWS[max(fitting, key=len)] if fitting else name
  shown = list(rows.values())
  automatic = {
    name: label if shown.count(label) == 1 else name
    for name, label in rows.items()
  }
  return {
    **automatic,
    **dict(zip(hparams_sets, filter(None, given.split("|")))),
  }


def write(output_dir: str, config: dict) -> None:
  """Writes compare.json, unless the folder is of another comparison.

  Raises:
    UserError: it is.
  """
  path = os.path.join(output_dir, "compare.json")
  before = json_file.read(path)
  if before:
    for key in _FIXED:
      # Folders from before there was a choice do not say eval_every.
      if before.get(key, config[key]) != config[key]:
        raise UserError(
          f"{output_dir} is a comparison with {key}={before[key]}, not "
          f"{config[key]}. Give another --output_dir."
        )
  whole_file.write_json(path, config)
