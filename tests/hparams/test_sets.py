"""Our hparams sets: no typos, nothing unread, sizes as told."""

import ast
import pathlib
import re
from typing import Iterator

import numpy as np
import pytest
from tensor2tensor.layers import common_hparams
from tensor2tensor.models.video import next_frame_glow
from tensor2tensor.utils import registry
import tensorflow.compat.v1 as tf

from hparams import base
from hparams import video_flow
from t2t_af import errors
from t2t_af.models import requirements
from t2t_af.models import video_flow_core
from tests.models import tiny
from tests.networks import parameter_counts

ROOT = pathlib.Path(__file__).parents[2]
SETS = sorted(n for n in registry.list_hparams() if n.startswith("video_flow"))
BAIR, TOY = (64, 64, 3), (32, 32, 3)
# What tensor2tensor adds to a set when it makes an experiment.
ADDED_LATER = {"problem", "problem_hparams", "model_dir", "data_dir",
               "warm_start_from"}


def _frame_shape(name):
  return BAIR if "bair" in name else TOY


def _docstring(name):
  return getattr(video_flow, name).__doc__ or ""


def _count(name):
  return parameter_counts.video_flow(_frame_shape(name),
                                     registry.hparams(name))


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
def test_every_set_fits_the_model(name):
  requirements.check(registry.hparams(name), _frame_shape(name))


@pytest.mark.parametrize("name", SETS)
def test_every_set_says_in_a_docstring_what_it_is(name):
  assert len(_docstring(name)) > 30


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
  source = ("hparams.depth + self.hparams.width\n"
            "self._hparams.n_levels, other.thing, hparams.problem.name")
  assert set(_reads(source)) == {"depth", "width", "n_levels", "problem"}


def test_every_hparam_we_add_is_read():
  ours = set(video_flow.video_flow_base().values()) - set(
      next_frame_glow.next_frame_glow_bair_quant().values())
  assert "latent_dynamics" in ours
  assert ours <= _read_in_the_library()


def test_every_hparam_we_read_exists():
  known = set(video_flow.video_flow_base().values()) | ADDED_LATER
  assert _read_in_the_library() <= known


@pytest.mark.parametrize("overrides", [
    {},
    dict(latent_dynamics="affine_af", latent_af_num_transforms=2),
    dict(latent_apply_dilations=True, depth=2, latent_encoder_depth=2,
         latent_dynamics="affine_af"),
])
def test_what_is_built_has_the_parameters_of_the_arithmetic(overrides):
  frame_shape = (24, 24, 3)  # dilations 1, 2, 4 and 1, 2
  hparams = tiny.hparams(**overrides)
  assert _built(frame_shape, hparams) == parameter_counts.video_flow(
      frame_shape, hparams)


def _built(frame_shape, hparams):
  with tf.variable_scope("model", reuse=tf.AUTO_REUSE):
    video_flow_core.VideoFlowCore(frame_shape, hparams).log_prob(
        tf.zeros((1, hparams.num_cond_latents + 1) + frame_shape))
  return sum(np.prod(v.shape.as_list()) for v in tf.trainable_variables())


@pytest.mark.parametrize("name, number", [
    ("video_flow_bair", 32_472_188),
    ("video_flow_bair_full", 67_493_660),
    ("video_flow_af_bair_matched", 32_465_460),
])
def test_sizes_are_as_documented(name, number):
  assert _count(name) == number
  assert format(number, ",") in _docstring(name)


@pytest.mark.parametrize("name, number", [
    ("video_flow_bair", 32_472_188),
    pytest.param("video_flow_bair_full", 67_493_660, marks=pytest.mark.slow),
    pytest.param("video_flow_af_bair_matched", 32_465_460,
                 marks=pytest.mark.slow),
])
def test_models_are_built_in_their_sizes(name, number):
  assert _built(BAIR, registry.hparams(name)) == number


@pytest.mark.parametrize("matched, to", [
    ("video_flow_af_bair_matched", "video_flow_bair"),
    ("video_flow_af_matched_tiny", "video_flow_tiny")])
def test_matched_sets_have_the_parameters_of_their_partner(matched, to):
  difference = _count(matched) / _count(to) - 1
  assert abs(difference) < 0.01
  (told,) = re.findall(r"\((-?\d\.(\d+)) %\)", _docstring(matched))
  assert round(100 * difference, len(told[1])) == float(told[0])
