"""Parts of a split: the records of some items, before they go to shards.

A part is a TFRecord file in the hidden folder that a split is written in. It
has its name only when it is whole, so that a generation that was killed goes on
with the parts that it finds, and two workers may make the same one.
"""

from collections.abc import Iterable, Iterator
import contextlib
import os
import struct
from typing import Optional
import uuid

import tensorflow.compat.v1 as tf

from problems.core import shard_files
from problems.core import shard_writer
from problems.files import tfrecord
from t2t_af.errors import UserError

_PLAN = "plan"
_NUM_STEPS = struct.Struct("<Q")


@contextlib.contextmanager
def kept_folder(folder: str, plan: str) -> Iterator[None]:
  """Makes a folder that is gone afterwards, but not when something goes wrong.

  Args:
    folder: what is in it stays only if it was made by the same plan.
    plan: what everything in it follows from.
  """
  path = os.path.join(folder, _PLAN)
  if content(path) != plan.encode():
    shard_writer.remove(folder)
    with shard_writer.errors_of_writing(os.path.dirname(folder)):
      tf.gfile.MakeDirs(folder)
      shard_files.write(path, plan.encode())
  yield
  shard_writer.remove(folder)


@contextlib.contextmanager
def settled(path: str) -> Iterator[shard_writer.Writer]:
  """A writer of a file that has its name once it is whole."""
  temporary = f"{path}.{uuid.uuid4().hex}"
  with contextlib.closing(shard_writer.Writer(temporary)) as writer:
    yield writer
  with shard_writer.errors_of_writing(os.path.dirname(path)):
    shard_files.settle(temporary, path)


def write(path: str, records: Iterable[shard_writer.Record]) -> int:
  """Writes a part; returns how many records it has."""
  count = 0
  with settled(path) as writer:
    for data, num_steps in records:
      framed = _NUM_STEPS.pack(num_steps) + data
      writer.write(shard_writer.Record(framed, num_steps))
      count += 1
  return count


def read(path: str) -> Iterator[shard_writer.Record]:
  """The records of a part.

  Raises:
    UserError: it is damaged.
  """
  with tf.gfile.Open(path, "rb") as stream:
    for record in tfrecord.read(stream, path, size=shard_files.size(path)):
      (num_steps,) = _NUM_STEPS.unpack_from(record.data)
      yield shard_writer.Record(record.data[_NUM_STEPS.size :], num_steps)


def count(path: str) -> Optional[int]:
  """How many records a part has; None if it is not there, or damaged."""
  if shard_files.size(path) is None:
    return None
  try:
    return sum(1 for _ in read(path))
  except UserError:
    return None


def content(path: str) -> Optional[bytes]:
  """The bytes of a file; None if it is not there."""
  if shard_files.size(path) is None:
    return None
  with tf.gfile.Open(path, "rb") as stream:
    return stream.read()
