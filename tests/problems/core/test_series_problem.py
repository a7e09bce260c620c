"""Series: statistics, windows, and what is refused."""

import json

import numpy as np
import pytest

from t2t_af.errors import UserError
from tests.contracts import generation_contract
from tests.contracts import series_contract
from tests.fixtures import walks


class TestWalks(series_contract.SeriesProblemContract):
  COUNTS = {"train": 4, "eval": 3, "test": 2}

  @classmethod
  def make_problem(cls, folder):
    return walks.Walks(), folder


def test_features_that_are_not_declared_are_learnt_from_the_data(tmp_path):
  data_dir = str(tmp_path)
  walks.UndeclaredWalks().generate_data(data_dir, data_dir)
  hparams = generation_contract.make_hparams(data_dir)
  fresh = walks.UndeclaredWalks()
  fresh.get_hparams(hparams)
  assert fresh.step_shape == [2]
  for read in (
    lambda p: p.read_windows(data_dir, "eval", 3, 4),
    lambda p: p.read_sequences(data_dir, "eval", 7)[0],
    lambda p: generation_contract.batches(p, "eval", hparams)[0]["inputs"],
  ):
    assert read(walks.UndeclaredWalks()).shape[-1] == 2


def _generate(tmp_path, sequences, **attributes):
  """Generates `sequences`, of the training split, and some more."""

  class Problem(walks.Walks):
    def generate_sequences(self, data_dir, tmp_dir, split):
      if split == "train":
        return iter(sequences)
      return walks.sequences(split)

  for key, value in attributes.items():
    setattr(Problem, key, value)
  problem = Problem()
  problem.generate_data(str(tmp_path), str(tmp_path))
  return problem


def test_constant_column_is_left_out(tmp_path):
  problem = _generate(
    tmp_path, list(walks.sequences("train")), num_features=None
  )
  statistics = problem.statistics(str(tmp_path))
  assert statistics.kept == (0, 2) and statistics.names == ("drift", "noise")
  assert problem.step_shape == [2]


def test_number_of_features_that_was_declared_must_be_found(tmp_path):
  with pytest.raises(
    UserError,
    match=("2 columns vary in the training split, not 3; constant: still"),
  ):
    _generate(tmp_path, list(walks.sequences("train")), num_features=3)
  assert not any(
    name.startswith("series") for name in map(str, tmp_path.iterdir())
  )


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_number_that_is_none_is_placed(tmp_path, value):
  sequences = list(walks.sequences("train"))
  sequences[2][1][5, 1] = value
  with pytest.raises(
    UserError,
    match=(
      rf"train/2, row 5 \(the first is 0\), column still: {value} is not a"
    ),
  ):
    _generate(tmp_path, sequences)
  assert not list(tmp_path.iterdir())


def test_number_too_far_from_training_is_placed(tmp_path):
  problem = _generate(tmp_path, list(walks.sequences("train")))
  values = np.array(list(walks.sequences("eval"))[0][1])
  values[3, 2] = 1e300
  with pytest.raises(UserError, match="row 3 .*column noise: .*too far"):
    problem.to_record("eval/0", values)


@pytest.mark.parametrize(
  "shape, words",
  [
    ((6, 3), "has 6 steps; 7 are needed"),
    ((9, 2), r"is \[9, 2\], not \['time', 3\]"),
    ((9,), r"is \[9\]"),
  ],
)
def test_sequence_of_a_wrong_shape_is_named(tmp_path, shape, words):
  with pytest.raises(UserError, match=f"series_walks: sequence s {words}"):
    _generate(tmp_path, [("s", np.zeros(shape))])


@pytest.mark.parametrize(
  "sequences, words",
  [
    ([], "no steps to standardise by"),
    ([("s", np.full([9, 3], 0.1))], "no column varies .*: drift, still, noi"),
    ([("s", 1e200 * np.arange(27.0).reshape([9, 3]))], "column drift are too"),
  ],
)
def test_nothing_to_standardise_by_is_an_error(tmp_path, sequences, words):
  with pytest.raises(UserError, match=f"series_walks: .*{words}"):
    _generate(tmp_path, sequences)


def test_empty_split_is_refused_when_it_is_read(tmp_path, monkeypatch):
  monkeypatch.setitem(walks.LENGTHS, "test", ())
  problem = _generate(tmp_path, list(walks.sequences("train")))
  hparams = generation_contract.make_hparams(str(tmp_path))
  with pytest.raises(UserError, match='split "test" .* has no sequences'):
    problem.dataset("eval", hparams=hparams, dataset_split="test")
  assert not len(problem.read_windows(str(tmp_path), "test", 3, 4))


def test_other_statistics_make_every_split_anew(tmp_path):
  """A run over more data that is killed between two splits."""
  folder = str(tmp_path)
  _generate(tmp_path, list(walks.sequences("train")))
  longer = list(walks.sequences("train")) + list(walks.sequences("test"))

  class Killed(walks.Walks):
    num_features = 3  # "still" is not still any more

    def generate_sequences(self, data_dir, tmp_dir, split):
      if split == "train":
        return iter(longer)
      raise KeyboardInterrupt

  with pytest.raises(KeyboardInterrupt):
    Killed().generate_data(folder, folder, force=True)
  for split in ("eval", "test"):  # they were standardised by the old ones
    with pytest.raises(UserError, match="no complete"):
      walks.Walks().split_files(folder, split)
  assert walks.Walks().statistics(folder).kept == (0, 1, 2)


def test_changed_request_makes_the_data_anew(tmp_path, monkeypatch):
  problem = _generate(tmp_path, list(walks.sequences("train")))
  before = generation_contract.times(tmp_path)
  monkeypatch.setattr(
    walks.Walks, "requested_details", lambda self: {"step": 2}
  )
  problem.generate_data(str(tmp_path), str(tmp_path))
  after = generation_contract.times(tmp_path)
  assert all(before[name] != after[name] for name in before)
  problem.generate_data(str(tmp_path), None)
  assert generation_contract.times(tmp_path) == after


def test_features_are_unknown_without_data(tmp_path):
  problem = walks.UndeclaredWalks()
  problem.get_hparams(generation_contract.make_hparams(str(tmp_path)))
  with pytest.raises(UserError, match="--data_dir"):
    _ = problem.step_shape


def test_steps_left_over_at_the_end_are_not_scored_twice(tmp_path):
  problem = _generate(tmp_path, list(walks.sequences("train")))
  # Lengths 11, 19 and 7 with 3 + 4: 2, 4 and 1 windows, nothing left.
  assert len(problem.read_windows(str(tmp_path), "eval", 3, 4)) == 2 + 4 + 1
  # 30 and 12 with 3 + 4: 6 windows and 3 steps left, 2 windows and 1 left.
  assert len(problem.read_windows(str(tmp_path), "test", 3, 4)) == 6 + 2


def test_column_constant_but_for_rounding_is_told_with_its_deviation(
  tmp_path, warned
):
  sequences = list(walks.sequences("train"))
  sequences[0][1][:, 1] += 1e-10 * np.arange(len(sequences[0][1]))
  problem = _generate(tmp_path, sequences)
  assert problem.statistics(str(tmp_path)).names == ("drift", "noise")
  assert "rounding: still (std 1.24e-09, values up to 0.1)" in warned[0]


def test_damaged_statistics_are_told_and_made_anew(tmp_path):
  problem = _generate(tmp_path, list(walks.sequences("train")))
  path = tmp_path / "series_walks.manifest.json"
  manifest = json.loads(path.read_text())
  manifest["details"]["statistics"]["std"][1] = None
  path.write_text(json.dumps(manifest))
  told = rf'{path}: .*"details" is damaged \(std.1. is None.*: delete .*datagen'
  hparams = generation_contract.make_hparams(str(tmp_path))
  for read in (
    lambda p: p.statistics(str(tmp_path)),
    lambda p: p.read_windows(str(tmp_path), "eval", 3, 4),
    lambda p: p.get_hparams(hparams),
    lambda p: p.input_fn("train", hparams),
  ):
    with pytest.raises(UserError, match=told):
      read(walks.Walks())
  problem.generate_data(str(tmp_path), str(tmp_path))
  assert walks.Walks().statistics(str(tmp_path)).kept == (0, 2)
