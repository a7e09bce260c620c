"""docs/data.md: every data set is on it, with the sequences that it has."""

import json
import re

from tensor2tensor.utils import registry

from tests.docs import pages

_PAGE = "docs/data.md"
_ROWS = {
  name: counts
  for names, (_, counts) in pages.rows(_PAGE, "t2t-datagen").items()
  for name in re.findall(r"`(\w+)`", names)
}
_SPLITS = pages.ROOT / "problems" / "splits"
# One of several splits of a data set of another row.
_VARIANT = re.compile(r"_(random|time)?(_?(random_)?split\d)?$")


def _ours():
  registered = registry.Registries.problems._registry
  return {
    name
    for name, problem in registered.items()
    if problem.__module__.startswith("problems.")
  }


def test_every_data_set_has_a_row():
  assert set(_ROWS) <= _ours()
  assert {_VARIANT.sub("", name) for name in _ours()} == set(_ROWS)


def test_numbers_of_drawn_sequences():
  told = {}
  for name in _ROWS:
    drawn = getattr(registry.problem(name), "sequences_per_split", None)
    if drawn:
      told[name] = " / ".join(
        f"{drawn[split]:,}" for split in ("train", "eval", "test")
      )
  assert len(told) >= 6
  assert {name: _ROWS[name] for name in told} == told


def test_numbers_of_recordings():
  for path in _SPLITS.glob("*.json"):
    parts = json.loads(path.read_text(encoding="utf-8"))["0"]
    names = {name for part in parts.values() for name in part}
    assert _ROWS[path.stem].split()[0] == str(len(names))


def test_numbers_of_kth_are_those_of_its_listing():
  # tests/problems/files/test_kth_sequences.py counts them.
  doc = type(registry.problem("video_kth")).__doc__
  assert re.findall(r"\d{3}(?= (?:train|dev|test))", doc) == (
    _ROWS["video_kth"].split(" / ")
  )
