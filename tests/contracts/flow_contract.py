"""What every bijector across time must do.

    flow_contract.check(session, flow, x)

TensorFlow Probability answers `inverse(forward(x))` from a cache; so every
tensor here goes through a copy, or a wrong `forward` would pass.
"""

from typing import Callable, NamedTuple, Optional

import numpy as np
import tensorflow.compat.v1 as tf
import tensorflow_probability as tfp

TOLERANCE = 1e-4  # float32 through exp, a loop and back


class _Values(NamedTuple):
  y: np.ndarray
  x_back: np.ndarray
  y_back: np.ndarray  # Of x taken for noise.
  ildj: np.ndarray
  fldj: np.ndarray


def check(session: tf.Session, flow: tfp.bijectors.Bijector, x: np.ndarray,
          initialize: Optional[Callable[[tf.Session], None]] = None) -> None:
  """Asserts the contract; the message of a failure names the claim.

  Args:
    session: of the default graph.
    flow: `inverse` is data x -> noise y. Axis 1 is time.
    x: float32 [batch, time, ...], batch at least 2, few numbers in each
      sequence: the Jacobian is computed in full.
    initialize: called with the session once the graph stands, for flows with
      variables.
  """
  assert len(x) > 1, "a batch of one has no mates"
  fed = tf.placeholder_with_default(x, (None,) + x.shape[1:])
  dynamic = _build(flow, fed)
  static = _build(flow, tf.constant(x))
  jacobian = _jacobian(flow, x)
  assert static.y.shape.as_list() == list(x.shape), "keeps the static shape"
  if initialize:
    initialize(session)
  values, at_static, jacobian = session.run([dynamic, static, jacobian])
  mates_changed = np.concatenate([x[:1], x[1:] + 1., x[:1] - 1.])
  changed = session.run(dynamic, {fed: mates_changed})

  for name, value in values._asdict().items():
    assert np.isfinite(value).all(), "is finite: " + name
  _assert_equal("takes static and dynamic batches", at_static, values)
  _assert_equal("ignores batch mates", [v[0] for v in changed],
                [v[0] for v in values])
  _check_jacobian(jacobian, values.ildj, num_steps=x.shape[1])
  _assert_close("forward(inverse(x)) is x", values.x_back, x)
  _assert_close("inverse(forward(y)) is y", values.y_back, x)
  _assert_close("log-dets agree", values.fldj, -values.ildj)


def _build(flow, x):
  event_ndims = x.shape.rank - 1
  y = flow.inverse(tf.identity(x))
  x_back = flow.forward(tf.identity(y))
  x_as_noise = flow.forward(tf.identity(x))
  return _Values(
      y, x_back, flow.inverse(tf.identity(x_as_noise)),
      flow.inverse_log_det_jacobian(tf.identity(x), event_ndims),
      flow.forward_log_det_jacobian(tf.identity(y), event_ndims))


def _jacobian(flow, x):
  """dy / dx of each sequence, [batch, n, n] for n numbers in a sequence.

  One backward pass: a sequence stands n times in the batch, and its i-th copy
  gives row i.
  """
  batch, size = len(x), x[0].size
  copies = tf.constant(np.repeat(x, size, axis=0))
  rows = np.tile(np.eye(size, dtype=np.float32), [batch, 1])
  (gradient,) = tf.gradients(
      flow.inverse(copies), copies, rows.reshape(copies.shape))
  return tf.reshape(gradient, [batch, size, size])


def _check_jacobian(jacobian, ildj, num_steps):
  batch, size, _ = jacobian.shape
  n = size // num_steps
  # [batch, step of y, number, step of x, number]
  blocks = jacobian.reshape([batch, num_steps, n, num_steps, n])
  for t in range(num_steps):
    assert not blocks[:, t, :, t + 1:].any(), "sees no future step"
    assert not (blocks[:, t, :, t] * (1 - np.eye(n))).any(), (
        "is diagonal within a step")
  past = [blocks[:, t, :, :t] for t in range(1, num_steps)]
  assert max(np.abs(p).max() for p in past) > 1e-3, "uses the past"
  _, log_det = np.linalg.slogdet(jacobian.astype(np.float64))
  _assert_close("log-det is the Jacobian's", ildj, log_det)


def _assert_equal(claim, these, those):
  for a, b in zip(these, those):
    _assert_close(claim, a, b)


def _assert_close(claim, a, b):
  np.testing.assert_allclose(a, b, TOLERANCE, TOLERANCE, err_msg=claim)
