"""No predicted scale is below the noise: densities, samples, decompositions."""

import numpy as np
import pytest
import scipy.stats
import tensorflow.compat.v1 as tf

from t2t_af.models import autoregressive_flow
from t2t_af.models import base_distribution
from t2t_af.models import data_flow
from t2t_af.models import noise as noise_lib
from t2t_af.models import slvm
from t2t_af.models import slvm_core
from tests import weights
from tests.models import numpy_slvm
from tests.models import small
from tests.networks import numpy_layers

AF, NLL, FLOOR = "autoregressive_flow", "nll_nats_per_dim", 1.0
NUM_INPUTS, NUM_TARGETS = 9, 10
X = small.sequences(small.SERIES, NUM_INPUTS + NUM_TARGETS)


def _hparams(row="af1", **overrides):
  return small.hparams(
    row + "_series_tiny", **{"scale_floor": FLOOR, **overrides}
  )


def _decomposed(hp, x):
  model = small.model(AF, hp, "eval")
  with tf.variable_scope("model", reuse=tf.AUTO_REUSE):
    return model.decomposition(
      {
        "inputs": tf.constant(x[:, :NUM_INPUTS]),
        "targets": tf.convert_to_tensor(x[:, NUM_INPUTS:]),
      }
    )


def _of_x(parts, num_transforms):
  """(loc, scale) of x given the past, of the targets, by what flows say."""
  loc, scale = 0.0, 1.0
  for m in range(1, num_transforms + 1):
    loc = loc + scale * parts["shift_%d" % m][:, -NUM_TARGETS:]
    scale = scale * parts["scale_%d" % m][:, -NUM_TARGETS:]
  return loc, scale


@pytest.mark.parametrize("base", base_distribution.BASES)
@pytest.mark.parametrize("num_transforms", [1, 2, 3])
def test_variances_of_flow_and_floor_add_up(num_transforms, base):
  """Of the product of all scales; the normal is exactly N(loc, s^2 + f^2)."""
  overrides = dict(num_transforms=num_transforms, base_distribution=base)
  hp = _hparams(**overrides)
  scores, _ = small.body(AF, hp, X)
  floored = _decomposed(hp, X)
  plain = _decomposed(_hparams(scale_floor=0.0, **overrides), X)
  with tf.Session() as session:
    weights.randomize(session, zero="degrees_of_freedom")
    nll, floored, plain = session.run([scores[NLL], floored, plain])
  loc, scale = _of_x(plain, num_transforms)
  same_loc, widened = _of_x(floored, num_transforms)
  expected = np.sqrt(scale**2 + FLOOR**2)
  np.testing.assert_allclose(same_loc, loc, 1e-4, 1e-4)
  np.testing.assert_allclose(widened, expected, 1e-4)
  assert scale.min() < FLOOR < widened.min()
  of_x = (
    scipy.stats.norm(loc, expected)
    if base == "normal"
    else scipy.stats.t(5.0, loc, expected)
  )
  targets = X[:, NUM_INPUTS:]
  np.testing.assert_allclose(nll, -of_x.logpdf(targets).mean(axis=2), 1e-3)
  # The decomposition's noise is that of the base.
  y = floored["y_%d" % num_transforms][:, -NUM_TARGETS:]
  np.testing.assert_allclose(loc + widened * y, targets, 1e-3, 1e-3)
  assert ("base_degrees_of_freedom" in floored) == (base == "student_t")


@pytest.mark.parametrize(
  "overrides",
  [
    dict(),
    dict(num_transforms=2),
    dict(num_transforms=2, first_steps="initial", video_num_input_frames=2),
    dict(flow_transform="spline"),
    dict(scale_floor=0.0),
  ],
  ids=str,
)
def test_density_is_one(overrides):
  """log p(x) is that of the base at y, and the Jacobian of x -> y."""
  hp = _hparams(video_num_target_frames=2, **overrides)
  num_scored = 4 if hp.first_steps == "initial" else 2
  x = tf.constant(X[:1, : hp.video_num_input_frames + 2])
  model = small.model(AF, hp, "eval")
  model.check_input(list(small.SERIES))
  noise = noise_lib.GraphNoise()
  with tf.variable_scope("model", reuse=tf.AUTO_REUSE):
    scores = model.score(x, noise)
    y, _, _, log_scale = model.flow_inverse(x, noise)
    y = tf.reshape(model.standardised(y, log_scale)[0, -num_scored:], [-1])
  # One backward pass, run for a number of y at a time.
  which = tf.placeholder_with_default(tf.ones_like(y), y.shape)
  row = tf.gradients(y, x, which)[0][0, -num_scored:]
  with tf.Session() as session:
    weights.randomize(session)
    nll, y = session.run([scores.nll, y])
    rows = [session.run(row, {which: one}) for one in np.eye(len(y))]
  _, log_det = np.linalg.slogdet(np.reshape(rows, [len(y), len(y)]))
  expected = scipy.stats.norm.logpdf(y).sum() + log_det
  np.testing.assert_allclose(-nll.sum() * small.SERIES[0], expected, 1e-4)


@pytest.mark.parametrize(
  "overrides",
  [
    dict(),
    dict(num_transforms=2),
    dict(num_transforms=3),
    dict(num_transforms=2, base_distribution="student_t"),
    dict(num_transforms=2, first_steps="initial", video_num_input_frames=1),
    dict(flow_transform="spline"),
  ],
  ids=str,
)
def test_samples_go_back_to_the_noise_they_were_made_of(monkeypatch, overrides):
  hp = _hparams(**overrides)
  num_inputs, shape = hp.video_num_input_frames, (2, NUM_TARGETS, 5)
  eps = np.random.RandomState(7).standard_normal(shape).astype(np.float32)
  monkeypatch.setattr(
    autoregressive_flow.tf, "random_normal", lambda _: tf.constant(eps)
  )
  for base in (base_distribution.Normal, base_distribution.StudentT):
    monkeypatch.setattr(base, "noise", lambda self, normal: normal)
  x = small.futures(AF, hp, X[:, :num_inputs], num_decodes=1)[:, 0]
  whole = tf.concat([X[:, :num_inputs], x], axis=1)
  model = small.model(AF, hp, "eval")
  model.check_input(list(small.SERIES))
  with tf.variable_scope("model", reuse=tf.AUTO_REUSE):
    y, _, _, log_scale = model.flow_inverse(whole, noise_lib.GraphNoise())
    y = model.standardised(y, log_scale)[:, -NUM_TARGETS:]
  with tf.Session() as session:
    weights.randomize(session)
    y, x = session.run([y, x])
  assert np.abs(x - eps).max() > 0.1
  np.testing.assert_allclose(y, eps, 1e-3, 1e-3)


@pytest.mark.parametrize("row", ["slvm", "slvm_dx", "slvm_af1", "slvm_af2"])
def test_samples_of_an_slvm_have_the_floored_scale(monkeypatch, row):
  """x -> y leads back to loc + sqrt(s^2 + f^2 / S^2) noise."""
  hp = _hparams(row)
  rng = np.random.RandomState(2)
  loc, log_scale, eps = (
    rng.standard_normal((4, NUM_TARGETS, 5)).astype(np.float32)
    for _ in range(3)
  )
  log_scale -= 3.0
  monkeypatch.setattr(
    slvm_core.SlvmCore,
    "sample",
    lambda *_: base_distribution.Future(
      *[tf.constant(v) for v in (loc, log_scale, eps)]
    ),
  )
  x = small.futures("slvm", hp, X[:, :NUM_INPUTS], num_decodes=2)
  x = tf.reshape(x, [4, NUM_TARGETS, 5])
  whole = tf.concat([np.repeat(X[:, :NUM_INPUTS], 2, axis=0), x], axis=1)
  with tf.variable_scope("model", reuse=tf.AUTO_REUSE):
    flow = data_flow.stack(small.SERIES, hp, training=False)
    ys, _, of_flow = flow.inverses(whole, with_scale=True)
    y = [whole, *ys][-1]
  with tf.Session() as session:
    weights.randomize(session)
    y, of_flow = session.run([v[:, -NUM_TARGETS:] for v in (y, of_flow)])
  variance = np.exp(2 * log_scale) + FLOOR**2 * np.exp(-2 * of_flow)
  assert ("af" in row) == bool(np.abs(of_flow).max() > 0.1)
  np.testing.assert_allclose(y, loc + np.sqrt(variance) * eps, 1e-3, 2e-3)


class _Floored(numpy_slvm.Series):
  """Whose likelihood has variances s^2 + floor^2, floor per number of y."""

  def __init__(self, values, log_floor):
    super().__init__(values)
    self._log_floor = log_floor

  def decode(self, z):
    loc, log_scale = super().decode(z)
    return loc, 0.5 * np.logaddexp(
      2 * log_scale, 2 * self._log_floor[:, -z.shape[1] :]
    )


def test_bounds_of_an_slvm_are_of_the_floored_likelihood():
  """ELBO and importance weights, by numpy; a floor of its own everywhere."""
  y = X[:, :6]
  rng = np.random.RandomState(4)
  eps = rng.standard_normal((6, 2, 3)).astype(np.float32)
  log_floor = rng.standard_normal(y.shape).astype(np.float32) - 1.0
  core = slvm_core.SlvmCore(small.SERIES, small.hparams("slvm_series_tiny"))
  given = dict(
    noise_fn=lambda *_: tf.constant(eps), log_floor=tf.constant(log_floor)
  )
  bound = core.elbo(tf.constant(y), False, **given)
  weight = core.importance_weighted_bound(tf.constant(y), 1, 2, **given)
  with tf.Session() as session:
    values = numpy_layers.random_weights(session)
    bound, weight = session.run([bound, weight])
  expected = numpy_slvm.run(
    _Floored(values, log_floor),
    y,
    eps,
    np.zeros([1, 2, 3]),
    lambda window: (0.0, 0.0),
  )
  np.testing.assert_allclose(
    bound.reconstruction, expected.reconstruction, 1e-3, 1e-3
  )
  np.testing.assert_allclose(weight, expected.log_weight[:, 2:], 1e-3, 1e-3)


@pytest.mark.parametrize("base, most", [("normal", 0.3989), ("student_t", 0.4)])
@pytest.mark.parametrize("row", ["slvm", "slvm_dx", "slvm_af1", "slvm_af2"])
def test_no_density_of_an_slvm_is_above_the_floors(row, base, most):
  """p(x | z) <= p(0) / floor, however sure flow and decoder are."""
  hp = _hparams(row, base_distribution=base)
  scores, _ = small.body("slvm", hp, X)
  with tf.Session() as session:
    weights.randomize(session, zero="degrees_of_freedom")
    for v in tf.trainable_variables():
      if v.op.name.endswith("log_scale/bias"):
        session.run(v.assign(tf.fill(v.shape, -7.0)))
    nll = session.run(scores[slvm.RECONSTRUCTION])
  assert nll.min() > np.log(FLOOR) - np.log(most) - 1e-4


def test_what_the_floor_is_by_default():
  """series_noise for series; none for video; 0 switches it off."""
  found = []
  for hparams_set, overrides, shape in (
    ("af1_activity_rec", {}, small.SERIES),
    ("af1_series_tiny", {}, small.SERIES),
    ("af1_activity_rec", dict(scale_floor=0.0), small.SERIES),
    ("af1_activity_rec", dict(scale_floor=0.1), small.SERIES),
    ("af1_tiny", {}, small.VIDEO),
  ):
    model = small.model(AF, small.hparams(hparams_set, **overrides), "eval")
    model.check_input(list(shape))
    found.append(model.scale_floor)
  assert found == [0.02, 0.0, 0.0, 0.1, 0.0]


@pytest.mark.parametrize("num_transforms", [1, 2])
def test_new_weights_are_the_identity_but_for_the_floor(num_transforms):
  """N(0, 1 + f^2): that of a standardised number with its noise."""
  hp = _hparams(num_transforms=num_transforms, scale_floor=0.02)
  scores, _ = small.body(AF, hp, X)
  with tf.Session() as session:
    session.run(tf.global_variables_initializer())
    nll = session.run(scores[NLL])
  of_x = scipy.stats.norm(0.0, np.sqrt(1.0 + 0.02**2))
  np.testing.assert_allclose(
    nll, -of_x.logpdf(X[:, NUM_INPUTS:]).mean(axis=2), 1e-5
  )
