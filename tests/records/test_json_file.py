"""Small JSON files: an object, nothing, or a line that says what is wrong."""

import pytest

from t2t_af.errors import UserError
from t2t_af.records import json_file
from t2t_af.records import run_folder

DAMAGED = {
  "cut": b'{"model": "sl',
  "empty": b"",
  "a list": b"[1, 2]",
  "a number": b"3",
  "not UTF-8": b'{"model": "\xff\xfe"}',
  "very deep": b"[" * 100_000,
  "zeros": b"\0" * 20,
  "half a letter": b'{"model": "\\ud800"}',
}


def test_no_file_is_no_object(tmp_path):
  assert json_file.read(str(tmp_path / "run.json")) == {}


def test_an_object_is_read(tmp_path):
  (tmp_path / "run.json").write_text('{"é": 1}', encoding="utf-8")
  assert json_file.read(str(tmp_path / "run.json")) == {"é": 1}


@pytest.mark.parametrize("name", sorted(DAMAGED))
def test_damage_is_said_with_the_file(tmp_path, name):
  path = tmp_path / "run.json"
  path.write_bytes(DAMAGED[name])
  with pytest.raises(UserError) as raised:
    run_folder.read(str(tmp_path))
  assert str(path) in str(raised.value) and "damaged" in str(raised.value)
  assert "\n" not in str(raised.value)


@pytest.mark.parametrize(
  "field",
  [
    *('"model": 3', '"seed": "one"', '"hparams": [1]', '"steps": true'),
    *('"other_data": [1]', '"other_data": "a"', '"data_statistics": [1]'),
  ],
)
def test_a_field_of_another_kind_is_damage(tmp_path, field):
  (tmp_path / "run.json").write_text(f"{{{field}}}", encoding="utf-8")
  name = field.split('"')[1]
  with pytest.raises(UserError, match=f"damaged: {name} is"):
    run_folder.read(str(tmp_path))


def test_fields_may_be_unknown_or_null(tmp_path):
  text = '{"seed": null, "model": "slvm", "of_a_later_version": [1]}'
  (tmp_path / "run.json").write_text(text, encoding="utf-8")
  assert run_folder.read(str(tmp_path))["model"] == "slvm"


def test_a_run_chosen_among_steps_says_how_many(tmp_path):
  (tmp_path / "run.json").write_text('{"eval_every": 2}', encoding="utf-8")
  with pytest.raises(UserError, match="eval_every, and no steps"):
    run_folder.identity(str(tmp_path))
