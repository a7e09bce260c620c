"""What every video problem must do: generated once, then read in every way.

class MyProblemTest(problem_contract.VideoProblemContract):
  COUNTS = {"train": 5, "eval": 3, "test": 2}

  @classmethod
  def make_problem(cls, folder): ...   # returns (problem, tmp_dir)
"""

import hashlib
import os
import shutil
import tempfile

import numpy as np
import pytest
from tensor2tensor.utils import hparam
import tensorflow.compat.v1 as tf

from t2t_af.errors import UserError

MODES = tf.estimator.ModeKeys
INPUTS = 3
TARGETS = 4
WINDOW = INPUTS + TARGETS


def make_hparams(data_dir, batch_size=2, targets=TARGETS):
  return hparam.HParams(
    data_dir=data_dir,
    batch_size=batch_size,
    video_num_input_frames=INPUTS,
    video_num_target_frames=targets,
  )


def batches(
  problem, mode, hparams, limit=None, seed=None, config=None, **dataset_kwargs
):
  """Runs the Estimator's input function: a list of dicts of arrays."""
  with tf.Graph().as_default():
    if seed is not None:
      tf.set_random_seed(seed)
    input_fn = problem.make_estimator_input_fn(
      mode, hparams, dataset_kwargs=dataset_kwargs
    )
    dataset = input_fn(params=None, config=config)
    iterator = tf.data.make_initializable_iterator(dataset)
    following = iterator.get_next()
    found = []
    with tf.Session() as session:
      session.run(iterator.initializer)
      try:
        while limit is None or len(found) < limit:
          out = session.run(following)
          found.append(out if mode == MODES.PREDICT else out[0])
      except tf.errors.OutOfRangeError:
        pass
  return found


def windows(found, dtype=np.uint8):
  """[examples, time, ...] of a list of batches."""
  targets = "infer_targets" if "infer_targets" in found[0] else "targets"
  joined = [np.concatenate([b["inputs"], b[targets]], axis=1) for b in found]
  return np.concatenate(joined).astype(dtype)


def place(window, sequences):
  """(sequence, frame) where a window was cut from, or None."""
  for s, sequence in enumerate(sequences):
    for start in range(len(sequence) - len(window) + 1):
      if np.array_equal(window, sequence[start : start + len(window)]):
        return s, start
  return None


def times(folder):
  return {
    name: os.stat(os.path.join(folder, name)).st_mtime_ns
    for name in os.listdir(folder)
  }


def contents(folder):
  """Digests of the files of a generation."""
  found = {}
  for name in os.listdir(folder):
    with open(os.path.join(folder, name), "rb") as stream:
      found[name] = hashlib.md5(stream.read()).hexdigest()
  return found


class VideoProblemContract:
  """Mixed into a pytest class; see the module."""

  COUNTS = {}

  @classmethod
  def make_problem(cls, folder):
    raise NotImplementedError

  @pytest.fixture(scope="class")
  def generated(self):
    """(problem, data_dir, tmp_dir), generated once for the class."""
    folder = tempfile.mkdtemp()
    problem, tmp_dir = self.make_problem(folder)
    data_dir = os.path.join(folder, "data")
    problem.generate_data(data_dir, tmp_dir)
    yield problem, data_dir, tmp_dir
    shutil.rmtree(folder)

  @pytest.fixture(scope="class")
  def made(self, generated):
    """(problem, data_dir)."""
    return generated[:2]

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

  def test_no_sequence_is_in_two_splits(self, made):
    digests, ids = [], []
    for split in self.COUNTS:
      frames, names = self._sequences(made, split)
      digests += [hashlib.md5(f.tobytes()).hexdigest() for f in frames]
      ids += names
    assert len(set(digests)) == len(digests) == sum(self.COUNTS.values())
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

  def test_batch_size_is_static_where_no_batch_is_partial(self, made):
    problem, data_dir = made
    shape = [INPUTS] + problem.frame_shape
    count = self.COUNTS["eval"]
    cases = (
      (MODES.TRAIN, count - 1, count - 1),
      (MODES.EVAL, count, count),
      (MODES.EVAL, count - 1, None),
    )
    for mode, batch_size, static in cases:
      with tf.Graph().as_default():
        dataset = problem.input_fn(mode, make_hparams(data_dir, batch_size))
        inputs = tf.data.get_output_shapes(dataset)[0]["inputs"]
      assert inputs.as_list() == [static] + shape

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

  def test_training_order_follows_the_seed_alone(self, made):
    problem, data_dir = made
    first, again, other = [
      windows(batches(problem, MODES.TRAIN, make_hparams(data_dir), 8, seed))
      for seed in (3, 3, 4)
    ]
    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(first, other)

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

  def test_missing_data_names_the_command_that_makes_it(self, made, tmp_path):
    problem, _ = made
    command = f"t2t-datagen --problem={problem.name}"
    with pytest.raises(UserError, match=command):
      problem.input_fn(MODES.EVAL, make_hparams(str(tmp_path)))

  def test_second_generation_does_nothing(self, made):
    problem, data_dir = made
    before = times(data_dir)
    problem.generate_data(data_dir, None)  # would fail without a tmp_dir
    assert times(data_dir) == before

  def test_generation_gives_the_same_files_again(self, generated, tmp_path):
    problem, data_dir, tmp_dir = generated
    problem.generate_data(str(tmp_path), tmp_dir)
    assert contents(str(tmp_path)) == contents(data_dir)

  def test_read_windows_are_those_of_evaluation(self, made):
    problem, data_dir = made
    found = batches(problem, MODES.EVAL, make_hparams(data_dir))
    np.testing.assert_array_equal(
      windows(found), problem.read_windows(data_dir, "eval", INPUTS, TARGETS)
    )
    assert problem.step_shape == problem.frame_shape
