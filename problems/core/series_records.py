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


def random_windows(
  source: Series, number: tf.Tensor, length: int
) -> sequence_records.Window:
  """As many windows as would fit side by side, each from anywhere.

  Args:
    source: what they are cut from.
    number: int32 scalar, the seed of the places.
    length: steps of a window.

  Returns:
    steps // length windows.
  """
  num_steps = tf.shape(source.values)[0]
  starts = tf.random.stateless_uniform(
    [num_steps // length],
    seed=[number, 0],
    maxval=num_steps - length + 1,
    dtype=tf.int32,
  )
  return _cut(source, starts, length)


def tiled_windows(
  source: Series, num_inputs: int, num_targets: int
) -> sequence_records.Window:
  """Windows whose targets follow each other without a gap or an overlap.

  Args:
    source: what they are cut from.
    num_inputs, num_targets: steps of a window.
  """
  windows = num_tiled(tf.shape(source.values)[0], num_inputs, num_targets)
  return _cut(source, num_targets * tf.range(windows), num_inputs + num_targets)


def num_tiled(num_steps: Any, num_inputs: int, num_targets: int) -> Any:
  """How many such windows there are in `num_steps` steps (int or tensor)."""
  return (num_steps - num_inputs) // num_targets


def _cut(
  source: Series, starts: tf.Tensor, length: int
) -> sequence_records.Window:
  windows = tf.gather(source.values, starts[:, None] + tf.range(length)[None])
  return sequence_records.Window(
    tf.ensure_shape(windows, [None, length, source.values.shape[-1]]),
    tf.fill(tf.shape(starts), source.sequence_id),
    starts,
  )
