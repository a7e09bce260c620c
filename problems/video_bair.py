"""BAIR robot pushing (Ebert et al., 2017): the real archive, read in place."""

from collections.abc import Iterator, Sequence
import os
import tarfile
from typing import Any, NamedTuple

import numpy as np
from tensor2tensor.data_generators import problem
from tensor2tensor.utils import registry
import tensorflow.compat.v1 as tf

from problems.core import by_item
from problems.core import video_problem
from problems.files import archive_sources
from problems.files import download
from problems.files import tfrecord
from t2t_af.errors import UserError

_ROOT = "softmotion30_44k"
_FOLDERS = ("train", "test")
_NUM_FRAMES = 30
_FRAME_SHAPE = (64, 64, 3)
_FRAME_BYTES = 64 * 64 * 3
# image_main, image_aux1, action, endeffector_pos.
_FEATURES_PER_FRAME = 4
_VALIDATION_FILES = 2


class _Member(NamedTuple):
  """A TFRecord file: a stretch of `path`, the tar or the file itself."""

  name: str
  path: str
  start: int
  num_bytes: int

  def describe(self) -> str:
    if os.path.basename(self.name) == os.path.basename(self.path):
      return self.path
    return f"{self.path}: {self.name} (at byte {self.start} of the archive)"


@registry.register_problem
class VideoBair(by_item.SequencesByItem, video_problem.VideoSequenceProblem):
  """64x64 colour, 30 frames; 42,752 train, 512 dev, 256 test sequences.

  Camera `image_aux1`, as everybody uses. `test/` is the test split and the last
  two files of `train/`, sorted by name, are the dev split; everything else is
  training data. (tensor2tensor cuts an unsorted list, so its split differs from
  machine to machine.)

  In --tmp_dir either the archive as published, which is never unpacked, or the
  folder `softmotion30_44k` out of it.
  """

  frame_height, frame_width, num_channels = _FRAME_SHAPE
  frames_per_sequence = _NUM_FRAMES
  archive = download.Source(
    filename="bair_robot_pushing_dataset_v0.tar",
    urls=(
      "http://rail.eecs.berkeley.edu/datasets/"
      "bair_robot_pushing_dataset_v0.tar",
    ),
    num_bytes=32274964480,
    sha256="c6f8d164ab2be07174ef597e3e070d7466f3142caddc467b6af119b9458cd9cd",
  )
  # An unpacked folder has no checksum: its files are counted.
  num_files = {"train": 169, "test": 1}

  def __init__(self, *args: Any, **kwargs: Any) -> None:
    super().__init__(*args, **kwargs)
    self._members: dict[str, list[_Member]] = {}

  @property
  def dataset_splits(self) -> list[dict[str, Any]]:
    """100 files of training data, one of each other split."""
    # Many training files, because training mixes 16 of them at a time, and
    # neighbours in the source were filmed in one go.
    return [
      {"split": problem.DatasetSplit.TRAIN, "shards": 100},
      {"split": problem.DatasetSplit.EVAL, "shards": 1},
      {"split": problem.DatasetSplit.TEST, "shards": 1},
    ]

  def source(self) -> dict[str, Any]:
    """The archive as published."""
    return self.archive._asdict()

  def prepare_to_generate(self, data_dir: str, tmp_dir: str) -> None:
    """Finds the archive or folder, and where each file lies in it."""
    tmp_dir = os.path.expanduser(tmp_dir)
    folder = os.path.join(tmp_dir, _ROOT)
    archive = os.path.join(tmp_dir, self.archive.filename)
    if os.path.isdir(folder) and not os.path.exists(archive):
      self._members = self._index_folder(folder)
    else:
      self._members = _index_tar(download.fetch(self.archive, tmp_dir))
    if len(self._members["train"]) <= _VALIDATION_FILES:
      raise UserError(
        f"{tmp_dir}: {len(self._members['train'])} files in {_ROOT}/train; "
        f"more than {_VALIDATION_FILES} are needed, because the last ones "
        "are the dev split"
      )

  def num_sequences(self, split: str) -> int:
    """As many as there are records."""
    return sum(_count_records(m) for m in self.items(split))

  def sequences_of(
    self, split: str, items: Sequence[_Member]
  ) -> Iterator[tuple[str, np.ndarray]]:
    """Yields ("folder/file/number", uint8 [30, 64, 64, 3])."""
    for member in items:
      stem = os.path.splitext(member.name)[0]
      for number, record in enumerate(_records(member)):
        where = f"{member.describe()}, record {number} at byte {record.offset}"
        yield f"{stem}/{number}", parse_frames(record.data, where)

  def items(self, split: str) -> list[_Member]:
    """The files of a split."""
    if split == problem.DatasetSplit.TEST:
      return self._members["test"]
    if split == problem.DatasetSplit.EVAL:
      return self._members["train"][-_VALIDATION_FILES:]
    return self._members["train"][:-_VALIDATION_FILES]

  def _index_folder(self, folder: str) -> dict[str, list[_Member]]:
    members = {}
    for name in _FOLDERS:
      paths = sorted(tf.gfile.Glob(os.path.join(folder, name, "*.tfrecords")))
      if len(paths) != self.num_files[name]:
        raise UserError(
          f"{os.path.join(folder, name)}: expected {self.num_files[name]} "
          f"*.tfrecords files, found {len(paths)}: unpack the archive again, "
          f"or put {self.archive.filename} beside {_ROOT}"
        )
      members[name] = [
        _Member(f"{name}/{os.path.basename(p)}", p, 0, os.path.getsize(p))
        for p in paths
      ]
    return members


def parse_frames(serialized: bytes, where: str) -> np.ndarray:
  """The frames of camera `image_aux1` in one tf.train.Example.

  Despite the key's name they are not encoded: raw RGB, row by row.

  Args:
    serialized: an Example with four features for each of 30 frames.
    where: what to call it in an error.

  Returns:
    uint8 [30, 64, 64, 3].
  """
  try:
    feature = tf.train.Example.FromString(serialized).features.feature
  except Exception as error:  # google.protobuf's DecodeError
    raise UserError(f"{where}: not a tf.train.Example ({error})") from error
  if len(feature) != _FEATURES_PER_FRAME * _NUM_FRAMES:
    raise UserError(
      f"{where}: {len(feature)} features instead of "
      f"{_FEATURES_PER_FRAME} for each of {_NUM_FRAMES} frames"
    )
  frames = []
  for i in range(_NUM_FRAMES):
    key = f"{i}/image_aux1/encoded"
    value = feature[key].bytes_list.value if key in feature else ()
    if len(value) != 1 or len(value[0]) != _FRAME_BYTES:
      content = f"{len(value[0])} bytes" if len(value) == 1 else "no image"
      raise UserError(
        f"{where}: {key} has {content} instead of {_FRAME_BYTES} bytes"
      )
    frames.append(np.frombuffer(value[0], np.uint8).reshape(_FRAME_SHAPE))
  return np.stack(frames)


def _index_tar(path: str) -> dict[str, list[_Member]]:
  """Where in the tar each TFRecord file lies; reads the headers only."""
  members = {name: [] for name in _FOLDERS}
  try:
    with tarfile.open(path, "r:") as tar:
      for info in tar:
        _refuse_odd_entry(info, path)
        parts = info.name.split("/")
        if parts[0] == ".":
          parts = parts[1:]
        if (
          info.isreg()
          and len(parts) == 3
          and parts[0] == _ROOT
          and parts[1] in members
          and parts[2].endswith(".tfrecords")
        ):
          members[parts[1]].append(
            _Member("/".join(parts[1:]), path, info.offset_data, info.size)
          )
  except (tarfile.TarError, OSError) as error:
    raise UserError(f"{path}: not a whole tar archive ({error})") from error
  for name, files in members.items():
    if not files:
      raise UserError(f"{path}: no files {_ROOT}/{name}/*.tfrecords in it")
    files.sort()
  return members


def _refuse_odd_entry(info: tarfile.TarInfo, path: str) -> None:
  """Nothing is unpacked, but an archive with such entries is not the one."""
  archive_sources.check_entry_name(info.name, path)
  if not (info.isreg() or info.isdir()):
    raise UserError(
      f"{path}: the entry {info.name} is neither a file nor a folder (a link?)"
    )


def _records(member: _Member) -> Iterator[tfrecord.Record]:
  try:
    with open(member.path, "rb") as stream:
      yield from tfrecord.read(
        stream, member.describe(), member.start, member.num_bytes
      )
  except OSError as error:
    raise UserError(f"{member.describe()}: cannot be read ({error})") from error


def _count_records(member: _Member) -> int:
  """How many records: all of them are as long as the first one."""
  first = next(_records(member), None)
  if first is None:
    return 0
  framing = tfrecord.HEADER_BYTES + tfrecord.FOOTER_BYTES
  return member.num_bytes // (len(first.data) + framing)
