"""`hparams.json` of a run's folder, from which the run goes on."""

import os
from typing import Any

from tensor2tensor.utils import registry
from tensor2tensor.utils import trainer_lib

from t2t_af.errors import UserError
from t2t_af.experiments import ranges
from t2t_af.records import json_file


def path(output_dir: str) -> str:
  """Where it is."""
  return os.path.join(output_dir, "hparams.json")


def forget(output_dir: str) -> None:
  """Removes the file, if there is one."""
  if os.path.exists(path(output_dir)):
    os.remove(path(output_dir))


def check(output_dir: str, hparams_set: str) -> None:
  """Raises UserError where no training wrote it as it is now.

  tensor2tensor takes what is in it, and fails where it is used. Nothing where
  there is no such file.

  Args:
    output_dir: of the run; "" for none.
    hparams_set: registered name.
  """
  file = path(output_dir)
  if not output_dir or not json_file.read(file):
    return
  default = registry.hparams(hparams_set).values()
  try:
    stored = trainer_lib.create_hparams(hparams_set, hparams_path=file)
  except (TypeError, ValueError) as error:
    raise UserError(f"{file} is damaged: {error}. {json_file.CURE}") from error
  for name, value in stored.values().items():
    if name in default and not _is_alike(value, default[name]):
      raise UserError(
        f"{file} is damaged: {name} is {value!r}. {json_file.CURE}"
      )
  try:
    ranges.check(stored, default)
  except UserError as error:
    raise UserError(f"{file} is damaged: {error}. {json_file.CURE}") from error


def _is_alike(value: Any, default: Any) -> bool:
  """Whether a value could be one of the hparam of this default."""
  if default is None:
    return True
  if isinstance(default, bool) or isinstance(value, bool):
    return isinstance(value, bool) and isinstance(default, bool)
  if isinstance(default, float):
    return isinstance(value, (int, float))
  if isinstance(default, (list, tuple)):
    return isinstance(value, (list, tuple)) and all(
      not default or _is_alike(v, default[0]) for v in value
    )
  return isinstance(value, type(default))
