"""KTH Actions (Schuldt, Laptev, Caputo, 2004): the six zips, read in place."""

from collections.abc import Iterator, Sequence
import contextlib
import os
from typing import Any, Optional

import numpy as np
from tensor2tensor.utils import registry
import tensorflow.compat.v1 as tf

from problems.core import by_item
from problems.core import options
from problems.core import source_changes
from problems.core import source_folder
from problems.core import threads
from problems.core import video_problem
from problems.files import archives
from problems.files import download
from problems.files import frame_format
from problems.files import kth_sequences
from problems.files import video_files
from t2t_af.errors import UserError

_LISTING = "00sequences.txt"
_MIRRORS = (
  "https://www.csc.kth.se/cvap/actions/",
  "http://www.nada.kth.se/cvap/actions/",
)
_SIZE = 64
# A clip has a few MB.
_MAX_CLIP_BYTES = 64 * 2**20


@registry.register_problem
class VideoKth(by_item.SequencesByItem, video_problem.VideoSequenceProblem):
  """64x64 grey; 760 train, 768 dev, 863 test sequences of 24 to 362 frames.

  A sequence is a range of frames in `00sequences.txt`, in which seven wrong
  ranges are mended; splits are by person, as its authors made them. A range
  that goes on where its clip ends is cut there, and counted in the log.

  Frames are 160x120. As in the paper's code they become 64x64 with Pillow's
  bilinear filter, so people look a quarter thinner than life. Unlike there:
  - The last frame of a range is used. That code stops before it.
  - Levels stay what they are. That code wrote frames as floats with an imsave
    that stretched each of them from its darkest to its brightest level: frames
    of one scene then differ in contrast at random, and likelihoods are of
    pictures that nobody filmed.

  In --tmp_dir `00sequences.txt` and, for each action, either the zip as
  published, which is never unpacked, or a folder of that name; what is not
  there is downloaded. With --allow_missing no zip is downloaded, and clips
  that are not there are left out: a sample, not the data set.
  """

  frame_height = _SIZE
  frame_width = _SIZE
  num_channels = 1
  sequences_are_parts = True
  frames_per_sequence = 20  # at least; none has fewer than 24
  source_may_go = True
  # No checksums are published: what must be in the files is counted instead.
  num_clips = 599
  num_ranges = 2391

  def __init__(self, *args: Any, **kwargs: Any) -> None:
    super().__init__(*args, **kwargs)
    self._clips: list[kth_sequences.Clip] = []
    self._archives: dict[str, str] = {}
    self._num_missing = 0
    self._source: dict[str, Any] = {}

  def source(self) -> dict[str, Any]:
    """The zips or folders, by their sha256."""
    return self._source

  def source_files(self, tmp_dir: Optional[str]) -> Optional[dict[str, str]]:
    """The zips, and the clips of folders, that are there."""
    found: dict[str, str] = {}
    for action in kth_sequences.ACTIONS if tmp_dir else ():
      path = _local_action(action, os.path.expanduser(tmp_dir))
      if path is None:
        continue
      if os.path.isdir(path):
        clips = archives.digests(path)
        found.update({f"{action}/{name}": clips[name] for name in clips})
      else:
        found[os.path.basename(path)] = source_folder.sha256(path)
    return found or None

  def requested_details(self) -> dict[str, Any]:
    """That no clip is missing, unless `--allow_missing` is set."""
    # So that the complete data set takes the place of a sample of it.
    return {} if options.current().allow_missing else {"missing_clips": 0}

  def details(self, data_dir: str, tmp_dir: str) -> dict[str, Any]:
    """How many of the listed clips are missing."""
    return {"missing_clips": self._num_missing}

  def prepare_to_generate(self, data_dir: str, tmp_dir: str) -> None:
    """Reads the list, and finds the clips in zips or folders."""
    tmp_dir = os.path.expanduser(tmp_dir)
    listed = self._read_listing(tmp_dir)
    self._archives = {}
    for action in kth_sequences.ACTIONS:
      path = _find_action(action, tmp_dir)
      if path:
        self._archives[action] = path
    self._clips = self._present(listed, tmp_dir)
    self._num_missing = len(listed) - len(self._clips)
    for split in kth_sequences.PERSONS:
      if not self.num_sequences(split):
        raise UserError(
          f'{tmp_dir}: no clip of the split "{split}" (persons '
          f"{_persons(split)}) is there"
        )
    self._source = {
      action: self._describe_archive(action) for action in self._archives
    }

  def num_sequences(self, split: str) -> int:
    """As many as the list has ranges of these clips."""
    return kth_sequences.count_ranges(self.items(split))

  def items(self, split: str) -> list[kth_sequences.Clip]:
    """The clips of a split."""
    return list(kth_sequences.in_split(self._clips, split))

  def sequences_of(
    self, split: str, items: Sequence[kth_sequences.Clip]
  ) -> Iterator[tuple[str, np.ndarray]]:
    """Yields ("action/clip/first-last", uint8 [time, 64, 64, 1])."""
    num_cut = 0
    with contextlib.closing(self._decoded(items)) as decoded:
      for clip, frames in decoded:
        for first, last in clip.ranges:
          if self._is_long_enough(clip, (first, last), len(frames)):
            num_cut += last > len(frames)
            yield (
              f"{clip.action}/{clip.name}/{first}-{last}",
              frames[first - 1 : last],
            )
    if num_cut:
      tf.logging.info(
        '%s, split "%s": %d of %d sequences end before the last frame that '
        "%s lists, because their clips do.",
        self.name,
        split,
        num_cut,
        kth_sequences.count_ranges(items),
        _LISTING,
      )

  def _decoded(
    self, clips: Sequence[kth_sequences.Clip]
  ) -> Iterator[tuple[kth_sequences.Clip, np.ndarray]]:
    """Each clip and its frames, uint8 [time, 64, 64, 1]: on all cores."""
    video_format = frame_format.Format(
      self.frame_height, self.frame_width, self.num_channels, "stretch"
    )
    with contextlib.ExitStack() as stack:
      opened = {
        action: stack.enter_context(archives.Archive(path))
        for action, path in self._archives.items()
      }

      def _decode(
        item: tuple[kth_sequences.Clip, bytes],
      ) -> tuple[kth_sequences.Clip, np.ndarray]:
        clip, data = item
        where = opened[clip.action].describe(clip.filename)
        return clip, video_files.decode_bytes(data, video_format, where)

      data = (
        (clip, opened[clip.action].read(clip.filename, _MAX_CLIP_BYTES))
        for clip in clips
      )
      yield from threads.map_in_order(_decode, data)

  def _is_long_enough(
    self, clip: kth_sequences.Clip, listed: tuple[int, int], num_frames: int
  ) -> bool:
    """False for a sequence to leave out because its clip is too short."""
    first, last = listed
    if min(last, num_frames) - first + 1 >= self.frames_per_sequence:
      return True
    message = (
      f"{self._archives[clip.action]}: {clip.filename} has "
      f"{num_frames} frames, too few for the sequence {first}-{last} "
      f"in {_LISTING}"
    )
    if not options.current().allow_missing:
      raise UserError(f"{message}; --allow_missing leaves it out")
    tf.logging.warning("%s: it is left out.", message)
    return False

  def _read_listing(self, tmp_dir: str) -> list[kth_sequences.Clip]:
    path = download.fetch(_source(_LISTING), tmp_dir)
    with open(path, "rb") as listing:
      clips = kth_sequences.parse(listing.read().decode("latin-1"), path)
    num_ranges = kth_sequences.count_ranges(clips)
    if (len(clips), num_ranges) != (self.num_clips, self.num_ranges):
      raise UserError(
        f"{path}: expected {self.num_clips} clips with {self.num_ranges} "
        f"sequences, found {len(clips)} with {num_ranges}: it is damaged or "
        "another one; delete it to have the right one fetched"
      )
    return clips

  def _present(
    self, listed: list[kth_sequences.Clip], tmp_dir: str
  ) -> list[kth_sequences.Clip]:
    """The clips that are there; an error if that must be all of them."""
    names = {}
    for action, path in self._archives.items():
      with archives.Archive(path) as archive:
        names[action] = set(archive.names())
    missing = [c for c in listed if c.filename not in names.get(c.action, ())]
    if not missing:
      return listed
    some = source_changes.some([f"{c.action}/{c.filename}" for c in missing])
    message = (
      f"{tmp_dir}: {len(missing)} of {len(listed)} clips are missing: {some}"
    )
    if not options.current().allow_missing:
      raise UserError(
        f"{message}. Put them there, or make do with the others with "
        "--allow_missing."
      )
    tf.logging.warning(
      "%s: %s. What is made is a sample of KTH.", self.name, message
    )
    return [clip for clip in listed if clip not in set(missing)]

  def _describe_archive(self, action: str) -> dict[str, Any]:
    """What the manifest keeps of a zip or folder."""
    path = self._archives[action]
    if not os.path.isdir(path):
      return download.describe(_source(f"{action}.zip"), path)
    digests = archives.digests(path)
    return {"folder": path, "sha256": source_folder.sha256_of_all(digests)}


def _source(filename: str) -> download.Source:
  return download.Source(filename, tuple(m + filename for m in _MIRRORS))


def _local_action(action: str, tmp_dir: str) -> Optional[str]:
  """Zip or folder of an action; None if neither is there."""
  archive = os.path.join(tmp_dir, f"{action}.zip")
  folder = os.path.join(tmp_dir, action)
  return next(filter(os.path.exists, (archive, folder)), None)


def _find_action(action: str, tmp_dir: str) -> Optional[str]:
  """Zip or folder of an action; None if it is missing and may be."""
  path = _local_action(action, tmp_dir)
  if path is None and options.current().allow_missing:
    return None
  if path is not None and os.path.isdir(path):
    return path
  return download.fetch(_source(f"{action}.zip"), tmp_dir)


def _persons(split: str) -> str:
  return ", ".join(f"{p:02d}" for p in sorted(kth_sequences.PERSONS[split]))
