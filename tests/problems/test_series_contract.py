"""The contract of series finds what is wrong: each check has a mutant."""

import numpy as np
import tensorflow.compat.v1 as tf

from problems.core import sequence_records
from problems.core import series_records
from problems.core import series_statistics
from tests.contracts import generation_contract
from tests.contracts import mutants
from tests.contracts import series_contract
from tests.fixtures import walks

_RANDOM = np.random.RandomState(0)


class _Mutant(walks.Walks):
  """Right, before it is changed."""


class _Contract(series_contract.SeriesProblemContract):
  """Not collected: its name does not begin with Test."""

  COUNTS = {"train": 4, "eval": 3, "test": 2}


def _sequences(change):
  """generate_sequences whose list of (id, values) goes through `change`."""

  def generate(unused_self, unused_data_dir, unused_tmp_dir, split):
    return iter(change(split, list(walks.sequences(split))))

  return generate


def _leak(split, found):
  return (
    found[:-1] + [("test/9", next(walks.sequences("train"))[1])]
    if split == "test"
    else found
  )


def _all_splits(problem, data_dir, tmp_dir):
  values = [v for split in walks.LENGTHS for _, v in walks.sequences(split)]
  del problem, data_dir, tmp_dir
  moments = series_statistics.measure(
    [v * [1, 0, 1] for v in values], walks.NAMES
  )
  statistics = series_statistics.select(moments, walks.NAMES)
  return {"statistics": statistics.to_json()}


_tiled = series_records.tiled_windows
_random_windows = series_records.random_windows


def _said_to_start_later(*arguments):
  window = _tiled(*arguments)
  return window._replace(start=window.start + 1)


def _strided(stride):

  def tiled(source, num_inputs, num_targets):
    length = num_inputs + num_targets
    starts = tf.range(0, tf.shape(source.values)[0] - length + 1, stride)
    return sequence_records.Window(
      series_records._cut(source.values, starts, length),
      tf.fill(tf.shape(starts), source.sequence_id),
      starts,
    )

  return tiled


def _random(first=0, last=0, seeded=True, roll=0):
  """random_windows with some freedom; see the mutants."""

  def random(every, index, number, length):
    every = every._replace(values=tf.roll(every.values, roll, axis=0))
    number = number if seeded else tf.zeros_like(number)
    window = _random_windows(every, index, number, length)
    of_series = tf.searchsorted(
      tf.cumsum(every.num_steps // length), index, side="right"
    )
    num_steps, before = [
      tf.cast(tf.gather(steps, of_series), tf.int32)
      for steps in (every.num_steps, tf.cumsum(every.num_steps, exclusive=True))
    ]
    starts = tf.minimum(window.start, num_steps - length - last)
    starts = tf.maximum(starts, first)
    return window._replace(
      steps=series_records._cut(every.values, before + starts, length),
      start=starts,
    )

  return random


def _one_of_each(self, length):
  del length
  return tf.shape(self.num_steps)[0]


_original = _Mutant.dataset

# check: (owner, attribute, wrong value) of one or more mutants.
MUTANTS = [
  *mutants.of_generation(_Mutant),
  (
    "test_counts_shapes_and_types",
    _Mutant,
    "generate_sequences",
    _sequences(lambda split, found: found[:-1]),
  ),
  (
    "test_counts_shapes_and_types",
    _Mutant,
    "decode_record",
    lambda self, features, steps: series_records.decode(features, 2)[
      :steps
    ].astype(np.float64),
  ),
  (
    "test_no_sequence_is_in_two_splits",
    _Mutant,
    "generate_sequences",
    _sequences(_leak),
  ),
  (
    "test_no_sequence_is_in_two_splits",
    _Mutant,
    "generate_sequences",
    _sequences(lambda split, found: [("same", v) for _, v in found]),
  ),
  *mutants.of_origin(_Mutant),
  (
    "test_windows_say_where_they_were_cut",
    series_records,
    "tiled_windows",
    _said_to_start_later,
  ),
  ("test_training_data_alone_is_standardised", _Mutant, "details", _all_splits),
  (
    "test_statistics_lead_back_to_raw_units",
    series_statistics.SeriesStatistics,
    "to_raw",
    lambda self, x: np.asarray(x, np.float64) * self.std + self.mean * 1.001,
  ),
  (
    "test_evaluation_scores_every_step_once_in_order",
    series_records,
    "tiled_windows",
    _strided(generation_contract.WINDOW),
  ),
  (
    "test_evaluation_scores_every_step_once_in_order",
    series_records,
    "tiled_windows",
    _strided(generation_contract.TARGETS - 1),
  ),
  (
    "test_batch_size_is_static_where_no_batch_is_partial",
    _Mutant,
    "num_windows",
    lambda self, files, inputs, targets: 17,
  ),
  (
    "test_training_windows_reach_both_ends_and_cross_nothing",
    series_records,
    "random_windows",
    _random(last=1),
  ),
  (
    "test_training_windows_reach_both_ends_and_cross_nothing",
    series_records,
    "random_windows",
    _random(first=1),
  ),
  (
    "test_training_windows_reach_both_ends_and_cross_nothing",
    series_records,
    "random_windows",
    _random(roll=3),
  ),
  (
    "test_every_epoch_takes_windows_by_length_and_other_ones",
    series_records.Joined,
    "num_windows",
    _one_of_each,
  ),
  (
    "test_every_epoch_takes_windows_by_length_and_other_ones",
    series_records,
    "random_windows",
    _random(seeded=False),
  ),
  (
    "test_prediction_reads_the_windows_of_evaluation",
    _Mutant,
    "read_windows",
    lambda self, data_dir, split, inputs, targets: walks.Walks.read_windows(
      self, data_dir, split, inputs, targets
    )[::-1],
  ),
  (
    "test_max_records_takes_the_first_sequences",
    _Mutant,
    "dataset",
    lambda self, *args, **kwargs: _original(
      self, *args, **dict(kwargs, max_records=2)
    ),
  ),
  (
    "test_another_process_knows_the_features_from_the_data",
    _Mutant,
    "learn_details",
    lambda self, data_dir: setattr(self, "num_features", 5),
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
        (name, v * [_RANDOM.random_sample(), 1, 1]) for name, v in found
      ]
    ),
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
