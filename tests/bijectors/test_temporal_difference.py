"""Delta x: the contract, and that it is a special case of the affine flow."""

import numpy as np
import pytest
import scipy.stats
import tensorflow.compat.v1 as tf

from t2t_af import session as session_lib
from t2t_af.bijectors import affine_autoregressive
from t2t_af.bijectors import temporal_difference
from tests.bijectors import dense
from tests.contracts import flow_contract

TemporalDifference = temporal_difference.TemporalDifference


@pytest.mark.parametrize("shape, start", [((4, 3), 0), ((4, 2, 2, 1), 2)])
def test_difference_keeps_the_contract(shape, start):
  flow = TemporalDifference(len(shape), start)
  with tf.Session(config=session_lib.config()) as session:
    flow_contract.check(session, flow, dense.x(shape))


class _DifferenceOfTwo(TemporalDifference):
  def inverse_and_log_det(self, x):
    y, log_det = super().inverse_and_log_det(x)
    return type(super().inverse_and_log_det(x))(2.0 * y, log_det)


def test_contract_refuses_a_difference_that_is_doubled():
  with tf.Session(config=session_lib.config()) as session:
    with pytest.raises(AssertionError, match="passes unscored"):
      flow_contract.check(session, _DifferenceOfTwo(2), dense.x((4, 3)))


@pytest.mark.parametrize("num_cond", [1, 3])
def test_shift_of_one_step_and_scale_1_is_the_difference(num_cond):
  x = tf.constant(dense.x((6, 3)))
  affine = affine_autoregressive.AffineAutoregressive(
    lambda x: (x[:, num_cond - 1 :], None), num_cond, event_rank=2
  )
  difference = TemporalDifference(2, start=num_cond - 1)
  assert difference.num_unscored == affine.num_unscored
  with tf.Session() as session:
    ours, theirs, back, their_back = session.run(
      [
        difference.inverse_and_log_det(x),
        affine.inverse_and_log_det(x),
        difference.forward(x),
        affine.forward(x),
      ]
    )
  np.testing.assert_array_equal(ours.y, theirs.y)
  np.testing.assert_array_equal(ours.log_det_per_step, np.zeros([2, 6]))
  np.testing.assert_array_equal(theirs.log_det_per_step, np.zeros([2, 6]))
  np.testing.assert_allclose(back, their_back, 1e-5, 1e-6)


def test_difference_of_noise_is_the_gaussian_random_walk():
  """Covariance of a random walk: min(s, t) + 1."""
  x = dense.x((5, 1))
  with tf.Session() as session:
    y = session.run(TemporalDifference(2).inverse(tf.constant(x)))
  steps = np.arange(5)
  theirs = scipy.stats.multivariate_normal(
    np.zeros(5), np.minimum.outer(steps, steps) + 1.0
  ).logpdf(x[..., 0])
  np.testing.assert_allclose(
    scipy.stats.norm.logpdf(y[..., 0]).sum(1), theirs, 1e-5
  )


def test_a_negative_start_or_too_few_steps_are_errors():
  with pytest.raises(ValueError, match="at least 0, got -1"):
    TemporalDifference(2, start=-1)
  flow = TemporalDifference(2, start=2)
  for transform in (flow.inverse_and_log_det, flow.forward):
    with pytest.raises(ValueError, match="needs at least 3 steps, got 2"):
      transform(tf.zeros([1, 2, 3]))
