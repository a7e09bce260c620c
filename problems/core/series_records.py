"""Records of series, and windows of steps out of them.

A series is kept as the bytes of its float32 numbers, step after step.
"""

from typing import Any

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


def series(record: tf.Tensor, num_features: int) -> tf.Tensor:
  """float32 [steps, num_features] out of a serialized record."""
  data = tf.io.parse_single_example(
    record, {VALUES_KEY: tf.io.FixedLenFeature([], tf.string)}
  )[VALUES_KEY]
  return tf.reshape(tf.io.decode_raw(data, tf.float32), [-1, num_features])


def random_windows(
  values: tf.Tensor, number: tf.Tensor, length: int
) -> tf.Tensor:
  """As many windows as would fit side by side, each from anywhere.

  Args:
    values: float32 [steps, features].
    number: int32 scalar, the seed of the places.
    length: steps of a window.

  Returns:
    float32 [steps // length, length, features].
  """
  num_steps = tf.shape(values)[0]
  starts = tf.random.stateless_uniform(
    [num_steps // length],
    seed=[number, 0],
    maxval=num_steps - length + 1,
    dtype=tf.int32,
  )
  return _cut(values, starts, length)


def tiled_windows(
  values: tf.Tensor, num_inputs: int, num_targets: int
) -> tf.Tensor:
  """Windows whose targets follow each other without a gap or an overlap.

  Args:
    values: float32 [steps, features].
    num_inputs, num_targets: steps of a window.

  Returns:
    float32 [windows, num_inputs + num_targets, features].
  """
  windows = num_tiled(tf.shape(values)[0], num_inputs, num_targets)
  return _cut(values, num_targets * tf.range(windows), num_inputs + num_targets)


def num_tiled(num_steps: Any, num_inputs: int, num_targets: int) -> Any:
  """How many such windows there are in `num_steps` steps (int or tensor)."""
  return (num_steps - num_inputs) // num_targets


def _cut(values: tf.Tensor, starts: tf.Tensor, length: int) -> tf.Tensor:
  windows = tf.gather(values, starts[:, None] + tf.range(length)[None])
  return tf.ensure_shape(windows, [None, length, values.shape[-1]])
