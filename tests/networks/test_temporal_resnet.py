"""The network over windows of latents, of prior and latent flow."""

import numpy as np
import pytest
from tensor2tensor.models.research import glow_ops
import tensorflow.compat.v1 as tf

from t2t_af import time_axis
from t2t_af.networks import temporal_resnet
from tests import weights
from tests.contracts import conditioner_contract
from tests.models import tiny
from tests.networks import parameter_counts

TOLERANCE = 1e-5
# 10 pixels high: dilations 1, 2 and 4 fit.
WINDOW = (
  np.random.RandomState(0).standard_normal([2, 3, 10, 10, 3]).astype(np.float32)
)
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
      [ours, theirs.loc, theirs.scale]
    )
  assert their_loc.std() > 0.01 and their_scale.std() > 0.01, "says nothing"
  np.testing.assert_allclose(loc, their_loc, TOLERANCE, TOLERANCE)
  np.testing.assert_allclose(
    np.exp(log_scale), their_scale, TOLERANCE, TOLERANCE
  )


def _conditioner(window_fn):
  """All windows of three, folded into batch."""
  return lambda x: [
    time_axis.unfold(m, x, time_axis.length(x) - 2)
    for m in window_fn(time_axis.windows(x, 3))
  ]


@pytest.mark.parametrize(
  "apply_dilations, num_dilations", [(False, 1), (True, 3)]
)
def test_keeps_the_conditioner_contract(apply_dilations, num_dilations):
  hparams = tiny.hparams(
    latent_encoder_depth=2, latent_apply_dilations=apply_dilations
  )
  number = parameter_counts.temporal_resnet(
    3, CHANNELS, hparams.latent_encoder_width, 2, num_dilations
  )
  x = np.concatenate([WINDOW, WINDOW[::-1, :1]], axis=1)
  with tf.Session() as session:
    conditioner_contract.check(
      session,
      _conditioner(lambda window: _ours(window, hparams)),
      3,
      x,
      [[10, 10, CHANNELS]] * 2,
      number,
    )


def test_dilations_are_tensor2tensors():
  for apply_dilations in (False, True):
    hparams = tiny.hparams(
      latent_apply_dilations=apply_dilations, latent_dilation_rates=[1, 2, 3]
    )
    for height in range(2, 33):
      theirs = [
        rates[2] for rates in glow_ops.get_dilation_rates(hparams, height)
      ]
      assert temporal_resnet.dilations(hparams, height) == theirs
