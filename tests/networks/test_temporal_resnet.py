"""The network over windows of latents, of prior and latent flow."""

import numpy as np
import pytest
from tensor2tensor.models.research import glow_ops
import tensorflow.compat.v1 as tf

from t2t_af.networks import temporal_resnet
from tests import weights
from tests.contracts import conditioner_contract
from tests.models import tiny
from tests.networks import parameter_counts

TOLERANCE = 1e-5
# 10 pixels high: dilations 1, 2 and 4 fit.
WINDOW = np.random.RandomState(0).standard_normal(
    [2, 3, 10, 10, 3]).astype(np.float32)
CHANNELS = 5
SETTINGS = {
    "gatu": {},
    "relu_two_blocks": dict(latent_activation="relu", latent_encoder_depth=2),
    "gatu_dilated": dict(latent_apply_dilations=True),
}


def _ours(window, hparams):
  with tf.variable_scope("model", reuse=tf.AUTO_REUSE):
    return temporal_resnet.temporal_resnet(window, CHANNELS, hparams)


@pytest.mark.parametrize("setting", sorted(SETTINGS))
def test_equals_tensor2tensor(setting):
  hparams = tiny.hparams(**SETTINGS[setting])
  window = tf.constant(WINDOW)
  theirs = glow_ops.temporal_latent_to_dist("model", window, hparams, CHANNELS)
  num_variables = len(tf.global_variables())
  ours = _ours(window, hparams)
  assert len(tf.global_variables()) == num_variables
  with tf.Session() as session:
    weights.randomize(session)
    (loc, log_scale), their_loc, their_scale = session.run(
        [ours, theirs.loc, theirs.scale])
  assert their_loc.std() > 0.01 and their_scale.std() > 0.01, "says nothing"
  np.testing.assert_allclose(loc, their_loc, TOLERANCE, TOLERANCE)
  np.testing.assert_allclose(np.exp(log_scale), their_scale, TOLERANCE,
                             TOLERANCE)


@pytest.mark.parametrize("apply_dilations, num_dilations", [
    (False, 1), (True, 3)])
def test_keeps_the_conditioner_contract(apply_dilations, num_dilations):
  hparams = tiny.hparams(latent_encoder_depth=2,
                         latent_apply_dilations=apply_dilations)
  number = parameter_counts.temporal_resnet(
      3, CHANNELS, hparams.latent_encoder_width, 2, num_dilations)
  with tf.Session() as session:
    conditioner_contract.check(
        session, lambda window: _ours(window, hparams), WINDOW,
        [10, 10, CHANNELS], number)


def _linear(window, head=tf.zeros_initializer()):
  """A conditioner of four numbers that sees all it may."""
  with tf.variable_scope("model", reuse=tf.AUTO_REUSE):
    w = tf.get_variable("W", [4], initializer=head)
  h = tf.reduce_sum(window * [[[1.], [2.]]], axis=1)
  return w[0] * h + w[1], w[2] * h + w[3]


@pytest.mark.parametrize("conditioner, claim", [
    (lambda window: (tf.concat(_linear(window), 1),) * 2, "has its shape"),
    (lambda window: [m + tf.get_variable("b", [1]) for m in _linear(window)],
     "has 5 parameters"),
    (lambda window: _linear(window, tf.ones_initializer()), "starts at zero"),
    (lambda window: [tf.where(tf.equal(m, 0.), m, m / 0.)
                     for m in _linear(window)], "is finite"),
    (lambda window: [tf.log(-m ** 2) if window.op.type == "Const" else m
                     for m in _linear(window)], "static and dynamic"),
    (lambda window: _linear(window - tf.reduce_mean(window, 0)),
     "ignores batch mates"),
    (lambda window: _linear(window * [[[0.], [1.]]]), "sees every step"),
], ids=lambda value: value if isinstance(value, str) else "")
def test_conditioner_contract_refuses(conditioner, claim):
  window = WINDOW[:, :2, 0, :, 0]
  with tf.Session() as session, tf.variable_scope("", reuse=tf.AUTO_REUSE):
    with pytest.raises(AssertionError, match=claim):
      conditioner_contract.check(session, conditioner, window, [10], 4)


def test_dilations_are_tensor2tensors():
  for apply_dilations in (False, True):
    hparams = tiny.hparams(latent_apply_dilations=apply_dilations,
                           latent_dilation_rates=[1, 2, 3])
    for height in range(2, 33):
      theirs = [rates[2] for rates in glow_ops.get_dilation_rates(
          hparams, height)]
      assert temporal_resnet.dilations(hparams, height) == theirs
