"""Your videos: a folder of files of any size, length and rate."""

from collections.abc import Iterator, Mapping, Sequence
import contextlib
import os
from typing import Any, Optional, Union

import av
import numpy as np
import PIL
from tensor2tensor.utils import registry
import tensorflow.compat.v1 as tf

from problems.core import by_item
from problems.core import manifest_fields
from problems.core import options
from problems.core import sequence_dataset
from problems.core import shard_entry
from problems.core import source_changes
from problems.core import source_folder
from problems.core import stored_videos
from problems.core import threads
from problems.core import video_problem
from problems.core import video_source
from problems.files import frame_format
from problems.files import video_inputs
from t2t_af.errors import UserError

# Longer videos become several sequences: reading takes in a whole record.
_MAX_FRAMES = 300
# What the manifest says of frames, each at least 1, at most ...
_FRAME_DETAILS = {"height": 2**14, "width": 2**14, "num_channels": 3}
# Details of before there were these options; None is as if they were not there.
_OPTIONAL = ("levels", "array_axes", "array_key")


@registry.register_problem
class VideoFolder(by_item.SequencesByItem, video_problem.VideoSequenceProblem):
  """Your own videos: t2t-datagen --problem=video_folder --source_dir=FOLDER.

  A video is a file, a folder of numbered pictures, or a NumPy array
  (docs/video_formats.md). Frames become squares of --frame_size (64) pixels.
  Of a frame of another shape, --aspect=crop (the default) takes the middle,
  --aspect=pad all, between black bars, and --aspect=stretch all, distorted.
  Frames are shrunk with a filter that averages (Pillow's bilinear). --grey
  keeps luma alone. --frame_rate takes the frames that are shown at its
  instants, by their time stamps; where none is new, one is repeated, and the
  log says so. The manifest keeps all this, and reading learns the shape of
  frames from it.

  Splits are by video: as subfolders train, dev and test say, else dealt out
  (see `source_folder`). A sequence is a video, or about 300 frames of a longer
  one, so that long videos weigh more. A video that is damaged, or of fewer than
  20 frames, is an error; with --allow_missing it is left out, and the log and
  the manifest say so. When the folder has grown, what did not change is kept.
  """

  source_flag = "--source_dir=<your folder>"
  # Until the manifest says otherwise.
  frame_height = frame_width = options.Options().frame_size
  num_channels = 3
  sequences_are_parts = True
  source_changed = "What did not change is kept."
  frames_per_sequence = 20  # at least: enough for every set of hparams

  def __init__(self, *args: Any, **kwargs: Any) -> None:
    super().__init__(*args, **kwargs)
    self._source: Optional[video_source.Source] = None
    self._found = video_source.Videos({}, {}, {}, {})
    self._splits: dict[str, list[str]] = {}
    self._stored = stored_videos.Stored(None, {}, {}, {}, {})

  # --- What reading has to know.

  def requested_details(self) -> dict[str, Any]:
    """The folder and what becomes of its frames, if one is given."""
    given = options.current()
    if not given.source_dir:
      return {}
    wanted = _format(given)._asdict()
    for key in _OPTIONAL:
      if wanted[key] is None:
        del wanted[key]
    if given.levels is not None:
      wanted["levels"] = list(wanted["levels"])  # as JSON has it
    return {**wanted, "source_dir": _root(given.source_dir)}

  def details(self, data_dir: str, tmp_dir: str) -> dict[str, Any]:
    """And which video is in which split, so that it stays there."""
    dealt = {
      self.file_split(split): list(map(source_changes.shown, names))
      for split, names in self._splits.items()
    }
    return {**self.requested_details(), shard_entry.SOURCE_SPLITS: dealt}

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
    """The folder, its videos, a digest of them all, and what became of them."""
    if self._source is None:
      return {}
    found = self._found
    return {
      "source_dir": self._source.root,
      "videos": len(found.digests),
      "sha256": source_folder.sha256_of_all(found.digests),
      "decoder": _decoder(),
      **({"left_out": found.left_out} if found.left_out else {}),
      **({"notes": found.notes} if found.notes else {}),
    }

  def source_files(self, tmp_dir: Optional[str]) -> Optional[dict[str, str]]:
    """The videos of the folder, if one is given and there."""
    del tmp_dir
    folder = options.current().source_dir
    return video_source.source_files(_root(folder)) if folder else None

  def prepare_to_generate(self, data_dir: str, tmp_dir: str) -> None:
    """Looks at every video, and says who is in which split."""
    given = options.current()
    if not given.source_dir:
      raise UserError(
        f"{self.name}: say where the videos are with --source_dir"
      )
    self._source = video_source.Source(
      _root(given.source_dir),
      _format(given),
      self.frames_per_sequence,
      given.allow_missing,
    )
    if data_dir:
      self._stored = stored_videos.find(
        self.store(data_dir), list(source_folder.SPLITS)
      )
    self._found = self._source.look(
      self._stored.reusable(self.requested_details(), _decoder())
    )
    self._splits = source_folder.split(
      list(self._found.digests),
      self._source.root,
      self._stored.splits_of(self._found.digests, self._source.root),
    )
    tf.logging.info(
      "%s: %d videos; %s.",
      self.name,
      len(self._found.digests),
      frame_format.describe(self._source.video_format),
    )
    new = self._found.digests.keys() & self._found.num_frames.keys()
    if len(new) < len(self._found.digests):
      tf.logging.warning(
        "%s: kept as they are stored: %d videos; read: %d.",
        self.name,
        len(self._found.digests) - len(new),
        len(new),
      )

  def num_sequences(self, split: str) -> int:
    """As far as the containers are right: some only estimate."""
    counts = self._found.num_frames
    kept = self._stored.sequences.get(self.file_split(split), {})
    return sum(
      1 + max(0, counts[name] - self.frames_per_sequence) // _MAX_FRAMES
      if name in counts
      else kept[source_changes.shown(name)]
      for name in self._splits[split]
    )

  def items(self, split: str) -> list[Optional[str]]:
    """The new videos; before them None, for all that are kept, if some are."""
    names = self._splits[split]
    new = [name for name in names if name in self._found.num_frames]
    return new if len(new) == len(names) else [None, *new]

  def sequences_of(
    self, split: str, items: Sequence[Optional[str]]
  ) -> Iterator[tuple[str, Any]]:
    """Yields ("file/first-last", uint8 [time, height, width, channels]).

    Those that are kept come first, as `stored_videos.Record`.
    """
    if None in items:
      new = self._found.num_frames
      kept = {
        source_changes.shown(n) for n in self._splits[split] if n not in new
      }
      for name, record in self._stored.records(self.file_split(split)):
        if stored_videos.video_name(name) in kept:
          yield name, record
    parts = [self._parts(name) for name in items if name is not None]
    with contextlib.closing(threads.chain_ahead(parts)) as decoded:
      yield from decoded

  def to_record(self, sequence_id: str, sequence: Any) -> bytes:
    """Frames encoded as PNG; a record that is kept as it is."""
    if isinstance(sequence, stored_videos.Record):
      return sequence.data
    return super().to_record(sequence_id, sequence)

  def _parts(self, name: str) -> Iterator[tuple[str, np.ndarray]]:
    """Yields (id, uint8 [time, ...]): a video in parts, none of them short."""
    first, frames = 1, []
    enough = _MAX_FRAMES + self.frames_per_sequence
    path, video_format = self._source.path(name), self._source.video_format
    for frame in video_inputs.decode(path, video_format):
      frames.append(frame)
      if len(frames) == enough:
        yield _id(name, first, _MAX_FRAMES), np.stack(frames[:_MAX_FRAMES])
        first += _MAX_FRAMES
        frames = frames[_MAX_FRAMES:]
    if len(frames) >= self.frames_per_sequence:
      yield _id(name, first, len(frames)), np.stack(frames)
    else:  # although the container announced more
      self._source.report_short({name: len(frames)})


def read_video(
  like: Union[Mapping[str, Any], options.Options], path: str
) -> np.ndarray:
  """One video, read as a data set reads its own.

  Args:
    like: the data set's details, as its manifest keeps them (`VideoFolder()
      .store(data_dir).details()`): size, rate, colour and aspect; or options
      of generation.
    path: the video: a file, a folder of numbered pictures, or one of several
      videos in an array, e.g. "takes.npy/3".

  Returns:
    uint8 [time, height, width, channels].

  Raises:
    UserError: there is no such video, or it is damaged or of no use; names it.
  """
  video_format = (
    _format(like) if isinstance(like, options.Options) else format_of(like)
  )
  frames = list(video_inputs.decode(path, video_format))
  if not frames:
    raise UserError(f"{path}: has no frame")
  return np.stack(frames)


def format_of(details: Mapping[str, Any]) -> frame_format.Format:
  """What became of frames, as a manifest's details keep it."""
  known = frame_format.Format._fields
  found = frame_format.Format(**{k: details[k] for k in known if k in details})
  if found.levels is None:
    return found
  return found._replace(levels=tuple(found.levels))


def _format(given: options.Options) -> frame_format.Format:
  levels = None
  if given.levels is not None:
    low, high = map(float, given.levels)
    levels = low, high
  return frame_format.Format(
    given.frame_size,
    given.frame_size,
    1 if given.grey else 3,
    given.aspect,
    given.frame_rate,
    levels,
    given.array_axes,
    given.array_key,
  )


def _decoder() -> str:
  """What frames depend on beside the files and the options."""
  return f"av {av.__version__}, pillow {PIL.__version__}"


def _root(source_dir: str) -> str:
  return os.path.abspath(os.path.expanduser(source_dir))


def _id(name: str, first: int, num_frames: int) -> str:
  """E.g. "kitchen/cam1.mp4/301-600": from 1, of what --frame_rate leaves."""
  shown = source_changes.shown(name)
  return f"{shown}/{first}-{first + num_frames - 1}"
