"""Videos in NumPy's files: .npy and .npz. Nothing is ever unpickled."""

from collections.abc import Iterator
import contextlib
import functools
import os
from typing import Any, NamedTuple, Optional

import numpy as np

from problems.files import frame_format
from problems.files import levels
from t2t_af.errors import UserError

EXTENSIONS = (".npy", ".npz")
_ALL = "all"
_COLOURS = (1, 3)
_AXES = "NTHWC"
# A last axis so short is colours, or what is no video.
_FEW = 4


class _Videos(NamedTuple):
  """The array of a file with its axes in the order N, T, H, W, C.

  Attributes:
    array: [videos, time, height, width, colours], of any numbers.
    levels: which are black and white; None of bytes.
    has_many: whether there was an axis of videos.
  """

  array: np.ndarray
  levels: Optional[tuple[float, float]]
  has_many: bool


def members(path: str, video_format: frame_format.Format) -> list[str]:
  """What to add to the file's name for each of its videos; "" for its only one.

  E.g. ["/0", "/1"], or ["/left", "/right"] of an .npz file.

  Raises:
    UserError: it has no array that is certainly a video; says what to do.
  """
  found = []
  for key in _keys(path, video_format):
    videos = _videos(path, key, video_format)
    name = f"/{key}" if video_format.array_key == _ALL else ""
    if videos.has_many:
      found += [f"{name}/{k}" for k in range(len(videos.array))]
    else:
      found.append(name)
  return found


def split(path: str) -> tuple[str, str]:
  """A file and the member of it: "a/b.npz/left/3" is ("a/b.npz", "left/3")."""
  member = ""
  while not os.path.isfile(path):
    path, _, last = path.rpartition("/")
    if not path:
      break
    member = f"{last}/{member}" if member else last
  return path, member


def decode(
  path: str, member: str, video_format: frame_format.Format
) -> Iterator[np.ndarray]:
  """The frames of one video; see `video_files.decode`."""
  videos, number = _chosen(path, member, video_format)
  for frame in videos.array[number]:
    if videos.levels is not None:
      frame = levels.to_bytes(frame, videos.levels, path)
    colours = np.broadcast_to(frame, [*frame.shape[:2], 3])
    yield frame_format.convert(np.ascontiguousarray(colours), video_format)


def num_frames(
  path: str, member: str, video_format: frame_format.Format
) -> int:
  """How many frames `decode` gives."""
  videos, number = _chosen(path, member, video_format)
  return len(videos.array[number])


def _chosen(
  path: str, member: str, video_format: frame_format.Format
) -> tuple[_Videos, int]:
  keys = _keys(path, video_format)
  key, number = keys[0], member
  if video_format.array_key == _ALL:
    key, _, number = (
      (member, "", "") if member in keys else member.rpartition("/")
    )
  if key not in keys:
    raise UserError(f"{path}: there is no array {key} in it")
  videos = _videos(path, key, video_format)
  if not number and videos.has_many:
    raise UserError(
      f"{path}: has {len(videos.array)} videos in it: say which, "
      f"e.g. {path}/{key}{'/' if key else ''}0"
    )
  number = number or "0"
  if not number.isdigit() or int(number) >= len(videos.array):
    raise UserError(f"{path}: there is no video {member} in it")
  return videos, int(number)


def _keys(path: str, video_format: frame_format.Format) -> list[str]:
  """Which arrays of a file are videos; [""] of an .npy file."""
  if path.lower().endswith(".npy"):
    return [""]
  with _errors(path), np.load(path, allow_pickle=False) as archive:
    keys = list(archive.files)
  wanted = video_format.array_key
  if wanted in keys:
    return [str(wanted)]
  if len(keys) == 1 or wanted == _ALL and keys:
    return keys
  raise UserError(
    f"{path}: has the arrays {', '.join(keys) or '(none)'}; say which one the "
    f"videos are with --array_key=NAME, or that each is one with "
    f"--array_key={_ALL}"
  )


def _videos(path: str, key: str, video_format: frame_format.Format) -> _Videos:
  modified = os.stat(path).st_mtime_ns
  axes, chosen = video_format.array_axes, video_format.levels
  return _loaded(path, key, axes, chosen, modified)


# The videos of a file come one after the other.
@functools.lru_cache(maxsize=2)
def _loaded(
  path: str,
  key: str,
  axes: Optional[str],
  chosen: Optional[tuple[float, float]],
  modified: int,
) -> _Videos:
  del modified  # a file that was written anew is read anew
  with _errors(path):
    array = _load(path, key)
  where = f"{path}/{key}" if key else path
  axes = _axes(array, axes, where)
  certain = levels.certain(array, where) if chosen is None else chosen
  has_many = "N" in axes
  for axis in _AXES:
    if axis not in axes:
      array, axes = array[..., None], axes + axis
  ordered = array.transpose([axes.index(axis) for axis in _AXES])
  if ordered.shape[-1] not in _COLOURS:
    raise UserError(
      f"{where}: has {ordered.shape[-1]} colours ({array.shape}), neither 1 "
      "nor 3"
    )
  return _Videos(ordered, certain, has_many)


def _load(path: str, key: str) -> np.ndarray:
  if key:
    with np.load(path, allow_pickle=False) as archive:
      return _an_array(archive[key])
  array = _an_array(np.load(path, mmap_mode="r", allow_pickle=False))
  size = os.path.getsize(path)
  expected = array.offset + array.nbytes
  if size != expected:
    raise ValueError(f"expected {expected} bytes, found {size}")
  return array


def _an_array(loaded: Any) -> np.ndarray:
  """NumPy gives what is in a zip, and is no array, as bytes or as a zip."""
  if not isinstance(loaded, np.ndarray):
    raise ValueError("it is no array")
  return loaded


def _axes(array: np.ndarray, given: Optional[str], where: str) -> str:
  """What the axes of an array are.

  Raises:
    UserError: it cannot be told, or `given` are those of another array.
  """
  shape = "[" + ", ".join(map(str, array.shape)) + "]"
  if given is not None:
    if len(given) != array.ndim:
      raise UserError(f"{where}: is {shape}, which --array_axes={given} is not")
    return given
  has_colours = array.ndim > 3 and array.shape[-1] in _COLOURS
  if array.ndim == 3 and array.shape[-1] > _FEW:
    return "THW"
  if array.ndim == 4 and has_colours and array.shape[1] > _FEW:
    return "THWC"
  if array.ndim == 5 and has_colours:
    return "NTHWC"
  raise UserError(
    f"{where}: is {shape}; say which axis is which with --array_axes, of N "
    "(videos), T (time), H, W, C (colours), e.g. --array_axes=NTHW"
  )


@contextlib.contextmanager
def _errors(path: str) -> Iterator[None]:
  """Makes errors of NumPy's readers ours."""
  try:
    yield
  except Exception as error:  # whatever they stumble over
    if isinstance(error, OSError) and error.strerror:
      reason = error.strerror
    else:
      reason = (str(error).splitlines() or [type(error).__name__])[0]
    if "pickle" in reason or "object" in reason.lower():
      reason = "pickled Python objects are never loaded: they run code"
    raise UserError(
      f"{path}: cannot be read, or is damaged ({reason})"
    ) from error
