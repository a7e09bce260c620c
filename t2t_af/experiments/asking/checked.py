"""What people may ask for, or a line that says so."""

from collections.abc import Sequence
import numbers
from typing import Any

from t2t_af import errors


def whole(name: str, value: Any, least: int) -> int:
  """An integer that is at least `least`.

  Raises:
    UserError: it is none.
  """
  is_whole = isinstance(value, numbers.Integral) and not isinstance(value, bool)
  if not is_whole or value < least:
    raise errors.UserError(
      f"{name} must be a whole number and at least {least}, got {value!r}"
    )
  return int(value)


def shares(name: str, values: Sequence[Any]) -> list[float]:
  """Numbers between 0 and 1.

  Raises:
    UserError: there is none, or one is not between them.
  """
  for value in values:
    if not isinstance(value, numbers.Real) or not 0 <= value <= 1:
      raise errors.UserError(f"{name} must be from 0 to 1, got {value!r}")
  if not len(values):
    raise errors.UserError(f"{name}: none is given")
  return list(map(float, values))
