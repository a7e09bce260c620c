"""Small JSON files that hold one object: read, or said to be damaged."""

from collections.abc import Mapping
import os
from typing import Any, Union

from t2t_af import json_text
from t2t_af.errors import UserError

# A type, or a list or dict whose values are of one.
Kind = Union[type, tuple[type, type]]
CURE = "Put a copy of it back, or give another folder."


def read(path: str) -> dict:
  """The object in a file; {} where there is no file.

  Raises:
    UserError: it holds something else: it was cut, is empty, a list, not
      UTF-8, nested beyond reason.
  """
  if not os.path.exists(path):
    return {}
  try:
    with open(path, encoding="utf-8") as stream:
      content = json_text.loads(stream.read())
  except ValueError as error:
    reason = str(error).split(" while decoding", maxsplit=1)[0]
    raise UserError(
      f"{path} is damaged: it is not JSON ({reason}). {CURE}"
    ) from error
  if not isinstance(content, dict):
    raise UserError(
      f"{path} is damaged: it holds a {type(content).__name__}, not a JSON "
      f"object. {CURE}"
    )
  return content


def check_kinds(
  path: str, fields: Mapping[str, Any], kinds: Mapping[str, Kind]
) -> None:
  """Raises UserError where a field is there and not of its kind."""
  for name, kind in kinds.items():
    value = fields.get(name)
    if value is not None and not _is(value, kind):
      raise UserError(f"{path} is damaged: {name} is {value!r}. {CURE}")


def _is(value: Any, kind: Kind) -> bool:
  if isinstance(kind, tuple):
    holder, of_values = kind
    if not isinstance(value, holder):
      return False
    values = value.values() if isinstance(value, dict) else value
    return all(_is(v, of_values) for v in values)
  # True is an integer in Python, and none here.
  return isinstance(value, kind) and not isinstance(value, bool)
