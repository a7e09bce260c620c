"""What the registered model makes of features: which frames, which units."""

import numpy as np
import pytest
from tensor2tensor.utils import registry
import tensorflow.compat.v1 as tf

from t2t_af.models import video_flow_core
from tests import weights
from tests.models import known_noise
from tests.models import tiny

NUM_TARGETS = 2
DIMS = np.prod(tiny.FRAME_SHAPE)


def _features(num_inputs):
  rng = np.random.RandomState(0)
  return {
    name: rng.uniform(size=(2, number) + tiny.FRAME_SHAPE).astype(np.float32)
    for name, number in (("inputs", num_inputs), ("targets", NUM_TARGETS))
  }


def _body(features, mode, **overrides):
  """(NLL [batch, frames] in nats per dimension, loss), as tensors."""
  model = registry.model("video_flow")(
    tiny.hparams(
      video_num_input_frames=features["inputs"].shape[1], **overrides
    ),
    mode,
  )
  scores, losses = model.body(
    {name: tf.constant(value) for name, value in features.items()}
  )
  return scores["nll_nats_per_dim"], losses["training"]


def test_scores_all_targets_given_the_three_frames_before(monkeypatch):
  known_noise.uniform_is(monkeypatch, 0.0)
  features = _features(num_inputs=5)
  with tf.variable_scope("model", reuse=tf.AUTO_REUSE):
    nll, loss = _body(features, "eval")
    frames = np.concatenate(
      [features["inputs"][:, 2:], features["targets"]], axis=1
    )
    log_prob = video_flow_core.VideoFlowCore(
      tiny.FRAME_SHAPE, tiny.hparams()
    ).log_prob(tf.constant(frames - 0.5))
  with tf.Session() as session:
    weights.randomize(session)
    nll, loss, log_prob = session.run([nll, loss, log_prob])
  assert nll.shape == (2, NUM_TARGETS)
  np.testing.assert_allclose(nll, -log_prob / DIMS, rtol=1e-5)
  np.testing.assert_allclose(loss, nll.mean() / np.log(2), rtol=1e-5)


@pytest.mark.parametrize("precision", ["tf32", "float32"])
def test_tf32_is_on_only_where_it_is_asked_for(precision):
  _body(_features(num_inputs=3), "eval", precision=precision)
  enabled = tf.config.experimental.tensor_float_32_execution_enabled()
  assert enabled == (precision == "tf32")


@pytest.mark.parametrize("mode, same", [("eval", True), ("train", False)])
def test_noise_is_the_same_in_every_evaluation_alone(mode, same):
  nlls = []
  for _ in range(2):
    with tf.Graph().as_default(), tf.Session() as session:
      nll, _ = _body(_features(3), mode)
      weights.randomize(session)
      nlls.append(session.run(nll))
  np.testing.assert_allclose(nlls[0], nlls[1], rtol=1e-2)  # the same frames
  assert np.array_equal(nlls[0], nlls[1]) == same


@pytest.mark.parametrize("num_inputs", [3, 6])
def test_training_scores_a_patch_of_num_train_frames(num_inputs):
  """Its first three frames are conditioned on, however many inputs."""
  nll, loss = _body(_features(num_inputs), "train", num_train_frames=4)
  with tf.Session() as session:
    weights.randomize(session)
    nll, loss = session.run([nll, loss])
  assert nll.shape == (2, 1) and np.isfinite(loss)
