"""The bounds of a linear-Gaussian SLVM against the Kalman filter."""

import numpy as np
import pytest
import tensorflow.compat.v1 as tf

from t2t_af.models import slvm_core
from tests.models import linear_gaussian
from tests.models import small

NUM_STEPS = 4
# Noise of the mean over the copies below, at the seeds below.
TOLERANCE = 0.01


def _core(networks, conditioners=()):
  return slvm_core.SlvmCore(
    [linear_gaussian.Y_SIZE], None, networks, conditioners
  )


def _bound(core, y, num_samples, *args, **kwargs):
  """Of each sequence: the sum over its steps."""
  return tf.reduce_sum(
    core.importance_weighted_bound(y, num_samples, *args, **kwargs), axis=1
  )


def _copies(y, number):
  return tf.constant(np.tile(y[None], [number, 1, 1]), tf.float32)


def _mean_bounds(networks, y, numbers, num_warmup):
  """Of the importance-weighted bound with each number of samples."""
  core = _core(networks)
  bounds = [
    tf.reduce_mean(
      _bound(core, _copies(y, 4000 // k + 30), k, num_warmup, max_at_once=500)
    )
    for k in numbers
  ]
  with tf.Session() as session:
    return session.run(bounds)


@pytest.mark.parametrize("num_warmup", [0, 2])
def test_bound_rises_to_the_exact_likelihood(num_warmup):
  """... of the scored steps, with the state that q leaves after a warm-up."""
  networks = linear_gaussian.example()
  y = linear_gaussian.draw(networks, NUM_STEPS)
  exact = linear_gaussian.log_likelihood(
    networks, y[num_warmup:], linear_gaussian.under_q(networks, y[:num_warmup])
  ).sum()
  one, few, many, most = _mean_bounds(networks, y, [1, 5, 50, 5000], num_warmup)
  assert one < few - 5 * TOLERANCE < many < exact + TOLERANCE
  assert abs(most - exact) < TOLERANCE < exact - few


def test_warmup_is_not_scored_and_not_forgotten():
  """The likelihood of the last steps alone is another one."""
  networks = linear_gaussian.example()
  y = linear_gaussian.draw(networks, NUM_STEPS)
  exact = linear_gaussian.log_likelihood(
    networks, y[2:], linear_gaussian.under_q(networks, y[:2])
  ).sum()
  cold = linear_gaussian.log_likelihood(networks, y[2:]).sum()
  all_steps = linear_gaussian.log_likelihood(networks, y).sum()
  assert min(abs(exact - cold), abs(exact - all_steps)) > 20 * TOLERANCE


def test_one_step_with_the_exact_posterior_has_no_gap():
  """All weights are p(y) then, whatever noise and passes (6, 2 x 11)."""
  networks = linear_gaussian.example(off=0.0)
  c = np.array([[1.5, 0.0, 0.0], [0.0, -0.8, 0.0]])  # A number of y per z.
  networks.of_likelihood = networks.of_likelihood._replace(matrix=c)
  prior, likelihood = networks.of_prior, networks.of_likelihood
  precision = (
    prior.scale**-2.0 + np.diag(c[:, :2]) ** 2 / likelihood.scale[:2] ** 2
  )
  gain = (c / likelihood.scale**2).T / precision
  networks.of_posterior = linear_gaussian.Linear(
    np.concatenate([gain, np.zeros([2, 2])]), precision**-0.5
  )
  y = linear_gaussian.draw(networks, 1)
  with tf.Session() as session:
    bounds = session.run(
      [_bound(_core(networks), _copies(y, 3), k) for k in (1, 6, 22)]
    )
  np.testing.assert_allclose(
    bounds,
    np.tile(linear_gaussian.log_likelihood(networks, y), [3, 3]),
    rtol=1e-5,
  )


def test_elbo_is_the_bound_of_one_sample_in_expectation():
  networks = linear_gaussian.example()
  y = linear_gaussian.draw(networks, NUM_STEPS)
  core = _core(networks)
  bound = core.elbo(_copies(y, 10), False, num_samples=2000)
  one = _bound(core, _copies(y, 20000), 1)
  with tf.Session() as session:
    bound, one = session.run([bound, one])
  assert bound.kl.shape == bound.reconstruction.shape == (10, NUM_STEPS)
  elbo = (bound.reconstruction - bound.kl).sum(axis=1).mean()
  np.testing.assert_allclose(elbo, one.mean(), atol=4 * TOLERANCE)


@pytest.mark.parametrize("num_samples, at_once", [(7, 1), (12, 6)])
def test_no_more_samples_than_allowed_are_in_memory(num_samples, at_once):
  sizes = []

  def noise(what, shape, number):
    assert what == "posterior"
    sizes.append(shape)
    return tf.random_normal(shape)

  y = tf.zeros([2, NUM_STEPS, linear_gaussian.Y_SIZE])
  bound = _core(linear_gaussian.example()).importance_weighted_bound(
    y, num_samples, max_at_once=6, noise_fn=noise
  )
  assert bound.shape.as_list() == [2, NUM_STEPS]
  assert sizes == [[NUM_STEPS, 2 * at_once, linear_gaussian.Z_SIZE]]


def test_a_steps_share_of_the_bound_is_what_the_step_adds():
  networks = linear_gaussian.example()
  y = _copies(linear_gaussian.draw(networks, NUM_STEPS), 2)
  noise = (
    np.random.RandomState(0)
    .standard_normal([NUM_STEPS, 2 * 7, linear_gaussian.Z_SIZE])
    .astype(np.float32)
  )

  def bound(num_steps):
    return _core(networks).importance_weighted_bound(
      y[:, :num_steps], 7, 1, noise_fn=lambda *_: noise[:num_steps]
    )

  with tf.Session() as session:
    whole, part = session.run([bound(NUM_STEPS), bound(NUM_STEPS - 1)])
  np.testing.assert_allclose(whole[:, :-1], part, rtol=1e-5)
  assert np.ptp(whole) > 0.1


def test_samples_are_those_of_the_model():
  """Mean and covariance of two steps after z_0, with noise and without."""
  networks = linear_gaussian.example()
  none = tf.zeros([1, 0, linear_gaussian.Y_SIZE])
  core = _core(networks)
  with tf.Session() as session:
    samples, means = session.run(
      [
        small.drawn(core, none, 40000, 2, mode)[0]
        for mode in ("samples", "means")
      ]
    )
  a, c = networks.of_prior.matrix, networks.of_likelihood.matrix
  cov = np.diag(networks.of_prior.scale**2)
  noise = np.diag(networks.of_likelihood.scale**2)
  for t in range(2):
    np.testing.assert_allclose(np.cov(means[:, t].T), c.T @ cov @ c, atol=0.06)
    np.testing.assert_allclose(
      np.cov(samples[:, t].T), c.T @ cov @ c + noise, atol=0.06
    )
    cov = a.T @ cov @ a + np.diag(networks.of_prior.scale**2)
  lagged = means[:, 0].T @ means[:, 1] / len(means)
  np.testing.assert_allclose(
    lagged, c.T @ np.diag(networks.of_prior.scale**2) @ a @ c, atol=0.06
  )


class _Affine:
  """alpha = z_(t-1) @ matrix of the last of k steps, beta = scale."""

  def __init__(self, matrix, scale, num_cond_steps=3):
    self.num_cond_steps = num_cond_steps
    self._linear = linear_gaussian.Linear(matrix, scale)

  def __call__(self, z):
    return self._linear.heads(z[:, self.num_cond_steps - 1 :])


def _noise(what, shape, number):
  shape = [int(tf.get_static_value(size)) for size in shape]
  return tf.constant(
    np.random.RandomState(len(what)).standard_normal(shape), tf.float32
  )


def test_linear_latent_flow_is_another_linear_prior():
  """A' = alpha + beta * A and scale' = beta * scale: bounds and samples."""
  plain = linear_gaussian.example()
  alpha = np.array([[0.3, -0.1], [0.2, 0.4]])
  beta = np.array([0.6, 1.4])
  with_flow = linear_gaussian.LinearNetworks(
    linear_gaussian.Linear(
      (plain.of_prior.matrix - alpha) / beta, plain.of_prior.scale / beta
    ),
    plain.of_likelihood,
    plain.of_posterior,
  )
  drawn = [linear_gaussian.draw(plain, NUM_STEPS, seed) for seed in range(3)]
  y = tf.constant(np.stack(drawn), tf.float32)

  results = []
  for core in (
    _core(plain),
    _core(with_flow, [_Affine(alpha, beta)]),
    _core(with_flow),
  ):
    results.append(
      (
        core.elbo(y, False, 2, _noise),
        core.importance_weighted_bound(y, 5, noise_fn=_noise),
        small.drawn(core, y, 2, 6, "means", _noise),
        small.drawn(core, y[:, :0], 2, 6, "means", _noise),
      )
    )
  with tf.Session() as session:
    without, flow, other = session.run(results)
  for expected, value in zip(tf.nest.flatten(without), tf.nest.flatten(flow)):
    np.testing.assert_allclose(value, expected, 1e-4, 1e-4)
  assert np.abs(other[1] - without[1]).max() > 0.1, "says nothing"
