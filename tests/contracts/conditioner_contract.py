"""What every conditioner must do.

    conditioner_contract.check(session, conditioner, k, x, shapes, number)

Batch norm is checked in inference mode: in training it mixes sequences.
"""

from collections.abc import Sequence
from typing import Callable

import numpy as np
import tensorflow.compat.v1 as tf

from tests import weights

TOLERANCE = 1e-5


def check(
  session: tf.Session,
  conditioner: Callable,
  num_cond_steps: int,
  x: np.ndarray,
  step_shapes: Sequence[Sequence[int]],
  num_parameters: int,
) -> None:
  """Asserts the contract; the message of a failure names the claim.

  Args:
    session: of the default graph, which has no variables yet.
    conditioner: [batch, s, ...] to parameters [batch, s - num_cond_steps + 1,
      ...].
    num_cond_steps: length k of a window.
    x: float32 [batch, s, ...], batch at least 2, s above num_cond_steps.
    step_shapes: of every parameter, without batch and time.
    num_parameters: trainable numbers.
  """
  assert len(x) > 1, "a batch of one has no mates"
  num_windows = x.shape[1] - num_cond_steps + 1
  assert num_windows > 1, "one window alone leaks nothing"
  fed = tf.placeholder_with_default(x, (None, None) + x.shape[2:])
  parameters = conditioner(fed)
  static = conditioner(tf.constant(x))
  slopes = [_slopes(parameter, fed, num_windows) for parameter in parameters]
  expected = [[len(x), num_windows] + list(shape) for shape in step_shapes]
  assert [m.shape.as_list() for m in static] == expected, "has its shapes"
  counted = sum(np.prod(v.shape.as_list()) for v in tf.trainable_variables())
  assert counted == num_parameters, "has %d parameters" % counted
  session.run(tf.global_variables_initializer())
  for value in session.run(parameters):
    assert not value.any(), "starts at zero"

  weights.randomize(session)
  values, at_static, slopes = session.run([parameters, static, slopes])
  changed = session.run(parameters, {fed: np.concatenate([x[:1], x[1:] + 1.0])})
  alone = [
    session.run(parameters, {fed: x[:, j : j + num_cond_steps]})
    for j in range(num_windows)
  ]
  for i, value in enumerate(values):
    assert np.isfinite(value).all(), "is finite"
    _assert_close("takes static and dynamic shapes", at_static[i], value)
    _assert_close("ignores batch mates", changed[i][0], value[0])
    _check_windows(slopes[i], num_cond_steps)
    for j in range(num_windows):
      _assert_close(
        "is the same for a window alone", alone[j][i][:, 0], value[:, j]
      )


def _slopes(parameter, x, num_windows):
  """Of the square of every entry of a parameter, as x [batch, s, ...]."""
  return [
    tf.gradients(tf.reduce_sum(parameter[:, j] ** 2), x)[0]
    for j in range(num_windows)
  ]


def _check_windows(slopes, num_cond_steps):
  for j, slope in enumerate(slopes):
    for t in range(slope.shape[1]):
      if j <= t < j + num_cond_steps:
        assert np.abs(slope[:, t]).max() > 1e-6, "sees every step of a window"
      else:
        assert not slope[:, t].any(), "sees no other step"


def _assert_close(claim, a, b):
  np.testing.assert_allclose(a, b, TOLERANCE, TOLERANCE, err_msg=claim)
