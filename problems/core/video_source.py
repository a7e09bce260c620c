"""A folder of videos: which there are, and what is wrong with them."""

from collections.abc import Mapping, Sequence
import os
from typing import Callable, NamedTuple, Optional, Union

import tensorflow.compat.v1 as tf

from problems.core import source_changes
from problems.core import source_folder
from problems.core import threads
from problems.files import frame_format
from problems.files import video_files
from problems.files import video_inputs
from t2t_af import progress
from t2t_af.errors import UserError


class Videos(NamedTuple):
  """The videos of a folder.

  Attributes:
    digests: {name: sha256 of the file or folder of pictures it is in}.
    num_frames: {name: how many frames it will give}, of those looked at.
    left_out: {name: why}.
    notes: {what becomes of videos that one may not expect: their names}.
  """

  digests: dict[str, str]
  num_frames: dict[str, int]
  left_out: dict[str, str]
  notes: dict[str, list[str]]


class Source(NamedTuple):
  """A folder, and how its videos are read.

  Attributes:
    root: the folder.
    video_format: what becomes of frames.
    shortest: frames that a video has at least.
    allow_missing: leaves out what cannot be used, instead of an error.
  """

  root: str
  video_format: frame_format.Format
  shortest: int
  allow_missing: bool

  def look(self, known: Callable[[str], Optional[str]]) -> Videos:
    """Finds the videos, and looks at each.

    Args:
      known: gives the sha256 of a video, by name, that need not be looked at
        unless it has changed; None of others.

    Raises:
      UserError: there are none, or one cannot be used.
    """
    digests, left_out = self._find()
    new = [name for name in digests if known(name) != digests[name]]
    num_frames: dict[str, int] = {}
    notes: dict[str, list[str]] = {}
    looks = threads.map_in_order(self._scan, new)
    for name, found in progress.bar(
      looks, total=len(new), label="looking at videos", unit="videos"
    ):
      if isinstance(found, UserError):
        left_out[name] = str(found)
        continue
      num_frames[name] = found.num_frames
      for note in found.notes:
        notes.setdefault(note, []).append(source_changes.shown(name))
    self._check_left_out(left_out)
    short = [n for n in num_frames if num_frames[n] < self.shortest]
    left_out.update(self.report_short({n: num_frames[n] for n in short}))
    self._tell(notes)
    kept = {n: d for n, d in digests.items() if n not in left_out}
    shown = {source_changes.shown(n): why for n, why in left_out.items()}
    return Videos(kept, num_frames, shown, notes)

  def report_short(self, short: Mapping[str, int]) -> dict[str, str]:
    """{name: why} of videos to leave out, of {name: frames}.

    Raises:
      UserError: nobody said that videos may be left out.
    """
    if not short:
      return {}
    listed = source_changes.some([f"{n} ({c})" for n, c in short.items()])
    message = (
      f"{self.root}: {len(short)} videos have fewer than "
      f"{self.shortest} frames: {listed}"
    )
    if not self.allow_missing:
      raise UserError(
        f"{message}. Take them away, or have them left out with "
        "--allow_missing."
      )
    tf.logging.warning("%s. They are left out.", message)
    return {n: f"{count} frames" for n, count in short.items()}

  def path(self, name: str) -> str:
    """Where a video is."""
    return os.path.join(self.root, name)

  def _find(self) -> tuple[dict[str, str], dict[str, str]]:
    """{name: sha256} of the videos, without copies; {name: why} of bad ones."""
    listing = source_folder.listed(self.root)
    found = video_inputs.find(listing.names, self.root)
    if not found.sources:
      raise UserError(
        f"{self.root}: no files of video, folders of numbered pictures or "
        f"arrays in it, only {len(found.others)} others; the pictures of a "
        "video are in a folder of their own"
      )
    source_folder.tell_passed_over(self.root, listing, found.others)
    left_out: dict[str, str] = {}
    sources = {}
    for name in found.sources:
      try:
        sources[name] = source_folder.sha256(self.path(name))
      except UserError as error:
        self._leave_out(name, error, left_out)
    unique = source_folder.without_copies(list(sources), sources, self.root)
    digests = {}
    for name in unique:
      try:
        members = video_inputs.members(self.path(name), self.video_format)
        digests.update({name + member: sources[name] for member in members})
      except UserError as error:
        self._leave_out(name, error, left_out)
    return digests, left_out

  def _scan(self, name: str) -> tuple[str, Union[video_files.Scan, UserError]]:
    path = self.path(name)
    try:
      # To the end, if it may be left out: a part of it would be written else.
      return name, video_inputs.scan(
        path, self.video_format, whole=self.allow_missing
      )
    except UserError as error:
      if not self.allow_missing:
        raise
      return name, error

  def _leave_out(
    self, name: str, error: UserError, left_out: dict[str, str]
  ) -> None:
    if not self.allow_missing:
      raise error
    left_out[name] = str(error)

  def _check_left_out(self, left_out: Mapping[str, str]) -> None:
    if left_out:
      tf.logging.warning(
        "%s: left out, because they cannot be used: %s: %s.",
        self.root,
        _videos(len(left_out)),
        "; ".join(list(left_out.values())[:3]),
      )

  def _tell(self, notes: Mapping[str, Sequence[str]]) -> None:
    for note, names in notes.items():
      tf.logging.warning(
        "%s: of %s: %s (%s).",
        self.root,
        _videos(len(names)),
        note,
        source_changes.some(names),
      )


def _videos(count: int) -> str:
  return "1 video" if count == 1 else f"{count} videos"


def source_files(root: str) -> Optional[dict[str, str]]:
  """{name: sha256} of files and folders with videos; None without `root`."""
  if not os.path.isdir(root):
    return None
  sources = video_inputs.find(source_folder.listed(root).names, root).sources
  found = {}
  for name in progress.bar(
    sources, label=f"checking {os.path.basename(root)}", unit="files"
  ):
    try:
      found[name] = source_folder.sha256(os.path.join(root, name))
    except UserError as error:
      found[name] = str(error)
  return found
