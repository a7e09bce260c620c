"""Chains of flows (Eq. 9)."""

import numpy as np
import pytest
import tensorflow.compat.v1 as tf

from t2t_af import session as session_lib
from t2t_af.bijectors import affine_autoregressive
from t2t_af.bijectors import autoregressive
from t2t_af.bijectors import stack
from t2t_af.bijectors import temporal_difference
from tests.bijectors import dense
from tests.contracts import flow_contract

NUM_COND = dense.NUM_COND
SHAPE = (8, 2)


def _affine(seed=0, start=0, conditioner=None):
  return affine_autoregressive.AffineAutoregressive(
    conditioner or dense.conditioner(SHAPE[1:], seed), NUM_COND, 2, start=start
  )


def _affines(num_transforms):
  return [_affine(m, start=m * NUM_COND) for m in range(num_transforms)]


def _difference_and_affine():
  return [temporal_difference.TemporalDifference(2), _affine(start=1)]


def _check(flow):
  with tf.Session(config=session_lib.config()) as session:
    flow_contract.check(session, flow, dense.x(SHAPE), num_unchanged=1)


@pytest.mark.parametrize(
  "transforms",
  [lambda: _affines(2), _difference_and_affine],
  ids=["2", "difference"],
)
def test_stack_keeps_the_contract(transforms):
  """More, with networks, in test_conditioned_flows."""
  _check(stack.Stack(transforms(), 2))


class _ForwardInOrderOfInverse(stack.Stack):
  def _forward(self, y):
    for transform in self.transforms:
      y = transform.forward(y)
    return y


class _LogDetOfLast(stack.Stack):
  def inverse_and_log_det(self, x):
    y, _ = super().inverse_and_log_det(x)
    return autoregressive.InverseAndLogDet(
      y, self.transforms[-1].inverse_and_log_det(x).log_det_per_step
    )


@pytest.mark.parametrize(
  "cls, claim",
  [
    (_ForwardInOrderOfInverse, r"forward\(inverse\(x\)\) is x"),
    (_LogDetOfLast, "log-det is the Jacobian's"),
  ],
  ids=["order", "log_det"],
)
def test_contract_refuses(cls, claim):
  with pytest.raises(AssertionError, match=claim):
    _check(cls(_affines(2), 2))


def _found(transforms):
  flow, x = stack.Stack(transforms, 2), tf.constant(dense.x(SHAPE))
  with tf.Session() as session:
    return session.run([flow.inverse_and_log_det(x), flow.forward(x)])


@pytest.mark.parametrize(
  "second",
  [
    lambda: _affine(
      start=NUM_COND,
      conditioner=lambda x: (tf.zeros_like(x[:, 1:]), tf.zeros_like(x[:, 1:])),
    ),
    lambda: stack.Stack([], 2),
  ],
  ids=["zero_parameters", "empty"],
)
def test_identity_on_top_changes_nothing(second):
  (one, forward_one), (two, forward_two) = (
    _found([_affine()]),
    _found([_affine(), second()]),
  )
  np.testing.assert_array_equal(one.y, two.y)
  np.testing.assert_array_equal(one.log_det_per_step, two.log_det_per_step)
  np.testing.assert_array_equal(forward_one, forward_two)


def test_stack_of_none_is_the_identity():
  (y, log_det), x = _found([])
  np.testing.assert_array_equal(y, dense.x(SHAPE))
  np.testing.assert_array_equal(x, dense.x(SHAPE))
  assert log_det.shape == (2, 8) and not log_det.any()
  assert stack.Stack([], 2).num_unscored == 0


def test_stack_is_equation_9():
  """y^2 = (y^1 - shift(y^1)) / scale(y^1), y^1 likewise of x."""
  x = dense.x(SHAPE)
  with tf.Session() as session:
    y = x.copy()
    for m in range(2):
      first = (m + 1) * NUM_COND
      shift, log_scale = session.run(
        dense.conditioner(SHAPE[1:], m)(tf.constant(y[:, m * NUM_COND : -1]))
      )
      y[:, first:] = (y[:, first:] - shift) / np.exp(log_scale)
  np.testing.assert_allclose(_found(_affines(2))[0].y, y, 1e-5, 1e-6)


def test_context_goes_on_exactly():
  """Its last steps are noise to the first flow and data to the second."""
  flow, x = stack.Stack(_affines(2), 2), dense.x(SHAPE)
  assert flow.num_unscored == 2 * NUM_COND
  context = tf.constant(x[:, : 2 * NUM_COND])
  y = flow.inverse(context)
  ahead = [
    flow.forward(tf.concat([tf.identity(y), noise], axis=1))
    for noise in (x[:, 4:], flow.inverse(tf.constant(x))[:, 4:])
  ]
  with tf.Session() as session:
    changed, unchanged = session.run(ahead)
  np.testing.assert_allclose(changed[:, :4], x[:, :4], 1e-5, 1e-5)
  assert np.abs(changed[:, 4:] - x[:, 4:]).min() > 1e-4
  np.testing.assert_allclose(unchanged, x, 1e-5, 1e-5)


def _extended(flow, x, num_known, draw, elements):
  x = tf.constant(x[:, :num_known])
  levels = [x, *flow.inverses(x).ys][:-1]
  return flow.extend(levels, draw, elements)


@pytest.mark.parametrize("num_transforms", [1, 2, 3])
def test_extending_step_by_step_is_the_forward_pass(num_transforms):
  """... where y does not depend on the scale, which it is told rightly."""
  x = dense.x((12, 2))
  flow, num_known = stack.Stack(_affines(num_transforms), 2), 6
  y, _, log_scale = flow.inverses(tf.constant(x), with_scale=True)
  noise = (y[-1][:, num_known:],)
  built = [
    _extended(flow, x, num_known, lambda _, of_step: of_step[0], noise),
    # y = log-scale: what comes out is shift + scale * log-scale.
    _extended(flow, x, num_known, lambda scale, _: scale, noise),
  ]
  ys, _, log_scale = flow.inverses(built[1], with_scale=True)
  with tf.Session() as session:
    same, extended, again, log_scale = session.run([*built, ys[-1], log_scale])
  np.testing.assert_allclose(same, x[:, num_known:], 1e-4, 1e-5)
  # Of the extension itself the steps whose windows lie within it.
  own = num_transforms * NUM_COND
  assert extended.shape == (2, 12 - num_known, 2)
  np.testing.assert_allclose(again[:, own:], log_scale[:, own:], 1e-3, 1e-4)


def test_scale_is_that_of_all_transforms_together():
  """d x / d y, within a step."""
  x = tf.constant(dense.x(SHAPE))
  flow = stack.Stack(_affines(2), 2)
  _, log_det, log_scale = flow.inverses(x, with_scale=True)
  with tf.Session() as session:
    log_det, log_scale = session.run([log_det, log_scale])
  first = flow.num_unscored
  np.testing.assert_allclose(
    log_scale[:, first:].sum(axis=2), -log_det[:, first:], 1e-5, 1e-5
  )
  assert log_scale[:, :NUM_COND].any() == 0
