"""The SLVM on tensors: its bound, its samples, what sees what."""

import numpy as np
import pytest
from tensor2tensor.utils import hparam
import tensorflow.compat.v1 as tf

from t2t_af.models import slvm_core
from t2t_af.networks import slvm_networks
from tests.models import numpy_slvm
from tests.models import small
from tests.networks import numpy_layers

TOLERANCE = 1e-3  # float32, through a loop, against float64
NUM_STEPS, NUM_FUTURE, LATENT_SIZE = 4, 3, 3
SHAPES = {"video": (8, 8, 2), "series": (5,)}
RNG = np.random.RandomState(0)
Y = {
  name: RNG.uniform(size=(2, NUM_STEPS) + shape).astype(np.float32)
  for name, shape in SHAPES.items()
}
NOISE = {
  what: RNG.standard_normal([steps, 2, LATENT_SIZE]).astype(np.float32)
  for what, steps in (("posterior", NUM_STEPS), ("prior", NUM_FUTURE))
}


def _hparams(**overrides):
  values = dict(
    latent_size=LATENT_SIZE,
    hidden_size=4,
    num_recurrent_layers=2,
    encoder_width=3,
    normalization="batch",
    data_flow="none",
    latent_flow="none",
    num_cond_steps=3,
    flow_log_scale_bound=8.0,
    log_scale_clip="smooth",
    precision="float32",
    jit_compile=False,
  )
  return hparam.HParams(**dict(values, **overrides))


def _core(kind, networks=None, **overrides):
  return slvm_core.SlvmCore(SHAPES[kind], _hparams(**overrides), networks)


def _noise(what, shape, number):
  if what == "likelihood":
    return tf.ones(shape)
  return tf.constant(NOISE[what])


def _latent_network(values):
  """Of the latent flow's own network, or alpha = 0 and beta = 1."""
  own = numpy_layers.under(values, "latent_flow")

  def latent_parameters(window):
    h = numpy_layers.highway(
      numpy_layers.under(own, "highway"),
      window.reshape([len(window), -1]),
      lambda x: np.where(x < 0, np.exp(np.minimum(x, 0)) - 1, x),
    )
    shift, raw = [
      numpy_layers.dense(numpy_layers.under(own, name), h)
      for name in ("shift", "log_scale")
    ]
    return shift, numpy_layers.bounded(raw, 8.0)

  return latent_parameters if own else lambda window: (0.0, 0.0)


@pytest.mark.parametrize(
  "kind, training, data_flow, latent_flow",
  [
    ("video", True, "none", "none"),
    ("video", False, "affine_af", "none"),
    ("video", False, "none", "affine_af"),
    ("series", True, "none", "none"),
    ("series", False, "affine_af", "affine_af"),
  ],
)
def test_equals_numpy(kind, training, data_flow, latent_flow):
  """Bound, weights and futures, from the same weights and noise."""
  core = _core(kind, data_flow=data_flow, latent_flow=latent_flow)
  y = tf.constant(Y[kind])
  bound = core.elbo(y, training, noise_fn=_noise)
  weight = core.importance_weighted_bound(y, 1, 1, noise_fn=_noise)
  futures = [
    small.drawn(core, y[:, :n], 1, NUM_FUTURE, mode, _noise)[:, 0]
    for n, mode in ((NUM_STEPS, "means"), (0, "means"), (NUM_STEPS, "samples"))
  ]
  with tf.Session() as session:
    values = numpy_layers.random_weights(session)
    bound, weight, futures = session.run([bound, weight, futures])

  def numpy_run(training, num_context):
    networks = (
      numpy_slvm.Series(values)
      if kind == "series"
      else (numpy_slvm.Video(values, training, data_flow == "none"))
    )
    return numpy_slvm.run(
      networks,
      Y[kind][:, :num_context],
      NOISE["posterior"],
      NOISE["prior"],
      _latent_network(values),
    )

  expected = numpy_run(training, NUM_STEPS)
  assert expected.kl.std() > 0.1 and expected.reconstruction.std() > 0.1
  for ours, theirs in zip(bound, expected):
    np.testing.assert_allclose(ours, theirs, TOLERANCE, TOLERANCE)
  # The bound of one sample and the futures are made in inference mode.
  expected = numpy_run(False, NUM_STEPS)
  np.testing.assert_allclose(
    weight, expected.log_weight[:, 1:], TOLERANCE, TOLERANCE
  )
  np.testing.assert_allclose(futures[0], expected.future, TOLERANCE, TOLERANCE)
  np.testing.assert_allclose(
    futures[1], numpy_run(False, 0).future, TOLERANCE, TOLERANCE
  )
  assert (futures[2] > futures[0]).all(), "noise of 1 is above the mean"


def test_samples_add_noise_of_the_likelihoods_scale():
  core = _core("series")
  context = tf.constant(Y["series"][:, :0])
  means, samples = [
    small.drawn(core, context, 1, NUM_FUTURE, mode, _noise)
    for mode in ("means", "samples")
  ]
  _, log_scale = slvm_networks.SeriesNetworks([5], _hparams()).decode(
    tf.constant(NOISE["prior"]), False
  )
  with tf.Session() as session:
    session.run(tf.global_variables_initializer())
    means, samples, log_scale = session.run([means, samples, log_scale])
  assert log_scale.std() > 0.01
  assert np.log(samples - means).std() > 0.01
  with pytest.raises(ValueError, match="'means'\\), got 'mean'"):
    small.drawn(core, context, 1, NUM_FUTURE, "mean")


class _SeesTheFuture(slvm_networks.SeriesNetworks):
  def encode(self, y, training):
    return tf.cumsum(y, axis=1, reverse=True)


@pytest.mark.parametrize(
  "kind, networks, causal",
  [
    ("video", None, True),
    ("series", None, True),
    ("series", _SeesTheFuture((5,), _hparams()), False),
  ],
)
def test_posterior_ignores_the_future(kind, networks, causal):
  """... and all terms of a step depend on every step up to it."""
  y = tf.placeholder(tf.float32, Y[kind].shape)
  bound = _core(kind, networks).elbo(y, False, noise_fn=_noise)
  with tf.Session() as session:
    numpy_layers.random_weights(session)
    before = session.run(bound, {y: Y[kind]})
    for t in range(NUM_STEPS):
      changed = Y[kind].copy()
      changed[:, t] += 1.0
      for a, b in zip(before, session.run(bound, {y: changed})):
        assert (np.abs(a - b)[:, t:] > 1e-5).all()
        assert t == 0 or (np.abs(a - b)[:, :t] < 1e-5).all() == causal


@pytest.mark.parametrize(
  "kind, latent_flow", [("video", "affine_af"), ("series", "none")]
)
def test_takes_dynamic_shapes_and_ignores_batch_mates(kind, latent_flow):
  core = _core(kind, latent_flow=latent_flow)
  fed = tf.placeholder_with_default(Y[kind], [None, None, *SHAPES[kind]])
  static, dynamic = [
    (
      core.elbo(y, False, noise_fn=_noise),
      core.importance_weighted_bound(y, 1, 2, noise_fn=_noise),
      small.drawn(core, y, 1, NUM_FUTURE, "means", _noise),
    )
    for y in (tf.constant(Y[kind]), fed)
  ]
  assert dynamic[-1].shape.as_list()[2:] == [NUM_FUTURE, *SHAPES[kind]]
  with tf.Session() as session:
    numpy_layers.random_weights(session)
    static, values = session.run([static, dynamic])
    changed = session.run(dynamic, {fed: _other_mates(Y[kind])})
  for at_static, value, other in zip(
    *map(tf.nest.flatten, (static, values, changed))
  ):
    np.testing.assert_allclose(at_static, value, TOLERANCE, TOLERANCE)
    np.testing.assert_allclose(other[0], value[0], TOLERANCE, TOLERANCE)
    assert np.abs(other[1] - value[1]).max() > 10 * TOLERANCE


def test_batch_norm_mixes_the_batch_in_training_alone():
  """The check of batch mates sees it."""
  y = tf.placeholder(tf.float32, Y["video"].shape)
  kl = _core("video").elbo(y, True, noise_fn=_noise).kl
  with tf.Session() as session:
    numpy_layers.random_weights(session)
    before, after = [
      session.run(kl, {y: value})
      for value in (Y["video"], _other_mates(Y["video"]))
    ]
  assert np.abs(after[0] - before[0]).max() > 10 * TOLERANCE


def _other_mates(y):
  return np.concatenate([y[:1], 1.0 - y[1:]])


def test_futures_have_their_shape_and_samples_differ():
  y = tf.constant(Y["video"])
  core = _core("video", latent_flow="affine_af")
  futures = [
    small.drawn(core, y[:, :n], 5, NUM_FUTURE, "means") for n in (0, 3)
  ]
  with tf.Session() as session:
    numpy_layers.random_weights(session)
    futures = session.run(futures)
  for future in futures:
    assert future.shape == (2, 5, NUM_FUTURE) + SHAPES["video"]
    assert np.isfinite(future).all()
    assert future.std(axis=1).max() > 1e-3, "samples of a context differ"


def test_futures_belong_to_their_context():
  """Samples of one context stand together, also where there is no noise."""
  y = np.concatenate([Y["series"], 3.0 - Y["series"]])
  core = _core("series")

  def noiseless(what, shape, number):
    del what
    return tf.zeros(shape)

  many = small.drawn(core, tf.constant(y), 3, 2, "means", noiseless)
  one = small.drawn(core, tf.constant(y), 1, 2, "means", noiseless)
  with tf.Session() as session:
    numpy_layers.random_weights(session)
    many, one = session.run([many, one])
  assert np.abs(one[0] - one[2]).max() > 1e-3
  np.testing.assert_allclose(many, np.repeat(one, 3, axis=1), 1e-5, 1e-5)


def _graph_size(build, num_steps):
  with tf.Graph().as_default() as graph:
    build(_core("video", latent_flow="affine_af"), num_steps)
    return len(graph.get_operations())


@pytest.mark.parametrize(
  "build",
  [
    lambda core, n: small.drawn(core, tf.constant(Y["video"]), 2, n),
    lambda core, n: core.elbo(tf.zeros((2, n) + SHAPES["video"]), True),
    lambda core, n: core.importance_weighted_bound(tf.constant(Y["video"]), n),
  ],
  ids=["sample", "elbo", "importance_weighted_bound"],
)
def test_graph_does_not_grow(build):
  sizes = [_graph_size(build, n) for n in (6, 12)]
  assert sizes[0] == sizes[1] > 100


def test_latent_flow_with_zero_heads_is_none():
  """To the bit: u = z before training; and another model after it."""
  values = []
  heads = "latent_flow/(shift|log_scale)"
  for latent_flow, zero in (
    ("none", None),
    ("affine_af", heads),
    ("affine_af", None),
  ):
    with tf.Graph().as_default(), tf.Session() as session:
      core = _core("series", latent_flow=latent_flow)
      y = tf.constant(Y["series"])
      built = (
        core.elbo(y, False, noise_fn=_noise).kl,
        core.importance_weighted_bound(y, 1, noise_fn=_noise),
        small.drawn(core, y, 1, NUM_FUTURE, "means", _noise),
      )
      numpy_layers.random_weights(session, zero=zero)
      values.append(session.run(built))
  for none, zero, other in zip(*values):
    np.testing.assert_array_equal(zero, none)
    assert np.abs(other - none).max() > 1e-4
