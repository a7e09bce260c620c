"""JSON as it is read here: what cannot be written as text again is none."""

import json
from typing import Any


def loads(text: str, with_names: bool = False) -> Any:
  """The value of a text.

  Args:
    text: JSON.
    with_names: whether names of files may be in it that are no UTF-8: of each
      byte that is none they have half a letter (PEP 383).

  Raises:
    ValueError: it is no JSON, is nested beyond reason, or has half a letter
      (one surrogate of two), which no file and no terminal takes.
  """
  try:
    value = json.loads(text)
    if "\\u" in text:  # Nothing else makes one.
      errors = "surrogateescape" if with_names else "strict"
      json.dumps(value, ensure_ascii=False).encode("utf-8", errors)
  except UnicodeEncodeError as error:
    raise ValueError("it has half a letter") from error
  except RecursionError as error:
    raise ValueError("it is nested beyond reason") from error
  return value
