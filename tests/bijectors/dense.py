"""A conditioner of fixed random weights, without variables."""

from collections.abc import Sequence
from typing import Callable

import numpy as np
import tensorflow.compat.v1 as tf

from t2t_af.bijectors import conditioners

NUM_COND = 2


def x(shape: Sequence[int], batch: int = 2, seed: int = 0) -> np.ndarray:
  """Standard normal [batch, ...], float32."""
  return (
    np.random.RandomState(seed)
    .standard_normal((batch,) + tuple(shape))
    .astype(np.float32)
  )


def window_fn(
  step_shape: Sequence[int], seed: int = 0, num_extra: int = 0
) -> Callable:
  """Window -> tanh layer -> shift, log_scale in +-1, and num_extra more."""
  rng = np.random.RandomState(seed)
  size, hidden = int(np.prod(step_shape)), 8
  first, shift_head, scale_head, extra_head = [
    tf.constant(0.5 * rng.standard_normal(shape), tf.float32)
    for shape in (
      [NUM_COND * size, hidden],
      [hidden, size],
      [hidden, size],
      [hidden, size * max(1, num_extra)],
    )
  ]

  def flow_parameters(window):
    h = tf.tanh(tf.reshape(window, [-1, NUM_COND * size]) @ first)
    shift, log_scale = h @ shift_head, tf.tanh(h @ scale_head)
    shape = [-1] + list(step_shape)
    parameters = tf.reshape(shift, shape), tf.reshape(log_scale, shape)
    if not num_extra:
      return parameters
    shape[-1] *= num_extra
    return parameters + (tf.reshape(h @ extra_head, shape),)

  return flow_parameters


def conditioner(
  step_shape: Sequence[int], seed: int = 0, num_extra: int = 0
) -> Callable:
  """The same as a conditioner of NUM_COND steps."""
  return conditioners.WindowConditioner(
    window_fn(step_shape, seed, num_extra), NUM_COND
  )
