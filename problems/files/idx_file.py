"""MNIST's idx files: a big-endian header, then bytes; gzipped or plain."""

from collections.abc import Sequence
import gzip
import math
from typing import BinaryIO
import zlib

import numpy as np

from t2t_af.errors import UserError

_GZIP_MAGIC = b"\x1f\x8b"
_UNSIGNED_BYTE = 0x08
_CHUNK = 2**16


def read(
  path: str, item_shape: Sequence[int], max_items: int = 1_000_000
) -> np.ndarray:
  """The items of an idx file of unsigned bytes, as many as its header says.

  Args:
    path: the file; whether it is gzipped is seen from its first bytes.
    item_shape: [28, 28] for MNIST's images, [] for its labels.
    max_items: a header that announces more is not believed, so that a small
      file cannot unpack to a very large one.

  Returns:
    uint8 [items] + item_shape.

  Raises:
    UserError: anything in the file is not as it must be; names the file, the
      place, what was expected and what was found.
  """
  try:
    with open(path, "rb") as raw:
      gzipped = raw.read(2) == _GZIP_MAGIC
      raw.seek(0)
      stream = gzip.GzipFile(fileobj=raw) if gzipped else raw
      num_items = _read_header(stream, path, item_shape, max_items)
      return _read_items(stream, path, (num_items, *item_shape))
  except OSError as error:
    raise UserError(f"{path}: cannot be read ({error})") from error


def _read_header(
  stream: BinaryIO, path: str, item_shape: Sequence[int], max_items: int
) -> int:
  """How many items follow."""
  rank = 1 + len(item_shape)
  header = _read_up_to(stream, 4 * (1 + rank), path, 0)
  magic, *shape = np.frombuffer(
    header[: len(header) // 4 * 4], ">i4"
  ).tolist() or [None]
  expected = _UNSIGNED_BYTE << 8 | rank
  if magic != expected:
    raise UserError(
      f"{path}: not an idx file of unsigned bytes with {rank} dimension(s): "
      f"expected magic number {expected} at byte 0, found {magic}"
    )
  if len(shape) != rank:
    raise UserError(
      f"{path}: truncated in its header: expected {4 * (1 + rank)} bytes, "
      f"found {len(header)}"
    )
  if shape[1:] != list(item_shape):
    raise UserError(
      f"{path}: expected items of {list(item_shape)}, found {shape[1:]} in "
      "the header at byte 8"
    )
  if not 0 <= shape[0] <= max_items:
    raise UserError(
      f"{path}: the header at byte 4 announces {shape[0]} items; from 0 to "
      f"{max_items} are read"
    )
  return shape[0]


def _read_items(
  stream: BinaryIO, path: str, shape: tuple[int, ...]
) -> np.ndarray:
  start = 4 * (1 + len(shape))
  expected = math.prod(shape)
  # One byte more, to see the end (and there gzip compares its checksum).
  data = _read_up_to(stream, expected + 1, path, start)
  if len(data) > expected:
    raise UserError(
      f"{path}: too long: its header announces {shape[0]} items, which end "
      f"at byte {start + expected}"
    )
  if len(data) < expected:
    raise UserError(
      f"{path}: truncated: expected {start + expected} bytes for "
      f"{shape[0]} items, found {start + len(data)}"
    )
  return np.frombuffer(data, np.uint8).reshape(shape)


def _read_up_to(
  stream: BinaryIO, num_bytes: int, path: str, start: int
) -> bytearray:
  """So many bytes, fewer at the end of the file."""
  data = bytearray()
  try:
    while len(data) < num_bytes:
      chunk = stream.read(min(_CHUNK, num_bytes - len(data)))
      if not chunk:
        break
      data += chunk
  except (gzip.BadGzipFile, EOFError, zlib.error) as error:
    raise UserError(
      f"{path}: truncated or damaged gzip data after {start + len(data)} "
      f"unpacked bytes ({error})"
    ) from error
  return data
