"""The time axis: sequences are [batch, time, ...]; networks work on batches.

What has no recurrence runs on all steps at once, with time folded into batch.
"""

from typing import Optional, Union

import tensorflow.compat.v1 as tf


def length(x: tf.Tensor) -> Union[int, tf.Tensor]:
  """Number of steps of [batch, time, ...]; a tensor where not static."""
  num_steps = x.shape.as_list()[1]
  return tf.shape(x)[1] if num_steps is None else num_steps


def sizes(x: tf.Tensor) -> list[Union[int, tf.Tensor]]:
  """The first two axes of x, as integers where they are static."""
  static = x.shape.as_list()[:2]
  return [
    tf.shape(x)[i] if size is None else size for i, size in enumerate(static)
  ]


def swap(x: tf.Tensor) -> tf.Tensor:
  """[batch, time, ...] to [time, batch, ...] and back."""
  return tf.transpose(x, [1, 0] + list(range(2, x.shape.rank)))


def fold(x: tf.Tensor) -> tf.Tensor:
  """[batch, time, ...] to [batch * time, ...]."""
  batch, time, *step_shape = x.shape.as_list()
  first = -1 if batch is None or time is None else batch * time
  return tf.reshape(x, [first] + step_shape)


def unfold(
  y: tf.Tensor, x: tf.Tensor, num_steps: Optional[Union[int, tf.Tensor]] = None
) -> tf.Tensor:
  """[batch * time, ...] to [batch, time, ...].

  Args:
    y: what was computed from a folded x.
    x: [batch, ...]: gives the batch, and the time unless num_steps does.
    num_steps: integer or scalar tensor.
  """
  num_steps = length(x) if num_steps is None else num_steps
  batch = x.shape.as_list()[0]
  if batch is None:
    batch = tf.shape(x)[0]
  return tf.reshape(y, [batch, num_steps] + y.shape.as_list()[1:])


def shifted(x: tf.Tensor, num_steps: int) -> list[tf.Tensor]:
  """The slices of x that lie beside each other in its windows.

  Args:
    x: [batch, time, ...].
    num_steps: length k of a window, at most time.

  Returns:
    k tensors [batch, time - k + 1, ...]; entry j of the i-th is x[:, j + i].
  """
  num_windows = length(x) - num_steps + 1
  return [_slice(x, i, num_windows) for i in range(num_steps)]


def _slice(
  x: tf.Tensor, start: int, num_steps: Union[int, tf.Tensor]
) -> tf.Tensor:
  """x[:, start:start + num_steps].

  The gradient of a slice is a padding; that of a strided slice, which the
  brackets make, takes twenty times as long on a CPU.
  """
  others = [0] * (x.shape.rank - 2)
  y = tf.slice(x, [0, start] + others, [-1, num_steps] + [-1 for _ in others])
  static = None if isinstance(num_steps, tf.Tensor) else num_steps
  y.set_shape(x.shape.as_list()[:1] + [static] + x.shape.as_list()[2:])
  return y


def slide(window: tf.Tensor, x_t: tf.Tensor) -> tf.Tensor:
  """The window one step on: without its oldest step, and with x_t.

  Args:
    window: [batch, k, ...].
    x_t: [batch, ...].
  """
  return tf.concat([window[:, 1:], x_t[:, tf.newaxis]], axis=1)


def windows(x: tf.Tensor, num_steps: int) -> tf.Tensor:
  """All windows of x, folded into batch.

  Args:
    x: [batch, time, ...].
    num_steps: length k of a window, at most time.

  Returns:
    [batch * (time - k + 1), k, ...]; row b * (time - k + 1) + j is
    x[b, j : j + k].
  """
  return fold(tf.stack(shifted(x, num_steps), axis=2))
