"""Suggestions, progress lines and exit codes."""

import pytest

from t2t_af import errors


@pytest.mark.parametrize(
  "name, known, told",
  [
    (
      "video_bear",
      ["video_bair", "image_mnist"],
      'unknown problem "video_bear". Did you mean "video_bair"?',
    ),
    (
      "slvm",
      ["slvm_af1_mmnist", "slvm_af2_mmnist", "af1_kth"],
      'unknown problem "slvm". Did you mean "slvm_af1_mmnist" or '
      '"slvm_af2_mmnist"?',
    ),
    ("xyz", ["a1", "b2"], 'unknown problem "xyz". Known: a1, b2.'),
    (
      "xyz",
      [f"name{i:03d}" for i in range(400)],
      'unknown problem "xyz". None of the 400 known names is close to it.',
    ),
  ],
)
def test_suggest_names_the_nearest(name, known, told):
  assert errors.suggest(name, known, "problem") == told


def test_suggest_names_at_most_three():
  told = errors.suggest("name", [f"name{i}" for i in range(9)], "set")
  assert told.count("name") == 4  # what was asked for, and three


def test_a_part_of_a_name_is_a_guess():
  assert errors.suggest("toy", ["video_toy_pushing", "kth"], "problem") == (
    'unknown problem "toy". Did you mean "video_toy_pushing"?'
  )


def test_names_are_joined_as_people_do():
  known = ["aaa1", "aaa2", "aaa3"]
  said = errors.suggest("aaa", known, "set")
  assert said.count(", ") == 1 and said.count(" or ") == 1
  assert errors.suggest("aaa4", ["aaa1", "aaa2"], "set").endswith(
    '"aaa2" or "aaa1"?'
  )


@pytest.mark.parametrize("name", ["", "zzz"])
def test_few_known_names_are_all_listed(name):
  assert errors.suggest(name, ["b", "a", "a"], "set") == (
    f'unknown set "{name}". Known: a, b.'
  )
  assert errors.suggest(name, [], "set").endswith("Known: none.")
