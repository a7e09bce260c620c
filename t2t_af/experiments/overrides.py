"""Overrides of hparams in a text, "name=value,name=[1,2],...".

What is wrong with them is said before anything is built.
"""

from collections.abc import Sequence
import os
import re
from typing import Optional

from tensor2tensor.utils import hparam
from tensor2tensor.utils import registry

from t2t_af.errors import suggest
from t2t_af.errors import UserError
from t2t_af.records import run_folder


def parse(hparams: hparam.HParams, text: Optional[str], what: str) -> None:
  """Sets the hparams that `text` names; nothing of an empty text.

  Args:
    hparams: is changed.
    text: "name=value,...".
    what: what sort of name it is, for the error.

  Raises:
    UserError: an unknown name, or a value that cannot be read.
  """
  if not text:
    return
  try:
    hparams.parse(text)
  except (KeyError, ValueError) as error:
    unknown = re.match(r"Unknown hyperparameter type for (.+)", str(error))
    if unknown:
      raise UserError(
        suggest(unknown.group(1), hparams.values(), what)
      ) from error
    raise UserError(f'cannot read "{text}": {error}') from error


def of_older_run(output_dir: str) -> str:
  """What a run of version 0.2 or before must be given to be the same model.

  Its hparams.json lacks what came later, which would get today's value.
  """
  stored = run_folder.read_json(os.path.join(output_dir, "hparams.json"))
  if not any(name.endswith("log_scale_bound") for name in stored):
    return ""  # no run, or none of our models
  return "" if "log_scale_clip" in stored else "log_scale_clip=tanh"


def by_set(hparams_sets: Sequence[str], text: str) -> dict[str, str]:
  """{set: those of the overrides whose hparam it has}.

  Raises:
    UserError: no set has one of them; a value that cannot be read.
  """
  # A comma parts two overrides, unless it stands in brackets.
  parts = [p for p in re.split(r",(?![^\[]*\])", text) if p]
  names = [re.split(r"[=\[]", part)[0].strip() for part in parts]
  known = {name: registry.hparams(name).values() for name in hparams_sets}
  for name in names:
    if not any(name in values for values in known.values()):
      every = set().union(*known.values())
      raise UserError(suggest(name, every, "hparam of " + hparams_sets[0]))
  fitting = {
    hparams_set: ",".join(
      part for name, part in zip(names, parts) if name in values
    )
    for hparams_set, values in known.items()
  }
  for hparams_set, overrides in fitting.items():
    parse(registry.hparams(hparams_set), overrides, "hparam of " + hparams_set)
  return fitting
