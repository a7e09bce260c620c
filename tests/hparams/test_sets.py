"""Our hparams sets: every cell of the tables, with the values of the paper."""

import json
import pathlib

import pytest
from tensor2tensor.utils import registry

from hparams import data_space
from hparams import slvm
from hparams import video_flow
from t2t_af import errors
from t2t_af.experiments import model_names
from tests.hparams import sets

# {set: what it changes in its family's base}; a set whose values change makes
# runs that do not compare with those before.
_EXPECTED = json.loads(
  (pathlib.Path(__file__).parent / "expected" / "sets.json").read_text(
    encoding="utf-8"
  )
)
_BASES = {
  "video_flow": video_flow.video_flow_base,
  "af": data_space.data_space_base,
  "slvm": slvm.slvm_base,
}


def _changed(name):
  base = next(b for begin, b in _BASES.items() if name.startswith(begin))
  before, now = base().values(), registry.hparams(name).values()
  assert set(before) == set(now)
  return {key: now[key] for key in now if now[key] != before[key]}


@pytest.mark.parametrize("name", sets.NAMES)
def test_values_are_those_of_the_runs_on_record(name):
  assert _changed(name) == _EXPECTED[name]


def test_no_set_is_missing():
  assert sorted(_EXPECTED) == sets.NAMES


@pytest.mark.parametrize("name", sets.NAMES)
def test_every_set_fits_its_model_and_its_problem(name):
  model = registry.model(model_names.model_of(name))
  model(registry.hparams(name), "train").check_input(
    list(sets.step_shape(name))
  )
  if model_names.problem_of(name) in registry.list_base_problems():
    problem = registry.problem(model_names.problem_of(name))
    assert tuple(problem.step_shape) == sets.step_shape(name)


def test_every_row_has_every_column():
  assert {
    "%s_%s" % (row, column) for row in sets.ROWS for column in sets.STEP_SHAPES
  } | {
    "%s_t_%s" % (row, column)
    for row in sets.ROWS
    for column in sets.SERIES
    if row != "slvm_af2"  # which is none of Table 2
  } == set(sets.NAMES) - set(sets.VIDEO_FLOW)


@pytest.mark.parametrize(
  "column, batch_size", [("mmnist", 16), ("kth", 8), ("bair", 8)]
)
@pytest.mark.parametrize("row", sets.ROWS)
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
  for row in sets.ROWS:
    hparams = registry.hparams("%s_%s" % (row, column))
    assert (
      hparams.video_num_input_frames,
      hparams.video_num_target_frames,
    ) == (9, 10)
    if row.startswith("slvm"):
      assert hparams.num_warmup_steps == 3


@pytest.mark.parametrize("name", sets.NAMES)
def test_names_tell_model_and_problem(name):
  assert model_names.model_of(name) in registry.list_models()
  column = model_names.problem_of(name)
  assert column.startswith(
    "series_" if len(sets.step_shape(name)) == 1 else "video_"
  )


def test_names_that_tell_nothing():
  with pytest.raises(errors.UserError, match="no model is known"):
    model_names.model_of("transformer_base")
  with pytest.raises(errors.UserError, match="says no problem"):
    model_names.problem_of("af1_mine")
