"""Frames of other people brought to the columns of a run, by name."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from t2t_af import errors


def places(have: Sequence[str], want: Sequence[str], where: str) -> list[int]:
  """Where the run's columns are among those of a table.

  By name. A frame that was made without names has 0, 1, 2 ... for these, and is
  taken in the run's order, if it has as many columns.

  Args:
    have: names of the table's columns.
    want: those of the run.
    where: what the table is called in an error.

  Raises:
    UserError: one is missing.
  """
  missing = [name for name in want if name not in have]
  if not missing:
    return [list(have).index(name) for name in want]
  if list(have) == [str(i) for i in range(len(want))]:
    return list(range(len(want)))
  raise errors.UserError(
    f"{where}: the run was trained on the columns {', '.join(want)}; there is "
    f"no {', '.join(missing)} among {', '.join(have)}"
  )


def numbers(x: Any, where: str) -> np.ndarray:
  """float64, of an array.

  Raises:
    UserError: it has none in it, or complex ones.
  """
  array = np.asarray(x)
  if array.dtype.kind not in "biufO":
    raise errors.UserError(
      f"{where}: an array of numbers is needed, not of {array.dtype}"
    )
  try:
    return array.astype(np.float64)
  except (TypeError, ValueError) as error:
    raise errors.UserError(f"{where}: there are no numbers: {error}") from error


def is_frame(x: Any) -> bool:
  """Whether it is a pandas frame (or one of another package that acts so)."""
  return hasattr(x, "columns") and hasattr(x, "to_numpy")


def of_frame(frame: Any, want: Sequence[str]) -> np.ndarray:
  """float64 [rows, columns of the run]."""
  names = [str(name) for name in frame.columns]
  twice = [name for name in want if names.count(name) > 1]
  if twice:
    raise errors.UserError(
      f"the frame has more than one column {', '.join(twice)}"
    )
  try:
    values = frame.to_numpy(dtype=np.float64)
  except (TypeError, ValueError):
    chosen = frame[[frame.columns[i] for i in places(names, want, "the frame")]]
    try:
      return chosen.to_numpy(dtype=np.float64)
    except (TypeError, ValueError) as error:
      raise errors.UserError(f"the frame has no numbers: {error}") from error
  return values[:, places(names, want, "the frame")]


def like_frame(frame: Any, values: np.ndarray, names: Sequence[str]) -> Any:
  """A frame with the same index, of values [rows, len(names)]."""
  return type(frame)(values, index=frame.index, columns=list(names))


def like_column(frame: Any, values: np.ndarray, name: str) -> Any:
  """A pandas Series with the frame's index, of values [rows]."""
  return like_frame(frame, values[:, np.newaxis], [name])[name]
