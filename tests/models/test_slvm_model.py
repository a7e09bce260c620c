"""The registered SLVM: its bound from features, special cases, samples."""

import numpy as np
import pytest
import scipy.stats
import tensorflow.compat.v1 as tf

from t2t_af.models import data_flow
from t2t_af.models import slvm
from t2t_af.models import slvm_core
from tests import weights
from tests.models import known_noise
from tests.models import numpy_slvm
from tests.models import small
from tests.networks import numpy_layers

NLL = "nll_nats_per_dim"
NUM_WARMUP, NUM_TARGETS = 3, 10
EPS = (
  np.random.RandomState(5)
  .standard_normal([NUM_WARMUP + NUM_TARGETS, 2, 3])
  .astype(np.float32)
)


@pytest.fixture(autouse=True)
def _known_noise(monkeypatch):
  """x = v / 256, and z drawn with EPS."""
  known_noise.uniform_is(monkeypatch, 0.0)
  _use_epsilon(monkeypatch, lambda *_: tf.constant(EPS))


def _use_epsilon(monkeypatch, noise_fn):
  """In evaluations; a training's noise is the graph's."""
  monkeypatch.setattr(
    slvm.Slvm,
    "_noise_fn",
    lambda model, _: None if model.is_training else noise_fn,
  )


def _run(hp, x, mode="eval"):
  """Scores and loss, with random weights; and these by name."""
  scores, loss = small.body("slvm", hp, x, mode)
  with tf.Session() as session:
    values = numpy_layers.under(numpy_layers.random_weights(session), "model")
    scores, loss = session.run([scores, loss])
  return scores, loss, values


def test_base_density_of_a_picture_is_that_of_the_bound():
  """log N(y; base_loc, base_scale), and the flow's log-determinant."""
  hp = small.hparams("slvm_af1_series_tiny", scale_floor=1.0)
  x = small.sequences(small.SERIES, 19)
  scores, _ = small.body("slvm", hp, x)
  with tf.variable_scope("model", reuse=tf.AUTO_REUSE):
    parts = small.model("slvm", hp, "eval").decomposition(
      {"inputs": tf.constant(x[:, :9]), "targets": tf.constant(x[:, 9:])}
    )
  with tf.Session() as session:
    numpy_layers.random_weights(session)
    expected, parts = session.run([scores[slvm.RECONSTRUCTION], parts])
  y, scale_1, loc, scale = [
    parts[name][:, -NUM_TARGETS:]
    for name in ("y_1", "scale_1", "base_loc", "base_scale")
  ]
  assert parts["base_loc"].shape == parts["y_1"].shape
  nll = -scipy.stats.norm(loc, scale).logpdf(y) + np.log(scale_1)
  np.testing.assert_allclose(nll.mean(axis=2), expected, 1e-4, 1e-4)


@pytest.mark.parametrize(
  "hparams_set, step_shape",
  [
    ("slvm_series_tiny", small.SERIES),
    ("slvm_dx_series_tiny", small.SERIES),
    ("slvm_tiny", small.VIDEO),
    ("slvm_dx_tiny", small.VIDEO),
  ],
)
def test_bound_equals_numpy(hparams_set, step_shape):
  """Eq. 20-22 of the ten targets after three warm-up steps, by numpy."""
  hp = small.hparams(hparams_set)
  x = small.sequences(step_shape, 19)
  scores, loss, values = _run(hp, x)

  y, log_volume = x.astype(np.float64), 0.0
  if len(step_shape) == 3:
    y, log_volume = np.round(y * 255.0) / 256.0, np.log(256.0)
  if hp.data_flow == "difference":
    y = np.diff(y, axis=1)
  y = y[:, -NUM_WARMUP - NUM_TARGETS :]
  networks = (
    numpy_slvm.Series(values)
    if len(step_shape) == 1
    else numpy_slvm.Video(values, False, hp.data_flow == "none")
  )
  expected = numpy_slvm.run(
    networks, y, EPS, np.zeros([1, 2, 3]), lambda window: (0.0, 0.0)
  )
  dims = np.prod(step_shape)
  reconstruction = (log_volume - expected.reconstruction / dims)[:, NUM_WARMUP:]
  kl = expected.kl[:, NUM_WARMUP:] / dims
  np.testing.assert_allclose(
    scores[slvm.RECONSTRUCTION], reconstruction, 1e-3, 1e-3
  )
  np.testing.assert_allclose(scores[slvm.KL], kl, 1e-3, 1e-3)
  np.testing.assert_allclose(scores[NLL], reconstruction + kl, 1e-3, 1e-3)
  np.testing.assert_allclose(
    loss, (reconstruction + kl).mean() / np.log(2.0), 1e-3
  )


@pytest.mark.parametrize(
  "column, step_shape", [("series_tiny", small.SERIES), ("tiny", small.VIDEO)]
)
def test_one_flow_with_the_last_step_as_shift_is_delta_x(
  monkeypatch, column, step_shape
):
  """Sect. 3.1: the same weights, the same bound."""
  monkeypatch.setattr(
    data_flow, "_conditioner", lambda *_, **kwargs: lambda x: (x[:, 2:], None)
  )
  x = small.sequences(step_shape, 19)
  found = []
  for row in ("slvm_dx_", "slvm_af1_"):
    with tf.Graph().as_default():
      found.append(_run(small.hparams(row + column, num_recurrent_layers=1), x))
  (difference, _, values), (flow, _, same) = found
  assert list(values) == list(same)
  for name in difference:
    np.testing.assert_allclose(flow[name], difference[name], 1e-4, 1e-4)


def test_flow_adds_its_log_determinant():
  """Against the core on y, with the whole sequence through the flow."""
  hp = small.hparams("slvm_af2_series_tiny")
  x = small.sequences(small.SERIES, 19)
  scores, _ = small.body("slvm", hp, x)
  with tf.variable_scope("model", reuse=tf.AUTO_REUSE):
    y, log_det = data_flow.stack(
      small.SERIES, hp, training=False
    ).inverse_and_log_det(tf.constant(x))
    bound = slvm_core.SlvmCore(small.SERIES, hp).elbo(
      y[:, 6:], False, noise_fn=lambda *_: tf.constant(EPS)
    )
  with tf.Session() as session:
    weights.randomize(session)
    scores, bound, log_det = session.run([scores, bound, log_det])
  nll = bound.kl - bound.reconstruction - log_det[:, 6:]
  assert np.abs(log_det[:, 9:]).min() > 1e-4
  np.testing.assert_allclose(
    scores[NLL], nll[:, NUM_WARMUP:] / small.SERIES[0], 1e-4, 1e-5
  )


@pytest.mark.parametrize("kl_warmup_steps, weight", [(0, 1.0), (4, 0.25)])
def test_kl_warmup_weighs_the_objective_alone(kl_warmup_steps, weight):
  hp = small.hparams("slvm_series_tiny", kl_warmup_steps=kl_warmup_steps)
  scores, loss, _ = _run(hp, small.sequences(small.SERIES, 19), "train")
  np.testing.assert_allclose(
    scores[NLL], scores[slvm.RECONSTRUCTION] + scores[slvm.KL], 1e-5
  )
  assert scores[slvm.KL].mean() > 1e-3
  np.testing.assert_allclose(
    loss * np.log(2.0),
    (scores[slvm.RECONSTRUCTION] + weight * scores[slvm.KL]).mean(),
    1e-5,
  )


def test_importance_weighted_bound_is_the_cores(monkeypatch):
  eps = np.random.RandomState(1).standard_normal([13, 1, 3])

  def noise_fn(what, shape, number):
    return tf.zeros(shape) + tf.constant(eps, tf.float32)

  _use_epsilon(monkeypatch, noise_fn)
  hp = small.hparams("slvm_af1_series_tiny", num_importance_samples=4)
  x = small.sequences(small.SERIES, 19)
  scores, _ = small.body("slvm", hp, x)
  with tf.variable_scope("model", reuse=tf.AUTO_REUSE):
    y, log_det = data_flow.stack(
      small.SERIES, hp, training=False
    ).inverse_and_log_det(tf.constant(x))
    bound = slvm_core.SlvmCore(small.SERIES, hp).importance_weighted_bound(
      y[:, 6:], 4, NUM_WARMUP, noise_fn=noise_fn
    )
  with tf.Session() as session:
    weights.randomize(session)
    nll, bound, log_det = session.run([scores[NLL], bound, log_det])
  np.testing.assert_allclose(
    nll * small.SERIES[0], -bound - log_det[:, 9:], 1e-4
  )


@pytest.mark.parametrize(
  "hparams_set, step_shape, mode",
  [
    ("slvm_tiny", small.VIDEO, "means"),
    ("slvm_af1_tiny", small.VIDEO, "samples"),
    ("slvm_dx_series_tiny", small.SERIES, "means"),
    ("slvm_af2_series_tiny", small.SERIES, "samples"),
  ],
)
def test_samples_go_on_from_their_context(hparams_set, step_shape, mode):
  """Without noise in the future they differ by z of the context alone."""
  hp = small.hparams(
    hparams_set, sample_mode=mode, temperature=1e-6, video_num_target_frames=2
  )
  inputs = small.sequences(step_shape, 9)
  x = small.futures("slvm", hp, inputs, num_decodes=3)
  assert x.shape.as_list()[1:] == [3, 2] + list(step_shape)
  with tf.Session() as session:
    weights.randomize(session)
    x = session.run(x)
  assert np.isfinite(x).all()
  assert np.abs(x[0] - x[1]).max() > 1e-5  # another context
  assert np.abs(x[:, 0] - x[:, 1]).max() > 1e-7  # another z


def test_cold_start_samples():
  """3 + 10 with a flow: no y of the context, the prior starts from z_0."""
  hp = small.hparams("slvm_af1_activity_rec", video_num_target_frames=2)
  x = small.futures("slvm", hp, small.sequences(small.SERIES, 3), 2)
  with tf.Session() as session:
    weights.randomize(session)
    assert np.isfinite(session.run(x)).all()
