"""Records read by their number, from wherever in their files they lie.

A training goes through sequences in a random order. Reading each one where it
lies needs no buffer of records to shuffle in, and a training can go on in the
middle of an epoch without reading what comes before.
"""

from collections.abc import Sequence
import functools
import os
from typing import NamedTuple

import numpy as np
import tensorflow.compat.v1 as tf

from problems.core import record_stream
from problems.core import shards
from problems.core import training_order
from problems.files import tfrecord
from t2t_af.errors import UserError


class Places(NamedTuple):
  """Where each record is; [records] each."""

  files: np.ndarray  # int64, the number of its file
  offsets: np.ndarray  # int64, the byte at which it starts
  sizes: np.ndarray  # int64, its bytes with their framing


def find(
  files: Sequence[shards.Shard], selection: record_stream.Selection
) -> Places:
  """Those of a selection, in the stored order.

  Reads the headers of all records: some microseconds each.

  Raises:
    UserError: a file is damaged.
  """
  of_files = []
  for number, shard in enumerate(files):
    modified = tf.gfile.Stat(shard.path).mtime_nsec
    spans = _spans(shard.path, shard.num_bytes, modified)
    of_files.append(np.insert(spans, 0, number, axis=1))
  every = np.concatenate(of_files)
  return Places(*every[selection.indices(len(every))].T)


def read(
  files: Sequence[shards.Shard],
  selection: record_stream.Selection,
  order: training_order.Order,
) -> tf.data.Dataset:
  """Pairs of a serialized record and a random number, int32 >= 0, for its crop.

  Args:
    files: what is read.
    selection: which of their records.
    order: in which they follow.
  """
  places = find(files, selection)
  paths = tf.constant([shard.path for shard in files], tf.string)

  def _given(_: tf.Tensor) -> list[tf.Tensor]:
    # Not constants: the graph is written with every checkpoint.
    given = tf.numpy_function(lambda: places, [], [tf.int64] * len(places))
    return [tf.ensure_shape(array, [len(places.files)]) for array in given]

  def _records(
    numbers: tf.Tensor, offsets: tf.Tensor, sizes: tf.Tensor
  ) -> tf.data.Dataset:
    def _read(example: training_order.Example) -> tuple:
      index = example.index
      path = tf.gather(paths, numbers[index])
      return _record(path, offsets[index], sizes[index]), example.number

    examples = training_order.examples(len(places.files), order)
    return examples.map(_read, num_parallel_calls=tf.data.AUTOTUNE)

  return tf.data.Dataset.range(1).map(_given).flat_map(_records)


def _record(path: tf.Tensor, offset: tf.Tensor, size: tf.Tensor) -> tf.Tensor:
  """One record, its checksum verified."""
  from_there = tf.data.experimental.from_variant(
    tf.raw_ops.TFRecordDatasetV2(
      filenames=path, compression_type="", buffer_size=size, byte_offsets=offset
    ),
    tf.TensorSpec([], tf.string),
  )
  return tf.data.experimental.get_single_element(from_there.take(1))


@functools.cache
def _spans(path: str, num_bytes: int, modified: int) -> np.ndarray:
  """int64 [records, 2]: offset and size of each record of a file."""
  del modified  # Of the key: another one is another file.
  try:
    # Unbuffered where that can be had: of each record 12 bytes are needed.
    remote = "://" in path
    with (
      tf.gfile.Open(path, "rb")
      if remote
      else open(os.path.expanduser(path), "rb", buffering=0)
    ) as stream:
      spans = list(tfrecord.spans(stream, path, num_bytes))
  except UserError as error:
    raise UserError(shards.find_damage(path) or str(error)) from error
  return np.array(spans, np.int64).reshape([-1, 2])
