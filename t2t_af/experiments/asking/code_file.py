"""The file of a video's code (.t2taf): what it begins with, and its checksum.

  magic     "t2t_af video", a new line
  checksum  CRC-32 of all that follows, 4 bytes, the lowest first
  size      of the header, 4 bytes as well
  header    JSON: the version of the format, and `Header`
  body

The checksum tells damage before anything is decoded.
"""

import json
from typing import Any, NamedTuple
import zlib

from t2t_af import errors

MAGIC = b"t2t_af video\n"
VERSION = 1
_NUMBER_BYTES = 4


class Header(NamedTuple):
  """What has to be known of a body.

  Attributes:
    model: digest of what coded it.
    num_frames: of the video.
    shape: [height, width, channels].
    num_given_bytes: of the body, which hold the first frames.
    crc32: of all frames' levels.
  """

  model: str
  num_frames: int
  shape: list[int]
  num_given_bytes: int
  crc32: int


def write(header: Header, body: bytes) -> bytes:
  """All of a file."""
  text = json.dumps({"version": VERSION, **header._asdict()}).encode()
  rest = _number(len(text)) + text + body
  return MAGIC + _number(zlib.crc32(rest)) + rest


def read(data: bytes, where: str) -> tuple[Header, bytes]:
  """(header, body) of a file.

  Args:
    data: all of it.
    where: what it is called in errors.

  Raises:
    UserError: it is no such file, damaged, or of another version.
  """
  if not data.startswith(MAGIC):
    cut = " (it is cut short)" if MAGIC.startswith(data) else ""
    raise errors.UserError(f"{where}: was not made by t2t-af compress{cut}")
  checksum, rest = _first(data[len(MAGIC) :])
  # Of nothing at all it is 0, as the number that is not there.
  if len(rest) < _NUMBER_BYTES or checksum != zlib.crc32(rest):
    raise errors.UserError(
      f"{where} is damaged or cut short: it has another checksum"
    )
  size, rest = _first(rest)
  return _header(rest[:size], where), rest[size:]


def _header(text: bytes, where: str) -> Header:
  try:
    fields: dict[str, Any] = dict(json.loads(text))
    version = fields.pop("version")
    header = Header(**fields) if version == VERSION else None
  except (ValueError, TypeError, KeyError) as error:
    raise errors.UserError(f"{where} is damaged: it has no header") from error
  if header is None:
    raise errors.UserError(
      f"{where}: is of version {version} of the format; this t2t_af reads "
      f"version {VERSION}"
    )
  return header


def _number(value: int) -> bytes:
  return value.to_bytes(_NUMBER_BYTES, "little")


def _first(data: bytes) -> tuple[int, bytes]:
  """The number that data begins with, and what follows."""
  number, rest = data[:_NUMBER_BYTES], data[_NUMBER_BYTES:]
  return int.from_bytes(number, "little"), rest
