"""Models by name: found, told, and never read when a file is another."""

import json
import os

import pytest

from t2t_af import errors
from t2t_af.records import named_models
from tests.fixtures.model_folders import CARD
from tests.fixtures.model_folders import model_folder  # noqa: F401


def test_a_name_leads_to_its_folder_and_a_folder_to_itself(models, tmp_path):
  assert named_models.names() == ["af1_digits", "slvm_digits"]
  assert named_models.folder_of("af1_digits") == str(models / "af1_digits")
  assert named_models.folder_of(str(tmp_path)) == str(tmp_path)


def test_a_run_of_ones_own_comes_before_a_model_of_that_name(
  models, tmp_path, monkeypatch
):
  monkeypatch.chdir(tmp_path)
  (tmp_path / "af1_digits").mkdir()  # e.g. by --out=af1_digits
  assert named_models.is_name("af1_digits")
  (tmp_path / "af1_digits" / "run.json").write_text("{}", encoding="utf-8")
  assert not named_models.is_name("af1_digits")
  assert named_models.folder_of("af1_digits") == "af1_digits"


def test_an_unknown_name_is_told_with_those_that_there_are(models, monkeypatch):
  with pytest.raises(errors.UserError) as told:
    named_models.folder_of("af1_digit")
  assert 'Did you mean "af1_digits"' in str(told.value)
  assert "Named models: af1_digits, slvm_digits." in str(told.value)
  with pytest.raises(errors.UserError) as told:
    named_models.folder_of("/nowhere")
  assert "/nowhere: there is no such folder of a run; " in str(told.value)
  assert str(told.value).count("slvm_digits") == 1
  monkeypatch.setattr(named_models, "FOLDER", str(models / "no_such"))
  with pytest.raises(errors.UserError, match="Known: none"):
    named_models.folder_of("af1_digits")


@pytest.mark.parametrize(
  "content, told", [(b"12344", "is damaged"), (None, "is not there")]
)
def test_a_file_that_is_another_is_named(models, content, told):
  path = models / "af1_digits" / "weights"
  if content is None:
    os.remove(path)
  else:
    path.write_bytes(content)
  with pytest.raises(errors.UserError) as error:
    named_models.folder_of("af1_digits")
  assert f"{path} {told}" in str(error.value)
  assert named_models.folder_of("slvm_digits")


@pytest.mark.parametrize(
  "card, told",
  [
    ("{", "it is not JSON"),
    (json.dumps(CARD), "it has no files"),
    (json.dumps(dict(CARD, files=[])), "files is []"),
  ],
)
def test_a_damaged_card_is_told(models, card, told):
  path = models / "af1_digits" / named_models.CARD
  path.write_text(card, encoding="utf-8")
  with pytest.raises(errors.UserError) as error:
    named_models.folder_of("af1_digits")
  assert f"{path} is damaged" in str(error.value) and told in str(error.value)


def test_a_line_says_what_a_model_is(models):
  first, second = named_models.lines()
  assert first == (
    "af1_digits   slvm_af1_tiny  video_moving_digits32  "
    "test ≤ 1.2346 ± 0.0567 bits/dim  2.3 MB"
  )
  assert second.startswith("slvm_digits  slvm_af1_tiny")


def test_the_unit_of_series_is_nats_per_step():
  found = dict(nll_nats_per_step=-1.5, nll_bits_per_dim=0.3, bound=False)
  assert named_models.likelihood(found) == "-1.500 nats/step"
