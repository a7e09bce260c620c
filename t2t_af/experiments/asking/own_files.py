"""A person's own files, as a run's problem reads them.

The one place where the commands meet the readers of tables and videos.
"""

from collections.abc import Mapping, Sequence
import os
from typing import Any, NamedTuple, Optional

import numpy as np

from problems import video_folder
from problems.core import own_tables
from problems.core import series_tables
from problems.core import source_folder
from problems.files import array_files
from problems.files import frame_format
from problems.files import picture_folder
from problems.files import table_text
from problems.files import video_inputs
from t2t_af import errors
from t2t_af.experiments.asking import asked_run
from t2t_af.experiments.asking import given_files

# video_folder takes longer videos apart, into parts of so many frames.
_IN_PARTS, _PART = 320, 300


class Recording(NamedTuple):
  """What is in a file, or in a part of it.

  Attributes:
    name: in tables and pictures.
    sequence_id: what datagen calls such a sequence; noise follows from it.
    values: float64 [rows, columns of the run] in raw units, or uint8 [time,
      height, width, channels].
    path: of the file.
    first_step: the number of the first one, where it is cut out of more.
  """

  name: str
  sequence_id: str
  values: np.ndarray
  path: str
  first_step: int = 1


def find(
  run: asked_run.AskedRun, paths: Sequence[str]
) -> list[given_files.GivenFile]:
  """The files meant by paths, of files and of folders of them, each once.

  A file below the folder that the run's data was made from is called as there,
  others as `given_files` says.

  Raises:
    UserError: there is no such file, or none of the run's kind in a folder.
  """
  found = []
  for path in map(os.path.expanduser, paths):
    if os.path.isdir(path) and not _is_video(run, path):
      found += given_files.below(path, _below_folder(run, path))
    else:
      found += _named(run, path)
  found = given_files.once(found)
  root = _details(run).get("source_dir")
  known = [_below(file.path, root) for file in found]
  return given_files.told_apart(
    [f._replace(name=name or f.name) for f, name in zip(found, known)],
    list(map(bool, known)),
  )


def _named(run: asked_run.AskedRun, path: str) -> list[given_files.GivenFile]:
  """A file, or each of the videos in it; or one of them, "takes.npy/3"."""
  file, member = (path, "") if run.is_series else array_files.split(path)
  if not member:
    given = given_files.named(given_files.existing(path))
    return [
      given_files.GivenFile(given.name + member, path + member)
      for member in _members(run, path)
    ]
  name = given_files.named(given_files.existing(file or path)).name
  return [given_files.GivenFile(f"{name}/{member}", path)]


def _is_video(run: asked_run.AskedRun, folder: str) -> bool:
  """Whether a folder is a video, of numbered pictures."""
  return not run.is_series and picture_folder.is_video(
    [name for name in os.listdir(folder) if picture_folder.is_picture(name)]
  )


def _below_folder(run: asked_run.AskedRun, folder: str) -> list[str]:
  """Names of the run's kind of files below a folder."""
  if run.is_series:
    names = source_folder.find(folder, table_text.EXTENSIONS)
    return table_text.chosen(names)
  sources = video_inputs.find(
    source_folder.listed(folder).names, folder
  ).sources
  if not sources:
    raise errors.UserError(f"{folder}: no files of video in it")
  return [
    name + member
    for name in sources
    for member in _members(run, os.path.join(folder, name))
  ]


def _members(run: asked_run.AskedRun, path: str) -> list[str]:
  """What to add to a file's path for each of the videos in it."""
  if run.is_series:
    return [""]
  try:
    return video_inputs.members(path, video_folder.format_of(_format(run)))
  except errors.UserError:
    return [""]  # reading it tells


def read(
  run: asked_run.AskedRun,
  file: given_files.GivenFile,
  given: Optional[Mapping[str, Any]] = None,
) -> list[Recording]:
  """The recordings in a file: one, as long as nothing takes it apart.

  Args:
    run: that is asked.
    file: one of `find`.
    given: by flags, of how tables are read (`own_tables.Given`).

  Raises:
    UserError: it cannot be read, or does not fit the run.
  """
  if run.is_series:
    return _read_table(run, file, own_tables.Given(**(given or {})))
  if given:
    flag = next(iter(given))
    raise errors.UserError(f"--{flag} is of tables; {file.path} is a video")
  try:
    frames = video_folder.read_video(_format(run), file.path)
  except frame_format.OtherSize as error:
    raise errors.UserError(
      f"{file.path}: {error} by {run.called} ({run.problem.name})"
    ) from error
  return [Recording(file.name, _id(run, file, len(frames)), frames, file.path)]


def _read_table(
  run: asked_run.AskedRun, file: given_files.GivenFile, given: own_tables.Given
) -> list[Recording]:
  """As the run's data was read, if it is of tables and there."""
  assert run.statistics is not None  # as of every series
  with run.problem.store(run.data_dir).damaged_entry('"table_format"'):
    names, details = run.statistics.names, _details(run)
    tables = own_tables.OwnTables(names, details, given)
  found = tables.read(file.path)
  for line in found.told:
    asked_run.say(f"{file.name}: {line}")
  # A file is called by more than its last name where that is needed.
  last = len(series_tables.printable(os.path.basename(file.path)))
  recordings = []
  for piece in found.pieces:
    part = piece.name[last:]
    recordings.append(
      Recording(
        file.name + _of_files(part),
        file.name + part,
        piece.values,
        file.path,
        piece.first,
      )
    )
  return recordings


def _of_files(part: str) -> str:
  """The name of a part for files: an id in it leads to no other folder."""
  if not part.startswith("/"):
    return part
  # (No id is . or ..: to a reader of tables these are missing values.)
  return "/" + part[1:].replace("%", "%25").replace("/", "%2F")


def made_first(run: asked_run.AskedRun, recording: Recording) -> str:
  """What a video's frames became before the run took them, e.g. "32x32 grey".

  "" where they are those of the file, in levels of 8 bits.
  """
  height, width, channels = run.step_shape
  form = _format(run)
  as_they_are = {
    "aspect": frame_format.UNCHANGED,
    "num_channels": 3,
    "frame_rate": None,
  }
  try:
    found = video_folder.read_video({**form, **as_they_are}, recording.path)
  except frame_format.OtherSize:
    found = np.zeros([0])
  frames = np.broadcast_to(recording.values, [*recording.values.shape[:3], 3])
  if np.array_equal(found, frames):
    return ""
  rate = form.get("frame_rate")
  return f"{width}x{height} {'grey' if channels == 1 else 'in colour'}" + (
    f" at {rate:g} a second" if rate else ""
  )


def _id(
  run: asked_run.AskedRun, file: given_files.GivenFile, num_frames: int
) -> str:
  """What datagen calls a video, or its first part."""
  if not isinstance(run.problem, video_folder.VideoFolder):
    return file.name
  last = num_frames if num_frames < _IN_PARTS else _PART
  return f"{file.name}/1-{last}"


def _format(run: asked_run.AskedRun) -> dict[str, Any]:
  """What became of the frames of the run's data; else they stay as they are.

  A folder of videos alone says so; other data has a size of its own.
  """
  height, width, channels = run.step_shape
  details = _details(run)
  size = {"height": height, "width": width, "num_channels": channels}
  return {"aspect": frame_format.UNCHANGED, **details, **size}


def _details(run: asked_run.AskedRun) -> dict[str, Any]:
  """What the run's data was made with, where it is there."""
  return run.problem.store(run.data_dir).details() or {}


def _below(path: str, root: Any) -> str:
  """The path from root on, "" where it is not below it."""
  if not isinstance(root, str) or not root:
    return ""
  relative = os.path.relpath(os.path.realpath(path), os.path.realpath(root))
  return "" if relative.startswith("..") else relative.replace(os.sep, "/")
