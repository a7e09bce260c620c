"""Overrides in a text: parsed, given to the sets that have them, or refused."""

import pytest
from tensor2tensor.utils import registry

from t2t_af import errors
from t2t_af.experiments import overrides


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


def test_runs_of_version_02_keep_their_bound(tmp_path):
  assert not overrides.of_older_run(str(tmp_path))
  stored = tmp_path / "hparams.json"
  stored.write_text('{"latent_af_log_scale_bound": 3.0}', encoding="utf-8")
  assert overrides.of_older_run(str(tmp_path)) == "log_scale_clip=tanh"
  stored.write_text(
    '{"latent_af_log_scale_bound": 3.0, "log_scale_clip": "smooth"}',
    encoding="utf-8",
  )
  assert not overrides.of_older_run(str(tmp_path))
  stored.write_text('{"hidden_size": 3}', encoding="utf-8")
  assert not overrides.of_older_run(str(tmp_path))


def test_lists_among_overrides_are_not_cut():
  text = "latent_dilation_rates=[1,3],depth=2"
  assert overrides.by_set(["video_flow_tiny"], text) == {
    "video_flow_tiny": text
  }


def test_each_set_gets_those_that_it_has():
  assert overrides.by_set(
    ["video_flow_tiny", "slvm_tiny"], "depth=2,batch_size=3,latent_size=5"
  ) == {
    "video_flow_tiny": "depth=2,batch_size=3",
    "slvm_tiny": "batch_size=3,latent_size=5",
  }


def test_an_hparam_of_no_set_is_refused():
  with pytest.raises(errors.UserError, match="unknown hparam of video_flow_t"):
    overrides.by_set(["video_flow_tiny", "slvm_tiny"], "latent_sise=5")


def test_a_value_that_one_set_cannot_read_is_refused():
  with pytest.raises(errors.UserError, match="cannot read"):
    overrides.by_set(["video_flow_tiny"], "batch_size=few")
