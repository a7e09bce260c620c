"""Frames out of video files, decoded by OpenCV.

OpenCV (opencv-python-headless) because it is there already: tensor2tensor
imports it. It brings FFmpeg, so it reads whatever FFmpeg reads, and it lets go
of the interpreter's lock, so that threads decode several files at once.

What is no complete video is an error that names the file: OpenCV itself says
nothing, it only stops earlier. (What FFmpeg writes to stderr has no file name
in it; OPENCV_FFMPEG_LOGLEVEL=24 in the environment brings it back.)
"""

from collections.abc import Iterator
import contextlib
import math
import os
import tempfile
from typing import NamedTuple, Optional

import cv2
import numpy as np
import tensorflow.compat.v1 as tf

from problems.files import frame_format
from t2t_af.errors import UserError

# Read by OpenCV when it opens its first video. -8: quiet.
os.environ.setdefault("OPENCV_FFMPEG_LOGLEVEL", "-8")
cv2.setLogLevel(2)  # errors: its warnings do not name the file either

EXTENSIONS = (
  ".avi",
  ".mp4",
  ".m4v",
  ".mov",
  ".mkv",
  ".webm",
  ".mpg",
  ".mpeg",
  ".wmv",
  ".flv",
  ".ogv",
  ".gif",
)
# Where in the file, and what: the containers of EXTENSIONS. A playlist, which
# FFmpeg would follow to other files and hosts, is none of them.
_MAGIC = (
  (8, b"AVI "),
  (4, b"ftyp"),
  (4, b"moov"),
  (4, b"mdat"),
  (4, b"wide"),
  (4, b"free"),
  (4, b"skip"),
  (0, b"\x1a\x45\xdf\xa3"),
  (0, b"\x00\x00\x01\xba"),
  (0, b"\x00\x00\x01\xb3"),
  (0, b"\x30\x26\xb2\x75"),
  (0, b"FLV"),
  (0, b"OggS"),
  (0, b"GIF8"),
)
_RIFF_HEADER_BYTES = 8
# Some containers only estimate their number of frames.
_MAX_LOST = 0.1
# Two rates this close are the same one (30 and 29.97).
_SAME_RATE = 1.01


class Header(NamedTuple):
  """What a file says about itself.

  Attributes:
    num_frames: may be an estimate, depending on the container.
    frame_rate: frames per second; 0 if unknown.
    height, width: pixels.
  """

  num_frames: int
  frame_rate: float
  height: int
  width: int


def probe(path: str, where: Optional[str] = None) -> Header:
  """Reads the header of a file; see `decode` for the errors."""
  where = where or path
  with _opened(path, where) as capture:
    return _header(capture)


def num_frames(
  header: Header, video_format: frame_format.Format, where: str
) -> int:
  """How many frames `decode` gives of a file, if its header is right."""
  step = _step(header, video_format, where)
  return math.ceil(header.num_frames / step - 1e-6)


def decode(
  path: str, video_format: frame_format.Format, where: Optional[str] = None
) -> Iterator[np.ndarray]:
  """The frames of a video file, one after the other.

  Levels are as decoded: no frame's contrast is touched.

  Args:
    path: the file.
    video_format: see there.
    where: what to call it in an error; None: `path`.

  Yields:
    uint8 [height, width, num_channels], RGB.

  Raises:
    UserError: the file is no video, has no frame, or ends too early; or its
      rate is lower than that of `video_format`.
  """
  where = where or path
  with _opened(path, where) as capture:
    header = _header(capture)
    step = _step(header, video_format, where)
    count = wanted = 0
    while True:
      decoded, frame = capture.read()
      if not decoded:
        break
      # Frame `count` is seen during [count, count + 1) / frame_rate.
      if count + 1 > wanted * step + 1e-6:
        yield frame_format.convert(
          cv2.cvtColor(frame, cv2.COLOR_BGR2RGB), video_format
        )
        wanted += 1
      count += 1
  _check_count(count, header, where)


def decode_bytes(
  data: bytes, video_format: frame_format.Format, where: str
) -> np.ndarray:
  """As `decode`, all frames of a file's content: uint8 [time, ...]."""
  # OpenCV reads files only.
  with tempfile.NamedTemporaryFile(suffix=os.path.splitext(where)[1]) as copy:
    copy.write(data)
    copy.flush()
    return np.stack(list(decode(copy.name, video_format, where)))


@contextlib.contextmanager
def _opened(path: str, where: str) -> Iterator[cv2.VideoCapture]:
  _check_file(path, where)
  capture = cv2.VideoCapture(path, cv2.CAP_FFMPEG)
  try:
    if not capture.isOpened():
      raise UserError(
        f"{where}: cannot be decoded: it is damaged, truncated, "
        "or in a format that OpenCV does not know"
      )
    yield capture
  finally:
    capture.release()


def _check_file(path: str, where: str) -> None:
  """Its first bytes, and of an AVI its length."""
  try:
    with open(path, "rb") as stream:
      start = stream.read(16)
      size = os.fstat(stream.fileno()).st_size
  except OSError as error:
    raise UserError(f"{where}: cannot be read ({error.strerror})") from error
  if not size:
    raise UserError(f"{where}: is empty")
  if not any(start[at : at + len(magic)] == magic for at, magic in _MAGIC):
    raise UserError(f"{where}: is no video file (it begins with {start!r})")
  if start[:4] == b"RIFF":
    promised = int.from_bytes(start[4:8], "little") + _RIFF_HEADER_BYTES
    if size < promised:
      raise UserError(
        f"{where}: is truncated: expected at least {promised} "
        f"bytes, found {size}"
      )


def _header(capture: cv2.VideoCapture) -> Header:
  rate = capture.get(cv2.CAP_PROP_FPS)
  return Header(
    max(0, int(capture.get(cv2.CAP_PROP_FRAME_COUNT))),
    rate if math.isfinite(rate) and rate > 0 else 0.0,
    int(capture.get(cv2.CAP_PROP_FRAME_HEIGHT)),
    int(capture.get(cv2.CAP_PROP_FRAME_WIDTH)),
  )


def _step(
  header: Header, video_format: frame_format.Format, where: str
) -> float:
  """So many frames of the file make one of ours; at least 1."""
  rate = video_format.frame_rate
  if rate is None:
    return 1.0
  if not header.frame_rate:
    raise UserError(
      f"{where}: does not say how many frames a second it has, "
      f"so it cannot be brought to {rate:g}"
    )
  if rate > header.frame_rate * _SAME_RATE:
    raise UserError(
      f"{where}: has {header.frame_rate:g} frames a second, fewer than the "
      f"{rate:g} asked for: frames would have to be repeated"
    )
  return max(1.0, header.frame_rate / rate)


def _check_count(count: int, header: Header, where: str) -> None:
  if not count:
    raise UserError(f"{where}: has no frame that can be decoded")
  if count < (1 - _MAX_LOST) * header.num_frames:
    raise UserError(
      f"{where}: is truncated or damaged: expected "
      f"{header.num_frames} frames, decoded {count}"
    )
  if count < header.num_frames:
    tf.logging.info(
      "%s: announces %d frames, has %d.", where, header.num_frames, count
    )
