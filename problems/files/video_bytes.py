"""Whether a file is a container of video, by its bytes, and a whole one.

FFmpeg guesses formats from what it finds; a text or a playlist is no video.
"""

import os
import stat
from typing import BinaryIO, NamedTuple, Optional

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
_SEGMENT = b"\x18\x53\x80\x67"
_BOXES = {
  name.encode()
  for name in (
    "ftyp styp moov moof mdat free skip wide uuid udta meta sidx mfra emsg"
  ).split()
}
_RIFF_CHUNKS = (b"RIFF", b"LIST", b"JUNK", b"idx1")
# Transport streams have no magic, but this byte in each packet.
_SYNC = b"\x47"
_PACKETS = (188, 192, 204)
_PROBED = 2**16
_RUN = 5
_ASF_PROPERTIES = bytes.fromhex("a1dcab8c47a9cf118ee400c00c205365")
_LARGEST_OGG_PAGE = 27 + 255 + 255 * 255


def check(path: str, where: str) -> None:
  """What can be told without decoding.

  Raises:
    UserError: it cannot be read, is no file, is empty, begins as no container
      does, or is shorter than its parts say that they are.
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
  start = stream.read(_PROBED)
  if not size:
    raise UserError(f"{where}: is empty")
  has_magic = any(start[at : at + len(m)] == m for at, m in _MAGIC)
  packets = None if has_magic else _transport_packets(start)
  if not has_magic and packets is None:
    raise UserError(
      f"{where}: is no video file (it begins with {start[:16]!r})"
    )
  if packets is not None:
    promised = size + -(size - packets.start) % packets.length
  else:
    ends = (end for magic, end in _ENDS.items() if magic in start[:8])
    promised = next(ends, lambda *_: 0)(stream, size)
  if size < promised:
    raise UserError(
      f"{where}: is truncated: expected at least {promised} bytes, found {size}"
    )


class _Packets(NamedTuple):
  """Of a transport stream: where a packet starts, and bytes of each."""

  start: int
  length: int


def _transport_packets(data: bytes) -> Optional[_Packets]:
  """A run of packets that begins in the first of them; None for none."""
  for length in _PACKETS:
    for at in range(min(length, len(data))):
      run = data[at::length][:_RUN]
      if len(run) > 1 and set(run) == set(_SYNC):
        # A packet of 192 bytes begins with a time of 4.
        return _Packets(at - 4 if length == 192 else at, length)
  return None


def _ogg_end(stream: BinaryIO, size: int) -> int:
  """Where the last page ends, as it says itself."""
  stream.seek(max(0, size - _LARGEST_OGG_PAGE))
  tail = stream.read()
  at = tail.rfind(b"OggS")
  segments = tail[at + 27 :][: tail[at + 26]] if at + 26 < len(tail) else b""
  return size - len(tail) + at + 27 + len(segments) + sum(segments)


def _boxes_end(stream: BinaryIO, size: int) -> int:
  """Where the outer boxes of an MP4 end, of which the frames are one."""
  at = 0
  while at + 16 <= size:
    stream.seek(at)
    length = int.from_bytes(stream.read(4), "big")
    if stream.read(4) not in _BOXES:
      break
    if length == 1:
      length = int.from_bytes(stream.read(8), "big")
    if length < 8:  # 0: up to the end
      break
    at += length
  return at


def _matroska_end(stream: BinaryIO, size: int) -> int:
  """Where the segment ends, which is all but the header; 0: nobody says."""
  del size
  stream.seek(4)
  header = _ebml_length(stream)
  if header is None:
    return 0
  stream.seek(header, os.SEEK_CUR)
  if stream.read(4) != _SEGMENT:
    return 0
  length = _ebml_length(stream)
  return 0 if length is None else stream.tell() + length


def _ebml_length(stream: BinaryIO) -> Optional[int]:
  """A number of as many bytes as its first one has leading zeros, plus one."""
  first = (stream.read(1) or b"\0")[0]
  if not first:
    return None
  more = 8 - first.bit_length()
  value = int.from_bytes(stream.read(more), "big")
  value += (first & ((1 << (7 - more)) - 1)) << (8 * more)
  # All ones: of a recording whose end was not known.
  return None if value == (1 << (7 * (more + 1))) - 1 else value


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


def _asf_end(stream: BinaryIO, size: int) -> int:
  """How long the file is, as its header says; 0 of a broadcast."""
  del size
  stream.seek(0)
  header = stream.read(_PROBED)
  at = header.find(_ASF_PROPERTIES)
  return 0 if at < 0 else int.from_bytes(header[at + 40 : at + 48], "little")


def _gif_end(stream: BinaryIO, size: int) -> int:
  """Where the last block ends that has begun."""
  stream.seek(10)
  at = 13 + _gif_colours(stream.read(1))
  while at < size:
    stream.seek(at)
    kind = stream.read(1)
    if kind == b"\x2c":  # a picture
      stream.seek(at + 9)
      at += 10 + _gif_colours(stream.read(1)) + 1
    elif kind == b"\x21":
      at += 2
    else:  # the end
      return at + 1
    length = 1
    while length and at < size:
      stream.seek(at)
      length = int.from_bytes(stream.read(1), "big")
      at += 1 + length
    if length:  # more would follow
      return max(at, size + 1)
  return at


def _gif_colours(flags: bytes) -> int:
  """Bytes of a table of colours."""
  bits = int.from_bytes(flags, "big")
  return 3 << (bits % 8 + 1) if bits & 0x80 else 0


_ENDS = {
  b"RIFF": _riff_end,
  b"OggS": _ogg_end,
  b"\x1a\x45\xdf\xa3": _matroska_end,
  b"ftyp": _boxes_end,
  b"GIF8": _gif_end,
  b"\x30\x26\xb2\x75": _asf_end,
}
