"""JSON as it is read here: what cannot be written as text again is none."""

import json
from typing import Any


def loads(text: str) -> Any:
  """The value of a text.

  Raises:
    ValueError: it is no JSON, is nested beyond reason, or has half a letter
      (one surrogate of two), which no file and no terminal takes.
  """
  try:
    value = json.loads(text)
    if "\\u" in text:  # Nothing else makes one.
      json.dumps(value, ensure_ascii=False).encode("utf-8")
  except UnicodeEncodeError as error:
    raise ValueError("it has half a letter") from error
  except RecursionError as error:
    raise ValueError("it is nested beyond reason") from error
  return value
