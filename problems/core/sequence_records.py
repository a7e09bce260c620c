"""The tf.Example of one sequence: its id, and what video or series add."""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

import tensorflow.compat.v1 as tf

ID_KEY = "sequence/id"


class Window(NamedTuple):
  """A stretch of a sequence, and where it is from.

  Attributes:
    steps: [steps, ...step_shape]; of several windows [windows, steps, ...].
    sequence_id: string [] or [windows].
    start: int32, its first step in the sequence; [] or [windows].
  """

  steps: tf.Tensor
  sequence_id: tf.Tensor
  start: tf.Tensor


def bytes_feature(values: Iterable[bytes]) -> tf.train.Feature:
  """A feature of strings."""
  return tf.train.Feature(bytes_list=tf.train.BytesList(value=list(values)))


def int_feature(value: int) -> tf.train.Feature:
  """A feature of one integer."""
  return tf.train.Feature(int64_list=tf.train.Int64List(value=[value]))


def serialized(
  sequence_id: str, features: dict[str, tf.train.Feature]
) -> bytes:
  """The tf.Example of one sequence."""
  return tf.train.Example(
    features=tf.train.Features(
      feature={ID_KEY: bytes_feature([sequence_id.encode()]), **features}
    )
  ).SerializeToString()


def parse(record: tf.Tensor, features: dict[str, Any]) -> dict[str, tf.Tensor]:
  """`features` (tf.io.FixedLenFeature ...) of a serialized record, and its id.

  Returns:
    {name: tensor}, the id under ID_KEY, a string scalar.
  """
  return tf.io.parse_single_example(
    record, {ID_KEY: tf.io.FixedLenFeature([], tf.string), **features}
  )


def sequence_id(features: Mapping[str, tf.train.Feature]) -> str:
  """The id in a record's features."""
  return features[ID_KEY].bytes_list.value[0].decode()
