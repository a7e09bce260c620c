"""What every problem must do, of video or series: the shared checks and tools.

`problem_contract` and `series_contract` add what differs, and are what a test
of a data set inherits.
"""

import hashlib
import os
import shutil
import tempfile
import types
from typing import Any, Optional

import numpy as np
import pytest
from tensor2tensor.utils import hparam
import tensorflow.compat.v1 as tf

from t2t_af import windows as windows_lib
from t2t_af.errors import UserError

MODES = tf.estimator.ModeKeys
SPLITS = ("train", "eval", "test")
INPUTS = 3
TARGETS = 4
WINDOW = INPUTS + TARGETS


def make_hparams(
  data_dir: str, batch_size: int = 2, targets: int = TARGETS
) -> hparam.HParams:
  """What an input function reads of a model's hparams."""
  return hparam.HParams(
    data_dir=data_dir,
    batch_size=batch_size,
    video_num_input_frames=INPUTS,
    video_num_target_frames=targets,
  )


def batches(
  problem: Any,
  mode: str,
  hparams: hparam.HParams,
  limit: Optional[int] = None,
  seed: Optional[int] = None,
  config: Any = None,
  **dataset_kwargs: Any,
) -> list[dict[str, np.ndarray]]:
  """Runs the Estimator's input function, `limit` batches at most."""
  with tf.Graph().as_default():
    if seed is not None:
      tf.set_random_seed(seed)
    input_fn = problem.make_estimator_input_fn(
      mode, hparams, dataset_kwargs=dataset_kwargs
    )
    dataset = input_fn(params=None, config=config)
    iterator = tf.data.make_initializable_iterator(dataset)
    following = iterator.get_next()
    results = []
    with tf.Session() as session:
      session.run(iterator.initializer)
      try:
        while limit is None or len(results) < limit:
          out = session.run(following)
          results.append(out if mode == MODES.PREDICT else out[0])
      except tf.errors.OutOfRangeError:
        pass
  return results


def windows(
  results: list[dict[str, np.ndarray]], dtype: Any = np.uint8
) -> np.ndarray:
  """[examples, time, ...] of a list of batches."""
  targets = "infer_targets" if "infer_targets" in results[0] else "targets"
  joined = [np.concatenate([b["inputs"], b[targets]], axis=1) for b in results]
  return np.concatenate(joined).astype(dtype)


def _origins(
  results: list[dict[str, np.ndarray]],
) -> list[tuple[str, int, str, bool]]:
  """(sequence's id, first step, split, whether it is whole) of each window."""
  columns = [
    np.concatenate([b[name] for b in results]) for name in windows_lib.NAMES
  ]
  return [
    (name.decode(), int(start), split.decode(), bool(is_whole))
    for name, start, split, is_whole in zip(*columns)
  ]


def times(folder: str) -> dict[str, int]:
  """When each file was written."""
  return {
    name: os.stat(os.path.join(folder, name)).st_mtime_ns
    for name in os.listdir(folder)
  }


def contents(folder: str) -> dict[str, str]:
  """Digests of the files of a generation."""
  digests = {}
  for name in os.listdir(folder):
    with open(os.path.join(folder, name), "rb") as stream:
      digests[name] = hashlib.md5(stream.read()).hexdigest()
  return digests


class GenerationContract:
  """Mixed into a pytest class through one of the two contracts.

  COUNTS says how many sequences each split has, FEATURES of what type they are
  for a model. RECORDINGS says how many recordings those were cut from, where
  they are fewer.
  """

  COUNTS: dict[str, int] = {}
  RECORDINGS: Optional[dict[str, int]] = None
  FEATURES: tf.DType

  @classmethod
  def make_problem(cls, folder):
    """(problem, tmp_dir); may write to `folder`."""
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

  def test_no_sequence_is_in_two_splits(self, made):
    problem, data_dir = made
    pairs = [
      pair
      for split in SPLITS
      for pair in problem.each_sequence(data_dir, split)
    ]
    total = sum(self.COUNTS.values())
    assert len({name for name, _ in pairs}) == len(pairs) == total
    assert len({values.tobytes() for _, values in pairs}) == total

  def test_recordings_are_whole_in_one_split(self, made):
    """An error over recordings takes them for independent."""
    problem, data_dir = made
    counts, recordings = {}, set()
    for split in SPLITS:
      of_split = set()
      for name, _ in problem.each_sequence(data_dir, split):
        recording = problem.recording(name)
        assert recording and f"{name}/".startswith(f"{recording}/")
        of_split.add(recording)
      assert not of_split & recordings
      recordings |= of_split
      counts[split] = len(of_split)
    assert counts == (self.RECORDINGS or self.COUNTS)

  def test_windows_say_where_they_were_cut(self, made):
    """In training, evaluation and prediction: sequence, step and split."""
    problem, data_dir = made
    for mode, dataset_split, split in (
      (MODES.TRAIN, None, "train"),
      (MODES.EVAL, None, "dev"),
      (MODES.EVAL, "test", "test"),
      (MODES.PREDICT, None, "dev"),
    ):
      sequences = dict(problem.each_sequence(data_dir, split))
      limit = 2 * sum(self.COUNTS.values()) if mode == MODES.TRAIN else None
      found = batches(
        problem,
        mode,
        make_hparams(data_dir),
        limit,
        dataset_split=dataset_split,
      )
      cut = windows(found, problem.step_dtype)
      origins = _origins(found)
      assert len(cut) == len(origins)
      for window, (name, start, of_split, is_whole) in zip(cut, origins):
        assert name in sequences
        np.testing.assert_array_equal(
          window, sequences[name][start : start + len(window)]
        )
        assert (of_split, is_whole) == (split, True)
      if mode != MODES.TRAIN:
        assert {name for name, *_ in origins} == set(sequences)

  def test_batch_size_is_static_where_no_batch_is_partial(self, made):
    problem, data_dir = made
    count = len(problem.read_windows(data_dir, "eval", INPUTS, TARGETS))
    for mode, batch_size, static in (
      (MODES.TRAIN, 5, 5),
      (MODES.EVAL, count, count),
      (MODES.EVAL, count + 1, None),
    ):
      with tf.Graph().as_default():
        dataset = problem.input_fn(mode, make_hparams(data_dir, batch_size))
        inputs = tf.data.get_output_shapes(dataset)[0]["inputs"]
        assert tf.data.get_output_types(dataset)[0]["inputs"] == self.FEATURES
      assert inputs.as_list() == [static, INPUTS] + problem.step_shape

  def test_training_order_follows_the_seed_and_the_checkpoint(
    self, made, tmp_path
  ):
    """In the middle of an epoch, with the crops of an unbroken one."""
    problem, data_dir = made
    hparams = make_hparams(data_dir, 3)
    unbroken, other = [
      windows(batches(problem, MODES.TRAIN, hparams, 9, s), problem.step_dtype)
      for s in (3, 4)
    ]
    assert not np.array_equal(unbroken, other)
    step = 4
    (tmp_path / "checkpoint").write_text(
      f'model_checkpoint_path: "model.ckpt-{step}"\n'
    )
    (tmp_path / f"model.ckpt-{step}.index").write_text("")
    config = types.SimpleNamespace(model_dir=str(tmp_path))
    rest = batches(problem, MODES.TRAIN, hparams, 9 - step, 3, config)
    np.testing.assert_array_equal(
      windows(rest, problem.step_dtype), unbroken[3 * step :]
    )

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
