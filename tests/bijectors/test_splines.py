"""Spline steps: the contract, the affine special case, both tails."""

import numpy as np
import pytest
import tensorflow.compat.v1 as tf

from t2t_af import session as session_lib
from t2t_af.bijectors import affine_autoregressive
from t2t_af.bijectors import splines
from tests.bijectors import dense
from tests.contracts import flow_contract

NUM_COND = dense.NUM_COND
NUM_BINS = 3
NUM_EXTRA = splines.num_extra(NUM_BINS)


def _spline(shape, cls=splines.SplineAutoregressive, **options):
  return cls(
    dense.conditioner(shape[1:], num_extra=NUM_EXTRA),
    NUM_COND,
    len(shape),
    num_bins=NUM_BINS,
    **options,
  )


def _initial(features):
  rng = np.random.RandomState(1)
  return [
    tf.constant(rng.standard_normal(n), tf.float32)
    for n in (features, features, features * NUM_EXTRA)
  ]


def test_spline_keeps_the_contract():
  """More in test_conditioned_flows."""
  flow = _spline((4, 3), initial=_initial(3))
  with tf.Session(config=session_lib.config()) as session:
    flow_contract.check(session, flow, dense.x((4, 3)))


class _NoSlope(splines.SplineAutoregressive):
  def element_inverse(self, x, shift, log_scale, extra):
    y, _ = super().element_inverse(x, shift, log_scale, extra)
    return y, -log_scale


class _AffineForward(splines.SplineAutoregressive):
  def element_forward(self, y, shift, log_scale, extra):
    return shift + y * tf.exp(log_scale)


@pytest.mark.parametrize(
  "cls, claim",
  [
    (_NoSlope, "log-det is the Jacobian's"),
    (_AffineForward, r"forward\(inverse\(x\)\) is x"),
  ],
  ids=["slope", "forward"],
)
def test_contract_refuses(cls, claim):
  with tf.Session(config=session_lib.config()) as session:
    with pytest.raises(AssertionError, match=claim):
      flow_contract.check(session, _spline((4, 3), cls), dense.x((4, 3)))


def test_spline_of_zeros_is_the_affine_flow():
  affine_parameters = dense.conditioner((3,))

  def with_zeros(x):
    shift, log_scale = affine_parameters(x)
    return (
      shift,
      log_scale,
      tf.zeros(tf.concat([tf.shape(shift)[:2], [3 * NUM_EXTRA]], axis=0)),
    )

  x = tf.constant(3.0 * dense.x((6, 3)))
  spline = splines.SplineAutoregressive(
    with_zeros, NUM_COND, 2, num_bins=NUM_BINS
  )
  affine = affine_autoregressive.AffineAutoregressive(
    affine_parameters, NUM_COND, 2
  )
  with tf.Session() as session:
    ours, theirs = session.run(
      [spline.inverse_and_log_det(x), affine.inverse_and_log_det(x)]
    )
  for actual, expected in zip(ours, theirs):
    np.testing.assert_allclose(actual, expected, 1e-5, 1e-5)


def _step(u, extra):
  """(y, log slope, x of u as noise, gradients) of shift 0 and scale 1."""
  flow = splines.SplineAutoregressive(None, 1, 2, num_bins=NUM_BINS)
  u, extra = tf.constant(u), tf.constant(extra)
  zero = tf.zeros_like(u)
  y, log_slope = flow.element_inverse(u, zero, zero, extra)
  x = flow.element_forward(u, zero, zero, extra)
  gradients = tf.gradients([y, log_slope, x], [u, extra])
  (slope,) = tf.gradients(y, u)
  with tf.Session() as session:
    return session.run([y, log_slope, x, gradients, slope])


def test_spline_is_monotone_smooth_and_the_identity_in_its_tails():
  u = np.linspace(-6.0, 6.0, 4001, dtype=np.float32)[:, np.newaxis]
  extra = np.repeat(
    np.random.RandomState(0).standard_normal([1, NUM_EXTRA]).astype(np.float32)
    * 2.0,
    len(u),
    axis=0,
  )
  y, log_slope, x, gradients, slope = _step(u, extra)
  outside = np.abs(u) >= splines.TAIL
  np.testing.assert_array_equal(y[outside], u[outside])
  np.testing.assert_array_equal(x[outside], u[outside])
  assert not log_slope[outside].any()
  assert np.abs(y - u).max() > 0.1, "says nothing"
  assert (np.diff(y[:, 0]) > 0).all() and (np.diff(x[:, 0]) > 0).all()
  np.testing.assert_allclose(slope, np.exp(log_slope), 1e-4)
  # No jump of the slope, 0.003 apart, at a knot or where a tail begins.
  assert np.abs(np.diff(log_slope[:, 0])).max() < 0.2
  assert all(np.isfinite(g).all() for g in gradients)


def test_spline_of_extreme_maps_stays_finite():
  u = np.float32([[-1e6], [-3.9], [0.0], [3.9], [1e6]])
  extra = 1e3 * np.random.RandomState(0).standard_normal([5, NUM_EXTRA])
  for value in _step(u, extra.astype(np.float32))[:3]:
    assert np.isfinite(value).all()


def test_bins_of_one_are_an_error():
  with pytest.raises(ValueError, match="at least 2, got 1"):
    splines.SplineAutoregressive(None, 1, num_bins=1)
