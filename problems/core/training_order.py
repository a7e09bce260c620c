"""In which order training goes through its examples, and which crops it takes.

Example number n of a training, from 0, is in epoch n // N of a data set with N
examples. An epoch goes through all of them in an order of its own, which
follows from the seed and the epoch alone. So a training that goes on from a
checkpoint sees what an unbroken one sees, and nothing of it has to be saved or
read again: example number `first` is found at once.
"""

import re
from typing import NamedTuple, Optional, Union

import tensorflow.compat.v1 as tf

from t2t_af import random_keys
from t2t_af import workers

_PURPOSE = 17  # Of the keys; another one has other orders.


class Share(NamedTuple):
  """Which examples are one worker's, of those that all of them take.

  Each step has `batch` examples of the first worker, then as many of the next.

  Attributes:
    batch: examples of a step that are one worker's.
    worker: its number.
    num_workers: one has all.
  """

  batch: int = 1
  worker: int = 0
  num_workers: int = 1


ALL = Share()


class Order(NamedTuple):
  """How examples follow each other.

  Attributes:
    keys: of the order and of the crops.
    first: number of the example that comes first; those before are over.
    repeats: whether epoch follows epoch; else the first one's rest is all.
    shuffled: whether epochs have orders of their own; else the stored one.
    share: of these, which are given.
  """

  keys: tuple[int, int]
  first: int = 0
  repeats: bool = False
  shuffled: bool = True
  share: Share = ALL


class Example(NamedTuple):
  """int64 scalar, which one; int32 scalar >= 0, at random, for its crop."""

  index: tf.Tensor
  number: tf.Tensor


def keys(seed: Optional[int]) -> tuple[int, int]:
  """From the graph's seed, and another one beside it."""
  of_order, of_crops = random_keys.draw(2, _PURPOSE, seed or 0)
  return of_order, of_crops


def step_of(model_dir: Optional[str]) -> int:
  """The step that a training in model_dir goes on from, or its chief's."""
  if model_dir and workers.here().count > 1:
    return workers.here().first_step
  latest = tf.train.latest_checkpoint(model_dir) if model_dir else None
  step = re.search(r"-(\d+)$", latest or "")
  return int(step.group(1)) if step else 0


def examples(
  num_examples: Union[int, tf.Tensor], order: Order
) -> tf.data.Dataset:
  """The examples from number `order.first` on, a dataset of `Example`.

  Args:
    num_examples: N above, at least 1.
    order: in which they follow.
  """
  total = tf.cast(num_examples, tf.int64)
  with tf.control_dependencies([tf.assert_positive(total)]):
    epoch = order.first // total
    start = order.first % total
  of_order, of_crops = order.keys

  def _of_epoch(number: tf.Tensor) -> tf.data.Dataset:
    index = tf.range(total)
    if order.shuffled:
      index = tf.random.experimental.stateless_shuffle(
        index, tf.stack([of_order, number]), alg="philox"
      )
    crops = tf.random.stateless_uniform(
      [total],
      tf.stack([of_crops, number]),
      maxval=tf.int32.max,
      dtype=tf.int32,
      alg="philox",
    )
    over = tf.where(tf.equal(number, epoch), start, 0)
    return tf.data.Dataset.from_tensor_slices(
      Example(index[over:], crops[over:])
    )

  end = tf.int64.max if order.repeats else epoch + 1
  every = tf.data.Dataset.range(epoch, end).flat_map(_of_epoch)
  share = order.share
  if share.num_workers == 1:
    return every
  batches = every.batch(share.batch).shard(share.num_workers, share.worker)
  return batches.unbatch()
