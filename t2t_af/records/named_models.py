"""Trained models that come with the package, each by its name.

A folder `t2t_af/trained/NAME` is a run's folder with its weights alone, so
that whatever asks a run takes it: run.json, hparams.json, a checkpoint. Its
card.json says what the model is, with the SHA-256 of every other file;
README.md is the same for people. `scripts/publish_model.py` makes it.
"""

import hashlib
import os
import re
from typing import Any

from t2t_af import errors
from t2t_af.records import json_file
from t2t_af.records import run_folder

FOLDER = os.path.join(
  os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "trained"
)
CARD = "card.json"
VALID = re.compile(r"[a-z0-9_]+")
_KINDS = {
  "model": str,
  "hparams_set": str,
  "problem": str,
  "num_parameters": int,
  "num_bytes": int,
  "likelihood": dict,
  "files": (dict, str),
}


def names() -> list[str]:
  """Of all of them, in order."""
  found = os.listdir(FOLDER) if os.path.isdir(FOLDER) else []
  return sorted(
    name
    for name in found
    if VALID.fullmatch(name)
    and os.path.isfile(os.path.join(FOLDER, name, CARD))
  )


def is_name(run: str) -> bool:
  """Whether this means one of them, and no run's folder."""
  return run in names() and not os.path.exists(run_folder.path(run))


def card(name: str) -> dict[str, Any]:
  """What card.json says of a model.

  Raises:
    UserError: it is damaged.
  """
  path = os.path.join(FOLDER, name, CARD)
  fields = json_file.read(path)
  json_file.check_kinds(path, fields, _KINDS)
  missing = [n for n in _KINDS if fields.get(n) is None]
  if missing:
    raise errors.UserError(
      f"{path} is damaged: it has no {', '.join(missing)}. {json_file.CURE}"
    )
  return fields


def folder_of(run: str) -> str:
  """The run's folder that is meant: its own path, or a model's name.

  Raises:
    UserError: there is neither; or a file of a named model is not as it was
      published.
  """
  if is_name(run):
    return _whole(run)
  if os.path.isdir(run):
    return run
  known = names()
  told = errors.suggest(run, known, "named model")
  if "Known:" not in told:
    told += f" Named models: {', '.join(known)}."
  raise errors.UserError(f"{run}: there is no such folder of a run; {told}")


def digest(path: str) -> str:
  """SHA-256 of a file, in hexadecimal; "" where there is none."""
  if not os.path.isfile(path):
    return ""
  with open(path, "rb") as stream:
    return hashlib.sha256(stream.read()).hexdigest()


def likelihood(found: dict[str, Any]) -> str:
  """The NLL that a card has of a model, with its unit and error."""
  bound = "≤ " if found.get("bound") else ""
  for name, unit, digits in (
    ("nll_nats_per_step", "nats/step", 3),
    ("nll_bits_per_dim", "bits/dim", 4),
  ):
    if found.get(name) is not None:
      told = f"{bound}{found[name]:.{digits}f}"
      error = found.get(f"{name}_stderr")
      return f"{told}{'' if error is None else f' ± {error:.{digits}f}'} {unit}"
  return "no likelihood"


def lines() -> list[str]:
  """One of each model: what it is, of which data, how good, how large."""
  rows = [
    (
      name,
      found["hparams_set"],
      found["problem"],
      f"test {likelihood(found['likelihood'])}",
      f"{found['num_bytes'] / 1e6:.1f} MB",
    )
    for name, found in ((name, card(name)) for name in names())
  ]
  widths = [max(map(len, column)) for column in zip(*rows)]
  return [
    "  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip()
    for row in rows
  ]


def _whole(name: str) -> str:
  """The folder of a model, each of whose files is as it was published."""
  folder = os.path.join(FOLDER, name)
  for file, expected in card(name)["files"].items():
    path = os.path.join(folder, file)
    if digest(path) != expected:
      what = "is damaged" if os.path.exists(path) else "is not there"
      raise errors.UserError(
        f"{path} {what}: its SHA-256 is not the one in {CARD}. Install t2t_af "
        "again, or put a copy of the file back."
      )
  return folder
