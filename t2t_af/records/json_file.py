"""Small JSON files that hold one object: read, or said to be damaged."""

import json
import os

from t2t_af.errors import UserError

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
      content = json.load(stream)
  except (ValueError, RecursionError) as error:
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
