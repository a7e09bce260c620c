"""Networks in bfloat16: the same model, but for their rounding."""

import numpy as np
import pytest
import tensorflow.compat.v1 as tf

from t2t_af.models import noise
from tests import weights
from tests.models import small
from tests.models import tiny

# Measured with these weights: 1e-4 bits/dim; 0.6 % of the gradient's norm; a
# round trip is 3e-3 of the largest number off where a number that is a
# float32's rounding away is rounded to the next bfloat16, else 1e-6.
BITS_PER_DIM, GRADIENT, ROUND_TRIP = 5e-4, 0.02, 0.02
PRECISIONS = ("float32", "mixed")


def _slow(*model):
  return pytest.param(*model, marks=pytest.mark.slow)


def _slvm_of_series():
  return small.hparams("slvm_af1_series_tiny", latent_flow="affine_af")


def _video_flow_af():
  return tiny.hparams(latent_dynamics="affine_af")


def _set(name):
  return lambda: small.hparams(name)


MODELS = [
  ("autoregressive_flow", small.SERIES, _set("af1_series_tiny")),
  _slow("autoregressive_flow", small.VIDEO, _set("af1_tiny")),
  _slow("slvm", small.SERIES, _slvm_of_series),
  _slow("slvm", small.VIDEO, _set("slvm_af1_tiny")),
  _slow("video_flow", tiny.FRAME_SHAPE, tiny.hparams),
  _slow("video_flow", tiny.FRAME_SHAPE, _video_flow_af),
]


def _built(name, step_shape, hparams):
  """(bits/dim, gradients, round trips) of the model under "model"."""
  num_steps = hparams.video_num_input_frames + hparams.video_num_target_frames
  x = small.sequences(step_shape, num_steps)
  _, loss = small.body(name, hparams, x)
  gradients = tf.gradients(loss, tf.trainable_variables())
  model = small.model(name, hparams, "eval")
  model.check_input(step_shape)
  with tf.variable_scope("model", reuse=tf.AUTO_REUSE):
    trips = model.round_trips(tf.constant(x), noise.GraphNoise())
  return loss, [g for g in gradients if g is not None], trips


@pytest.mark.parametrize("name, step_shape, make_hparams", MODELS)
def test_mixed_is_the_same_model_but_for_rounding(
  name, step_shape, make_hparams
):
  built, variables = [], []
  for precision in PRECISIONS:
    hparams = make_hparams()
    hparams.precision = precision
    built.append(_built(name, step_shape, hparams))
    variables.append(tf.global_variables())
  assert variables[0] == variables[1], "variables of its own"
  assert {v.dtype.base_dtype for v in variables[0]} <= {tf.float32, tf.int64}
  with tf.Session() as session:
    weights.randomize(session)
    (bits, gradients, _), (mixed_bits, mixed_gradients, trips) = session.run(
      built
    )
  assert 0.0 < abs(mixed_bits - bits) < BITS_PER_DIM
  exact, ours = (
    np.concatenate([g.ravel() for g in each])
    for each in (gradients, mixed_gradients)
  )
  assert np.isfinite(ours).all()
  assert np.linalg.norm(ours - exact) < GRADIENT * np.linalg.norm(exact)
  assert trips
  for what, trip in trips.items():
    assert trip.error < ROUND_TRIP * trip.size, what
