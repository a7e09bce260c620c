"""The models that come along: each is whole, and says what its card says."""

import os
import pathlib

import pytest

from scripts import model_card
from scripts import publish_model
import t2t_af
from t2t_af.records import named_models

# They are looked for where they are, whatever other tests do to FOLDER.
_FOLDER = pathlib.Path(named_models.FOLDER)
_NAMES = named_models.names()
_MAX_BYTES = 25e6


def _slow_but_the_smallest():
  """The smallest is asked in every test run."""
  sizes = {name: named_models.card(name)["num_bytes"] for name in _NAMES}
  smallest = min(sizes, key=sizes.__getitem__, default=None)
  return [
    pytest.param(n, marks=[] if n == smallest else pytest.mark.slow)
    for n in _NAMES
  ]


@pytest.mark.parametrize("name", _slow_but_the_smallest())
def test_a_model_says_what_its_card_says(name):
  card = named_models.card(name)
  with t2t_af.load(name) as run:
    asked = publish_model.check(run, card)
    if card["data"]["is_drawn"]:
      assert asked == len(card["sequences"]) > 0
    probe = publish_model.probe(run)
  assert asked or probe is not None
  assert probe == pytest.approx(card["probe"], rel=publish_model.SAME)


@pytest.mark.parametrize("name", _NAMES)
def test_a_folder_is_what_its_card_says(name):
  folder, card = _FOLDER / name, named_models.card(name)
  assert named_models.folder_of(name) == str(folder)
  listed = {path.name for path in folder.iterdir()}
  assert listed == {named_models.CARD, *card["files"]}
  told = (folder / "README.md").read_text(encoding="utf-8")
  assert told == model_card.readme(card)
  assert card["name"] == name and card["licence"] == "Apache-2.0"


def test_all_of_them_are_small_and_go_into_a_wheel():
  files = [path for path in _FOLDER.rglob("*") if path.is_file()]
  assert sum(map(os.path.getsize, files)) < _MAX_BYTES
  # As setup.py's package_data: trained/*/*.
  assert {len(path.relative_to(_FOLDER).parts) for path in files} <= {2}
