"""Normal and Student's t bases: densities, draws, what is learned."""

import numpy as np
import pytest
import scipy.stats
import tensorflow.compat.v1 as tf

from t2t_af.models import base_distribution
from tests.models import small

SHAPE = (2, 7, 3)
RNG = np.random.RandomState(3)
X, LOC, LOG_SCALE = (
  RNG.standard_normal(SHAPE).astype(np.float32) for _ in range(3)
)
# One below 2, where there is no variance, and one that is nearly normal.
FREEDOM = np.array([1.3, 5.0, 900.0], np.float32)


def _student_t():
  return base_distribution.StudentT(tf.constant(FREEDOM))


@pytest.mark.parametrize("far", [1.0, 1e3, 1e6])
def test_log_density_is_scipys(far):
  """Also as far out as a sensor jumps."""
  of_x = base_distribution.LocationScale(
    _student_t(), tf.constant(LOC), tf.constant(LOG_SCALE)
  )
  with tf.Session() as session:
    ours = session.run(of_x.log_prob(tf.constant(far * X)))
  theirs = scipy.stats.t(
    FREEDOM.astype(np.float64), LOC, np.exp(LOG_SCALE.astype(np.float64))
  ).logpdf(far * X)
  np.testing.assert_allclose(ours, theirs.sum(axis=2), 1e-4, 1e-3)


def test_a_normal_has_no_variable_and_its_own_density():
  hp = small.hparams("af1_series_tiny")
  base = base_distribution.from_hparams(small.SERIES, hp)
  of_x = base_distribution.LocationScale(
    base, tf.constant(LOC), tf.constant(LOG_SCALE)
  )
  with tf.Session() as session:
    ours = session.run(of_x.log_prob(tf.constant(X)))
  assert not tf.global_variables()
  np.testing.assert_allclose(
    ours, scipy.stats.norm(LOC, np.exp(LOG_SCALE)).logpdf(X).sum(axis=2), 1e-5
  )


def test_draws_have_the_quantiles_of_the_distribution():
  """Kolmogorov's distance of 20,000 draws is below 0.0136, once in a 1000."""
  tf.set_random_seed(1)
  normal = tf.random_normal([20_000, 3])
  with tf.Session() as session:
    noise, again = session.run(
      [_student_t().noise(normal), base_distribution.Normal().noise(normal)]
    )
  for feature, freedom in enumerate(FREEDOM):
    found = scipy.stats.kstest(noise[:, feature], scipy.stats.t(freedom).cdf)
    assert found.statistic < 0.0136
  # The tail is none that a normal has.
  assert np.abs(noise[:, 0]).max() > 50 > np.abs(again).max()


@pytest.mark.parametrize(
  "raw, low, high",
  [(0.0, 5.0, 5.0), (-0.2, 1.5, 1.6), (-9.0, 1.01, 1.03), (9.0, 900.0, 1000.0)],
)
def test_degrees_of_freedom_start_at_five_and_stay_where_they_can_be_told(
  raw, low, high
):
  hp = small.hparams("af1_series_tiny", base_distribution="student_t")
  freedom = base_distribution.from_hparams(small.SERIES, hp).degrees_of_freedom
  (variable,) = tf.trainable_variables()
  assert variable.op.name == "base/degrees_of_freedom"
  with tf.Session() as session:
    session.run(variable.initializer)
    session.run(variable.assign_add(tf.fill(variable.shape, raw)))
    value = session.run(freedom)
  assert value.shape == small.SERIES
  assert (value >= low - 1e-5).all() and (value <= high + 1e-5).all()


def _ar1(num_windows, num_steps, seed):
  """x_t = 0.8 x_(t-1) + t3 noise, [windows, steps, 1]; and the noise."""
  rng = np.random.default_rng(seed)
  noise = rng.standard_t(3.0, [num_windows, 50 + num_steps])
  x = np.zeros_like(noise)
  for t in range(1, x.shape[1]):
    x[:, t] = 0.8 * x[:, t - 1] + noise[:, t]
  return x[:, -num_steps:, None].astype(np.float32), noise[:, -num_steps:]


def _trained(base, x, held_out):
  """(NLL of the scored steps of held_out, degrees of freedom or None)."""
  hp = small.hparams(
    "af1_series_tiny", base_distribution=base, video_num_input_frames=3
  )
  name = "autoregressive_flow"
  with tf.Graph().as_default(), tf.Session() as session:
    tf.set_random_seed(0)
    _, loss = small.body(name, hp, x, "train")
    step = tf.train.AdamOptimizer(0.02).minimize(loss)
    scores, _ = small.body(name, hp, held_out)
    session.run(tf.global_variables_initializer())
    for _ in range(300):
      session.run(step)
    nll = session.run(scores["nll_nats_per_dim"])
    freedom = None
    if base == "student_t":
      with tf.variable_scope("model", reuse=True):
        freedom = session.run(
          base_distribution.from_hparams((1,), hp).degrees_of_freedom
        )
  return nll.mean(), freedom


def test_heavy_tails_are_found_and_their_gain_is_the_known_one():
  """AR(1) with t3 noise: the two entropies differ by 0.19 nats a step."""
  x, _ = _ar1(512, 13, 0)
  held_out, noise = _ar1(512, 13, 1)
  noise = noise[:, 3:]
  (normal, _), (student, freedom) = (
    _trained(base, x, held_out) for base in base_distribution.BASES
  )
  known = -scipy.stats.t(3.0).logpdf(noise).mean()
  best_normal = -scipy.stats.norm(0.0, noise.std()).logpdf(noise).mean()
  assert 2.4 < freedom < 3.8
  assert student == pytest.approx(known, abs=0.04)
  assert normal > best_normal - 0.01
  assert normal - student > 0.8 * (best_normal - known) > 0.1


@pytest.mark.parametrize(
  "model, hparams_set, shape",
  [
    ("autoregressive_flow", "af2_series_tiny", small.SERIES),
    ("slvm", "slvm_series_tiny", small.SERIES),
    ("autoregressive_flow", "af1_tiny", small.VIDEO),
  ],
)
def test_a_students_t_has_one_trainable_number_per_feature(
  model, hparams_set, shape
):
  """Of the last axis of a step, counted among the parameters."""
  sizes = []
  for base in base_distribution.BASES:
    hp = small.hparams(hparams_set, base_distribution=base)
    with tf.Graph().as_default():
      small.body(model, hp, small.sequences(shape, 19))
      sizes.append(
        sum(np.prod(v.shape.as_list()) for v in tf.trainable_variables())
      )
  assert sizes[1] - sizes[0] == shape[-1]
