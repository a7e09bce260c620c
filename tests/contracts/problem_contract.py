"""What every video problem must do: generated once, then read in every way.

class MyProblemTest(problem_contract.VideoProblemContract):
  COUNTS = {"train": 5, "eval": 3, "test": 2}

  @classmethod
  def make_problem(cls, folder): ...   # returns (problem, tmp_dir)
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
from tests.contracts.generation_contract import TARGETS
from tests.contracts.generation_contract import WINDOW
from tests.contracts.generation_contract import windows


def place(window, sequences):
  """(sequence, frame) where a window was cut from, or None."""
  for s, sequence in enumerate(sequences):
    for start in range(len(sequence) - len(window) + 1):
      if np.array_equal(window, sequence[start : start + len(window)]):
        return s, start
  return None


class VideoProblemContract(generation_contract.GenerationContract):
  """Mixed into a pytest class; see the module."""

  FEATURES = tf.int32

  def _sequences(self, made, split):
    problem, data_dir = made
    return problem.read_sequences(data_dir, split, problem.frames_per_sequence)

  @pytest.mark.parametrize("split", ["train", "eval", "test"])
  def test_counts_shapes_and_types(self, made, split):
    problem, _ = made
    frames, ids = self._sequences(made, split)
    assert frames.shape == (
      self.COUNTS[split],
      problem.frames_per_sequence,
      *problem.frame_shape,
    )
    assert frames.dtype == np.uint8
    assert len(set(ids)) == len(ids)

  @pytest.mark.parametrize("split", ["eval", "test"])
  def test_evaluation_reads_each_first_window_once_in_order(self, made, split):
    problem, data_dir = made
    found = batches(
      problem, MODES.EVAL, make_hparams(data_dir), dataset_split=split
    )
    frames, _ = self._sequences(made, split)
    np.testing.assert_array_equal(windows(found), frames[:, :WINDOW])

  def test_last_evaluation_batch_is_partial_and_int32(self, made):
    problem, data_dir = made
    count = self.COUNTS["eval"]
    found = batches(problem, MODES.EVAL, make_hparams(data_dir, count - 1))
    assert [len(b["targets"]) for b in found] == [count - 1, 1]
    assert found[0]["inputs"].dtype == np.int32

  def test_training_windows_reach_both_ends_and_cross_nothing(self, made):
    problem, data_dir = made
    frames, _ = self._sequences(made, "train")
    starts = problem.frames_per_sequence - WINDOW + 1
    # Each end is missed by one window with chance 1 - 1 / starts.
    enough = 14 * starts // 2  # batches of 2: chance to miss 1e-6
    found = batches(problem, MODES.TRAIN, make_hparams(data_dir), enough, 1)
    places = [place(w, frames) for w in windows(found)]
    assert None not in places
    seen = [start for _, start in places]
    assert min(seen) == 0 and max(seen) == starts - 1
    assert len({s for s, _ in places}) == self.COUNTS["train"]

  def test_every_epoch_has_each_sequence_once_in_another_order(self, made):
    problem, data_dir = made
    frames, _ = self._sequences(made, "train")
    count = self.COUNTS["train"]
    found = batches(
      problem, MODES.TRAIN, make_hparams(data_dir, 1), 6 * count, seed=2
    )
    places = [place(w, frames) for w in windows(found)]
    epochs = [places[i * count : (i + 1) * count] for i in range(6)]
    orders = {tuple(s for s, _ in epoch) for epoch in epochs}
    assert all(sorted(order) == list(range(count)) for order in orders)
    assert count == 1 or len(orders) > 1
    assert len({start for start in (e[0][1] for e in epochs)}) > 1

  def test_prediction_gives_every_sequence_and_what_frames_there_are(
    self, made
  ):
    problem, data_dir = made
    longest = problem.frames_per_sequence
    found = batches(
      problem, MODES.PREDICT, make_hparams(data_dir, targets=longest + 5)
    )
    frames, _ = self._sequences(made, "eval")
    np.testing.assert_array_equal(windows(found), frames)

  def test_max_records_takes_the_first_ones(self, made):
    problem, data_dir = made
    found = batches(
      problem, MODES.PREDICT, make_hparams(data_dir), max_records=1
    )
    frames, _ = self._sequences(made, "eval")
    np.testing.assert_array_equal(windows(found), frames[:1, :WINDOW])

  def test_longer_windows_than_the_sequences_are_an_error(self, made):
    problem, data_dir = made
    hparams = make_hparams(data_dir, targets=problem.frames_per_sequence - 2)
    with pytest.raises(UserError, match="video_num_target_frames"):
      problem.input_fn(MODES.TRAIN, hparams)

  def test_read_windows_are_those_of_evaluation(self, made):
    problem, data_dir = made
    found = batches(problem, MODES.EVAL, make_hparams(data_dir))
    np.testing.assert_array_equal(
      windows(found), problem.read_windows(data_dir, "eval", INPUTS, TARGETS)
    )
    assert problem.step_shape == problem.frame_shape
