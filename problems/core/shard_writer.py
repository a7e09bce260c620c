"""Writing records to TFRecord files; what goes wrong is a UserError."""

import collections
from collections.abc import Iterable, Iterator
import contextlib
import os
from typing import NamedTuple, Optional

import tensorflow.compat.v1 as tf

from t2t_af.errors import UserError


class Record(NamedTuple):
  """A serialized sequence, and how many time steps it has."""

  data: bytes
  num_steps: int


def write(
  records: Iterable[Record], paths: list[str], num_records: Optional[int]
) -> list[dict[int, int]]:
  """Writes records to files, spread evenly.

  Args:
    records: the sequences.
    paths: the files.
    num_records: how many there will be, if known: then neighbours stay
      together, as they were in the source, so that reading several files at
      once mixes distant ones. Else they are dealt out in turn.

  Returns:
    Of each file, how many records there are of each length: {steps: records}.

  Raises:
    UserError: a file cannot be written. Errors of `records` itself are passed
      on as they are.
  """
  with contextlib.ExitStack() as stack:
    writers = [
      stack.enter_context(contextlib.closing(_Writer(path))) for path in paths
    ]
    for i, record in enumerate(records):
      shard = i % len(paths)
      if num_records:
        shard = min(i, num_records - 1) * len(paths) // num_records
      writers[shard].write(record)
  return [writer.lengths for writer in writers]


@contextlib.contextmanager
def temporary_folder(folder: str) -> Iterator[None]:
  """Makes a folder, empty, that is gone afterwards, whatever happens."""
  _remove(folder)  # left by a killed generation
  try:
    with errors_of_writing(os.path.dirname(folder)):
      tf.gfile.MakeDirs(folder)
    yield
  finally:
    _remove(folder)


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


class _Writer:
  """A TFRecord file that counts its records by their length."""

  def __init__(self, path: str) -> None:
    self._folder = os.path.dirname(path)
    self.lengths: dict[int, int] = collections.Counter()
    with errors_of_writing(self._folder):
      self._writer = tf.python_io.TFRecordWriter(path)

  def write(self, record: Record) -> None:
    """Appends a record."""
    with errors_of_writing(self._folder):
      self._writer.write(record.data)
    self.lengths[record.num_steps] += 1

  def close(self) -> None:
    """Ends the file."""
    with errors_of_writing(self._folder):
      self._writer.close()


def _remove(folder: str) -> None:
  if tf.gfile.Exists(folder):
    tf.gfile.DeleteRecursively(folder)
