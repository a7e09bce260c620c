"""An hparams.json that no training wrote is told before it is used."""

import json

import pytest
from tensor2tensor.utils import registry
from tensor2tensor.utils import trainer_lib

from t2t_af.errors import UserError
from t2t_af.experiments import stored_hparams

SET = "af1_series_tiny"


def _stored(folder, **changes):
  values = json.loads(trainer_lib.create_hparams(SET).to_json())
  path = stored_hparams.path(str(folder))
  with open(path, "w", encoding="utf-8") as stream:
    json.dump({**values, **changes}, stream)


@pytest.mark.parametrize("name", [SET, "video_flow_af_tiny", "slvm_af1_tiny"])
def test_what_a_training_writes_is_taken(tmp_path, name):
  text = registry.hparams(name).to_json()
  (tmp_path / "hparams.json").write_text(text, encoding="utf-8")
  stored_hparams.check(str(tmp_path), name)
  stored_hparams.check(str(tmp_path / "not_there"), name)


def test_values_of_overrides_are_taken(tmp_path):
  _stored(tmp_path, learning_rate_constant=1, batch_size=7, unknown={"a": 1})
  stored_hparams.check(str(tmp_path), SET)


@pytest.mark.parametrize(
  "change",
  [
    dict(batch_size="x"),
    dict(batch_size=True),
    dict(batch_size=None),
    dict(batch_size=0),
    dict(learning_rate_constant=float("nan")),
    dict(learning_rate_constant=[0.1]),
    dict(optimizer=[]),
    dict(initializer="nix"),
    dict(values=3),
  ],
)
def test_other_values_are_damage(tmp_path, change):
  _stored(tmp_path, **change)
  with pytest.raises(UserError) as raised:
    stored_hparams.check(str(tmp_path), SET)
  assert str(raised.value).startswith(f"{tmp_path}/hparams.json is damaged: ")
  assert next(iter(change)) in str(raised.value)
