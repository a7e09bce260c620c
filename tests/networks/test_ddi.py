"""Data-dependent initialisation: what it sets, and where it is not."""

import numpy as np
import pytest
import tensorflow.compat.v1 as tf

from t2t_af.networks import ddi
from t2t_af.networks import glow_level
from t2t_af.networks import layers
from tests import weights
from tests.models import tiny

FRAMES = (
  np.random.RandomState(0).gamma(2.0, size=[2, 8, 4, 4, 6]).astype(np.float32)
)  # batch number, batch, ...
WINDOWS = (
  np.random.RandomState(1)
  .gamma(2.0, size=[2, 4, 3, 4, 4, 2])
  .astype(np.float32)
)
STEP = "model/revnet_step_%d"
ACTNORM = STEP + "/actnorm/actnorm_%s"


def _network(frames, windows, hparams, depth):
  """Frames through a level of Glow; windows through a convolution."""
  hparams.depth = depth
  with tf.variable_scope("model", reuse=tf.AUTO_REUSE):
    return (
      glow_level.forward(frames, hparams)[0],
      tf.stack(
        layers.conv("conv", tuple(tf.unstack(windows, axis=1)), 5), axis=1
      ),
    )


def _variables(session):
  return session.run({v.op.name: v for v in tf.global_variables()})


@pytest.fixture(name="initialized", scope="module")
def _initialized():
  """Values of all variables after one and after two batches."""
  after = []
  with tf.Graph().as_default() as graph, tf.Session() as session:
    batch_number = ddi.begin()
    frames = tf.placeholder(tf.float32, FRAMES.shape[1:])
    windows = tf.placeholder(tf.float32, WINDOWS.shape[1:])
    _network(frames, windows, tiny.hparams(), depth=2)
    weights.randomize(session)
    for n in (1, 2):
      session.run(
        ddi.updates(),
        {frames: FRAMES[n - 1], windows: WINDOWS[n - 1], batch_number: n},
      )
      after.append(_variables(session))
    return after, graph


@pytest.fixture(name="trained", scope="module")
def _trained(initialized):
  """The training graph with the values after one batch, and what it gives."""
  (values, _), _ = initialized
  with tf.Graph().as_default() as graph, tf.Session() as session:
    frames, windows = tf.constant(FRAMES[0]), tf.constant(WINDOWS[0])
    hparams = tiny.hparams()
    _network(frames, windows, hparams, depth=2)
    z, normed_windows = _network(frames, windows, hparams, depth=1)
    with tf.variable_scope(STEP % 0 + "/affine/nn/conv_block", reuse=True):
      # The coupling leaves the half that its network sees as it is.
      in_coupling = layers.conv(
        "1_1", tf.split(z, 2, axis=-1)[0], hparams.coupling_width
      )
    session.run(
      [v.initializer for v in tf.global_variables()],
      {
        v.initializer.inputs[1]: values[v.op.name]
        for v in tf.global_variables()
      },
    )
    z, in_coupling, normed_windows = session.run(
      [z, in_coupling, normed_windows]
    )

  def actnorm(x, step):
    return (x + values[ACTNORM % (step, "center/b")]) * np.exp(
      3.0 * values[ACTNORM % (step, "scale/logs")]
    )

  normed = {
    "first actnorm": actnorm(FRAMES[0], 0),
    "first coupling": in_coupling,
    "second actnorm": actnorm(z, 1),
  }
  normed.update(
    {"step %d of a window" % t: normed_windows[:, t] for t in range(3)}
  )
  return normed, graph


@pytest.mark.parametrize(
  "where",
  [
    "first actnorm",
    "first coupling",
    "second actnorm",
    "step 0 of a window",
    "step 1 of a window",
    "step 2 of a window",
  ],
)
def test_one_batch_gives_mean_0_and_variance_1(trained, where):
  x = trained[0][where]
  np.testing.assert_allclose(x.mean((0, 1, 2)), 0.0, atol=1e-4)
  np.testing.assert_allclose(x.var((0, 1, 2)), 1.0, rtol=1e-3)


def test_two_batches_give_the_mean_of_what_each_asks_for(initialized):
  b_1, b_2 = -FRAMES.mean((1, 2, 3))
  b = (b_1 + b_2) / 2
  logs_1 = -np.log((FRAMES[0] + b_1).std((0, 1, 2))) / 3
  # The second batch is scaled as it is centred by then.
  logs_2 = -np.log(np.sqrt(((FRAMES[1] + b) ** 2).mean((0, 1, 2)))) / 3
  (first, second), _ = initialized
  for values, wanted_b, wanted_logs in (
    (first, b_1, logs_1),
    (second, b, (logs_1 + logs_2) / 2),
  ):
    np.testing.assert_allclose(
      values[ACTNORM % (0, "center/b")].ravel(), wanted_b, 1e-4, 1e-5
    )
    np.testing.assert_allclose(
      values[ACTNORM % (0, "scale/logs")].ravel(), wanted_logs, 1e-4, 1e-5
    )


def test_only_actnorms_are_set(initialized):
  (first, second), _ = initialized
  changed = {name for name in first if (first[name] != second[name]).any()}
  assert changed == {name for name in first if "actnorm" in name}


def _operations_of_ddi(graph):
  """Placeholders, and assignments other than initializers."""
  initializers = {
    v.initializer for v in graph.get_collection(tf.GraphKeys.GLOBAL_VARIABLES)
  }
  return [
    op.name
    for op in graph.get_operations()
    if op.type == "Placeholder"
    or op.type.startswith("Assign")
    and op not in initializers
  ]


def test_training_graph_has_no_operation_of_it(initialized, trained):
  assert len(_operations_of_ddi(initialized[1])) > 10  # They would be found.
  assert not _operations_of_ddi(trained[1])
