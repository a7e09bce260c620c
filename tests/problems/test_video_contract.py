"""The contract of videos finds what is wrong: each check has a mutant."""

import numpy as np
import tensorflow.compat.v1 as tf

from problems.core import video_records
from tests.contracts import mutants
from tests.contracts import problem_contract
from tests.fixtures import counting

COUNTS = {"train": 3, "eval": 3, "test": 2}
NUM_FRAMES = 9
_RANDOM = np.random.RandomState(0)


class _Mutant(counting.Counting):
  """Right, before it is changed; of one length, as the contract wants."""

  frames_per_sequence = NUM_FRAMES

  def num_sequences(self, split):
    return COUNTS[split]

  def generate_sequences(self, data_dir, tmp_dir, split):
    return iter(_frames(split))


class _Contract(problem_contract.VideoProblemContract):
  """Not collected: its name does not begin with Test."""

  COUNTS = COUNTS


def _frames(split):
  """(id, frames): each pixel says which frame of which sequence it is."""
  first = {"train": 0, "eval": 100, "test": 200}[split]
  return [
    (
      f"{split}/{k}",
      np.broadcast_to(
        (first + 10 * k + np.arange(NUM_FRAMES, dtype=np.uint8))[
          :, None, None, None
        ],
        [NUM_FRAMES, 4, 6, 1],
      ).astype(np.uint8),
    )
    for k in range(COUNTS[split])
  ]


def _sequences(change):

  def generate(unused_self, unused_data_dir, unused_tmp_dir, split):
    return iter(change(split, _frames(split)))

  return generate


_window = video_records.window
_dataset = _Mutant.dataset
_read_sequences = _Mutant.read_sequences


def _moved(number_of):
  """Windows that start elsewhere: `number_of(number)`."""
  return lambda record, number, length, shape: _window(
    record, number_of(number), length, shape
  )


def _with(**kwargs):
  return lambda self, *args, **given: _dataset(
    self, *args, **dict(given, **kwargs)
  )


def _last_comes_first(self, *args, **kwargs):
  """Surely another order; shuffling leaves three in theirs at times."""
  dataset = _dataset(self, *args, **kwargs)
  return dataset.skip(1).concatenate(dataset.take(1))


def _window_of_another(record, number, length, shape):
  window = _window(record, number, length, shape)
  return window._replace(steps=tf.roll(window.steps, 1, axis=0))


def _said_to_start_later(record, number, length, shape):
  window = _window(record, number, length, shape)
  return window._replace(start=window.start + 1)


# check: (owner, attribute, wrong value) of one or more mutants.
MUTANTS = [
  *mutants.of_generation(_Mutant),
  (
    "test_counts_shapes_and_types",
    _Mutant,
    "generate_sequences",
    _sequences(lambda split, found: found[:-1]),
  ),
  ("test_counts_shapes_and_types", _Mutant, "step_dtype", np.int32),
  (
    "test_no_sequence_is_in_two_splits",
    _Mutant,
    "generate_sequences",
    _sequences(
      lambda split, found: [(name, frames % 100) for name, frames in found]
    ),
  ),
  (
    "test_no_sequence_is_in_two_splits",
    _Mutant,
    "generate_sequences",
    _sequences(
      lambda split, found: [
        (f"{k}", frames) for k, (_, frames) in enumerate(found)
      ]
    ),
  ),
  *mutants.of_origin(_Mutant),
  (
    "test_windows_say_where_they_were_cut",
    video_records,
    "window",
    _said_to_start_later,
  ),
  (
    "test_evaluation_reads_each_first_window_once_in_order",
    video_records,
    "window",
    _moved(lambda number: number + 1),
  ),
  (
    "test_evaluation_reads_each_first_window_once_in_order",
    _Mutant,
    "dataset",
    _last_comes_first,
  ),
  (
    "test_last_evaluation_batch_is_partial_and_int32",
    _Mutant,
    "num_windows",
    lambda self, files, inputs, targets: 2,
  ),
  (
    "test_batch_size_is_static_where_no_batch_is_partial",
    _Mutant,
    "num_windows",
    lambda self, files, inputs, targets: 7,
  ),
  (
    "test_training_windows_reach_both_ends_and_cross_nothing",
    video_records,
    "window",
    _moved(lambda number: number % 2),
  ),
  (
    "test_training_windows_reach_both_ends_and_cross_nothing",
    video_records,
    "window",
    _moved(lambda number: 1 + number % 2),
  ),
  (
    "test_training_windows_reach_both_ends_and_cross_nothing",
    video_records,
    "window",
    _window_of_another,
  ),
  (
    "test_every_epoch_has_each_sequence_once_in_another_order",
    _Mutant,
    "dataset",
    _with(shuffle_files=False),
  ),
  (
    "test_every_epoch_has_each_sequence_once_in_another_order",
    video_records,
    "window",
    _moved(lambda number: 0),
  ),
  (
    "test_prediction_gives_every_sequence_and_what_frames_there_are",
    _Mutant,
    "shortest",
    lambda self, files: NUM_FRAMES - 1,
  ),
  (
    "test_max_records_takes_the_first_ones",
    _Mutant,
    "dataset",
    _with(max_records=2),
  ),
  (
    "test_longer_windows_than_the_sequences_are_an_error",
    _Mutant,
    "shortest",
    lambda self, files: 100,
  ),
  (
    "test_generation_gives_the_same_files_again",
    _Mutant,
    "generate_sequences",
    _sequences(
      lambda split, found: [
        (name, _RANDOM.permutation(frames)) for name, frames in found
      ]
    ),
  ),
  (
    "test_read_windows_are_those_of_evaluation",
    _Mutant,
    "read_windows",
    lambda self, data_dir, split, inputs, targets: _read_sequences(
      self, data_dir, split, NUM_FRAMES
    )[0][:, -inputs - targets :],
  ),
]


@mutants.each(MUTANTS)
def test_mutant_fails_its_check(
  tmp_path, monkeypatch, check, owner, attribute, wrong
):
  monkeypatch.setattr(owner, attribute, wrong)
  mutants.must_fail(_Contract(), _Mutant(), check, tmp_path)


def test_every_check_has_a_mutant():
  assert mutants.checks(_Contract) == {check for check, *_ in MUTANTS}


class TestUnchanged(_Contract):
  """The contract itself, on the problem that the mutants come from."""

  @classmethod
  def make_problem(cls, folder):
    return _Mutant(), folder
