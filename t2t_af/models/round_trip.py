"""What is lost where a flow goes from data to noise and back, in float32."""

from typing import NamedTuple

import tensorflow.compat.v1 as tf


class RoundTrip(NamedTuple):
  """Scalars, in units of what went."""

  error: tf.Tensor  # the largest difference between what went and what came
  size: tf.Tensor  # the largest number that went


def compare(went: tf.Tensor, came: tf.Tensor) -> RoundTrip:
  """Two tensors of one shape. What is not finite is the largest of errors."""
  error = tf.abs(went - came)
  error = tf.where(
    tf.is_finite(error), error, tf.fill(tf.shape(error), tf.float32.max)
  )
  return RoundTrip(tf.reduce_max(error), tf.reduce_max(tf.abs(went)))
