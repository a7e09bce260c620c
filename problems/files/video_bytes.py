"""Whether a file is a container of video, by its bytes, and whether it is whole.

FFmpeg guesses formats from what it finds; a text or a playlist is no video.
"""

import os
import stat
from typing import BinaryIO

from t2t_af.errors import UserError

# Where in the file, and what.
_MAGIC = (
  (8, b"AVI "),
  (4, b"ftyp"),
  (4, b"moov"),
  (4, b"mdat"),
  (4, b"wide"),
  (4, b"free"),
  (4, b"skip"),
  (4, b"pnot"),
  (4, b"styp"),
  (0, b"\x1a\x45\xdf\xa3"),  # Matroska, WebM
  (0, b"\x00\x00\x01"),  # MPEG program streams; raw MPEG, H.264, HEVC
  (0, b"\x00\x00\x00\x01"),
  (0, b"\x30\x26\xb2\x75"),  # ASF
  (0, b"FLV"),
  (0, b"OggS"),
  (0, b"GIF8"),
  (0, b"\x89PNG"),  # animated
  (0, b"YUV4MPEG2 "),
  (0, b"\x06\x0e\x2b\x34"),  # MXF
  (0, b"DKIF"),  # IVF
  (0, b"nut/multimedia container"),
  (0, b"\xff\xd8\xff"),  # Motion JPEG
  (0, b"\x1f\x07\x00"),  # DV
  (0, b".RMF"),
  (0, b"\x00\x00\x00\x00\x01\xbc"),  # GXF
  (0, b"\xb7\xd8\x00\x20\x37\x49\xda\x11"),  # WTV
)
_LARGEST_MAGIC = 32
_RIFF_CHUNKS = (b"RIFF", b"LIST", b"JUNK", b"idx1")
# Transport streams have no magic, but this byte in each packet.
_SYNC = b"\x47"
_PACKETS = (188, 192, 204)
_PROBED = 2**16


def check(path: str, where: str) -> None:
  """What can be told without decoding.

  Raises:
    UserError: it cannot be read, is no file, is empty, begins as no container
      does, or is shorter than an AVI says that it is.
  """
  try:
    # Opening a pipe would wait for somebody to write into it.
    if not stat.S_ISREG(os.stat(path).st_mode):
      raise UserError(f"{where}: cannot be read (it is no file)")
    with open(path, "rb") as stream:
      _check(stream, os.fstat(stream.fileno()).st_size, where)
  except OSError as error:
    raise UserError(f"{where}: cannot be read ({error.strerror})") from error


def _check(stream: BinaryIO, size: int, where: str) -> None:
  start = stream.read(_LARGEST_MAGIC)
  if not size:
    raise UserError(f"{where}: is empty")
  if not any(start[at : at + len(magic)] == magic for at, magic in _MAGIC):
    stream.seek(0)
    if not _is_transport_stream(stream.read(_PROBED)):
      raise UserError(
        f"{where}: is no video file (it begins with {start[:16]!r})"
      )
  if start[:4] == b"RIFF":
    promised = _riff_end(stream, size)
    if size < promised:
      raise UserError(
        f"{where}: is truncated: expected at least {promised} "
        f"bytes, found {size}"
      )


def _is_transport_stream(data: bytes) -> bool:
  """Whether a run of packets begins somewhere in the first of them."""
  return any(
    all(
      data[at + k * length :][:1] == _SYNC
      for k in range(min(5, max(2, (len(data) - at) // length)))
    )
    for length in _PACKETS
    for at in range(min(length, len(data)))
    if data[at : at + 1] == _SYNC
  )


def _riff_end(stream: BinaryIO, size: int) -> int:
  """Where the outer chunks of an AVI end, of which the frames are one.

  A recorder that was switched off leaves sizes of 0: nothing is promised then.
  """
  at = end = 0
  while at + 8 <= size:
    stream.seek(at)
    name = stream.read(4)
    length = int.from_bytes(stream.read(4), "little")
    is_outer = name == b"RIFF"
    if name not in _RIFF_CHUNKS or not (is_outer or length):
      break
    end = max(end, at + 8 + length)
    at += 12 if is_outer else 8 + length + length % 2
  return end
