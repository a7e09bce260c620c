"""Data-dependent initialisation (DDI) of actnorm, in a separate graph.

Actnorm starts such that the first data through it come out with mean 0 and
variance 1 per channel (Kingma and Dhariwal, 2018). A graph marked by `begin`
is an *initialisation graph*: in it, and in it alone, `variable` sets each
value from the data that reach it. The training graph therefore carries no
initialisation operations at all, and a restored model cannot initialise again.

Here: the values are running means over batches of the training size, fed one
at a time. tensor2tensor pushes `init_batch_size` (128) sequences through the
network at once, which needs about 25 times the memory of a training step.
"""

from collections.abc import Sequence
from typing import Callable

import tensorflow.compat.v1 as tf

_BATCH_NUMBER = "t2t_af/ddi_batch_number"


def begin() -> tf.Tensor:
  """Marks the default graph as an initialisation graph.

  Returns:
    batch_number: placeholder, float32 scalar; 1 for the first batch, 2 for
      the second: value[n] = value[n - 1] + (batch value - value[n - 1]) / n.
  """
  batch_number = tf.placeholder(tf.float32, [], name="ddi_batch_number")
  tf.add_to_collection(_BATCH_NUMBER, batch_number)
  return batch_number


def active() -> bool:
  """Whether the default graph is an initialisation graph."""
  return bool(tf.get_collection(_BATCH_NUMBER))


def variable(
  name: str, shape: Sequence[int], batch_value: Callable[[], tf.Tensor]
) -> tf.Tensor:
  """A trainable variable that an initialisation graph sets from data.

  Args:
    name: name under the current variable scope.
    shape: static shape.
    batch_value: what the present batch sets it to; called, and so built, in an
      initialisation graph alone.

  Returns:
    The value, read once: after its update in an initialisation graph.
  """
  v = tf.get_variable(name, shape, initializer=tf.zeros_initializer())
  if not active():
    return tf.convert_to_tensor(v)
  (batch_number,) = tf.get_collection(_BATCH_NUMBER)
  value = v + (batch_value() - v) / batch_number
  with tf.control_dependencies([v.assign(value)]):
    return tf.identity(value)
