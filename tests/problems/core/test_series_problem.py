"""Series: statistics, windows, and what is refused."""

import json

import numpy as np
import pytest

from problems.core import series_statistics
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
    ([("s", np.full([9, 3], 0.1))], "no column varies"),
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


# --- Statistics.


def test_statistics_of_known_numbers():
  statistics = series_statistics.measure(
    [np.array([[1.0, 5.0], [3.0, 5.0]]), np.array([[5.0, 5.0]])], ("a", "b")
  )
  np.testing.assert_allclose(statistics.mean, [3])
  np.testing.assert_allclose(statistics.std, [np.sqrt(8 / 3)])
  assert statistics.kept == (0,) and statistics.names == ("a",)
  assert series_statistics.dropped(statistics, ("a", "b")) == ["b"]


def test_statistics_lose_nothing_to_a_big_mean():
  rng = np.random.default_rng(0)
  small = rng.standard_normal([1000, 2])
  shifted = 1e9 + np.round(small * 2**16) / 2**16  # exact in float64
  statistics = series_statistics.measure(
    np.split(shifted, [10, 300, 900]), ("a", "b")
  )
  expected = np.std(shifted - 1e9, axis=0)
  np.testing.assert_allclose(statistics.std, expected, rtol=1e-10)


def test_log_volume_turns_densities_into_raw_units():
  """A normal density in raw units, against the one of standardised values."""
  statistics = series_statistics.SeriesStatistics(
    np.array([3.0, -1.0]), np.array([0.5, 20.0]), (0, 1), ("a", "b")
  )
  raw = np.array([3.2, 7.0])
  x = statistics.standardise(raw)
  nll = 0.5 * np.sum(np.square(x) + np.log(2 * np.pi))
  nll_raw = 0.5 * np.sum(
    np.square((raw - statistics.mean) / statistics.std)
    + np.log(2 * np.pi * np.square(statistics.std))
  )
  np.testing.assert_allclose(nll + statistics.log_volume, nll_raw)
  np.testing.assert_allclose(statistics.to_raw(x), raw)


def test_statistics_come_back_from_json_exactly():
  statistics = series_statistics.measure(
    [np.random.default_rng(0).standard_normal([9, 3])], walks.NAMES
  )
  found = series_statistics.SeriesStatistics.from_json(
    json.loads(json.dumps(statistics.to_json()))
  )
  np.testing.assert_array_equal(found.mean, statistics.mean)
  np.testing.assert_array_equal(found.std, statistics.std)
  assert found[2:] == statistics[2:]


def test_sequences_without_steps_count_for_nothing():
  values = np.random.default_rng(0).standard_normal([9, 2])
  empty = np.zeros([0, 2])
  measured = series_statistics.measure([empty, values, empty], ("a", "b"))
  alone = series_statistics.measure([values], ("a", "b"))
  np.testing.assert_array_equal(measured.mean, alone.mean)
  np.testing.assert_array_equal(measured.std, alone.std)
