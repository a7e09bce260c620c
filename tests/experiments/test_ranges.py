"""Values that no model can work with are refused, by name."""

import pytest
from tensor2tensor.utils import decoding
from tensor2tensor.utils import registry

from t2t_af.errors import UserError
from t2t_af.experiments import overrides


def test_what_a_set_holds_is_not_looked_at():
  """batch_size=0 is tensor2tensor's default of decoding, and has a meaning."""
  hparams = decoding.decode_hparams()
  overrides.parse(hparams, "num_decodes=2", "hparam")
  assert (hparams.num_decodes, hparams.batch_size) == (2, 0)


@pytest.mark.parametrize(
  "text, message",
  [
    ("batch_size=0", "batch_size must be at least 1, got 0"),
    ("batch_size=-1", "batch_size must be at least 1, got -1"),
    ("depth=0", "depth must be at least 1, got 0"),
    ("clip_grad_norm=nan", "clip_grad_norm must be a finite number, got nan"),
    ("weight_decay=nan", "weight_decay must be a finite number"),
    ("temperature=inf", "temperature must be a finite number, got inf"),
    ("learning_rate_constant=-1.0", "at least 0, got -1.0"),
    ("optimizer_adam_beta1=2.0", "optimizer_adam_beta1 must be below 1"),
    ("optimizer_adam_beta2=-0.5", "optimizer_adam_beta2 must be at least 0"),
    ("optimizer_adam_epsilon=-1.0", "epsilon must be above 0, got -1.0"),
    ("optimizer_adam_epsilon=0.0", "epsilon must be above 0, got 0.0"),
    ("initializer=nix", "initializer"),
    ("learning_rate_schedule=nix", "learning_rate_schedule"),
    ("learning_rate_schedule=constant*linear_warmpu", "linear_warmup"),
  ],
)
def test_is_refused(text, message):
  hparams = registry.hparams("video_flow_tiny")
  with pytest.raises(UserError) as raised:
    overrides.parse(hparams, text, "hparam")
  assert message in str(raised.value)


@pytest.mark.parametrize(
  "name, value",
  [
    ("learning_rate_constant", 0.0),
    ("optimizer_adam_beta1", 0.0),
    ("num_train_frames", -1),
    ("initializer", "orthogonal"),
    ("learning_rate_schedule", "constant*linear_warmup*rsqrt_decay"),
    ("temperature", 0.0),
  ],
)
def test_is_allowed(name, value):
  hparams = registry.hparams("video_flow_tiny")
  overrides.parse(hparams, f"{name}={value}", "hparam")
  assert hparams.values()[name] == value


@pytest.mark.parametrize("value", [0, -5])
@pytest.mark.parametrize("name", ["num_samples", "num_decodes"])
def test_of_decoding(name, value):
  with pytest.raises(UserError, match=f"{name} must be at least 1"):
    overrides.parse(decoding.decode_hparams(), f"{name}={value}", "hparam")


def test_all_samples_are_minus_one():
  hparams = decoding.decode_hparams()
  hparams.num_samples = 3
  overrides.parse(hparams, "num_samples=-1", "hparam")
  assert hparams.num_samples == -1
