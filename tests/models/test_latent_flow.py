"""The flow under a sequence of latents: Eq. 12, and there and back."""

import numpy as np
import pytest
import scipy.stats
import tensorflow.compat.v1 as tf

from t2t_af.bijectors import affine_autoregressive
from t2t_af.models import latent_flow
from t2t_af.models import latent_prior
from t2t_af.networks import series_conditioner
from tests import weights
from tests.models import tiny

TOLERANCE = 1e-4
K, NUM_STEPS, SIZE = 3, 4, 2
Z = (
  np.random.RandomState(0)
  .standard_normal([3, NUM_STEPS, SIZE])
  .astype(np.float32)
)


def _flow(num_transforms):
  return latent_flow.LatentFlow(
    [
      series_conditioner.SeriesConditioner(K, 4, name="flow_%d" % m)
      for m in range(num_transforms)
    ]
  )


def _base_log_prob(u):
  """A density with memory: u_t ~ N(u_(t-1) / 2, 1)."""
  before = tf.concat([tf.zeros_like(u[:, :1]), u[:, :-1]], axis=1)
  return -tf.reduce_sum(
    0.5 * tf.square(u - 0.5 * before) + 0.5 * np.log(2.0 * np.pi), axis=2
  )


@pytest.mark.parametrize("num_transforms", [0, 1, 2])
def test_log_prob_is_the_change_of_variables(num_transforms):
  """log p(z) = log p(u) - log |det dz / du|, by the Jacobian of `step`.

  And z is where `inverse` says u was: the two are each other's inverse.
  """
  size = NUM_STEPS * SIZE
  u = np.tile(Z[:1], [size, 1, 1])
  flow = _flow(num_transforms)
  noise = tf.constant(u)
  state, steps = flow.initial_state(noise[:, 0]), []
  for t in range(NUM_STEPS):
    z_t, state = flow.step(noise[:, t], state)
    steps.append(z_t)
  z = tf.stack(steps, axis=1)
  (jacobian,) = tf.gradients(tf.reshape(z, [size, size]), noise, tf.eye(size))
  done = flow.inverse(z)
  log_prob = flow.log_prob(z, _base_log_prob)
  with tf.Session() as session:
    weights.randomize(session)
    jacobian, z, u_of_z, z_of_u, done_state, log_prob, base, state = (
      session.run(
        [
          tf.reshape(jacobian, [size] * 2),
          z,
          done.u,
          done.parameters.forward(noise),
          done.state,
          log_prob,
          _base_log_prob(noise),
          state,
        ]
      )
    )
  if num_transforms:
    assert np.abs(z - u).max() > 0.01, "says nothing"
  np.testing.assert_allclose(u_of_z, u, TOLERANCE, TOLERANCE)
  np.testing.assert_allclose(z_of_u, z, TOLERANCE, TOLERANCE)
  for a, b in zip(done_state, state):
    np.testing.assert_allclose(a, b, TOLERANCE, TOLERANCE)
  expected = base[0].sum() - np.linalg.slogdet(jacobian.astype(np.float64))[1]
  np.testing.assert_allclose(log_prob[0].sum(), expected, TOLERANCE)


def test_starts_as_the_identity():
  flow = _flow(2)
  done = flow.inverse(tf.constant(Z))
  z_t, _ = flow.step(
    tf.constant(Z[:, 0]), flow.initial_state(tf.constant(Z[:, 0]))
  )
  with tf.Session() as session:
    session.run(tf.global_variables_initializer())
    done, z_t = session.run([done, z_t])
  np.testing.assert_array_equal(done.u, Z)
  np.testing.assert_array_equal(z_t, Z[:, 0])
  assert not any(parameter.any() for parameter in done.parameters)


def test_goes_on_from_a_state_whatever_the_cut():
  """Half a sequence and then the rest is the whole; also dynamic lengths."""
  flow = _flow(2)
  fed = tf.placeholder_with_default(Z, [None, None, SIZE])
  whole = flow.inverse(fed)
  first = flow.inverse(tf.constant(Z[:, :1]))
  rest = flow.inverse(tf.constant(Z[:, 1:]), first.state)
  with tf.Session() as session:
    weights.randomize(session)
    whole, first, rest = session.run([whole, first, rest])
  np.testing.assert_allclose(
    np.concatenate([first.u, rest.u], 1), whole.u, TOLERANCE, TOLERANCE
  )
  np.testing.assert_allclose(rest.state, whole.state, TOLERANCE, TOLERANCE)


class _Counting:
  """A conditioner that counts its calls."""

  num_cond_steps = K

  def __init__(self, seed):
    self._matrix = tf.constant(
      np.random.RandomState(seed).standard_normal([SIZE, SIZE]), tf.float32
    )
    self.calls = 0

  def __call__(self, z):
    self.calls += 1
    return z[:, : z.shape[1] - K + 1] @ self._matrix, None


@pytest.mark.parametrize("num_transforms", [0, 1, 2])
def test_next_state_is_inverses_without_the_last_conditioner(num_transforms):
  """For VideoFlow, which samples z_t, and goes on from another z_t."""
  conditioners = [_Counting(m) for m in range(num_transforms)]
  flow = latent_flow.LatentFlow(conditioners)
  z = tf.constant(Z)
  state = flow.inverse(z[:, :-1], flow.initial_state(z[:, 0])).state
  expected = flow.inverse(z[:, -1:], state).state
  calls = [c.calls for c in conditioners]
  actual = flow.next_state(z[:, -1], state)
  added = [c.calls - before for c, before in zip(conditioners, calls)]
  assert added == [1] * (num_transforms - 1) + [0] * bool(num_transforms)
  assert len(actual) == num_transforms
  with tf.Session() as session:
    for a, b in zip(*session.run([actual, expected])):
      np.testing.assert_allclose(a, b, TOLERANCE)


def test_state_after_given_latents_is_their_last_steps():
  flow = latent_flow.LatentFlow([latent_flow.LastStep(K)] * 2)
  with tf.Session() as session:
    for window in session.run(flow.state_after(tf.constant(Z))):
      np.testing.assert_array_equal(window, Z[:, -K:])


def test_differences_of_latents():
  """The special case that has no network: u_t = z_t - z_(t-1), z_0 = 0."""
  flow = latent_flow.LatentFlow([latent_flow.LastStep(K)])
  log_prob = flow.log_prob(tf.constant(Z), _base_log_prob)
  z_t, state = flow.step(
    tf.constant(Z[:, 3]), flow.inverse(tf.constant(Z[:, :3])).state
  )
  differences = np.diff(Z, axis=1, prepend=0.0)
  before = np.concatenate([np.zeros_like(Z[:, :1]), differences[:, :-1]], 1)
  with tf.Session() as session:
    log_prob, z_t, state = session.run([log_prob, z_t, state])
  np.testing.assert_allclose(
    log_prob,
    scipy.stats.norm.logpdf(differences, 0.5 * before).sum(axis=2),
    TOLERANCE,
  )
  np.testing.assert_allclose(z_t, Z[:, 2] + Z[:, 3], TOLERANCE)
  np.testing.assert_allclose(state[0][:, -1], z_t)


@pytest.mark.parametrize(
  "dynamics, num_transforms", [("skip", 1), ("affine_af", 2)]
)
def test_after_given_latents_it_is_the_stack_of_bijectors(
  dynamics, num_transforms
):
  """VideoFlow's: the conditioning latents pass unchanged, and are its state."""
  shape = (4, 2, 4)
  values = np.random.RandomState(1).standard_normal((2, K + 2) + shape)
  z = tf.constant(values, tf.float32)
  hparams = tiny.hparams(
    latent_dynamics=dynamics, latent_af_num_transforms=num_transforms
  )
  with tf.variable_scope("model", reuse=tf.AUTO_REUSE):
    prior = latent_prior.LatentPrior(1, shape, hparams)
    transformed = prior.inverse(z)
    y, log_det = z, 0.0
    for conditioner in prior.flow.conditioners:
      bijector = affine_autoregressive.AffineAutoregressive(conditioner, K)
      y, of_bijector = bijector.inverse_and_log_det(y)
      log_det += of_bijector
  with tf.Session() as session:
    weights.randomize(session)
    ours, theirs, our_log_det, log_det = session.run(
      [transformed.u, y[:, K:], transformed.inverse_log_det(), log_det[:, K:]]
    )
  assert np.abs(ours - values[:, K:]).max() > 0.01, "says nothing"
  np.testing.assert_allclose(ours, theirs, 1e-5, 1e-5)
  np.testing.assert_allclose(our_log_det, log_det, 1e-5, 1e-5)
