"""Encoder and decoder of frames."""

import numpy as np
import pytest
import tensorflow.compat.v1 as tf

from t2t_af.networks import dcgan
from tests import weights
from tests.networks import numpy_layers

TOLERANCE = 1e-4
FRAMES = (
  np.random.RandomState(0).standard_normal([3, 16, 16, 2]).astype(np.float32)
)
Z = np.random.RandomState(1).standard_normal([3, 5]).astype(np.float32)


def _encoder(frames, training=False, kind="batch", width=4):
  with tf.variable_scope("encoder", reuse=tf.AUTO_REUSE):
    return dcgan.encoder(frames, width, 6, kind, training)


def _decoder(z, training=False, kind="batch", width=4, shape=(16, 16, 2)):
  with tf.variable_scope("decoder", reuse=tf.AUTO_REUSE):
    return dcgan.decoder(z, shape, width, kind, training)


@pytest.mark.parametrize("training", [False, True])
def test_equal_numpy(training):
  features = _encoder(tf.constant(FRAMES), training)
  maps = _decoder(tf.constant(Z), training)
  with tf.Session() as session:
    values = numpy_layers.random_weights(session)
    features, maps = session.run([features, maps])
  expected = numpy_layers.dcgan_encoder(
    numpy_layers.under(values, "encoder"), FRAMES, training
  )
  assert expected.std() > 0.1, "says nothing"
  np.testing.assert_allclose(features, expected, TOLERANCE, TOLERANCE)
  expected = numpy_layers.dcgan_decoder(
    numpy_layers.under(values, "decoder"), Z, FRAMES.shape[1:3], training
  )
  assert np.std(expected) > 0.1, "says nothing"
  np.testing.assert_allclose(maps, expected, TOLERANCE, TOLERANCE)


@pytest.mark.parametrize(
  "channels, first, head", [(1, 1216, 1025), (3, 3264, 3075)]
)
def test_counts_of_the_papers_size(channels, first, head):
  """Per layer, as the authors' networks have them when run."""
  dcgan.encoder(tf.zeros([2, 64, 64, channels]), 64, 128, "batch", True)
  dcgan.decoder(tf.zeros([2, 256]), (64, 64, channels), 64, "batch", True)
  counts = {}
  for v in tf.trainable_variables():
    layer = v.op.name.split("/")[0]
    counts[layer] = counts.get(layer, 0) + int(np.prod(v.shape.as_list()))
  assert counts == {
    "conv_0": first,
    "conv_1": 131456,
    "conv_2": 525056,
    "conv_3": 2098688,
    "last": 1048960,
    "first": 2098688,
    "deconv_1": 2097920,
    "deconv_2": 524672,
    "deconv_3": 131264,
    "loc": head,
    "log_scale": head,
  }


@pytest.mark.parametrize(
  "size, lowest, halvings",
  [
    ((64, 64), (4, 4), 4),
    ((32, 32), (4, 4), 3),
    ((8, 8), (4, 4), 1),
    ((28, 28), (7, 7), 2),
    ((16, 24), (4, 6), 2),
    ((4, 4), (4, 4), 0),
    ((5, 9), (5, 9), 0),
  ],
)
def test_takes_frames_of_any_size(size, lowest, halvings):
  sizes = dcgan.map_sizes(*size)
  assert sizes[-1] == lowest and len(sizes) == halvings + 1
  fed = tf.placeholder(tf.float32, (None, *size, 1))
  features = _encoder(fed, width=2)
  maps = _decoder(features, width=2, shape=(*size, 1))
  assert features.shape.as_list() == [None, 6]
  for m in maps:
    assert m.shape.as_list()[1:] == [*size, 1]
  with tf.Session() as session:
    session.run(tf.global_variables_initializer())
    value = session.run(maps[0], {fed: np.ones([3, *size, 1])})
  assert value.shape == (3, *size, 1) and value.any()


@pytest.mark.parametrize(
  "kind, training, mixes",
  [
    ("batch", True, True),
    ("batch", False, False),
    ("group", True, False),
    ("none", True, False),
  ],
)
def test_only_batch_norm_in_training_mixes_the_batch(kind, training, mixes):
  fed = tf.placeholder_with_default(FRAMES, FRAMES.shape)
  features = _encoder(fed, training, kind)
  maps = _decoder(tf.concat([features] * 2, 1), training, kind)
  with tf.Session() as session:
    weights.randomize(session)
    before = session.run(maps)
    changed = np.concatenate([FRAMES[:1], 1.0 - FRAMES[1:]])
    after = session.run(maps, {fed: changed})
  difference = max(np.abs(a[0] - b[0]).max() for a, b in zip(before, after))
  assert (difference > 1e-3) == mixes
  assert difference > 1e-3 or difference < 1e-5


def test_gradients_keep_what_the_next_layer_reads_alone(monkeypatch):
  """And are TensorFlow's own, which keep the normalised maps too."""
  frames, z = tf.constant(FRAMES), tf.constant(Z)

  def gradients():
    outputs = [_encoder(frames, True), *_decoder(z, True)]
    weighted = [h * tf.cos(h) for h in outputs]
    return [
      g
      for g in tf.gradients(weighted, [frames, z, *tf.trainable_variables()])
      if g is not None
    ]

  ours = gradients()
  operations = tf.get_default_graph().get_operations()
  read = [
    op.inputs[1].op.type for op in operations if op.type == "LeakyReluGrad"
  ]
  assert set(read) == {"LeakyRelu"} and len(read) == 5
  monkeypatch.setattr(
    dcgan, "_leaky_relu", lambda x: tf.nn.leaky_relu(x, alpha=0.2)
  )
  with tf.Session() as session:
    weights.randomize(session)
    ours, expected = session.run([ours, gradients()])
  # Of the last layer's bias batch norm leaves nothing but rounding.
  assert sum(np.abs(g).max() > 1e-3 for g in expected) == len(expected) - 1
  for g, g_expected in zip(ours, expected):
    np.testing.assert_allclose(g, g_expected, rtol=1e-5, atol=1e-5)
