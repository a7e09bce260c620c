"""Whatever a video is stored as: a file, a folder of pictures, an array.

Its path says which: a file that PyAV reads (`video_files`); a folder of
numbered pictures (`picture_folder`); several pictures in one file
(`picture_stack`); an .npy or .npz file, or one of several videos in it,
"takes.npy/3" (`array_files`).
"""

from collections.abc import Iterator, Sequence
import os
from typing import NamedTuple

import numpy as np

from problems.files import array_files
from problems.files import frame_format
from problems.files import picture_folder
from problems.files import picture_stack
from problems.files import video_files
from problems.files import video_times

# Of files with videos in them; pictures are told by their folders.
EXTENSIONS = video_files.EXTENSIONS + array_files.EXTENSIONS


class Found(NamedTuple):
  """What is in a folder.

  Attributes:
    sources: files with videos in them and folders of pictures.
    others: files that are neither.
  """

  sources: list[str]
  others: list[str]


def find(names: Sequence[str], root: str) -> Found:
  """Sorts files under `root` (relative names, with `/`) by what they are."""
  sources, others = [], []
  pictures: dict[str, list[str]] = {}
  for name in names:
    folder, _, base = name.rpartition("/")
    if _extension(name) in EXTENSIONS:
      sources.append(name)
    elif picture_folder.is_picture(base):
      pictures.setdefault(folder, []).append(base)
    else:
      others.append(name)
  with_videos = {name.rpartition("/")[0] for name in sources}
  for folder, found in pictures.items():
    stacks = _stacks(found, os.path.join(root, folder))
    sources += [f"{folder}/{base}" if folder else base for base in stacks]
    found = [base for base in found if base not in stacks]
    # A poster beside a film, a plot: no video.
    alone = folder and folder not in with_videos and not stacks
    if alone and picture_folder.is_video(found):
      sources.append(folder)
    else:
      others += [f"{folder}/{base}" if folder else base for base in found]
  return Found(sorted(sources), sorted(others))


def _stacks(names: Sequence[str], folder: str) -> list[str]:
  """The files of a folder with several pictures each: all of a kind, or none.

  As the first one that can be read says; where none can, that is to be told.
  """
  kind = [n for n in names if _extension(n) in picture_stack.EXTENSIONS]
  counts = (picture_stack.count(os.path.join(folder, n)) for n in kind)
  return kind if next((c for c in counts if c), 2) > 1 else []


def members(path: str, video_format: frame_format.Format) -> list[str]:
  """What to add to a source's path for each of its videos: [""] for one.

  Raises:
    UserError: it is an array that is not certainly a video.
  """
  if _extension(path) in array_files.EXTENSIONS and not os.path.isdir(path):
    return array_files.members(path, video_format)
  return [""]


def scan(
  path: str, video_format: frame_format.Format, whole: bool = False
) -> video_files.Scan:
  """What can be known of a video without decoding it.

  Args:
    path: see above.
    video_format: see there.
    whole: decodes it all the same, so that nothing is left to go wrong.

  Raises:
    UserError: the video is damaged or of no use; names it.
  """
  if _extension(path) in picture_stack.EXTENSIONS and os.path.isfile(path):
    found = picture_stack.scan(path, video_format)
  elif os.path.isdir(path):
    _check_rate(path, video_format)
    found = video_files.Scan(picture_folder.check(path, path))
  elif _is_array(path):
    _check_rate(path, video_format)
    found = video_files.Scan(
      array_files.num_frames(*array_files.split(path), video_format)
    )
  else:
    found = video_files.scan(path, video_format)
  if whole:
    count = sum(1 for _ in decode(path, video_format))
    found = found._replace(num_frames=count)
  return found


def decode(
  path: str, video_format: frame_format.Format
) -> Iterator[np.ndarray]:
  """The frames of a video, uint8 [height, width, num_channels].

  Raises:
    UserError: the video is damaged or of no use; names it.
  """
  if _extension(path) in picture_stack.EXTENSIONS and os.path.isfile(path):
    return picture_stack.decode(path, video_format)
  if os.path.isdir(path):
    _check_rate(path, video_format)
    return picture_folder.decode(path, video_format, path)
  if _is_array(path):
    _check_rate(path, video_format)
    return array_files.decode(*array_files.split(path), video_format)
  return video_files.decode(path, video_format)


def _check_rate(path: str, video_format: frame_format.Format) -> None:
  if video_format.frame_rate is not None:
    raise video_times.unknown(path, video_format.frame_rate)


def _is_array(path: str) -> bool:
  file, _ = array_files.split(path)
  return _extension(file) in array_files.EXTENSIONS


def _extension(name: str) -> str:
  return os.path.splitext(name)[1].lower()
