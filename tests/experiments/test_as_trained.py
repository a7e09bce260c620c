"""A run is asked under the hparams that its weights belong to."""

import json

import pytest
from tensor2tensor.utils import registry
from tensor2tensor.utils import trainer_lib

from t2t_af import effect
from t2t_af.errors import UserError
from t2t_af.experiments import as_trained
from t2t_af.experiments import model_names
from t2t_af.models import optimization_reads
from t2t_af.records import run_folder

# Of each model the hparams, beside those of training steps, that may be other
# than they were in training. A new hparam is one of these, or is `of_weights`.
_OF_EVERY = {"eval_noise_draws", "jit_compile", "precision"}
_OF_DATA_SPACE = {
  *_OF_EVERY,
  *("dequantization", "scale_floor", "series_noise", "temperature"),
}
FREE = {
  "video_flow": {
    *_OF_EVERY,
    *("init_batch_size", "num_train_frames", "recompute"),
    *("sample_conditioning", "temperature"),
  },
  "autoregressive_flow": _OF_DATA_SPACE,
  "slvm": {
    *_OF_DATA_SPACE,
    *("kl_warmup_steps", "num_importance_samples", "num_warmup_steps"),
    "sample_mode",
  },
}


def _names(rules):
  return {name for rule in rules for name in rule.names}


@pytest.mark.parametrize("model", FREE)
def test_every_hparam_is_of_the_weights_or_free(model):
  rules = registry.model(model).reads
  of_weights = effect.names_of_weights(rules)
  training = _names(optimization_reads.READS) - of_weights
  assert _names(rules) - of_weights - training == FREE[model]


def _run(folder, hparams_set, text=""):
  """What a training with these overrides leaves of its hparams."""
  hparams = trainer_lib.create_hparams(hparams_set, text)
  (folder / "hparams.json").write_text(hparams.to_json(), encoding="utf-8")
  stored = json.loads(hparams.to_json())
  run_folder.update(
    str(folder),
    hparams_set=hparams_set,
    hparams=text,
    num_parameters=1,
    **{n: stored[n] for n in run_folder.KEPT_HPARAMS if n in stored},
  )
  return str(folder)


def test_what_a_run_was_trained_with_is_added(tmp_path):
  text = "base_distribution=student_t,batch_size=3"
  run = _run(tmp_path, "af1_series_tiny", text)
  assert as_trained.added(run, "af1_series_tiny", "") == text.split(",")
  assert as_trained.added(run, "af1_series_tiny", "batch_size=5") == [
    "base_distribution=student_t"
  ]
  assert not as_trained.added(run, "af1_series_tiny", text)


def test_a_run_that_was_continued_or_is_of_other_defaults_keeps_its_own(
  tmp_path,
):
  text = "latent_dilation_rates=[1,2],latent_af_residual=true,depth=2"
  run = _run(tmp_path, "video_flow_af_tiny", text)
  run_folder.update(run, hparams="")  # as hparams.json alone has it
  added = as_trained.added(run, "video_flow_af_tiny", "")
  assert sorted(added) == [
    "depth=2",
    "latent_af_residual=True",
    "latent_dilation_rates=[1,2]",
  ]
  again = trainer_lib.create_hparams("video_flow_af_tiny", ",".join(added))
  assert again.latent_dilation_rates == [1, 2] and again.latent_af_residual


def test_where_there_is_no_run_nothing_is_added(tmp_path):
  assert not as_trained.added(str(tmp_path), "af1_tiny", "batch_size=3")
  as_trained.check_set(str(tmp_path), "af1_tiny")


def test_another_set_is_refused(tmp_path):
  run = _run(tmp_path, "af1_series_tiny")
  as_trained.check_set(run, "af1_series_tiny")
  with pytest.raises(UserError, match="run of --hparams_set=af1_series_tiny"):
    as_trained.check_set(run, "af1_particle")


def _check(folder, hparams_set, text):
  run = _run(folder, hparams_set)
  as_trained.override(
    run,
    as_trained.hparams(run, hparams_set),
    text,
    model_names.model_of(hparams_set),
  )


@pytest.mark.parametrize(
  "hparams_set, text",
  [
    ("video_flow_af_tiny", "latent_af_residual=true"),
    ("video_flow_af_tiny", "latent_af_log_scale_bound=0.5"),
    ("video_flow_tiny", "latent_dynamics=none"),
    ("video_flow_tiny", "activation=relu"),
    ("af1_series_tiny", "base_distribution=student_t"),
    ("af1_series_tiny", "log_scale_clip=tanh"),
    ("slvm_af1_tiny", "flow_log_scale_bound=1.0"),
    ("slvm_tiny", "num_recurrent_layers=1"),
  ],
)
def test_weights_are_of_one_model(tmp_path, hparams_set, text):
  hparams = registry.hparams(hparams_set)
  name = text.split("=")[0]
  hparams.parse(text)
  if hparams.values()[name] == registry.hparams(hparams_set).values()[name]:
    pytest.fail("says nothing: this is what the set has")
  with pytest.raises(UserError) as raised:
    _check(tmp_path, hparams_set, text)
  assert str(raised.value).startswith(f"{name}=")
  assert f"{tmp_path} was trained with {name}=" in str(raised.value)


@pytest.mark.parametrize(
  "hparams_set, text",
  [
    ("video_flow_af_tiny", "precision=mixed,recompute=true,batch_size=2"),
    ("video_flow_af_tiny", "temperature=0.5,video_num_target_frames=3"),
    ("slvm_af1_tiny", "num_importance_samples=10,sample_mode=means"),
    ("af1_series_tiny", "series_noise=0.3,scale_floor=0.1"),
    ("af1_tiny", "dequantization=gaussian,learning_rate_constant=0.1"),
  ],
)
def test_what_is_scored_and_sampled_may_be_other_than_in_training(
  tmp_path, hparams_set, text
):
  _check(tmp_path, hparams_set, text)
