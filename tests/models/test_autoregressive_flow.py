"""1-AF, 2-AF: closed forms, an independent recomputation, samples."""

import numpy as np
import pytest
import scipy.stats
import tensorflow.compat.v1 as tf

from t2t_af.models import data_flow
from t2t_af.models import observation
from tests import weights
from tests.models import known_noise
from tests.models import small
from tests.networks import numpy_layers

MODEL = "autoregressive_flow"
NLL = "nll_nats_per_dim"
TOLERANCE = 1e-4


@pytest.fixture(name="no_noise")
def _no_noise(monkeypatch):
  """x = v / 256."""
  known_noise.uniform_is(monkeypatch, 0.0)


def _nll(hp, x, initialize=weights.randomize, **kwargs):
  """[batch, scored steps] and the loss, by the model."""
  scores, loss = small.body(MODEL, hp, x, **kwargs)
  with tf.Session() as session:
    session.run(tf.global_variables_initializer())
    if initialize:
      initialize(session)
    scores, loss = session.run([scores, loss])
  assert [name for name in scores if "/" not in name] == [NLL]
  np.testing.assert_allclose(loss, scores[NLL].mean() / np.log(2.0), rtol=1e-5)
  return scores[NLL]


def _standard_normal(y):
  """[batch, time]: mean over the numbers of a step of -log N(0, 1)."""
  axes = tuple(range(2, y.ndim))
  return -scipy.stats.norm.logpdf(y.astype(np.float64)).mean(axes)


@pytest.mark.parametrize("num_transforms", [1, 2])
def test_new_weights_are_the_standard_normal(no_noise, num_transforms):
  """Zero heads: y = x, on the scale of the levels."""
  del no_noise
  hp = small.hparams("af1_tiny", num_transforms=num_transforms)
  x = small.sequences(small.VIDEO, 19)
  levels = np.round(x[:, 9:] * 255.0)
  np.testing.assert_allclose(
    _nll(hp, x, initialize=None),
    _standard_normal(levels / 256.0) + np.log(256.0),
    rtol=TOLERANCE,
  )


@pytest.mark.parametrize(
  "hparams_set, step_shape",
  [("af1_tiny", small.VIDEO), ("af1_series_tiny", small.SERIES)],
)
def test_last_step_as_shift_is_the_gaussian_random_walk(
  monkeypatch, no_noise, hparams_set, step_shape
):
  """x_t ~ N(x_(t-1), 1)."""
  del no_noise
  monkeypatch.setattr(
    data_flow, "_conditioner", lambda *_, **kwargs: lambda x: (x[:, 2:], None)
  )
  x = small.sequences(step_shape, 19)
  expected, scale = 0.0, x
  if len(step_shape) == 3:
    expected, scale = np.log(256.0), np.round(x * 255.0) / 256.0
  expected += _standard_normal(np.diff(scale, axis=1)[:, 8:])
  ours = _nll(small.hparams(hparams_set), x, initialize=None)
  np.testing.assert_allclose(ours, expected, rtol=TOLERANCE)


def _elu(x):
  return np.where(x < 0, np.expm1(np.minimum(x, 0)), x)


def _numpy_series(values, x, num_transforms, initial):
  """(y, log |dy / dx| [batch, time]) by numpy, step by step."""
  log_det, start = np.zeros(x.shape[:2]), 0
  for m in range(num_transforms):
    own = numpy_layers.under(values, "flow/transform_%d" % m)
    y = x.copy()
    for t in range(start, x.shape[1]):
      if t >= start + 3:
        of = numpy_layers.under(own, "conditioner")
        h = numpy_layers.highway(
          numpy_layers.under(of, "highway"),
          x[:, t - 3 : t].reshape([len(x), -1]),
          _elu,
        )
        shift, raw = [
          numpy_layers.dense(numpy_layers.under(of, name), h)
          for name in ("shift", "log_scale")
        ]
      elif initial:
        shift, raw = own["initial/shift"], own["initial/log_scale"]
      else:
        continue
      log_scale = numpy_layers.bounded(raw, 10.0)
      y[:, t] = (x[:, t] - shift) * np.exp(-log_scale)
      log_det[:, t] -= (log_scale + np.zeros_like(x[:, t])).sum(axis=1)
    x, start = y, start if initial else start + 3
  return x, log_det


@pytest.mark.parametrize(
  "num_transforms, first_steps, first_scored",
  [(1, "skip", 9), (2, "skip", 9), (2, "initial", 0)],
)
def test_equals_numpy(num_transforms, first_steps, first_scored):
  """Eq. 5-7 and 9, also where the inputs are cut to what is looked at."""
  hp = small.hparams(
    "af1_series_tiny", num_transforms=num_transforms, first_steps=first_steps
  )
  x = small.sequences(small.SERIES, 19)
  values = {}
  ours = _nll(
    hp,
    x,
    lambda session: values.update(
      numpy_layers.under(numpy_layers.random_weights(session), "model")
    ),
  )
  y, log_det = _numpy_series(
    values, x.astype(np.float64), num_transforms, first_steps == "initial"
  )
  theirs = (_standard_normal(y) - log_det / small.SERIES[0])[:, first_scored:]
  assert np.abs(log_det[:, first_scored:]).min() > 1e-3
  np.testing.assert_allclose(ours, theirs, 1e-3, 1e-3)


def test_video_is_scored_by_its_flow(no_noise):
  """The whole sequence through the stack, without cutting."""
  del no_noise
  hp = small.hparams("af2_tiny")
  x = small.sequences(small.VIDEO, 19)
  scores, _ = small.body(MODEL, hp, x)
  with tf.variable_scope("model", reuse=tf.AUTO_REUSE):
    y, log_det = data_flow.stack(
      small.VIDEO, hp, training=False
    ).inverse_and_log_det(
      tf.constant((np.round(x * 255.0) / 256.0)[:, 3:], tf.float32)
    )
  with tf.Session() as session:
    weights.randomize(session)
    nll, y, log_det = session.run([scores[NLL], y, log_det])
  dims = np.prod(small.VIDEO)
  np.testing.assert_allclose(
    nll,
    (_standard_normal(y) - log_det / dims)[:, 6:] + np.log(256.0),
    rtol=TOLERANCE,
  )


@pytest.mark.parametrize("mode, same", [("eval", True), ("train", False)])
def test_noise_is_the_same_in_every_evaluation_alone(mode, same):
  nlls = []
  for _ in range(2):
    with tf.Graph().as_default():
      nlls.append(
        _nll(
          small.hparams("af1_tiny"), small.sequences(small.VIDEO, 19), mode=mode
        )
      )
  # Threads add in another order: a unit in the last place.
  assert np.allclose(nlls[0], nlls[1], rtol=1e-6) == same


def test_gaussian_noise_is_another_model_of_the_same_frames():
  nlls = []
  for dequantization in observation.DEQUANTIZATIONS:
    with tf.Graph().as_default():
      nlls.append(
        _nll(
          small.hparams("af1_tiny", dequantization=dequantization),
          small.sequences(small.VIDEO, 19),
        )
      )
  assert 1e-5 < np.abs(nlls[0] - nlls[1]).max() < 0.05


@pytest.mark.parametrize(
  "overrides",
  [dict(num_transforms=2), dict(first_steps="initial", num_transforms=2)],
)
def test_samples_are_what_the_flow_makes_of_noise(monkeypatch, overrides):
  """Back through the flow: the noise, times the temperature.

  Of three steps: a flow of random weights soon is far from all numbers.
  """
  hp = small.hparams(
    "af1_series_tiny", temperature=0.5, video_num_target_frames=3, **overrides
  )
  inputs = small.sequences(small.SERIES, 9)
  eps = (
    np.random.RandomState(1)
    .standard_normal((2 * 3, 3) + small.SERIES)
    .astype(np.float32)
  )
  monkeypatch.setattr(tf, "random_normal", lambda shape: tf.constant(eps))
  x = small.futures(MODEL, hp, inputs, num_decodes=3)
  assert x.shape.as_list()[1:] == [3, 3] + list(small.SERIES)
  whole = tf.concat(
    [np.repeat(inputs, 3, axis=0), tf.reshape(x, eps.shape)], axis=1
  )
  with tf.variable_scope("model", reuse=tf.AUTO_REUSE):
    y = data_flow.stack(small.SERIES, hp, training=False).inverse(whole)
  with tf.Session() as session:
    weights.randomize(session)
    y = session.run(y)
  np.testing.assert_allclose(y[:, 9:], 0.5 * eps, 1e-2, 1e-3)
