"""Arrays in .npy files, mapped into memory, from hands that may err."""

from collections.abc import Sequence
import math
import os
from typing import BinaryIO, Optional

import numpy as np

from t2t_af.errors import UserError

_HEADER_READERS = {
  (1, 0): np.lib.format.read_array_header_1_0,
  (2, 0): np.lib.format.read_array_header_2_0,
}


def open_array(
  path: str, dtype: np.typing.DTypeLike, shape: Sequence[Optional[int]]
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
  try:
    with open(path, "rb") as stream:
      found_shape, found_dtype = _read_header(stream, path)
      start = stream.tell()
  except OSError as error:
    raise UserError(f"{path}: cannot be read ({error})") from error
  dtype = np.dtype(dtype)
  if found_dtype.hasobject:
    raise UserError(
      f"{path}: holds pickled Python objects, which are never loaded (they "
      f"may run any code); expected {dtype}"
    )
  if found_dtype != dtype or not _fits(found_shape, shape):
    raise UserError(
      f"{path}: expected {dtype} {_text(shape)}, found {found_dtype} "
      f"{_text(found_shape)}"
    )
  expected = start + math.prod(found_shape) * dtype.itemsize
  found = os.path.getsize(path)
  if found != expected:
    fault = "truncated" if found < expected else "too long"
    raise UserError(
      f"{path}: expected {expected} bytes for {dtype} {_text(found_shape)}, "
      f"found {found}: it is {fault}"
    )
  return np.memmap(path, dtype, "r", start, found_shape)


def _read_header(
  stream: BinaryIO, path: str
) -> tuple[tuple[int, ...], np.dtype]:
  """Shape and type; leaves the stream where the elements begin."""
  magic = stream.read(len(np.lib.format.MAGIC_PREFIX))
  if magic != np.lib.format.MAGIC_PREFIX:
    raise UserError(
      f"{path}: not an .npy file: it starts with {magic!r} "
      f"instead of {np.lib.format.MAGIC_PREFIX!r}"
    )
  version = tuple(stream.read(2))
  if version not in _HEADER_READERS:
    raise UserError(
      f"{path}: .npy format version {'.'.join(map(str, version)) or 'none'}; "
      "1.0 and 2.0 are read"
    )
  try:
    # Evaluates literals only, and none longer than 10,000 characters.
    shape, by_columns, dtype = _HEADER_READERS[version](stream)
  except Exception as error:  # whatever numpy's parser stumbles over
    reason = (str(error).splitlines() or [type(error).__name__])[0]
    raise UserError(f"{path}: damaged .npy header ({reason})") from error
  if by_columns and len(shape) > 1:
    raise UserError(
      f"{path}: stored column by column (Fortran order); "
      "expected row by row (C order)"
    )
  return shape, dtype


def _fits(found: Sequence[int], expected: Sequence[Optional[int]]) -> bool:
  return len(found) == len(expected) and all(
    n >= 0 and wanted in (None, n) for n, wanted in zip(found, expected)
  )


def _text(shape: Sequence[Optional[int]]) -> str:
  return f"[{', '.join('any' if n is None else str(n) for n in shape)}]"
