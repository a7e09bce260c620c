"""Checks of what a manifest says: it is a file, and files get damaged.

Each returns the field, or raises a ValueError that says what is wrong with it.
"""

from collections.abc import Mapping, Sequence
import math
import re
from typing import Any

# Standard deviations are roots of squares: beyond this, squares overflow.
_LARGEST = 1e154


def integer(fields: Any, key: str, low: int, high: float = math.inf) -> int:
  """An integer from `low` to `high`."""
  return _integer(_field(fields, key), key, low, high)


def integers(fields: Any, key: str, low: int) -> list[int]:
  """A list of integers of at least `low`."""
  return [
    _integer(value, f"{key}[{i}]", low, math.inf)
    for i, value in enumerate(_list(fields, key))
  ]


def numbers(fields: Any, key: str, above: float = -_LARGEST) -> list[float]:
  """A list of finite numbers above `above`."""
  values = _list(fields, key)
  for i, value in enumerate(values):
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    if not is_number or not above < value < _LARGEST:
      wanted = "positive number" if not above else "number"
      raise ValueError(f"{key}[{i}] is {value!r}, not a finite {wanted}")
  return list(map(float, values))


def text(fields: Any, key: str, pattern: str = ".*") -> str:
  """A string, all of which matches the regular expression `pattern`."""
  return _text(_field(fields, key), key, pattern)


def texts(fields: Any, key: str) -> list[str]:
  """A list of strings."""
  return [
    _text(value, f"{key}[{i}]", ".*")
    for i, value in enumerate(_list(fields, key))
  ]


def mapping(fields: Any, key: str) -> Mapping[str, Any]:
  """An object of JSON."""
  value = _field(fields, key)
  if not isinstance(value, Mapping):
    raise ValueError(f"{key} is {value!r}, not an object")
  return value


def objects(fields: Any, key: str) -> Sequence[Mapping[str, Any]]:
  """A list of objects of JSON."""
  values = _list(fields, key)
  for i, value in enumerate(values):
    if not isinstance(value, Mapping):
      raise ValueError(f"{key}[{i}] is {value!r}, not an object")
  return values


def counts(fields: Any, key: str) -> dict[int, int]:
  """{length: how many}, whose keys are strings in JSON."""
  found = mapping(fields, key)
  for length in found:
    if not re.fullmatch("[0-9]{1,18}", length):
      raise ValueError(f"{key} has {length!r}, which is no length")
  return {int(length): integer(found, length, 0) for length in found}


def _field(fields: Any, key: str) -> Any:
  if not isinstance(fields, Mapping) or key not in fields:
    raise ValueError(f'there is no "{key}"')
  return fields[key]


def _list(fields: Any, key: str) -> list[Any]:
  value = _field(fields, key)
  if not isinstance(value, list):
    raise ValueError(f"{key} is {value!r}, not a list")
  return value


def _integer(value: Any, name: str, low: int, high: float) -> int:
  # True is an integer in Python, and none in a manifest.
  if isinstance(value, bool) or not isinstance(value, int):
    raise ValueError(f"{name} is {value!r}, not an integer")
  if not low <= value <= high:
    bound = f"at least {low}" if value < low else f"at most {high:g}"
    raise ValueError(f"{name} is {value}, not {bound}")
  return value


def _text(value: Any, name: str, pattern: str) -> str:
  if not isinstance(value, str) or not re.fullmatch(pattern, value, re.DOTALL):
    raise ValueError(f"{name} is {value!r}, which cannot be")
  return value
