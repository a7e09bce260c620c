"""Arrays in .npy files, mapped into memory by NumPy, checked before use."""

from collections.abc import Sequence
import math
import os
from typing import BinaryIO, NamedTuple, Optional

import numpy as np
from numpy import typing as npt

from t2t_af.errors import UserError

_HEADER_READERS = {
  (1, 0): np.lib.format.read_array_header_1_0,
  (2, 0): np.lib.format.read_array_header_2_0,
}


class _Header(NamedTuple):
  """What a file announces; the elements begin at byte `start`."""

  shape: tuple[int, ...]
  by_columns: bool
  dtype: np.dtype
  start: int


def open_array(
  path: str, dtype: npt.DTypeLike, shape: Sequence[Optional[int]]
) -> np.ndarray:
  """Maps the array of an .npy file, once it has turned out to be the right one.

  Nothing is unpickled and nothing is loaded: pages are read when they are used.

  Args:
    path: the file.
    dtype: what its elements must be.
    shape: what its shape must be; None stands for any length.

  Returns:
    A read-only array.

  Raises:
    UserError: it is no .npy file, has other elements or another shape, or is
      shorter or longer than its header says; names the file, what was expected
      and what was found.
  """
  dtype = np.dtype(dtype)
  try:
    with open(path, "rb") as stream:
      header = _read_header(stream)
  except OSError as error:
    raise UserError(f"{path}: cannot be read ({error})") from error
  except Exception as error:  # whatever NumPy's parser stumbles over
    reason = (str(error).splitlines() or [type(error).__name__])[0]
    raise UserError(
      f"{path}: not an .npy file, or its header is damaged ({reason})"
    ) from error
  announced = f"{header.dtype} {_text(header.shape)}"
  if header.dtype != dtype or not _fits(header.shape, shape):
    raise UserError(
      f"{path}: expected {dtype} {_text(shape)}, found {announced}"
    )
  if header.by_columns and len(shape) > 1:
    raise UserError(
      f"{path}: stored column by column (Fortran order); "
      "expected row by row (C order)"
    )
  # NumPy maps a file that is too long, and does not say how short another is.
  expected = header.start + math.prod(header.shape) * dtype.itemsize
  size = os.path.getsize(path)
  if size != expected:
    raise UserError(
      f"{path}: expected {expected} bytes for {announced}, found {size}: it is "
      f"{'truncated' if size < expected else 'too long'}"
    )
  return np.load(path, mmap_mode="r", allow_pickle=False)


def _read_header(stream: BinaryIO) -> _Header:
  """By NumPy: literals only, and none longer than 10,000 characters."""
  version = np.lib.format.read_magic(stream)
  if version not in _HEADER_READERS:
    raise ValueError(f"format version {version}; 1.0 and 2.0 are read")
  header = _Header(*_HEADER_READERS[version](stream), stream.tell())
  if header.dtype.hasobject:
    raise ValueError("pickled Python objects are never loaded: they run code")
  return header


def _fits(shape: Sequence[int], expected: Sequence[Optional[int]]) -> bool:
  return len(shape) == len(expected) and all(
    n >= 0 and wanted in (None, n) for n, wanted in zip(shape, expected)
  )


def _text(shape: Sequence[Optional[int]]) -> str:
  return f"[{', '.join('any' if n is None else str(n) for n in shape)}]"
