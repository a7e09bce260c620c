"""A person's own files, as a run's problem reads them.

The one place where the commands meet the readers of tables and videos.
"""

from collections.abc import Iterator, Sequence
import os
from typing import Any, NamedTuple

import numpy as np

from problems import series_csv
from problems import video_folder
from problems.core import source_folder
from problems.files import frame_format
from problems.files import video_files
from t2t_af import errors
from t2t_af.experiments.asking import asked_run
from t2t_af.experiments.asking import columns

_SERIES = (".csv",)
_ARRAYS = (".npy",)
# video_folder takes longer videos apart, into parts of so many frames.
_IN_PARTS, _PART = 320, 300


class OwnFile(NamedTuple):
  """A file that a run is asked about, by its name in tables and pictures."""

  name: str
  path: str


class Recording(NamedTuple):
  """What is in a file, or in a part of it.

  Attributes:
    name: in tables and pictures.
    sequence_id: what datagen calls such a sequence; noise follows from it.
    values: float64 [rows, columns of the run] in raw units, or uint8 [time,
      height, width, channels].
  """

  name: str
  sequence_id: str
  values: np.ndarray


def find(run: asked_run.AskedRun, paths: Sequence[str]) -> list[OwnFile]:
  """The files meant by paths, of files and of folders of them.

  A file below the folder that the run's data was made from is called as there.

  Raises:
    UserError: there is no such file, or none of the run's kind in a folder.
  """
  kinds = _SERIES if run.is_series else (*video_files.EXTENSIONS, *_ARRAYS)
  found = []
  for path in map(os.path.expanduser, paths):
    if os.path.isdir(path):
      below = [os.path.join(path, n) for n in source_folder.find(path, kinds)]
      found += [(os.path.relpath(p, path), p) for p in below]
    elif os.path.exists(path):
      found.append((os.path.basename(path), path))
    else:
      raise errors.UserError(f"{path}: there is no such file")
  root = _details(run).get("source_dir")
  names = [_below(path, root) or name for name, path in found]
  if len(set(names)) < len(names):
    names = [os.path.normpath(path).lstrip("./") for _, path in found]
  return [OwnFile(n, path) for n, (_, path) in zip(names, found)]


def read(run: asked_run.AskedRun, file: OwnFile) -> list[Recording]:
  """The recordings in a file: one, as long as nothing takes it apart.

  Raises:
    UserError: it cannot be read, or does not fit the run.
  """
  if run.is_series:
    table = series_csv.read_table(file.path)
    wanted = run.statistics.names if run.statistics else ()
    places = columns.places(table.names, wanted, file.path)
    return [Recording(file.name, file.name, table.values[:, places])]
  frames = (
    _array(file.path)
    if file.path.endswith(_ARRAYS)
    else np.stack(list(_frames(run, file.path)))
  )
  return [Recording(file.name, _id(run, file, len(frames)), frames)]


def _id(run: asked_run.AskedRun, file: OwnFile, num_frames: int) -> str:
  """What datagen calls a video, or its first part."""
  if not isinstance(run.problem, video_folder.VideoFolder):
    return file.name
  last = num_frames if num_frames < _IN_PARTS else _PART
  return f"{file.name}/1-{last}"


def _array(path: str) -> np.ndarray:
  try:
    return np.load(path, allow_pickle=False)
  except (OSError, ValueError, EOFError) as error:
    raise errors.UserError(f"{path}: is no .npy file ({error})") from error


def _frames(run: asked_run.AskedRun, path: str) -> Iterator[np.ndarray]:
  """As datagen made them of its videos; else of the size that the run takes."""
  height, width, channels = run.step_shape
  details = _details(run)
  if "aspect" not in details:
    header = video_files.probe(path)
    if (header.height, header.width) != (height, width):
      raise errors.UserError(
        f"{path}: its frames are {header.width}x{header.height}, those of "
        f"{run.output_dir} ({run.problem.name}) {width}x{height}"
      )
  yield from video_files.decode(
    path,
    frame_format.Format(
      height,
      width,
      channels,
      details.get("aspect", "crop"),
      details.get("frame_rate"),
    ),
  )


def _details(run: asked_run.AskedRun) -> dict[str, Any]:
  """What the run's data was made with, where it is there."""
  return run.problem.store(run.data_dir).details() or {}


def _below(path: str, root: Any) -> str:
  """The path from root on, "" where it is not below it."""
  if not isinstance(root, str) or not root:
    return ""
  relative = os.path.relpath(os.path.realpath(path), os.path.realpath(root))
  return "" if relative.startswith("..") else relative.replace(os.sep, "/")
