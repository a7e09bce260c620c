"""Committed splits: what the script makes, and what they have to keep."""

import json
import pathlib

import numpy as np
import pytest
from tensor2tensor.utils import registry

from problems import series_activity_rec
from problems import series_facial_exp
from problems import series_smartphone_sensor
from problems.core import splitting

PROBLEMS = {
  "series_activity_rec": series_activity_rec.SeriesActivityRec,
  "series_facial_exp": series_facial_exp.SeriesFacialExp,
  "series_smartphone_sensor": series_smartphone_sensor.SeriesSmartphoneSensor,
}
NAMES = sorted(PROBLEMS)
SEEDS = range(splitting.NUM_SEEDS)


@pytest.mark.parametrize("name", NAMES)
def test_committed_file_is_what_the_script_makes(name):
  made = json.loads(splitting.to_json(PROBLEMS[name].strata()))
  assert PROBLEMS[name].splits_name == name
  for seed in SEEDS:
    assert splitting.load(name, seed) == made[str(seed)]


def test_writing_gives_the_committed_file_byte_by_byte(tmp_path, monkeypatch):
  monkeypatch.setattr(splitting, "_FOLDER", tmp_path / "splits")
  for name, problem in PROBLEMS.items():
    splitting.write(name, problem.strata())
    committed = pathlib.Path(splitting.__file__).parents[1] / "splits"
    file = f"{name}.json"
    written = (tmp_path / "splits" / file).read_bytes()
    assert written == (committed / file).read_bytes()


@pytest.mark.parametrize(
  "name,count",
  [
    ("series_activity_rec", 82),
    ("series_smartphone_sensor", 25),
    ("series_facial_exp", 18),
  ],
)
def test_each_recording_is_in_one_split_and_tested_in_one_of_five(name, count):
  tested = []
  for seed in SEEDS:
    splits = splitting.load(name, seed)
    names = [n for part in splits.values() for n in part]
    assert sorted(splits) == ["eval", "test", "train"]
    assert len(names) == len(set(names)) == count
    assert 0.6 * count < len(splits["train"]) < 0.8 * count
    tested += splits["test"]
  assert len(tested) == len(set(tested)) == count


@pytest.mark.parametrize("name", NAMES)
def test_no_split_parts_a_unit(name):
  units = [unit for stratum in PROBLEMS[name].strata() for unit in stratum]
  assert any(len(unit) > 1 for unit in units)
  for seed in SEEDS:
    for names in splitting.load(name, seed).values():
      for unit in units:
        assert len(set(unit) & set(names)) in (0, len(unit))


def test_every_split_has_every_activity():
  for seed in SEEDS:
    for names in splitting.load("series_activity_rec", seed).values():
      assert len({name.split("/")[0] for name in names}) == 7


@pytest.mark.parametrize("count", range(3, 25))
def test_three_units_suffice_and_shares_are_kept(count):
  units = [[str(i)] for i in range(count)]
  parts = splitting.assign([units], 0)
  assert all(parts.values())
  assert sorted(sum(parts.values(), [])) == sorted(sum(units, []))
  assert abs(len(parts["test"]) - count / 5) < 1
  assert abs(len(parts["eval"]) - count / 10) < 1


def test_variants_are_the_same_problem_with_other_seeds():
  base = registry.problem("series_activity_rec")
  assert base.split_seed == 0
  for seed in range(1, splitting.NUM_SEEDS):
    name = f"series_activity_rec_split{seed}"
    variant = registry.problem(name)
    assert isinstance(variant, type(base))
    assert (variant.split_seed, variant.name) == (seed, name)
    assert variant.dataset_filename() == name  # has files of its own
    assert type(variant).__doc__ and variant.splits_name == base.splits_name


def test_assignment_follows_the_seed_alone():
  units = [[str(i)] for i in range(15)]
  first, again, other = [splitting.assign([units], s) for s in (1, 1, 2)]
  assert first == again and first != other
  assert np.isin(first["eval"], other["test"]).all()  # the next fold


@pytest.mark.parametrize("name", NAMES)
def test_random_splits_are_80_20_by_recording_whatever_they_share(name):
  units = [unit for stratum in PROBLEMS[name].strata() for unit in stratum]
  every = sorted(recording for unit in units for recording in unit)
  parted = 0
  tested = set()
  for seed in SEEDS:
    splits = splitting.load(name, seed, splitting.RANDOM)
    assert sorted(sum(splits.values(), [])) == every
    assert len(splits["test"]) == round(0.2 * len(every))
    assert len(splits["eval"]) == max(1, round(0.1 * len(every)))
    tested.add(tuple(splits["test"]))
    for names in splits.values():
      parted += sum(
        0 < len(set(unit) & set(names)) < len(unit) for unit in units
      )
  assert parted > 0 and len(tested) == splitting.NUM_SEEDS


def _marked(*lengths):
  """Stretches whose steps are numbered through, [time, 1]."""
  steps = np.arange(sum(lengths))[:, None]
  return np.split(steps, np.cumsum(lengths)[:-1])


@pytest.mark.parametrize("lengths", [(100,), (30, 50, 20), (1, 98, 1)])
def test_time_parts_are_in_order_with_gaps_and_the_last_fifth_is_tested(
  lengths,
):
  parts = splitting.time_parts(_marked(*lengths), gap=7)
  train, dev, test = (
    np.concatenate(parts[split]).ravel() for split in splitting.SPLITS
  )
  np.testing.assert_array_equal(test, np.arange(80, 100))
  np.testing.assert_array_equal(dev, np.arange(63, 73))
  np.testing.assert_array_equal(train, np.arange(56))
  # No part reaches from one stretch into another.
  borders = np.cumsum(lengths)[:-1]
  for part in sum(parts.values(), []):
    assert (np.diff(part, axis=0) == 1).all()
    assert not np.isin(borders, part[1:]).any()


def test_a_recording_too_short_for_gaps_has_a_test_part_alone():
  parts = splitting.time_parts(_marked(10), gap=20)
  assert [len(parts[split]) for split in splitting.SPLITS] == [0, 0, 1]


def test_every_protocol_is_a_problem_of_its_own_and_says_so():
  found = {}
  for suffix in ("", "_split3", "_random", "_random_split3", "_time"):
    variant = registry.problem("series_facial_exp_filled" + suffix)
    assert variant.dataset_filename() == variant.name
    found[suffix] = (variant.split_rule, variant.split_seed)
    assert variant.split_protocol == splitting.WORDS[variant.split_rule]
  assert found == {
    "": ("folds", 0),
    "_split3": ("folds", 3),
    "_random": ("random", 0),
    "_random_split3": ("random", 3),
    "_time": ("time", 0),
  }
  with pytest.raises(KeyError):
    registry.problem("series_facial_exp_time_split1")
