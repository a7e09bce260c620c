"""Arrays of .npz files that may have been cut, changed or made by hand."""

from typing import Any
import zipfile
import zlib

import numpy as np

# What reading them raises where they are none.
DAMAGE = (
  EOFError,
  KeyError,
  MemoryError,
  NotImplementedError,  # packed or locked in a way that Python does not know
  OSError,
  RuntimeError,
  SyntaxError,
  TypeError,
  ValueError,
  zipfile.BadZipFile,
  zlib.error,
)


def check_array(name: str, loaded: Any) -> None:
  """Raises ValueError where NumPy found bytes in an archive, and no array."""
  if not isinstance(loaded, np.ndarray):
    raise ValueError(f"{name} is no array")


def check_numbers(name: str, array: np.ndarray, *num_axes: int) -> None:
  """Raises ValueError unless array holds real numbers and has so many axes."""
  check_array(name, array)
  if array.dtype.kind not in "uif":
    raise ValueError(f"{name} is of {array.dtype}, not of numbers")
  if array.ndim not in num_axes or not array.size:
    raise ValueError(f"{name} has the shape {list(array.shape)}")
