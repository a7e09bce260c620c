"""What every network from a window of the past to two maps must do.

    conditioner_contract.check(session, conditioner, window, shape, number)
"""

from typing import Callable, Sequence

import numpy as np
import tensorflow.compat.v1 as tf

from tests import weights

TOLERANCE = 1e-5


def check(session: tf.Session, conditioner: Callable, window: np.ndarray,
          output_shape: Sequence[int], num_parameters: int) -> None:
  """Asserts the contract; the message of a failure names the claim.

  Args:
    session: of the default graph, which has no variables yet.
    conditioner: [batch, time, ...] to two tensors [batch] + output_shape.
    window: float32 [batch, time, ...], batch at least 2.
    output_shape: of a map, without batch.
    num_parameters: trainable numbers.
  """
  assert len(window) > 1, "a batch of one has no mates"
  fed = tf.placeholder_with_default(window, (None,) + window.shape[1:])
  maps = conditioner(fed)
  static = conditioner(tf.constant(window))
  gradients = [tf.gradients(tf.reduce_sum(m ** 2), fed)[0] for m in maps]

  for m in maps:
    assert m.shape.as_list()[1:] == list(output_shape), "has its shape"
  counted = sum(np.prod(v.shape.as_list()) for v in tf.trainable_variables())
  assert counted == num_parameters, "has %d parameters" % counted
  session.run(tf.global_variables_initializer())
  for value in session.run(maps):
    assert not value.any(), "starts at zero"

  weights.randomize(session)
  values, at_static, slopes = session.run([maps, static, gradients])
  changed = session.run(maps, {fed: np.concatenate([window[:1],
                                                    window[1:] + 1.])})
  for value, same, other, slope in zip(values, at_static, changed, slopes):
    assert np.isfinite(value).all(), "is finite"
    np.testing.assert_allclose(same, value, TOLERANCE, TOLERANCE,
                               err_msg="takes static and dynamic batches")
    np.testing.assert_allclose(other[0], value[0], TOLERANCE, TOLERANCE,
                               err_msg="ignores batch mates")
    for t in range(window.shape[1]):
      assert np.abs(slope[:, t]).max() > 1e-6, "sees every step of the window"
