"""Models and problems by the names of sets."""

import pytest

from t2t_af import errors
from t2t_af.experiments import model_names


@pytest.mark.parametrize(
  "hparams_set, model, problem",
  [
    ("video_flow_bair", "video_flow", "video_bair"),
    ("video_flow_af_tiny", "video_flow", "video_toy_pushing"),
    ("next_frame_glow_bair_quant", "next_frame_glow", "video_bair"),
    ("af1_mmnist", "autoregressive_flow", "video_mmnist"),
    ("af2_series_tiny", "autoregressive_flow", "series_particle"),
    ("slvm_dx_kth", "slvm", "video_kth"),
    ("slvm_af1_activity_rec", "slvm", "series_activity_rec"),
    ("slvm_smartphone_sensor", "slvm", "series_smartphone_sensor"),
    ("slvm_af2_facial_exp", "slvm", "series_facial_exp"),
  ],
)
def test_a_name_says_model_and_problem(hparams_set, model, problem):
  assert model_names.model_of(hparams_set) == model
  assert model_names.problem_of(hparams_set) == problem


@pytest.mark.parametrize("hparams_set", ["transformer_base", "af3_bair", ""])
def test_a_name_of_no_model_is_refused_with_those_known(hparams_set):
  with pytest.raises(errors.UserError, match="begin with video_flow, next_"):
    model_names.model_of(hparams_set)


def test_a_name_of_no_column_asks_for_a_problem():
  with pytest.raises(errors.UserError, match="give --problem="):
    model_names.problem_of("video_flow_mine")
