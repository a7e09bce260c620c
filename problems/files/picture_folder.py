"""A folder of numbered pictures is a video."""

from collections.abc import Iterator, Sequence
import os
import re

import numpy as np

from problems.files import frame_format
from problems.files import picture_files
from t2t_af.errors import UserError


def pictures(folder: str) -> list[str]:
  """The names of the pictures in a folder that are not hidden, sorted."""
  try:
    names = os.listdir(folder)
  except OSError as error:
    raise UserError(f"{folder}: cannot be read ({error.strerror})") from error
  return sorted(name for name in names if is_picture(name))


def is_picture(name: str) -> bool:
  """Whether a file is a picture, by its name."""
  extension = os.path.splitext(name)[1].lower()
  return extension in picture_files.EXTENSIONS and not name.startswith(".")


def is_video(names: Sequence[str]) -> bool:
  """Whether the pictures of a folder are a video: some of them are numbered."""
  return sum(bool(re.search(r"\d", _stem(name))) for name in names) > 1


def in_order(names: Sequence[str], where: str) -> list[str]:
  """Pictures in the order of the one number in their names that changes.

  Raises:
    UserError: their names differ in something else, or numbers are missing.
  """
  parts = {name: re.split(r"(\d+)", _stem(name)) for name in names}
  first = parts[names[0]]
  for name, split in parts.items():
    if len(split) != len(first) or split[::2] != first[::2]:
      raise UserError(
        f"{where}: {names[0]} and {name} are not numbered alike: put the "
        "pictures of each video into a folder of its own"
      )
  changing = [
    k
    for k in range(1, len(first), 2)
    if len({int(split[k]) for split in parts.values()}) > 1
  ]
  if len(changing) != 1:
    what = "several numbers" if changing else "no number"
    raise UserError(
      f"{where}: {names[0]} and {names[-1]} differ in {what}: one must count "
      "the pictures"
    )
  number = {name: int(split[changing[0]]) for name, split in parts.items()}
  ordered = sorted(names, key=number.__getitem__)
  _check_gaps(ordered, [number[name] for name in ordered], where)
  return ordered


def decode(
  folder: str, video_format: frame_format.Format, where: str
) -> Iterator[np.ndarray]:
  """The frames; see `video_files.decode`."""
  shape = None
  ordered = in_order(pictures(folder), where)
  for name in ordered:
    pixels = picture_files.read(
      os.path.join(folder, name), os.path.join(where, name), video_format.levels
    )
    shape = shape or pixels.shape
    if pixels.shape != shape:
      raise _other_size(where, name, ordered[0])
    yield frame_format.convert(pixels, video_format)


def check(folder: str, where: str) -> int:
  """How many pictures there are, once their headers are looked at.

  Raises:
    UserError: they are not numbered, of several sizes, or cannot be read.
  """
  ordered = in_order(pictures(folder), where)
  sizes = {}
  for name in ordered:
    sizes[name] = picture_files.size(
      os.path.join(folder, name), os.path.join(where, name)
    )
    if sizes[name] != sizes[ordered[0]]:
      raise _other_size(where, name, ordered[0])
  return len(ordered)


def _other_size(where: str, name: str, first: str) -> UserError:
  return UserError(
    f"{where}: {name} is of another size than {first}; the pictures of a video "
    "have one"
  )


def _stem(name: str) -> str:
  return os.path.splitext(name)[0]


def _check_gaps(names: list[str], numbers: list[int], where: str) -> None:
  """Every one of them, or every second ...: one step between all."""
  steps = [after - before for before, after in zip(numbers, numbers[1:])]
  usual = max(set(steps), key=steps.count)
  for k, step in enumerate(steps):
    if not step:
      raise UserError(
        f"{where}: {names[k]} and {names[k + 1]} have the same number"
      )
    if step != usual:
      raise UserError(
        f"{where}: pictures are missing: after {names[k]} comes {names[k + 1]}"
      )
