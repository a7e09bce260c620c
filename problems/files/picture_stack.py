"""Several pictures in one file: an animated WebP, a TIFF of several pages.

FFmpeg reads neither; Pillow does. A WebP says how long each picture is shown, a
TIFF does not.
"""

from collections.abc import Iterator
import os

import numpy as np

from problems.files import frame_format
from problems.files import picture_files
from problems.files import video_files
from problems.files import video_times
from t2t_af.errors import UserError

EXTENSIONS = (".webp", ".tif", ".tiff")
_TICK = 1e-3  # a WebP's times are in milliseconds


def count(path: str) -> int:
  """How many pictures are in a file; 0 for one that cannot be read."""
  try:
    return picture_files.count(path, path)
  except UserError:
    return 0


def scan(path: str, video_format: frame_format.Format) -> video_files.Scan:
  """How many frames `decode` gives, and what becomes of them.

  Raises:
    UserError: as in `decode`.
  """
  if not _has_times(path, video_format):
    return video_files.Scan(picture_files.count(path, path))
  timed = _numbered(path, video_format)
  return video_files.at_times(timed, _TICK, video_format.frame_rate, path)


def decode(
  path: str, video_format: frame_format.Format
) -> Iterator[np.ndarray]:
  """The frames; see `video_files.decode`."""
  pictures = picture_files.stack(path, path, video_format.levels)
  frames: Iterator[picture_files.Picture] = pictures
  rate = video_format.frame_rate
  if _has_times(path, video_format) and rate is not None:
    times = [timed.time for timed in _numbered(path, video_format)]
    if not video_times.is_just_below(times, _TICK, rate):
      frames = video_times.at_rate(_timed(pictures), rate, _TICK, path)
  for picture in frames:
    yield frame_format.convert(picture.pixels, video_format)


def _has_times(path: str, video_format: frame_format.Format) -> bool:
  if os.path.splitext(path)[1].lower() == ".webp":
    return True
  if video_format.frame_rate is None:
    return False
  raise video_times.unknown(path, video_format.frame_rate)


def _numbered(
  path: str, video_format: frame_format.Format
) -> list[video_times.Timed]:
  """When each picture is shown, with its number in place of it."""
  timed = _timed(picture_files.stack(path, path, video_format.levels))
  return [t._replace(frame=k) for k, t in enumerate(timed)]


def _timed(
  pictures: Iterator[picture_files.Picture],
) -> Iterator[video_times.Timed]:
  time = 0.0
  for picture in pictures:
    yield video_times.Timed(picture, time, picture.seconds)
    time += picture.seconds
