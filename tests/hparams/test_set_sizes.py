"""Parameter counts: of the sets as documented, and as the models build them."""

import re

import numpy as np
import pytest
from tensor2tensor.utils import registry
import tensorflow.compat.v1 as tf

from t2t_af.experiments import model_names
from t2t_af.experiments import parameters
from t2t_af.models import video_flow_core
from tests.hparams import sets
from tests.models import tiny
from tests.networks import parameter_counts


def _count(name):
  return parameter_counts.video_flow(
    sets.step_shape(name), registry.hparams(name)
  )


@pytest.mark.parametrize(
  "overrides",
  [
    {},
    dict(latent_dynamics="affine_af", latent_af_num_transforms=2),
    dict(
      latent_apply_dilations=True,
      depth=2,
      latent_encoder_depth=2,
      latent_dynamics="affine_af",
    ),
  ],
)
def test_what_is_built_has_the_parameters_of_the_arithmetic(overrides):
  frame_shape = (24, 24, 3)  # dilations 1, 2, 4 and 1, 2
  hparams = tiny.hparams(**overrides)
  assert _built(frame_shape, hparams) == parameter_counts.video_flow(
    frame_shape, hparams
  )


def _built(frame_shape, hparams):
  with tf.variable_scope("model", reuse=tf.AUTO_REUSE):
    video_flow_core.VideoFlowCore(frame_shape, hparams).log_prob(
      tf.zeros((1, hparams.num_cond_latents + 1) + frame_shape)
    )
  return sum(np.prod(v.shape.as_list()) for v in tf.trainable_variables())


@pytest.mark.parametrize(
  "name, number",
  [
    ("video_flow_bair", 32_472_188),
    ("video_flow_bair_full", 67_493_660),
    ("video_flow_af_bair_matched", 32_465_460),
  ],
)
def test_sizes_are_as_documented(name, number):
  assert _count(name) == number
  assert format(number, ",") in sets.docstring(name)


@pytest.mark.parametrize(
  "name, number",
  [
    ("video_flow_bair", 32_472_188),
    pytest.param("video_flow_bair_full", 67_493_660, marks=pytest.mark.slow),
    pytest.param(
      "video_flow_af_bair_matched", 32_465_460, marks=pytest.mark.slow
    ),
  ],
)
def test_models_are_built_in_their_sizes(name, number):
  assert _built(sets.BAIR, registry.hparams(name)) == number


@pytest.mark.parametrize(
  "matched, to",
  [
    ("video_flow_af_bair_matched", "video_flow_bair"),
    ("video_flow_af_matched_tiny", "video_flow_tiny"),
  ],
)
def test_matched_sets_have_the_parameters_of_their_partner(matched, to):
  difference = _count(matched) / _count(to) - 1
  assert abs(difference) < 0.01
  (printed,) = re.findall(r"\((-?\d\.(\d+)) %\)", sets.docstring(matched))
  assert round(100 * difference, len(printed[1])) == float(printed[0])


# The authors' live parameters, measured, and theirs of one LSTM's second bias
# vector, which TensorFlow's has not: 4 * 256 for each layer.
_LSTM_BIAS = 4 * 256


@pytest.mark.parametrize(
  "name, authors, num_lstm_layers",
  [
    ("af1_mmnist", 335_042, 0),
    ("af1_bair", 338_502, 0),
    ("af2_kth", 670_084, 0),
    ("af2_bair", 677_004, 0),
    ("slvm_mmnist", 11_293_186, 4),
    ("slvm_af1_bair", 10_584_140, 2),
    pytest.param("slvm_bair", 11_299_334, 4, marks=pytest.mark.slow),
    pytest.param("slvm_dx_mmnist", 11_293_186, 4, marks=pytest.mark.slow),
    pytest.param("slvm_af1_mmnist", 10_574_532, 2, marks=pytest.mark.slow),
  ],
)
def test_models_have_the_authors_parameters(name, authors, num_lstm_layers):
  """To the unit, as tensor2tensor builds the model for training."""
  number = _parameters(name)
  assert number == authors - num_lstm_layers * _LSTM_BIAS
  if "dx" not in name:
    row, column = name.rsplit("_", 1)
    assert format(number, ",") in sets.docstring(row + "_mmnist"), column


def test_first_steps_initial_adds_a_shift_and_a_scale_of_a_step():
  """8,192 more, as the authors declare: 343,234."""
  assert _parameters("af1_mmnist", first_steps="initial") == 343_234


def _parameters(name, **overrides):
  hparams = registry.hparams(name)
  hparams.override_from_dict(overrides)
  model = registry.model(model_names.model_of(name))(hparams, "train")
  shape = list(sets.step_shape(name))
  model(
    {
      "inputs": tf.zeros([1, hparams.video_num_input_frames] + shape),
      "targets": tf.zeros([1, hparams.video_num_target_frames] + shape),
    }
  )
  return sum(np.prod(v.shape.as_list()) for v in tf.trainable_variables())


@pytest.mark.parametrize(
  "name, parts",
  [
    (
      "slvm_af2_series_tiny",
      {"flow 0", "flow 1", "posterior", "prior", "decoder"},
    ),
    ("slvm_tiny", {"encoder", "posterior", "prior", "decoder"}),
    ("af1_series_tiny", {"flow 0"}),
  ],
)
def test_params_tells_parts(name, parts):
  """On the problem of the set's column."""
  counted = parameters.count(name)
  assert set(counted) == parts
  assert sum(counted.values()) == _parameters(name)


def test_params_tells_first_steps_and_latent_flow():
  counted = parameters.count(
    "slvm_af1_series_tiny",
    overrides=("first_steps=initial,num_warmup_steps=0,latent_flow=affine_af"),
  )
  assert counted["flow 0: first steps"] == 4
  assert counted["latent flow"] > 0 and "other" not in counted
