"""Two sets of a row, or of a column, differ in what their names say alone."""

import pytest
from tensor2tensor.utils import registry

from hparams import data_space
from hparams import table
from tests.hparams import sets

_TRANSFORMS = {"num_transforms", "video_num_input_frames"}
_LATENT = {"latent_dynamics"}
_SIZE = {"depth", "latent_encoder_width"}


def difference(one, other):
  """Names of the hparams in which two registered sets differ."""
  first, second = (registry.hparams(name).values() for name in (one, other))
  assert set(first) == set(second)
  return {name for name in first if first[name] != second[name]}


@pytest.mark.parametrize("column", ["mmnist", "kth", "bair"])
@pytest.mark.parametrize(
  "row, to, names",
  [
    ("af2", "af1", _TRANSFORMS),
    ("slvm_dx", "slvm", {"data_flow"}),
    ("slvm_af1", "slvm", {"data_flow", "num_recurrent_layers"}),
    ("slvm_af2", "slvm_af1", _TRANSFORMS),
  ],
)
def test_rows_of_table_1(row, to, names, column):
  assert difference(f"{row}_{column}", f"{to}_{column}") == names


@pytest.mark.parametrize(
  "column", ["activity_rec", "smartphone_sensor", "facial_exp"]
)
@pytest.mark.parametrize(
  "row, to, names",
  [
    ("af2", "af1", _TRANSFORMS),
    ("slvm_dx", "slvm", {"data_flow"}),
    ("slvm_af1", "slvm", {"data_flow", "flow_width"}),
    ("slvm_af2", "slvm_af1", _TRANSFORMS),
  ],
)
def test_rows_of_table_2(row, to, names, column):
  assert difference(f"{row}_{column}", f"{to}_{column}") == names


@pytest.mark.parametrize("row", sets.ROWS)
def test_columns_differ_in_their_batch_at_most(row):
  assert difference(f"{row}_kth", f"{row}_mmnist") == {"batch_size"}
  assert not difference(f"{row}_kth", f"{row}_bair")
  assert not difference(f"{row}_facial_exp", f"{row}_activity_rec")
  assert not difference(f"{row}_smartphone_sensor", f"{row}_activity_rec")


@pytest.mark.parametrize(
  "row, to, names",
  [
    ("video_flow_af_bair", "video_flow_bair", _LATENT),
    ("video_flow_af_bair_full", "video_flow_bair_full", _LATENT),
    (
      "video_flow_af_bair_matched",
      "video_flow_af_bair",
      {"latent_encoder_width"},
    ),
    (
      "video_flow_bair",
      "video_flow_bair_full",
      {"depth", "latent_encoder_width"},
    ),
    ("video_flow_af_tiny", "video_flow_tiny", _LATENT),
    (
      "video_flow_af_residual_tiny",
      "video_flow_af_tiny",
      {"latent_af_residual"},
    ),
    (
      "video_flow_af_matched_tiny",
      "video_flow_af_residual_tiny",
      {"latent_encoder_width"},
    ),
  ],
)
def test_rows_of_video_flow(row, to, names):
  assert difference(row, to) == names


@pytest.mark.parametrize(
  "row, rate",
  [
    ("af1", 6e-3),
    ("af2", 3e-3),
    ("slvm", 3e-3),
    ("slvm_dx", 3e-3),
    ("slvm_af1", 6e-3),
    ("slvm_af2", 3e-3),
  ],
)
def test_tiny_sets_of_a_flow_have_its_learning_rate(row, rate):
  """The highest at which each trains; SLVM + M-AF that of its flow."""
  hparams = registry.hparams(f"{row}_tiny")
  assert hparams.learning_rate_constant == rate
  for name in set(data_space.SHORT_TRAINING) - {"learning_rate_constant"}:
    assert getattr(hparams, name) == data_space.SHORT_TRAINING[name]


def test_tiny_column_overrides_the_short_training():
  column = data_space.tiny_column(batch_size=1)
  assert column.overrides["batch_size"] == 1
  assert column.overrides["normalization"] == "none"
  assert data_space.SHORT_TRAINING["batch_size"] == 8


def test_columns_of_table_2_say_how_each_was_run():
  columns = data_space.series_columns("a=1,b=2", dict(batch_size=4))
  assert sorted(columns) == ["activity_rec", "facial_exp", "smartphone_sensor"]
  faces = columns["facial_exp"]
  assert (faces.problem, faces.train_steps) == ("series_facial_exp", 2000)
  assert faces.command == (
    table.COMPARE + " --eval_every=500 --num_contexts=0 --hparams=a=1,b=2"
  )
  assert "--eval_every=1000" in columns["activity_rec"].command


@pytest.mark.parametrize("row", ["af1", "af2", "slvm", "slvm_dx", "slvm_af1"])
@pytest.mark.parametrize("column", sets.SERIES)
def test_rows_of_a_students_t_differ_in_the_base_alone(row, column):
  assert difference(f"{row}_t_{column}", f"{row}_{column}") == {
    "base_distribution"
  }
