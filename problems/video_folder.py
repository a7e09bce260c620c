"""Your videos: a folder of files of any size, length and rate."""

from collections.abc import Iterator, Mapping
import contextlib
import os
from typing import Any, NamedTuple, Optional, Union

import numpy as np
from tensor2tensor.utils import registry
import tensorflow.compat.v1 as tf

from problems.core import manifest_fields
from problems.core import options
from problems.core import sequence_dataset
from problems.core import source_changes
from problems.core import source_folder
from problems.core import threads
from problems.core import video_problem
from problems.files import frame_format
from problems.files import video_files
from t2t_af import progress
from t2t_af.errors import UserError

# Longer videos become several sequences: reading takes in a whole record.
_MAX_FRAMES = 300
# What the manifest says of frames, each at least 1, at most ...
_FRAME_DETAILS = {"height": 2**14, "width": 2**14, "num_channels": 3}


class _Video(NamedTuple):
  """A file: its name in the folder, and how many frames it announces."""

  name: str
  num_frames: int


@registry.register_problem
class VideoFolder(video_problem.VideoSequenceProblem):
  """Your own videos: t2t-datagen --problem=video_folder --source_dir=FOLDER.

  Frames become squares of --frame_size (64) pixels. Of a frame of another
  shape, --aspect=crop (the default) takes the middle, --aspect=pad all, between
  black bars, and --aspect=stretch all, distorted. Frames are shrunk with a
  filter that averages (Pillow's bilinear). --grey keeps luma alone.
  --frame_rate leaves out frames evenly; a video that is slower than that is an
  error, because repeated frames would teach a model that time stands still.
  The manifest keeps all this, and reading learns the shape of frames from it.

  Splits are by file: as subfolders train, dev and test say, else dealt out (see
  `source_folder`). A sequence is a video, or about 300 frames of a longer one,
  so that long videos weigh more. A video of fewer than 20 frames is an error;
  with --allow_missing it is left out, and the log says so.
  """

  source_flag = "--source_dir=<your folder>"
  # Until the manifest says otherwise.
  frame_height = frame_width = options.Options().frame_size
  num_channels = 3
  sequences_are_parts = True
  frames_per_sequence = 20  # at least: enough for every set of hparams

  def __init__(self, *args: Any, **kwargs: Any) -> None:
    super().__init__(*args, **kwargs)
    self._root = ""
    self._videos: dict[str, list[_Video]] = {}
    self._format = _format(options.Options())
    self._source: dict[str, Any] = {}

  # --- What reading has to know.

  def requested_details(self) -> dict[str, Any]:
    """The folder and what becomes of its frames, if one is given."""
    given = options.current()
    if not given.source_dir:
      return {}
    return {**_format(given)._asdict(), "source_dir": _root(given.source_dir)}

  def use_details(self, details: dict[str, Any]) -> None:
    """Learns the shape of frames."""
    shape = [
      manifest_fields.integer(details, key, 1, high)
      for key, high in _FRAME_DETAILS.items()
    ]
    if shape[-1] == 2:
      raise ValueError("num_channels is 2, neither 1 nor 3")
    self.frame_height, self.frame_width, self.num_channels = shape

  def shortest(self, files: sequence_dataset.Files) -> int:
    """Frames of the shortest of these sequences."""
    # Of the data, not frames_per_sequence: long videos allow long windows.
    return sequence_dataset.SequenceDataset.shortest(self, files)

  # --- Generating.

  def source(self) -> dict[str, Any]:
    """The folder, how many videos, and a digest of them all."""
    return self._source

  def source_files(self, tmp_dir: Optional[str]) -> Optional[dict[str, str]]:
    """The videos of the folder, if one is given and there."""
    del tmp_dir
    folder = options.current().source_dir
    if not folder:
      return None
    return source_folder.held(_root(folder), video_files.EXTENSIONS)

  def prepare_to_generate(self, data_dir: str, tmp_dir: str) -> None:
    """Looks at every header, and says who is in which split."""
    given = options.current()
    if not given.source_dir:
      raise UserError(
        f"{self.name}: say where the videos are with --source_dir"
      )
    self._root = _root(given.source_dir)
    self._format = _format(given)
    names = source_folder.find(self._root, video_files.EXTENSIONS)
    digests = source_folder.digests(self._root, names)
    names = source_folder.without_copies(names, digests, self._root)
    videos = {video.name: video for video in self._long_enough(names)}
    self._videos = {
      split: [videos[name] for name in chosen]
      for split, chosen in source_folder.split(list(videos), self._root).items()
    }
    self._source = {
      "source_dir": self._root,
      "videos": len(videos),
      "sha256": source_folder.sha256_of_all({n: digests[n] for n in videos}),
    }

  def num_sequences(self, split: str) -> int:
    """As far as the headers are right: some containers only estimate."""
    return sum(
      1 + max(0, v.num_frames - self.frames_per_sequence) // _MAX_FRAMES
      for v in self._videos[split]
    )

  def generate_sequences(
    self, data_dir: str, tmp_dir: str, split: str
  ) -> Iterator[tuple[str, np.ndarray]]:
    """Yields ("file/first-last", uint8 [time, height, width, channels])."""
    parts = [self._parts(video.name) for video in self._videos[split]]
    with contextlib.closing(threads.chain_ahead(parts)) as decoded:
      yield from decoded

  def _parts(self, name: str) -> Iterator[tuple[str, np.ndarray]]:
    """Yields (id, uint8 [time, ...]): a video in parts, none of them short."""
    first, frames = 1, []
    enough = _MAX_FRAMES + self.frames_per_sequence
    for frame in video_files.decode(self._path(name), self._format):
      frames.append(frame)
      if len(frames) == enough:
        yield _id(name, first, _MAX_FRAMES), np.stack(frames[:_MAX_FRAMES])
        first += _MAX_FRAMES
        frames = frames[_MAX_FRAMES:]
    if len(frames) >= self.frames_per_sequence:
      yield _id(name, first, len(frames)), np.stack(frames)
    else:  # although the header announced more
      self._report_short([_Video(name, len(frames))])

  def _long_enough(self, names: list[str]) -> list[_Video]:
    """Looks at every header; names all that are too short at once."""
    videos = []
    for name in progress.bar(names, label="reading headers", unit="files"):
      header = video_files.probe(self._path(name))
      count = video_files.num_frames(header, self._format, self._path(name))
      videos.append(_Video(name, count))
    # A header of 0 frames does not know.
    short = [v for v in videos if 0 < v.num_frames < self.frames_per_sequence]
    self._report_short(short)
    return [v for v in videos if v not in short]

  def _report_short(self, short: list[_Video]) -> None:
    if not short:
      return
    listed = source_changes.some([f"{v.name} ({v.num_frames})" for v in short])
    message = (
      f"{self._root}: {len(short)} videos have fewer than "
      f"{self.frames_per_sequence} frames: {listed}"
    )
    if not options.current().allow_missing:
      raise UserError(
        f"{message}. Take them away, or have them left out with "
        "--allow_missing."
      )
    tf.logging.warning("%s. They are left out.", message)

  def _path(self, name: str) -> str:
    return os.path.join(self._root, name)


def read_video(
  like: Union[Mapping[str, Any], options.Options], path: str
) -> np.ndarray:
  """One video, read as a data set reads its own.

  Args:
    like: the data set's details, as its manifest keeps them (`VideoFolder()
      .store(data_dir).details()`): size, rate, colour and aspect; or options
      of generation.
    path: the video.

  Returns:
    uint8 [time, height, width, channels].

  Raises:
    UserError: there is no such video, or it is damaged or of no use; names it.
  """
  if isinstance(like, options.Options):
    video_format = _format(like)
  else:
    video_format = frame_format.Format(
      **{k: like[k] for k in frame_format.Format._fields if k in like}
    )
  return np.stack(list(video_files.decode(path, video_format)))


def _format(given: options.Options) -> frame_format.Format:
  return frame_format.Format(
    given.frame_size,
    given.frame_size,
    1 if given.grey else 3,
    given.aspect,
    given.frame_rate,
  )


def _root(source_dir: str) -> str:
  return os.path.abspath(os.path.expanduser(source_dir))


def _id(name: str, first: int, num_frames: int) -> str:
  """E.g. "kitchen/cam1.mp4/301-600": from 1, of what --frame_rate leaves."""
  return f"{name}/{first}-{first + num_frames - 1}"
