"""Parts of the training split: nested, seeded, of whole sequences."""

import numpy as np
import pytest
import tensorflow.compat.v1 as tf

from problems.core import training_part
from t2t_af import windows as windows_lib
from t2t_af.errors import UserError
from tests.contracts import generation_contract
from tests.contracts import problem_contract
from tests.fixtures import counting
from tests.fixtures import walks

COUNTS = (7, 0, 10, 6)
FRACTIONS = (0.01, 0.1, 0.25, 0.5, 0.75, 1.0)
MODES = tf.estimator.ModeKeys
TARGETS = 3


def _taken(part):
  return np.flatnonzero(np.concatenate(part.masks(COUNTS)))


def _check_nested(cls):
  for seed in range(3):
    parts = [set(_taken(cls(f, seed))) for f in FRACTIONS]
    assert [len(p) for p in parts] == [1, 2, 6, 12, 17, 23]
    for smaller, larger in zip(parts, parts[1:]):
      assert smaller <= larger


def _check_seeded(cls):
  first, again, other = [list(_taken(cls(0.5, seed))) for seed in (0, 0, 1)]
  assert first == again != other
  # Not the first sequences: neighbours in a file are alike.
  assert first != list(range(12))


class _DrawnAnew(training_part.Part):
  """Mutant: an order of its own for every fraction."""

  def masks(self, counts):
    return training_part.Part(self.fraction, int(100 * self.fraction)).masks(
      counts
    )


class _First(training_part.Part):
  """Mutant: always the first sequences."""

  def masks(self, counts):
    taken = np.arange(sum(counts)) < self.size(sum(counts))
    return np.split(taken, np.cumsum(counts)[:-1])


def test_parts_are_nested():
  _check_nested(training_part.Part)
  with pytest.raises(AssertionError):
    _check_nested(_DrawnAnew)


def test_parts_are_seeded():
  _check_seeded(training_part.Part)
  with pytest.raises(AssertionError):
    _check_seeded(_First)


def test_masks_are_those_of_the_files():
  masks = training_part.Part(0.5, 0).masks(COUNTS)
  assert [len(m) for m in masks] == list(COUNTS)
  assert all(m.dtype == bool for m in masks)


def _hparams(data_dir, fraction=None, seed=0, batch_size=1):
  hparams = generation_contract.make_hparams(data_dir, batch_size, TARGETS)
  if fraction is not None:
    hparams.add_hparam("train_fraction", fraction)
    hparams.add_hparam("train_fraction_seed", seed)
  return hparams


@pytest.fixture(name="video", scope="module")
def _video(tmp_path_factory):
  data_dir = str(tmp_path_factory.mktemp("video"))
  counting.Counting().generate_data(data_dir, data_dir)
  return data_dir


def _read(data_dir, fraction, mode=MODES.TRAIN, limit=None, seed=0, **kwargs):
  """Numbers of the sequences that windows were cut from, in order."""
  found = generation_contract.batches(
    counting.Counting(),
    mode,
    _hparams(data_dir, fraction, seed),
    limit,
    seed=3,
    **kwargs,
  )
  return list(generation_contract.windows(found)[:, 0, 0, 0, 0] // 10)


def test_training_reads_the_part_and_nothing_else(video):
  expected = {f: set(_taken_of_video(video, f)) for f in (0.25, 0.5)}
  for fraction, sequences in expected.items():
    epoch = len(sequences)
    read = _read(video, fraction, limit=3 * epoch)
    for i in range(3):  # Each of them once in every epoch, in another order.
      assert sorted(read[i * epoch : (i + 1) * epoch]) == sorted(sequences)
    assert read[:epoch] != read[epoch : 2 * epoch]
  assert expected[0.25] < expected[0.5]
  assert set(_read(video, 0.5, limit=12, seed=1)) != expected[0.5]


def _taken_of_video(data_dir, fraction):
  """By the manifest's counts and the order in the files."""
  problem = counting.Counting()
  counts = [f.num_sequences for f in problem.split_files(data_dir, "train")]
  masks = training_part.Part(fraction, 0).masks(counts)
  frames, _ = problem.read_sequences(data_dir, "train", 1)
  return frames[np.concatenate(masks), 0, 0, 0, 0] // 10


@pytest.mark.parametrize(
  "kwargs, count",
  [(dict(), 6), (dict(max_records=2), 2), (dict(num_partitions=2), 3)],
)
def test_training_split_is_the_part_in_evaluation_too(video, kwargs, count):
  """In order; whatever the batch size, no window is dropped."""
  read = generation_contract.batches(
    counting.Counting(),
    MODES.EVAL,
    _hparams(video, 0.25, batch_size=23),
    dataset_split="train",
    **kwargs,
  )
  read = generation_contract.windows(read)[:, 0, 0, 0, 0] // 10
  whole = list(_taken_of_video(video, 0.25))
  assert (
    list(read)
    == whole[: kwargs.get("max_records")][:: kwargs.get("num_partitions", 1)]
  )
  assert len(read) == count


@pytest.mark.parametrize("mode", [MODES.EVAL, MODES.PREDICT])
def test_other_splits_are_left_alone(video, mode):
  assert _read(video, 0.25, mode) == _read(video, None, mode) == [0, 1, 2]


def test_one_is_the_same_as_none(video):
  assert _read(video, 1.0, limit=46) == _read(video, None, limit=46)


def test_series_are_taken_whole_and_standardised_as_ever(tmp_path):
  data_dir = str(tmp_path)
  problem = walks.Walks()
  problem.generate_data(data_dir, data_dir)
  (mask,) = training_part.Part(0.5, 0).masks([4])
  values = [v for _, v in problem.each_sequence(data_dir, "train")]
  taken = [v for v, is_taken in zip(values, mask) if is_taken]
  hparams = _hparams(data_dir, 0.5)
  length = generation_contract.INPUTS + TARGETS
  epoch = sum(len(v) // length for v in taken)
  windows = generation_contract.windows(
    generation_contract.batches(
      problem, MODES.TRAIN, hparams, 5 * epoch, seed=3
    ),
    np.float32,
  )
  places = [problem_contract.place(w, taken) for w in windows]
  assert None not in places
  assert {place[0] for place in places} == {0, 1}

  found = generation_contract.batches(
    problem, MODES.EVAL, hparams, dataset_split="train"
  )
  expected = [
    name
    for (name, v), is_taken in zip(
      problem.each_sequence(data_dir, "train"), mask
    )
    if is_taken
    for _ in range((len(v) - generation_contract.INPUTS) // TARGETS)
  ]
  assert [
    name.decode() for b in found for name in b[windows_lib.SEQUENCE_ID]
  ] == expected
  assert problem.num_sequences_read(data_dir, "train", hparams) == 2
  assert problem.num_sequences_read(data_dir, "eval", hparams) == 3


@pytest.mark.parametrize(
  "fraction, seed, message",
  [
    (0.0, 0, "train_fraction=0.0 must be above 0"),
    (1.5, 0, "at most 1"),
    (float("nan"), 0, "at most 1"),
    (0.5, -1, "train_fraction_seed=-1"),
  ],
)
def test_what_is_no_part_is_refused(video, fraction, seed, message):
  with pytest.raises(UserError, match=message):
    _read(video, fraction, limit=1, seed=seed)
