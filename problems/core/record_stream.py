"""From files of sequences to a stream of records, with tf.data.

One record is one sequence. Records are shuffled before anything is decoded.
"""

from collections.abc import Iterable, Iterator, Sequence
import itertools
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

  def select(self, items: Iterable[Any]) -> Iterator[Any]:
    """Those of `items`, one for each sequence of the split in order."""
    if self.masks is not None:
      items = itertools.compress(items, np.concatenate(self.masks))
    limit = self.max_records if self.max_records >= 0 else None
    return itertools.islice(
      itertools.islice(items, limit),
      self.partition_id,
      None,
      self.num_partitions,
    )


def records(
  paths: Sequence[str], masks: Optional[Sequence[np.ndarray]] = None
) -> tf.data.Dataset:
  """Serialized sequences, file after file: always in the same order.

  Args:
    paths: the files.
    masks: of each file, which of its records are read; None reads all.
  """
  dataset = tf.data.TFRecordDataset(
    tf.constant(list(paths), tf.string), buffer_size=8 * 2**20
  )
  return dataset if masks is None else _masked(dataset, np.concatenate(masks))


def shuffled_records(
  paths: Sequence[str],
  seed: Optional[int],
  buffer_size: int,
  record_bytes: int,
  max_records: int = -1,
  masks: Optional[Sequence[np.ndarray]] = None,
) -> tf.data.Dataset:
  """Serialized sequences, in a new order in every epoch.

  Args:
    paths: the files.
    seed: beside the graph's seed; None if there is none.
    buffer_size: at most so many records are shuffled at once.
    record_bytes: mean size of a record, to bound the memory.
    max_records: shuffles only the first ones; -1 takes all.
    masks: as `records`.
  """
  files_at_once = max(1, min(_FILES_AT_ONCE, len(paths)))
  buffer_size = max(1, min(buffer_size, _SHUFFLE_BYTES // max(1, record_bytes)))
  if max_records >= 0:
    return (
      records(paths, masks).take(max_records).shuffle(buffer_size, seed=seed)
    )
  files = (tf.constant(list(paths), tf.string),)
  if masks is not None:
    files += (_padded(masks),)
  dataset = tf.data.Dataset.from_tensor_slices(files)
  dataset = dataset.shuffle(max(1, len(paths)), seed=seed)
  dataset = dataset.interleave(
    _file_records,
    cycle_length=files_at_once,
    num_parallel_calls=tf.data.AUTOTUNE,
  )
  return dataset.shuffle(buffer_size, seed=None if seed is None else seed + 1)


def _file_records(
  path: tf.Tensor, mask: Optional[tf.Tensor] = None
) -> tf.data.Dataset:
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

  def _draw(record):
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
