"""From files of sequences to a stream of records, with tf.data.

One record is one sequence. Records are shuffled before anything is decoded.
"""

from collections.abc import Sequence
import re
from typing import Any, NamedTuple, Optional

import numpy as np
import tensorflow.compat.v1 as tf

# Memory that the shuffle buffer may take: whole sequences are waiting in it.
_SHUFFLE_BYTES = 128 * 2**20
# Files read at once in training. Neighbours in a file are often neighbours in
# the source (one day, one robot), so a batch is drawn from many files.
_FILES_AT_ONCE = 16


class Selection(NamedTuple):
  """Which sequences of a split are read.

  Attributes:
    masks: of each file, which of its sequences; None for all.
    max_records: so many of these at most, -1 for all.
    partition_id, num_partitions: of these each num_partitions-th.
  """

  masks: Optional[Sequence[np.ndarray]]
  max_records: int
  partition_id: int
  num_partitions: int

  @property
  def is_whole(self) -> bool:
    """Whether it reaches the end: it may take sequences evenly apart."""
    return self.max_records < 0


class Shuffling(NamedTuple):
  """How the records of a split are shuffled.

  Attributes:
    seed: beside the graph's seed; None if there is none.
    buffer_size: at most so many records are shuffled at once.
    record_bytes: mean size of a record, to bound the memory.
  """

  seed: Optional[int]
  buffer_size: int
  record_bytes: int


def read(
  paths: Sequence[str], selection: Selection, shuffling: Optional[Shuffling]
) -> tf.data.Dataset:
  """Serialized sequences: those of `selection`.

  Args:
    paths: the files.
    selection: which sequences of them.
    shuffling: a new order in every epoch; None always gives the stored order.
  """
  masks, limit = selection.masks, selection.max_records
  if not shuffling:
    dataset = _stored_order(paths, masks).take(limit)
  elif limit >= 0:
    dataset = _stored_order(paths, masks).take(limit)
    dataset = dataset.shuffle(_buffer_size(shuffling), seed=shuffling.seed)
  else:
    dataset = _shuffled(paths, masks, shuffling)
  if selection.num_partitions > 1:
    dataset = dataset.shard(selection.num_partitions, selection.partition_id)
  return dataset


def _stored_order(
  paths: Sequence[str], masks: Optional[Sequence[np.ndarray]]
) -> tf.data.Dataset:
  """The records file after file; `masks` as in Selection."""
  dataset = tf.data.TFRecordDataset(
    tf.constant(list(paths), tf.string), buffer_size=8 * 2**20
  )
  return dataset if masks is None else _masked(dataset, np.concatenate(masks))


def _shuffled(
  paths: Sequence[str],
  masks: Optional[Sequence[np.ndarray]],
  shuffling: Shuffling,
) -> tf.data.Dataset:
  """The records of many files at once, in a new order in every epoch."""
  seed = shuffling.seed
  files: tuple[Any, ...] = (tf.constant(list(paths), tf.string),)
  if masks is not None:
    files += (_padded(masks),)
  dataset = tf.data.Dataset.from_tensor_slices(files)
  dataset = dataset.shuffle(max(1, len(paths)), seed=seed)
  dataset = dataset.interleave(
    _file_records,
    cycle_length=max(1, min(_FILES_AT_ONCE, len(paths))),
    num_parallel_calls=tf.data.AUTOTUNE,
  )
  return dataset.shuffle(
    _buffer_size(shuffling), seed=None if seed is None else seed + 1
  )


def _buffer_size(shuffling: Shuffling) -> int:
  """Records to shuffle at once, as far as the memory for them goes."""
  fitting = _SHUFFLE_BYTES // max(1, shuffling.record_bytes)
  return max(1, min(shuffling.buffer_size, fitting))


def _file_records(
  path: tf.Tensor, mask: Optional[tf.Tensor] = None
) -> tf.data.Dataset:
  """The records of one file."""
  dataset = tf.data.TFRecordDataset(path)
  return dataset if mask is None else _masked(dataset, mask)


def _masked(dataset: tf.data.Dataset, mask: Any) -> tf.data.Dataset:
  """The records whose entry of `mask`, bool [at least as many], is true."""
  pairs = tf.data.Dataset.zip(
    (dataset, tf.data.Dataset.from_tensor_slices(mask))
  )
  return pairs.filter(lambda _, taken: taken).map(lambda record, _: record)


def _padded(masks: Sequence[np.ndarray]) -> np.ndarray:
  """bool [files, records of the longest]."""
  padded = np.zeros([len(masks), max(map(len, masks))], bool)
  for row, mask in zip(padded, masks):
    row[: len(mask)] = mask
  return padded


def with_random_numbers(
  dataset: tf.data.Dataset, seed: Optional[int]
) -> tf.data.Dataset:
  """Pairs each record with a random integer >= 0, for its window.

  Drawn here, one after the other, because random numbers drawn inside a
  parallel map would come in another order on every run.
  """

  def _draw(record: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
    number = tf.random.uniform(
      [],
      maxval=tf.int32.max,
      dtype=tf.int32,
      seed=None if seed is None else seed + 2,
    )
    return record, number

  return dataset.map(_draw)


def op_seed(model_dir: Optional[str]) -> Optional[int]:
  """A seed for the input, beside the graph's; None if the graph has none.

  Fixed numbers, not counters of operations, so that two models under the same
  random_seed see the same sequences and windows. It depends on the step that
  training goes on from, because otherwise a resumed run would see the first
  part of the data again and never the rest.
  """
  if tf.get_default_graph().seed is None:
    return None
  latest = tf.train.latest_checkpoint(model_dir) if model_dir else None
  step = re.search(r"-(\d+)$", latest or "")
  # Four seeds are made from each: + 0, ..., + 3.
  return 17 + 4 * int(step.group(1)) if step else 17
