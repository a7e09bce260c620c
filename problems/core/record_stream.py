"""From files of sequences to a stream of records, with tf.data.

One record is one sequence. Here they come in the stored order; in a random one
they are read where they lie (`record_places`).
"""

from collections.abc import Sequence
from typing import NamedTuple, Optional

import numpy as np
import tensorflow.compat.v1 as tf


class Selection(NamedTuple):
  """Which sequences of a split are read.

  Attributes:
    masks: of each file, which of its sequences; None for all.
    max_records: so many of these at most, -1 for all.
    partition_id, num_partitions: of these each num_partitions-th.
  """

  masks: Optional[Sequence[np.ndarray]] = None
  max_records: int = -1
  partition_id: int = 0
  num_partitions: int = 1

  @property
  def is_whole(self) -> bool:
    """Whether it reaches the end: it may take sequences evenly apart."""
    return self.max_records < 0

  def indices(self, num_records: int) -> np.ndarray:
    """Which of the records of all files, in the stored order."""
    taken = np.arange(num_records)
    if self.masks is not None:
      taken = taken[np.concatenate(self.masks)]
    if self.max_records >= 0:
      taken = taken[: self.max_records]
    return taken[self.partition_id :: self.num_partitions]


def read(paths: Sequence[str], selection: Selection) -> tf.data.Dataset:
  """Serialized sequences, file after file.

  Args:
    paths: the files.
    selection: which sequences of them.
  """
  dataset = tf.data.TFRecordDataset(
    tf.constant(list(paths), tf.string), buffer_size=8 * 2**20
  )
  if selection.masks is not None:
    dataset = _masked(dataset, np.concatenate(selection.masks))
  dataset = dataset.take(selection.max_records)
  if selection.num_partitions > 1:
    dataset = dataset.shard(selection.num_partitions, selection.partition_id)
  return dataset


def _masked(dataset: tf.data.Dataset, mask: np.ndarray) -> tf.data.Dataset:
  """The records whose entry of `mask`, bool, is true."""
  pairs = tf.data.Dataset.zip(
    (dataset, tf.data.Dataset.from_tensor_slices(mask))
  )
  return pairs.filter(lambda _, taken: taken).map(lambda record, _: record)
