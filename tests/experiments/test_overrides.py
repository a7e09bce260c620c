"""Overrides in a text: parsed, given to the sets that have them, or refused."""

import pytest
from tensor2tensor.data_generators import bair_robot_pushing  # noqa: F401
from tensor2tensor.utils import registry

from t2t_af import errors
from t2t_af.experiments import model_names
from t2t_af.experiments import overrides
from t2t_af.records import run_folder
from tests.hparams import sets

_VIDEO = "video_toy_pushing"
_OF_SETS = {  # Set, model, problem.
  "af1": ("af1_series_tiny", "autoregressive_flow", "series_particle"),
  "slvm": ("slvm_series_tiny", "slvm", "series_particle"),
  "slvm_video": ("slvm_tiny", "slvm", _VIDEO),
  "video_flow": ("video_flow_tiny", "video_flow", _VIDEO),
}


def test_values_are_set():
  hparams = registry.hparams("video_flow_tiny")
  overrides.parse(hparams, "depth=2,latent_dilation_rates=[1,3]", "hparam")
  assert hparams.depth == 2
  assert hparams.latent_dilation_rates == [1, 3]


@pytest.mark.parametrize("text", ["", None])
def test_nothing_changes_nothing(text):
  hparams = registry.hparams("video_flow_tiny")
  overrides.parse(hparams, text, "hparam")
  assert hparams.values() == registry.hparams("video_flow_tiny").values()


@pytest.mark.parametrize(
  "text, message",
  [
    ("dept=2", 'unknown hparam "dept". Did you mean "depth"'),
    ("depth=many", 'cannot read "depth=many": '),
    ("depth", 'cannot read "depth": '),
    ("depth=", 'cannot read "depth=": '),
    ("latent_dilation_rates[0]=2", "cannot read"),
  ],
)
def test_what_does_not_fit_is_said(text, message):
  with pytest.raises(errors.UserError) as raised:
    overrides.parse(registry.hparams("video_flow_tiny"), text, "hparam")
  assert str(raised.value).startswith(message)


def _kept(folder, hparams_set="af1_tiny"):
  return overrides.kept_by_run(str(folder), registry.hparams(hparams_set))


def test_runs_of_version_02_keep_their_bound(tmp_path):
  assert not _kept(tmp_path)
  run_folder.update(str(tmp_path), hparams="")  # nothing trained yet
  assert not _kept(tmp_path)
  # What `t2t-af compare` left: no hparams.json.
  run_folder.update(str(tmp_path), num_parameters=1)
  assert _kept(tmp_path) == (
    "log_scale_clip=tanh,flow_log_scale_bound=8.0,scale_floor=0.0"
  )
  assert _kept(tmp_path, "video_flow_tiny") == "log_scale_clip=tanh"
  # What t2t-trainer left, with a bound of one's own.
  (tmp_path / "hparams.json").write_text(
    '{"flow_log_scale_bound": 5.0}', encoding="utf-8"
  )
  assert _kept(tmp_path) == "log_scale_clip=tanh,scale_floor=0.0"
  # Its first step today keeps them.
  run_folder.update(
    str(tmp_path),
    log_scale_clip="tanh",
    flow_log_scale_bound=5.0,
    scale_floor=0.1,
  )
  assert _kept(tmp_path) == (
    "log_scale_clip=tanh,flow_log_scale_bound=5.0,scale_floor=0.1"
  )


def test_a_bound_that_the_command_gave_stays(tmp_path):
  run_folder.update(
    str(tmp_path), num_parameters=1, hparams="flow_log_scale_bound=4.0"
  )
  assert _kept(tmp_path) == "log_scale_clip=tanh,scale_floor=0.0"


def test_runs_of_before_the_floor_keep_none(tmp_path):
  run_folder.update(
    str(tmp_path),
    num_parameters=1,
    log_scale_clip="smooth",
    flow_log_scale_bound=10.0,
  )
  for name in ("af1_activity_rec", "slvm_af1_facial_exp"):
    assert _kept(tmp_path, name) == "scale_floor=0.0"
  assert not _kept(tmp_path, "video_flow_tiny")


def test_runs_of_today_need_nothing(tmp_path):
  run_folder.update(
    str(tmp_path),
    num_parameters=1,
    log_scale_clip="smooth",
    flow_log_scale_bound=10.0,
    scale_floor=-1.0,
  )
  assert not _kept(tmp_path)


def test_lists_among_overrides_are_not_cut():
  text = "latent_dilation_rates=[1,3],depth=2"
  text += ",latent_apply_dilations=True"
  assert overrides.by_set(["video_flow_tiny"], text, _VIDEO) == {
    "video_flow_tiny": text
  }


def test_each_set_gets_those_that_it_has():
  assert overrides.by_set(
    ["video_flow_tiny", "slvm_tiny"],
    "depth=2,batch_size=3,latent_size=5",
    _VIDEO,
  ) == {
    "video_flow_tiny": "depth=2,batch_size=3",
    "slvm_tiny": "batch_size=3,latent_size=5",
  }


def test_an_hparam_of_no_set_is_refused():
  with pytest.raises(errors.UserError, match="unknown hparam of video_flow_t"):
    overrides.by_set(["video_flow_tiny", "slvm_tiny"], "latent_sise=5", _VIDEO)


def test_a_value_that_one_set_cannot_read_is_refused():
  with pytest.raises(errors.UserError, match="cannot read"):
    overrides.by_set(["video_flow_tiny"], "batch_size=few", _VIDEO)


def test_each_set_gets_those_that_have_an_effect_on_it():
  """Without a flow nothing reads the width of one."""
  assert overrides.by_set(
    ["slvm_tiny", "slvm_af1_tiny"], "flow_width=3,hidden_size=5", _VIDEO
  ) == {
    "slvm_tiny": "hidden_size=5",
    "slvm_af1_tiny": "flow_width=3,hidden_size=5",
  }


def test_what_has_an_effect_on_no_set_is_refused():
  with pytest.raises(
    errors.UserError, match="flow_width=3 has no effect on sl"
  ):
    overrides.by_set(["slvm_tiny", "slvm_dx_tiny"], "flow_width=3", _VIDEO)


def test_a_value_of_the_sets_own_is_no_mistake():
  text = "learning_rate=0.1,flow_width=16"
  assert overrides.by_set(["slvm_tiny"], text, _VIDEO) == {"slvm_tiny": text}


def _said(hparams_set, model, problem, text):
  hparams = registry.hparams(hparams_set)
  before = dict(hparams.values())
  hparams.parse(text)
  return " ".join(
    overrides.without_effect(before, hparams, model, problem).values()
  )


@pytest.mark.parametrize(
  "hparams_set, text, said",
  [
    ("af1", "learning_rate=1.0", "learning_rate_constant is what it reads."),
    ("af1", "hidden_size=999", "flow_width is what it reads."),
    ("af1", "weight_decay=100.0", "here; nothing reads it."),
    ("af1", "dropout=0.9", "here; nothing reads it."),
    ("af1", "activation_dtype=float16", "here; nothing reads it."),
    ("af1", "initializer=orthogonal", "here; nothing reads it."),
    ("af1", "dequantization=gaussian", "it has with video data."),
    ("af1", "normalization=group", "video data, or with flow_conditioner=dil"),
    (
      "af1",
      "optimizer_momentum_momentum=0.5",
      "it has with optimizer=momentum|yellow_fin.",
    ),
    (
      "af1",
      "optimizer=momentum,optimizer_adam_beta1=0.5",
      "optimizer_adam_beta1=0.5 has no effect on autoregressive_flow here; it "
      "has with optimizer=adam|true_adam|multistep_adam.",
    ),
    (
      "af1",
      "learning_rate_warmup_steps=9",
      "it has with linear_warmup|cosdecay|",
    ),
    ("af1", "train_fraction_seed=3", "it has with train_fraction below 1."),
    ("slvm_video", "scale_floor=0.1", "it has with series data."),
    ("slvm", "flow_mask=learned", "it has with data_flow=affine_af."),
    ("slvm", "encoder_width=9", "it has with video data."),
    ("slvm", "num_cond_steps=2", "data_flow=affine_af, or with latent_flow="),
    ("video_flow", "latent_af_residual=True", "with latent_dynamics=affine_af"),
    ("video_flow", "latent_dilation_rates=[1]", "latent_apply_dilations=True"),
  ],
)
def test_hparams_without_effect_name_what_does_it(hparams_set, text, said):
  of_set = _OF_SETS[hparams_set]
  assert said in _said(*of_set, text)


@pytest.mark.parametrize(
  "hparams_set, text",
  [
    ("af1", "optimizer=momentum,optimizer_momentum_nesterov=True"),
    ("af1", "train_fraction=0.5,train_fraction_seed=3"),
    ("af1", "learning_rate_schedule=legacy,learning_rate=1.0"),
    ("af1", "temperature=0.5"),
    ("af1", "scale_floor=0.1,base_distribution=student_t"),
    ("slvm_video", "base_distribution=student_t"),
    ("slvm", "sample_mode=means,num_importance_samples=5"),
    ("slvm", "first_steps=initial"),  # scores the inputs too
    ("video_flow", "n_bits_x=5"),  # refused by the model, which says why
  ],
)
def test_hparams_with_an_effect_are_no_mistake(hparams_set, text):
  assert _said(*_OF_SETS[hparams_set], text) == ""


def test_models_and_problems_of_tensor2tensor_are_left_alone():
  glow = "next_frame_glow_bair_quant"
  assert _said(glow, "next_frame_glow", _VIDEO, "dropout=0.9") == ""
  theirs = "video_bair_robot_pushing"
  assert _said("video_flow_tiny", "video_flow", theirs, "dropout=0.9") == ""


@pytest.mark.parametrize("name", sets.NAMES)
def test_every_set_has_what_its_model_reads(name):
  model = model_names.model_of(name)
  overrides.check_set(registry.hparams(name), name, model)


@pytest.mark.parametrize(
  "model, name, missing",
  [
    ("slvm", "video_flow_af_tiny", "data_flow"),
    ("slvm", "af1_series_tiny", "latent_flow"),
    ("video_flow", "slvm_tiny", "coupling"),
    ("autoregressive_flow", "video_flow_tiny", "data_flow"),
  ],
)
def test_a_set_of_another_model_is_refused(model, name, missing):
  with pytest.raises(errors.UserError) as raised:
    overrides.check_set(registry.hparams(name), name, model)
  said = str(raised.value)
  assert f"{name} is not one of {model}" in said and missing in said
  assert f"Sets of {model}: " in said and "\n" not in said


def test_sets_of_a_model_that_is_not_ours_are_not_looked_at():
  name = "video_flow_tiny"
  overrides.check_set(registry.hparams(name), name, "next_frame_glow")
