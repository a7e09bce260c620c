"""TFRecord framing, read straight from a stretch of a bigger file.

A record is `length (uint64) | crc of length | data | crc of data`, little
endian (tensorflow/core/lib/io/record_writer.h). Reading it here rather than
with TensorFlow lets a 30 GB tar be read in place, without unpacking it, and
says at which byte of which file something is wrong.
"""

from collections.abc import Iterator
import struct
from typing import BinaryIO, NamedTuple, Optional

import google_crc32c

from t2t_af.errors import UserError

HEADER_BYTES = 12
FOOTER_BYTES = 4


class Span(NamedTuple):
  """Where a record is: the byte at which its framing starts, and all bytes."""

  offset: int
  size: int


class Record(NamedTuple):
  """One record: where its framing starts (byte of the stream), its data."""

  offset: int
  data: bytes


def masked_crc32c(data: bytes) -> int:
  """The checksum of TFRecord framing."""
  crc = google_crc32c.value(data)
  return (((crc >> 15) | (crc << 17)) + 0xA282EAD8) & 0xFFFFFFFF


def framing(data: bytes) -> tuple[bytes, bytes]:
  """What stands before and after `data` in a file."""
  length = struct.pack("<Q", len(data))
  header = length + struct.pack("<I", masked_crc32c(length))
  return header, struct.pack("<I", masked_crc32c(data))


def data_length(header: bytes) -> Optional[int]:
  """Bytes of data after this 12-byte header; None if its checksum is wrong."""
  if len(header) != HEADER_BYTES:
    return None
  length, crc = struct.unpack("<QI", header)
  return length if masked_crc32c(header[:8]) == crc else None


def read(
  stream: BinaryIO, name: str, start: int = 0, size: Optional[int] = None
) -> Iterator[Record]:
  """Yields the records in bytes `[start, start + size)` of `stream`.

  The checksums of the lengths and of the data are verified: a wrong byte
  anywhere is found.

  Args:
    stream: an open, seekable binary file.
    name: what to call it in an error.
    start: first byte.
    size: number of bytes; None reads to the end.

  Raises:
    UserError: the bytes are not whole, undamaged records; names file and byte.
  """
  end = None if size is None else start + size
  offset = start
  stream.seek(offset)
  while end is None or offset < end:
    header = stream.read(HEADER_BYTES)
    if not header and end is None:
      return
    length = _checked_length(header, name, offset)
    next_offset = offset + HEADER_BYTES + length + FOOTER_BYTES
    beyond = end is not None and next_offset > end
    # A length beyond the end is not read: it could ask for any memory.
    data = b"" if beyond else stream.read(length)
    footer = b"" if beyond else stream.read(FOOTER_BYTES)
    if len(data) < length or len(footer) < FOOTER_BYTES:
      raise UserError(
        f"{name}: the record at byte {offset} should take "
        f"{next_offset - offset} bytes but the file ends before: it is "
        "truncated"
      )
    if struct.unpack("<I", footer)[0] != masked_crc32c(data):
      raise UserError(
        f"{name}: the record at byte {offset} is damaged: its "
        f"{length} bytes do not have the checksum that was stored with them"
      )
    yield Record(offset, data)
    offset = next_offset


def spans(stream: BinaryIO, name: str, size: int) -> Iterator[Span]:
  """Where the records of a file are, by their headers alone.

  Args:
    stream: an open, seekable binary file.
    name: what to call it in an error.
    size: number of bytes.

  Raises:
    UserError: a header is damaged; names file and byte.
  """
  offset = 0
  while offset < size:
    stream.seek(offset)
    length = _checked_length(stream.read(HEADER_BYTES), name, offset)
    span = Span(offset, HEADER_BYTES + length + FOOTER_BYTES)
    yield span
    offset += span.size


def _checked_length(header: bytes, name: str, offset: int) -> int:
  """`data_length`; raises UserError where there is none."""
  length = data_length(header)
  if length is None:
    cut = len(header) < HEADER_BYTES
    raise UserError(
      f"{name}: {'file ends inside' if cut else 'no'} TFRecord header at "
      f"byte {offset}: the file is truncated or is not a TFRecord file"
    )
  return length
