"""Our hparams sets: no typos, nothing unread, sizes as told."""

import ast
from collections.abc import Iterator
import pathlib
import re

import numpy as np
import pytest
from tensor2tensor.layers import common_hparams
from tensor2tensor.models.video import next_frame_glow
from tensor2tensor.utils import registry
import tensorflow.compat.v1 as tf

from hparams import autoregressive_flow
from hparams import base
from hparams import data_space
from hparams import slvm
from hparams import slvm_series
from hparams import video_flow
from t2t_af import errors
from t2t_af.experiments import model_names
from t2t_af.experiments import parameters
from t2t_af.models import video_flow_core
from tests.models import tiny
from tests.networks import parameter_counts

ROOT = pathlib.Path(__file__).parents[2]
MODULES = (autoregressive_flow, slvm, slvm_series, video_flow)
PREFIXES = ("video_flow", "af1_", "af2_", "slvm_")
SETS = sorted(n for n in registry.list_hparams() if n.startswith(PREFIXES))
VIDEO_FLOW_SETS = [n for n in SETS if n.startswith("video_flow")]
ROWS = ("af1", "af2", "slvm", "slvm_dx", "slvm_af1", "slvm_af2")
BAIR, TOY = (64, 64, 3), (32, 32, 3)
SHAPES = {
  "series_tiny": (2,),
  "tiny": TOY,
  "bair": BAIR,
  "mmnist": (64, 64, 1),
  "kth": (64, 64, 1),
  "activity_rec": (6,),
  "smartphone_sensor": (9,),
  "facial_exp": (300,),
}
# What tensor2tensor adds to a set when it makes an experiment.
ADDED_LATER = {
  "problem",
  "problem_hparams",
  "model_dir",
  "data_dir",
  "warm_start_from",
}


def _step_shape(name):
  return next(shape for part, shape in SHAPES.items() if part in name)


def _docstring(name):
  found = [getattr(module, name) for module in MODULES if hasattr(module, name)]
  return found[0].__doc__ or ""


def _count(name):
  return parameter_counts.video_flow(_step_shape(name), registry.hparams(name))


def test_derive_changes_and_adds_and_leaves_the_parent():
  parent = common_hparams.basic_params1
  child = base.derive(parent, new=dict(my_own=1), batch_size=7)
  assert (child.my_own, child.batch_size) == (1, 7)
  assert parent().batch_size != 7 and "my_own" not in parent().values()


def test_derive_refuses_a_typo_and_names_what_was_meant():
  with pytest.raises(errors.UserError, match='Did you mean "batch_size"'):
    base.derive(common_hparams.basic_params1, batchsize=7)


def test_derive_refuses_to_add_what_exists():
  with pytest.raises(errors.UserError, match='"batch_size" exists already'):
    base.derive(common_hparams.basic_params1, new=dict(batch_size=7))


@pytest.mark.parametrize("name", SETS)
def test_every_set_fits_its_model_and_its_problem(name):
  model = registry.model(model_names.model_of(name))
  model(registry.hparams(name), "train").check_input(list(_step_shape(name)))
  if model_names.problem_of(name) in registry.list_base_problems():
    problem = registry.problem(model_names.problem_of(name))
    assert tuple(problem.step_shape) == _step_shape(name)


@pytest.mark.parametrize("name", SETS)
def test_every_set_says_in_a_docstring_what_it_is(name):
  assert len(_docstring(name)) > 30
  assert re.search(r"not\s+run|\d nats", _docstring(name))


def test_every_row_has_every_column():
  assert {"%s_%s" % (row, column) for row in ROWS for column in SHAPES} == set(
    SETS
  ) - set(VIDEO_FLOW_SETS)


@pytest.mark.parametrize(
  "column, batch_size", [("mmnist", 16), ("kth", 8), ("bair", 8)]
)
@pytest.mark.parametrize("row", ROWS)
def test_training_is_that_of_appendix_b(row, column, batch_size):
  hparams = registry.hparams("%s_%s" % (row, column))
  assert hparams.batch_size == batch_size
  assert hparams.optimizer == "adam"
  assert hparams.learning_rate_schedule == "constant"
  assert hparams.learning_rate_constant == 1e-4
  assert hparams.clip_grad_norm == 1.0
  crop = hparams.video_num_input_frames + hparams.video_num_target_frames
  assert (hparams.video_num_target_frames, crop) == (
    10,
    16 if "af2" in row else 13,
  )
  if row.startswith("slvm"):
    assert hparams.num_recurrent_layers == (1 if "af" in row else 2)
    assert (hparams.latent_size, hparams.hidden_size) == (256, 256)


@pytest.mark.parametrize("column", ["tiny", "series_tiny"])
def test_tiny_sets_score_the_same_steps_after_the_same_warmup(column):
  for row in ROWS:
    hparams = registry.hparams("%s_%s" % (row, column))
    assert (
      hparams.video_num_input_frames,
      hparams.video_num_target_frames,
    ) == (9, 10)
    if row.startswith("slvm"):
      assert hparams.num_warmup_steps == 3


def _reads(source: str) -> Iterator[str]:
  """The X of every `hparams.X`, `self.hparams.X` and `self._hparams.X`."""
  for node in ast.walk(ast.parse(source)):
    if isinstance(node, ast.Attribute):
      owner = getattr(node.value, "id", getattr(node.value, "attr", None))
      if owner in ("hparams", "_hparams"):
        yield node.attr


def _read_in_the_library():
  found = set()
  for room in ("models", "networks"):
    for path in (ROOT / "t2t_af" / room).glob("*.py"):
      found |= set(_reads(path.read_text(encoding="utf-8")))
  return found


def test_reads_are_found():
  source = (
    "hparams.depth + self.hparams.width\n"
    "self._hparams.n_levels, other.thing, hparams.problem.name"
  )
  assert set(_reads(source)) == {"depth", "width", "n_levels", "problem"}


_BASES = (  # Ours, and what it adds to.
  (video_flow.video_flow_base, next_frame_glow.next_frame_glow_bair_quant),
  (data_space.data_space_base, common_hparams.basic_params1),
  (slvm.slvm_base, common_hparams.basic_params1),
)


def test_every_hparam_we_add_is_read():
  for ours, parent in _BASES:
    added = set(ours().values()) - set(parent().values())
    assert len(added) > 4
    assert added <= _read_in_the_library()


def test_every_hparam_we_read_exists():
  known = set(ADDED_LATER)
  for ours, _ in _BASES:
    known |= set(ours().values())
  assert _read_in_the_library() <= known


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
  assert format(number, ",") in _docstring(name)


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
  assert _built(BAIR, registry.hparams(name)) == number


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
  (told,) = re.findall(r"\((-?\d\.(\d+)) %\)", _docstring(matched))
  assert round(100 * difference, len(told[1])) == float(told[0])


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
    assert format(number, ",") in _docstring(row + "_mmnist"), column


def test_first_steps_initial_adds_a_shift_and_a_scale_of_a_step():
  """8,192 more, as the authors declare: 343,234."""
  assert _parameters("af1_mmnist", first_steps="initial") == 343_234


def _parameters(name, **overrides):
  hparams = registry.hparams(name)
  hparams.override_from_dict(overrides)
  model = registry.model(model_names.model_of(name))(hparams, "train")
  shape = list(_step_shape(name))
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


@pytest.mark.parametrize("name", SETS)
def test_names_tell_model_and_problem(name):
  assert model_names.model_of(name) in registry.list_models()
  column = model_names.problem_of(name)
  assert column.startswith(
    "series_" if len(_step_shape(name)) == 1 else "video_"
  )


def test_names_that_tell_nothing():
  with pytest.raises(errors.UserError, match="no model is known"):
    model_names.model_of("transformer_base")
  with pytest.raises(errors.UserError, match="says no problem"):
    model_names.problem_of("af1_mine")
