"""Records of series, and windows of steps out of them.

A series is kept as the bytes of its float32 numbers, step after step.
"""

from typing import Any, NamedTuple

import numpy as np
import tensorflow.compat.v1 as tf

from problems.core import sequence_records

VALUES_KEY = "series/values"
_STORED = np.dtype("<f4")


def to_record(sequence_id: str, values: np.ndarray) -> bytes:
  """The serialized tf.Example of one series [steps, features]."""
  return sequence_records.serialized(
    sequence_id,
    {
      VALUES_KEY: sequence_records.bytes_feature(
        [np.ascontiguousarray(values, _STORED).tobytes()]
      ),
      "series/steps": sequence_records.int_feature(len(values)),
      "series/features": sequence_records.int_feature(values.shape[1]),
    },
  )


def decode(features: Any, num_features: int) -> np.ndarray:
  """float32 [steps, num_features] out of a record's features."""
  data = features[VALUES_KEY].bytes_list.value[0]
  return (
    np.frombuffer(data, _STORED).astype(np.float32).reshape([-1, num_features])
  )


class Series(NamedTuple):
  """float32 [steps, features], and a string scalar."""

  values: tf.Tensor
  sequence_id: tf.Tensor


def series(record: tf.Tensor, num_features: int) -> Series:
  """The series of a serialized record."""
  parsed = sequence_records.parse(
    record, {VALUES_KEY: tf.io.FixedLenFeature([], tf.string)}
  )
  values = tf.io.decode_raw(parsed[VALUES_KEY], tf.float32)
  return Series(
    tf.reshape(values, [-1, num_features]), parsed[sequence_records.ID_KEY]
  )


class Joined(NamedTuple):
  """Series one after the other.

  Attributes:
    values: float32 [all steps, features].
    num_steps: int64 [series], of each.
    sequence_ids: string [series].
  """

  values: tf.Tensor
  num_steps: tf.Tensor
  sequence_ids: tf.Tensor

  def num_windows(self, length: int) -> tf.Tensor:
    """As many windows as would fit side by side in each series."""
    return tf.reduce_sum(self.num_steps // length)


def joined(records: tf.Tensor, num_features: int) -> Joined:
  """The series of serialized records, string [series]."""
  parsed = tf.io.parse_example(
    records,
    {
      name: tf.io.FixedLenFeature([], tf.string)
      for name in (VALUES_KEY, sequence_records.ID_KEY)
    },
  )
  stored = parsed[VALUES_KEY]
  values = tf.io.decode_raw(tf.strings.reduce_join(stored), tf.float32)
  step_bytes = num_features * _STORED.itemsize
  return Joined(
    tf.reshape(values, [-1, num_features]),
    tf.cast(tf.strings.length(stored) // step_bytes, tf.int64),
    parsed[sequence_records.ID_KEY],
  )


def random_windows(
  every: Joined, index: tf.Tensor, number: tf.Tensor, length: int
) -> sequence_records.Window:
  """Windows from anywhere in their series.

  Args:
    every: what they are cut from.
    index: int64 [windows], below every.num_windows: the first so many are of
      the first series, as many as would fit in it side by side, and so on.
    number: int32 [windows] >= 0: a window starts at this step modulo the
      number of possible starts.
    length: steps of a window.
  """
  of_series = tf.searchsorted(
    tf.cumsum(every.num_steps // length), index, side="right"
  )
  num_starts = tf.gather(every.num_steps, of_series) - length + 1
  starts = tf.math.floormod(tf.cast(number, tf.int64), num_starts)
  before = tf.cumsum(every.num_steps, exclusive=True)
  return sequence_records.Window(
    _cut(every.values, tf.gather(before, of_series) + starts, length),
    tf.gather(every.sequence_ids, of_series),
    tf.cast(starts, tf.int32),
  )


def tiled_windows(
  source: Series, num_inputs: int, num_targets: int
) -> sequence_records.Window:
  """Windows whose targets follow each other without a gap or an overlap.

  Args:
    source: what they are cut from.
    num_inputs, num_targets: steps of a window.
  """
  count = num_tiled(tf.shape(source.values)[0], num_inputs, num_targets)
  starts = num_targets * tf.range(count)
  return sequence_records.Window(
    _cut(source.values, starts, num_inputs + num_targets),
    tf.fill(tf.shape(starts), source.sequence_id),
    starts,
  )


def num_tiled(num_steps: Any, num_inputs: int, num_targets: int) -> Any:
  """How many such windows there are in `num_steps` steps (int or tensor)."""
  return (num_steps - num_inputs) // num_targets


def _cut(values: tf.Tensor, starts: tf.Tensor, length: int) -> tf.Tensor:
  """Windows of values [steps, features]: [windows, length, features]."""
  steps = starts[:, None] + tf.range(length, dtype=starts.dtype)[None]
  return tf.ensure_shape(
    tf.gather(values, steps), [None, length, values.shape[-1]]
  )
