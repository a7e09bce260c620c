"""Samples of a sequence lie beside each other in the batch."""

from typing import Optional

import tensorflow.compat.v1 as tf


def repeat(x: tf.Tensor, num_samples: int) -> tf.Tensor:
  """[batch, ...] to [batch * num_samples, ...], samples of one together."""
  return x if num_samples == 1 else tf.repeat(x, num_samples, axis=0)


def repeat_or_none(
  x: Optional[tf.Tensor], num_samples: int, start: int = 0
) -> Optional[tf.Tensor]:
  """`repeat` of the steps from `start` on, [batch, time, ...]; None of None."""
  return None if x is None else repeat(x[:, start:], num_samples)


def apart(x: tf.Tensor, num_samples: int) -> tf.Tensor:
  """[batch * num_samples, ...] to [batch, num_samples, ...]."""
  y = tf.reshape(x, tf.concat([[-1, num_samples], tf.shape(x)[1:]], axis=0))
  y.set_shape([None, num_samples] + x.shape.as_list()[1:])
  return y
