"""Numbers as levels of grey: which is black, and which is white."""

from typing import Optional

import numpy as np

from t2t_af.errors import UserError

# Fewer than this of 256 levels, of a recording that has thousands, is a depth
# or a count that was never meant to be seen.
_FEWEST = 16


def to_bytes(
  values: np.ndarray, levels: tuple[float, float], where: str
) -> np.ndarray:
  """Values from black (levels[0]) to white (levels[1]) as 0 to 255, rounded.

  Raises:
    UserError: a value is not between the two; says which.
  """
  low, high = levels
  if values.size:
    least, most = float(values.min()), float(values.max())
    # Not `least < low`: NaN is neither.
    if not (least >= low and most <= high):
      raise UserError(
        f"{where}: has values from {least:g} to {most:g}, outside of "
        f"--levels={low:g},{high:g}"
      )
  scaled = (values.astype(np.float64) - low) * (255 / (high - low))
  return np.floor(scaled + 0.5).astype(np.uint8)


def certain(values: np.ndarray, where: str) -> Optional[tuple[float, float]]:
  """Which levels an array must have; None: it has bytes, as they are.

  Args:
    values: any numbers.
    where: the file, for errors.

  Raises:
    UserError: it cannot be told for certain; names the option that does.
  """
  if values.dtype == np.uint8:
    return None
  if values.dtype == np.bool_:
    return 0.0, 1.0
  if values.size and values.dtype.kind == "f":
    # The array may be larger than the memory; NaN is the least of any.
    least, most = float(values.min()), float(values.max())
    if not np.isfinite([least, most]).all():
      raise UserError(f"{where}: has values that are not finite")
    if least >= 0 and most <= 1:
      return 0.0, 1.0
    if least >= 0 and most <= 255 and _are_whole(values):
      return 0.0, 255.0
    found = f" from {least:g} to {most:g}"
  else:
    found = ""
  raise UserError(
    f"{where}: has values of {values.dtype}{found}; say which of them is black "
    "and which is white with --levels=BLACK,WHITE"
  )


def _are_whole(values: np.ndarray) -> bool:
  return all((part == np.floor(part)).all() for part in values)


def check_deep(brightest: int, where: str) -> None:
  """Of a video with more than 256 levels of grey, brought to 256.

  Raises:
    UserError: its brightest is too dark to tell things apart.
  """
  if brightest < _FEWEST:
    raise UserError(
      f"{where}: uses {brightest + 1} of 256 levels: it is no picture as it "
      "is; say which of its values is black and which is white with "
      "--levels=BLACK,WHITE"
    )
