"""What every bijector across time must do.

    flow_contract.check(session, flow, x)

TensorFlow Probability answers `inverse(forward(x))` from a cache; so every
tensor here goes through a copy, or a wrong `forward` would pass.

A conditioner with batch norm is checked in inference mode: in training mode
it mixes the sequences of a batch by design, and no flow could do that.
"""

from typing import Callable, NamedTuple, Optional

import numpy as np
import tensorflow.compat.v1 as tf
import tensorflow_probability as tfp

TOLERANCE = 1e-4  # float32 through exp, a loop and back
PADDING = 3  # steps


class _Passes(NamedTuple):
  x_as_noise: np.ndarray  # forward(x)
  y: np.ndarray
  log_det_per_step: np.ndarray


class _Rest(NamedTuple):
  x_back: np.ndarray
  y_back: np.ndarray  # Of x taken for noise.
  ildj: np.ndarray
  fldj: np.ndarray


def check(
  session: tf.Session,
  flow: tfp.bijectors.Bijector,
  x: np.ndarray,
  initialize: Optional[Callable[[tf.Session], None]] = None,
  num_unchanged: Optional[int] = None,
) -> None:
  """Asserts the contract; the message of a failure names the claim.

  Args:
    session: of the default graph.
    flow: `inverse` is data x -> noise y. Axis 1 is time. Has num_unscored and
      inverse_and_log_det.
    x: float32 [batch, time, ...], batch at least 2, few numbers in each
      sequence: the Jacobian is computed in full.
    initialize: called with the session once the graph stands, for flows with
      variables.
    num_unchanged: first steps that pass unchanged; None: all unscored ones.
  """
  assert len(x) > 1, "a batch of one has no mates"
  fed = tf.placeholder_with_default(x, (None, None) + x.shape[2:])
  dynamic = _passes(flow, fed)
  static = _passes(flow, tf.constant(x))
  rest = _rest(flow, tf.constant(x), static)
  y, jacobian = _y_and_jacobian(flow, x)
  for tensor in (static.x_as_noise, rest.y_back):
    assert tensor.shape.as_list() == list(x.shape), "keeps the static shape"
  if initialize:
    initialize(session)
  values, rest, y, jacobian = session.run([static, rest, y, jacobian])
  at_dynamic, changed, padded = [
    session.run(dynamic, {fed: value})
    for value in (x, _with_other_mates(x), _padded(x))
  ]

  for name, value in {**values._asdict(), **rest._asdict()}.items():
    assert np.isfinite(value).all(), "is finite: " + name
  _assert_close("takes static and dynamic batches", y, values.y)
  _assert_equal("takes static and dynamic times", at_dynamic, values)
  _assert_equal(
    "ignores batch mates", [v[0] for v in changed], [v[0] for v in values]
  )
  _assert_equal("ignores padding", [v[:, : x.shape[1]] for v in padded], values)
  _check_unscored(flow, x, values.y, num_unchanged)
  _check_jacobian(jacobian, values.log_det_per_step, rest.ildj)
  _assert_close("forward(inverse(x)) is x", rest.x_back, x)
  _assert_close("inverse(forward(y)) is y", rest.y_back, x)
  _assert_close("log-dets agree", rest.fldj, -rest.ildj)


def _passes(flow, x):
  """Forward first: its loop must be able to create the variables."""
  x_as_noise = flow.forward(tf.identity(x))
  return _Passes(x_as_noise, *flow.inverse_and_log_det(tf.identity(x)))


def _rest(flow, x, passes):
  event_ndims = x.shape.rank - 1
  return _Rest(
    flow.forward(tf.identity(passes.y)),
    flow.inverse(tf.identity(passes.x_as_noise)),
    flow.inverse_log_det_jacobian(tf.identity(x), event_ndims),
    flow.forward_log_det_jacobian(tf.identity(passes.y), event_ndims),
  )


def _with_other_mates(x):
  return np.concatenate([x[:1], x[1:] + 1.0, x[:1] - 1.0])


def _padded(x):
  return np.concatenate([x, 2.0 + x[:, :PADDING]], axis=1)


def _y_and_jacobian(flow, x):
  """inverse(x) and its derivative [batch, n, n], n numbers in a sequence.

  One backward pass: a sequence stands n times in the batch, whose size is
  dynamic, and its i-th copy gives row i.
  """
  batch, size = len(x), x[0].size
  copies = tf.placeholder_with_default(
    np.repeat(x, size, axis=0), (None,) + x.shape[1:]
  )
  rows = np.tile(np.eye(size, dtype=np.float32), [batch, 1])
  y = flow.inverse(copies)
  (gradient,) = tf.gradients(y, copies, rows.reshape((-1,) + x.shape[1:]))
  return y[::size], tf.reshape(gradient, [batch, size, size])


def _check_unscored(flow, x, y, num_unchanged):
  assert 0 <= flow.num_unscored < x.shape[1], "has steps to score"
  n = flow.num_unscored if num_unchanged is None else num_unchanged
  np.testing.assert_array_equal(
    y[:, :n], x[:, :n], "passes unscored steps unchanged"
  )


def _check_jacobian(jacobian, log_det_per_step, ildj):
  batch, num_steps = log_det_per_step.shape
  n = jacobian.shape[1] // num_steps
  # [batch, step of y, number, step of x, number]
  blocks = jacobian.reshape([batch, num_steps, n, num_steps, n])
  for t in range(num_steps):
    assert not blocks[:, t, :, t + 1 :].any(), "sees no future step"
    assert not (blocks[:, t, :, t] * (1 - np.eye(n))).any(), (
      "is diagonal within a step"
    )
  past = [blocks[:, t, :, :t] for t in range(1, num_steps)]
  assert max(np.abs(p).max() for p in past) > 1e-3, "uses the past"
  _assert_close("log-det is the Jacobian's", ildj, _log_det(jacobian))
  for t in range(num_steps):
    _assert_close(
      "log-det of every step is its block's",
      log_det_per_step[:, t],
      _log_det(blocks[:, t, :, t]),
    )


def _log_det(matrices):
  return np.linalg.slogdet(matrices.astype(np.float64))[1]


def _assert_equal(claim, these, those):
  for a, b in zip(these, those):
    _assert_close(claim, a, b)


def _assert_close(claim, a, b):
  np.testing.assert_allclose(a, b, TOLERANCE, TOLERANCE, err_msg=claim)
