"""Samples of a sequence lie beside each other in the batch."""

import tensorflow.compat.v1 as tf


def repeat(x: tf.Tensor, num_samples: int) -> tf.Tensor:
  """[batch, ...] to [batch * num_samples, ...], samples of one together."""
  return x if num_samples == 1 else tf.repeat(x, num_samples, axis=0)


def apart(x: tf.Tensor, num_samples: int) -> tf.Tensor:
  """[batch * num_samples, ...] to [batch, num_samples, ...]."""
  y = tf.reshape(x, tf.concat([[-1, num_samples], tf.shape(x)[1:]], axis=0))
  y.set_shape([None, num_samples] + x.shape.as_list()[1:])
  return y
