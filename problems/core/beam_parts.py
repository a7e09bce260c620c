"""Parts of a split: the records of some items, before they go to shards.

A part is a TFRecord file in the hidden folder that a split is written in. It
has its name only when it is whole, so that a generation that was killed goes on
with the parts that it finds, and two workers may make the same one.
"""

from collections.abc import Iterable, Iterator
import contextlib
import os
import struct
import threading
from typing import Optional
import uuid

import tensorflow.compat.v1 as tf

from problems.core import shard_files
from problems.core import shard_writer
from problems.files import tfrecord
from t2t_af import progress
from t2t_af.errors import UserError

_PLAN = "plan"
_SECONDS_BETWEEN_LOOKS = 2.0
_NUM_STEPS = struct.Struct("<Q")


@contextlib.contextmanager
def kept_folder(folder: str, plan: str) -> Iterator[None]:
  """Makes a folder that is gone afterwards, but not when something goes wrong.

  Args:
    folder: what is in it stays only if it was made by the same plan.
    plan: what everything in it follows from.
  """
  plan_path = os.path.join(folder, _PLAN)
  if content(plan_path) != plan.encode():
    shard_writer.remove(folder)
    with shard_writer.errors_of_writing(os.path.dirname(folder)):
      tf.gfile.MakeDirs(folder)
      shard_files.write(plan_path, plan.encode())
  for unfinished in shard_files.matching(folder, "part-?????.*"):
    tf.gfile.Remove(unfinished)
  yield
  shard_writer.remove(folder)


def path_of(folder: str, number: int) -> str:
  """Where a part is."""
  return os.path.join(folder, f"part-{number:05d}")


@contextlib.contextmanager
def progress_shown(folder: str, total: int, label: str) -> Iterator[None]:
  """Counts the parts that are there, out of `total`, in a progress bar.

  Whatever runs the pipeline, and on however many machines.
  """
  stopped = threading.Event()
  bar = progress.bar(total=total, label=label, unit="parts")

  def _watch() -> None:
    waits = True
    while waits:
      waits = not stopped.wait(_SECONDS_BETWEEN_LOOKS)
      bar.update(len(shard_files.matching(folder, "part-?????")) - bar.n)

  watch = threading.Thread(target=_watch, daemon=True)
  watch.start()
  try:
    yield
  finally:
    stopped.set()
    watch.join()
    bar.close()


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
