"""Flows whose optimum is known: AR(3) series and the particle of App. C."""

import numpy as np
import pytest
import scipy.stats
import tensorflow.compat.v1 as tf

from t2t_af import session as session_lib
from t2t_af.models import data_flow
from t2t_af.models import optimization
from tests.models import small

NUM_SEQUENCES, NUM_STEPS, DIMS = 200, 19, 2
NLL = "nll_nats_per_dim"


def _linear(differences):
  """A linear-Gaussian conditioner: shift of the past three, constant scale.

  Args:
    differences: the shift is a function of x_(t-1), its first and its second
      difference, the same functions, and starts at x_(t-1): of a particle far
      from the origin everything else starts with gradients of thousands.
  """

  def conditioner(x):
    taps = [x[:, 2:], x[:, 1:-1], x[:, :-2]]
    if differences:
      taps = [taps[0], taps[0] - taps[1], taps[0] - 2.0 * taps[1] + taps[2]]
    with tf.variable_scope("linear", reuse=tf.AUTO_REUSE):
      a = tf.get_variable(
        "a",
        initializer=tf.constant(
          np.stack([differences * np.eye(DIMS)] + 2 * [np.zeros([DIMS, DIMS])]),
          tf.float32,
        ),
      )
      log_scale = tf.get_variable(
        "log_scale", [DIMS], initializer=tf.zeros_initializer()
      )
    shift = tf.add_n([tf.tensordot(tap, a[i], 1) for i, tap in enumerate(taps)])
    return shift, log_scale + tf.zeros_like(shift)

  return conditioner


A = np.array(
  [
    [[0.5, 0.2], [-0.1, 0.4]],
    [[0.1, -0.3], [0.2, 0.1]],
    [[0.2, 0.0], [0.1, -0.2]],
  ]
)
SIGMA = np.array([0.3, 1.2])


def _ar3(seed):
  """x_t = sum_i x_(t-i) A_i + SIGMA * noise, from its past's own law."""
  rng = np.random.RandomState(seed)
  x = [np.zeros([NUM_SEQUENCES, DIMS])] * 3
  for _ in range(30 + NUM_STEPS):
    mean = sum(x[-1 - i] @ A[i] for i in range(3))
    x.append(mean + SIGMA * rng.standard_normal(mean.shape))
  return np.stack(x[-NUM_STEPS:], axis=1).astype(np.float32)


def _ar3_nll(x):
  """[sequences, steps from 9 on] of the true law, nats per dimension."""
  mean = sum(
    x[:, 9 - 1 - i : -1 - i].astype(np.float64) @ A[i] for i in range(3)
  )
  return -scipy.stats.norm.logpdf(x[:, 9:], mean, SIGMA).mean(axis=2)


def _particle(seed):
  w = np.random.RandomState(seed).standard_normal(
    [NUM_SEQUENCES, NUM_STEPS, DIMS]
  )
  return np.cumsum(np.cumsum(w, axis=1), axis=1).astype(np.float32)


def _hparams(**overrides):
  return small.hparams(
    "af1_series_tiny",
    clip_grad_norm=0.0,
    learning_rate_constant=0.03,
    **overrides,
  )


def _trained(monkeypatch, train, test, differences, num_steps):
  """Mean NLL of the test sequences after training, nats per dimension."""
  monkeypatch.setattr(
    data_flow, "_conditioner", lambda *_, **kwargs: _linear(differences)
  )
  hp = _hparams()
  _, loss = small.body("autoregressive_flow", hp, train, "train")
  scores, _ = small.body("autoregressive_flow", hp, test)
  step = optimization.train_op(loss, hp)
  with tf.Session() as session:
    session.run(session_lib.initializer())
    for _ in range(num_steps):
      session.run(step)
    return session.run(scores[NLL]).mean()


def test_known_coefficients_have_the_analytic_likelihood(monkeypatch):
  monkeypatch.setattr(
    data_flow, "_conditioner", lambda *_, **kwargs: _linear(differences=False)
  )
  x = _ar3(seed=0)
  scores, _ = small.body("autoregressive_flow", _hparams(), x)
  with tf.Session() as session:
    for v in tf.trainable_variables():
      v.load(A if v.op.name.endswith("/a") else np.log(SIGMA), session)
    nll = session.run(scores[NLL])
  np.testing.assert_allclose(nll, _ar3_nll(x), 1e-4, 1e-5)


def test_ar3_is_learnt_to_the_analytic_likelihood(monkeypatch):
  """Within 0.01 nats per step of the law that made the series."""
  test = _ar3(seed=1)
  nll = _trained(monkeypatch, _ar3(seed=0), test, False, num_steps=300)
  assert abs(nll - _ar3_nll(test).mean()) * DIMS < 0.01


def test_particle_one_flow_reaches_what_two_differences_reach(monkeypatch):
  """App. C: w is the second difference of x, and standard normal."""
  test = _particle(seed=1)
  w = np.diff(test.astype(np.float64), n=2, axis=1)[:, 7:]
  optimum = -scipy.stats.norm.logpdf(w).mean()
  nll = _trained(monkeypatch, _particle(seed=0), test, True, num_steps=400)
  assert abs(nll - optimum) * DIMS < 0.01


@pytest.mark.parametrize("num_transforms, optimal", [(1, False), (2, True)])
def test_particle_differences(num_transforms, optimal):
  """Two differences leave noise; one leaves a random walk."""
  hp = small.hparams("slvm_dx_series_tiny", num_transforms=num_transforms)
  x = tf.constant(_particle(seed=1))
  flow = data_flow.stack([DIMS], hp, training=False)
  with tf.Session() as session:
    y = session.run(flow.inverse(x))[:, 9:]
  nll = -scipy.stats.norm.logpdf(y).mean()
  entropy = 0.5 * np.log(2.0 * np.pi * np.e)
  assert (abs(nll - entropy) < 0.05) == optimal
