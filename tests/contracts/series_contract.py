"""What every series problem must do: generated once, then read in every way.

    class MyProblemTest(series_contract.SeriesProblemContract):
      COUNTS = {"train": 5, "eval": 3, "test": 2}

      @classmethod
      def make_problem(cls, folder): ...   # returns (problem, tmp_dir)

Series should be short (tens of steps) but not all of the same length, and have
at least INPUTS + TARGETS steps.
"""

import numpy as np
import pytest
import tensorflow.compat.v1 as tf

from t2t_af.errors import UserError
from tests.contracts import generation_contract
from tests.contracts.generation_contract import batches
from tests.contracts.generation_contract import INPUTS
from tests.contracts.generation_contract import make_hparams
from tests.contracts.generation_contract import MODES
from tests.contracts.generation_contract import SPLITS
from tests.contracts.generation_contract import TARGETS
from tests.contracts.generation_contract import WINDOW


def windows(results):
  """float32 [windows, time, features] of a list of batches."""
  return generation_contract.windows(results, np.float32)


def tiled(series):
  """The windows that evaluation should score, one after the other."""
  starts = range(0, len(series) - WINDOW + 1, TARGETS)
  return [series[start : start + WINDOW] for start in starts]


def places(found, sequences):
  """(sequence, step) where each window was cut from; None if from nowhere."""
  known = {}
  for s, values in enumerate(sequences):
    for start in range(len(values) - WINDOW + 1):
      known[values[start : start + WINDOW].tobytes()] = (s, start)
  return [known.get(np.ascontiguousarray(w).tobytes()) for w in found]


class SeriesProblemContract(generation_contract.GenerationContract):
  """Mixed into a pytest class; see the module."""

  FEATURES = tf.float32

  def _series(self, made, split):
    problem, data_dir = made
    return [values for _, values in problem.each_sequence(data_dir, split)]

  @pytest.mark.parametrize("split", SPLITS)
  def test_counts_shapes_and_types(self, made, split):
    problem, data_dir = made
    found = list(problem.each_sequence(data_dir, split))
    assert len(found) == self.COUNTS[split]
    for _, values in found:
      assert values.shape == (len(values), problem.num_features)
      assert values.dtype == np.float32 and np.isfinite(values).all()
    assert problem.step_shape == [problem.num_features]

  def test_training_data_alone_is_standardised(self, made):
    values = np.concatenate(self._series(made, "train")).astype(np.float64)
    # float32 numbers of size 1, and the mean of many of them.
    np.testing.assert_allclose(values.mean(axis=0), 0, atol=1e-5)
    np.testing.assert_allclose(values.std(axis=0), 1, rtol=1e-5)

  @pytest.mark.parametrize("split", SPLITS)
  def test_statistics_lead_back_to_raw_units(self, generated, split):
    problem, data_dir, tmp_dir = generated
    statistics = problem.statistics(data_dir)
    raw = [
      values
      for _, values in problem.generate_sequences(data_dir, tmp_dir, split)
    ]
    found = self._series(generated[:2], split)
    assert len(raw) == len(found)
    scale = np.abs(np.concatenate(found)).max(axis=0) * statistics.std
    for expected, x in zip(raw, found):
      error = np.abs(statistics.to_raw(x) - expected[:, list(statistics.kept)])
      # float32 keeps 24 bits.
      assert (error <= 2.0**-22 * (scale + np.abs(statistics.mean))).all()
    assert statistics.names == tuple(
      problem.feature_names[i] for i in statistics.kept
    )

  @pytest.mark.parametrize("split", ["eval", "test"])
  def test_evaluation_scores_every_step_once_in_order(self, made, split):
    problem, data_dir = made
    found = windows(
      batches(problem, MODES.EVAL, make_hparams(data_dir), dataset_split=split)
    )
    series = self._series(made, split)
    np.testing.assert_array_equal(
      found, np.concatenate([tiled(values) for values in series])
    )
    np.testing.assert_array_equal(
      found, problem.read_windows(data_dir, split, INPUTS, TARGETS)
    )
    scored = np.split(
      found[:, INPUTS:],
      np.cumsum([len(tiled(values)) for values in series])[:-1],
    )
    for values, targets in zip(series, scored):
      steps = targets.reshape([-1, problem.num_features])
      np.testing.assert_array_equal(steps, values[INPUTS : INPUTS + len(steps)])
      assert len(values) - INPUTS - len(steps) < TARGETS

  def test_training_windows_reach_both_ends_and_cross_nothing(self, made):
    problem, data_dir = made
    series = self._series(made, "train")
    # Of the windows of an epoch about 1 / WINDOW start at a given place of a
    # series: chance to miss one is about 1e-6.
    epoch = sum(len(values) // WINDOW for values in series)
    found = windows(
      batches(
        problem,
        MODES.TRAIN,
        make_hparams(data_dir, epoch),
        limit=14 * WINDOW,
        seed=1,
      )
    )
    # A series may repeat itself: then only the last of equal places counts.
    ends = {
      place
      for s, values in enumerate(series)
      for place in places([values[:WINDOW], values[-WINDOW:]], series)
    }
    seen = set(places(found, series))
    assert None not in seen
    assert ends <= seen

  def test_every_epoch_takes_windows_by_length_and_other_ones(self, made):
    problem, data_dir = made
    series = self._series(made, "train")
    expected = sorted(
      s for s, values in enumerate(series) for _ in range(len(values) // WINDOW)
    )
    epochs = windows(
      batches(
        problem,
        MODES.TRAIN,
        make_hparams(data_dir, 1),
        limit=2 * len(expected),
        seed=2,
      )
    )
    halves = [places(half, series) for half in np.split(epochs, 2)]
    assert all(sorted(s for s, _ in half) == expected for half in halves)
    assert halves[0] != halves[1]
    assert sorted(halves[0]) != sorted(halves[1])

  def test_prediction_reads_the_windows_of_evaluation(self, made):
    problem, data_dir = made
    found = windows(batches(problem, MODES.PREDICT, make_hparams(data_dir, 3)))
    np.testing.assert_array_equal(
      found, problem.read_windows(data_dir, "eval", INPUTS, TARGETS)
    )

  def test_max_records_takes_the_first_sequences(self, made):
    problem, data_dir = made
    found = windows(
      batches(problem, MODES.EVAL, make_hparams(data_dir), max_records=1)
    )
    np.testing.assert_array_equal(found, tiled(self._series(made, "eval")[0]))

  def test_another_process_knows_the_features_from_the_data(self, made):
    problem, data_dir = made
    fresh = type(problem)()
    fresh.get_hparams(make_hparams(data_dir))
    assert fresh.step_shape == problem.step_shape

  def test_longer_windows_than_the_sequences_are_an_error(self, made):
    problem, data_dir = made
    shortest = min(map(len, self._series(made, "train")))
    hparams = make_hparams(data_dir, targets=shortest - INPUTS + 1)
    with pytest.raises(UserError, match="shortest sequence has"):
      problem.input_fn(MODES.TRAIN, hparams)
