"""Writing records to TFRecord files; what goes wrong is a UserError."""

import collections
from collections.abc import Iterable, Iterator
import contextlib
import hashlib
import os
from typing import NamedTuple, Optional

import tensorflow.compat.v1 as tf

from problems.files import tfrecord
from t2t_af.errors import UserError


class Record(NamedTuple):
  """A serialized sequence, and how many time steps it has."""

  data: bytes
  num_steps: int


class Written(NamedTuple):
  """What was written to one file.

  Attributes:
    lengths: how many records there are of each length, {steps: records}.
    sha256: hexadecimal digest of the file.
    last_record: the byte at which the last record starts; None without any.
  """

  lengths: dict[int, int]
  sha256: str
  last_record: Optional[int]


def write(
  records: Iterable[Record], paths: list[str], num_records: Optional[int]
) -> list[Written]:
  """Writes records to files, spread evenly.

  Args:
    records: the sequences.
    paths: the files.
    num_records: how many there will be, if known: then neighbours stay
      together, as they were in the source, so that reading several files at
      once mixes distant ones. Else they are dealt out in turn.

  Returns:
    What is in each file.

  Raises:
    UserError: a file cannot be written. Errors of `records` itself are passed
      on as they are.
  """
  with contextlib.ExitStack() as stack:
    writers = [
      stack.enter_context(contextlib.closing(Writer(path))) for path in paths
    ]
    for i, record in enumerate(records):
      writers[shard_of(i, len(paths), num_records)].write(record)
  return [writer.written() for writer in writers]


def shard_of(position: int, num_shards: int, num_records: Optional[int]) -> int:
  """Which file the record at a position of the source goes to."""
  if not num_records:
    return position % num_shards
  return min(position, num_records - 1) * num_shards // num_records


@contextlib.contextmanager
def temporary_folder(folder: str) -> Iterator[None]:
  """Makes a folder, empty, that is gone afterwards, whatever happens."""
  remove(folder)  # left by a killed generation
  try:
    with errors_of_writing(os.path.dirname(folder)):
      tf.gfile.MakeDirs(folder)
    yield
  finally:
    remove(folder)


@contextlib.contextmanager
def errors_of_writing(folder: str) -> Iterator[None]:
  """Makes errors of the file system UserErrors that name the folder.

  For writing alone: an error of the source, around which this is not put, must
  not be called one of writing.
  """
  try:
    yield
  except (OSError, tf.errors.OpError) as error:
    reason = getattr(error, "message", None) or str(error)
    raise UserError(
      f"cannot write to {folder}: {reason} (is the disk full, or the folder "
      "read-only?)"
    ) from error


class Writer:
  """A TFRecord file that counts its records by their length.

  Its digest is of what should be in it, taken on the way there: a fault of the
  disk while it is written shows too.
  """

  def __init__(self, path: str) -> None:
    self._folder = os.path.dirname(path)
    self._lengths: dict[int, int] = collections.Counter()
    self._digest = hashlib.sha256()
    self._num_bytes = 0
    self._last_record: Optional[int] = None
    with errors_of_writing(self._folder):
      self._writer = tf.python_io.TFRecordWriter(path)

  def write(self, record: Record) -> None:
    """Appends a record."""
    with errors_of_writing(self._folder):
      self._writer.write(record.data)
    header, footer = tfrecord.framing(record.data)
    self._last_record = self._num_bytes
    for part in (header, record.data, footer):
      self._digest.update(part)
      self._num_bytes += len(part)
    self._lengths[record.num_steps] += 1

  def close(self) -> None:
    """Ends the file."""
    with errors_of_writing(self._folder):
      self._writer.close()

  def written(self) -> Written:
    """What was written so far."""
    return Written(self._lengths, self._digest.hexdigest(), self._last_record)


def remove(folder: str) -> None:
  """Deletes a folder and all that is in it, if it is there."""
  if tf.gfile.Exists(folder):
    tf.gfile.DeleteRecursively(folder)
