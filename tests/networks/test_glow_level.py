"""One level of Glow equals tensor2tensor's, and its inverse undoes it."""

import numpy as np
import pytest
from tensor2tensor.models.research import glow_ops
import tensorflow.compat.v1 as tf

from t2t_af.networks import glow_level
from tests import weights
from tests.models import tiny
from tests.networks import parameter_counts

TOLERANCE = 1e-4  # Two steps there and back in float32.
CHANNELS = 6
X = (
  np.random.RandomState(0)
  .standard_normal([2, 4, 6, CHANNELS])
  .astype(np.float32)
)
SETTINGS = {
  "affine_gatu": {},
  "additive_relu": dict(coupling="additive", activation="relu"),
}


@pytest.fixture(name="computed", scope="module", params=sorted(SETTINGS))
def _computed(request):
  hparams = tiny.hparams(depth=2, **SETTINGS[request.param])
  with tf.Graph().as_default(), tf.Session() as session:
    x = tf.constant(X)
    theirs, their_log_det = glow_ops.revnet("model", x, hparams, reverse=False)
    parameters = tf.trainable_variables()
    with tf.variable_scope("model", reuse=True):
      ours, log_det = glow_level.forward(x, hparams)
      back = glow_level.inverse(
        glow_level.inverse_parameters(CHANNELS, hparams), ours, hparams
      )
    their_back, _ = glow_ops.revnet("model", theirs, hparams, reverse=True)
    weights.randomize(session)
    values = session.run(
      dict(
        ours=ours,
        log_det=log_det,
        back=back,
        theirs=theirs,
        their_log_det=their_log_det + tf.zeros([2]),
        their_back=their_back,
      )
    )
  values.update(
    hparams=hparams,
    num_parameters=sum(np.prod(v.shape.as_list()) for v in parameters),
  )
  return values


def test_forward_equals_tensor2tensor(computed):
  assert np.abs(computed["ours"] - X).max() > 0.5, "does nothing"
  np.testing.assert_allclose(
    computed["ours"], computed["theirs"], TOLERANCE, TOLERANCE
  )


def test_log_det_equals_tensor2tensors(computed):
  assert np.abs(computed["log_det"]).min() > 0.1, "says nothing"
  np.testing.assert_allclose(
    computed["log_det"], computed["their_log_det"], TOLERANCE, TOLERANCE
  )


def test_inverse_undoes_forward(computed):
  np.testing.assert_allclose(computed["back"], X, TOLERANCE, TOLERANCE)
  np.testing.assert_allclose(
    computed["back"], computed["their_back"], TOLERANCE, TOLERANCE
  )


def test_parameters_are_those_of_the_report(computed):
  hparams = computed["hparams"]
  if hparams.activation == "gatu":
    assert computed["num_parameters"] == 2 * parameter_counts.glow_step(
      CHANNELS, hparams.coupling_width
    )
