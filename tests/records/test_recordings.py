"""Errors over recordings: by hand, against known cases, and by simulation."""

import math

import numpy as np
import pytest

from t2t_af.records import likelihood
from t2t_af.records import recordings

# Of the spread over 4000 simulated data sets; its own error is about 1 %.
_SIMULATION_ERROR = 0.15


def test_error_by_hand():
  values = [1.0, 3.0, 2.0, 2.0, 7.0, 3.0]
  found = recordings.mean_and_stderr(values, ["a", "a", "b", "c", "d", "d"])
  assert found.mean == pytest.approx(3.0)
  # Sums of deviations: a -2 + 0, b -1, c -1, d 4 + 0.
  squares = 4.0 + 1.0 + 1.0 + 16.0
  assert found.stderr == pytest.approx(math.sqrt(4.0 / 3.0 * squares) / 6.0)


def test_one_window_each_is_the_error_of_independent_values():
  values = np.random.default_rng(0).normal(size=50)
  found = recordings.mean_and_stderr(values, range(50))
  expected = likelihood.mean_and_stderr(values)
  assert found == pytest.approx(expected, rel=1e-12)
  assert found.stderr == pytest.approx(values.std(ddof=1) / math.sqrt(50))


@pytest.mark.parametrize("copies", [2, 7])
def test_copies_of_windows_do_not_shrink_the_error(copies):
  values, names = [0.5, 1.0, 4.0, 2.0, 2.5], list("aabcd")
  once = recordings.mean_and_stderr(values, names)
  found = recordings.mean_and_stderr(values * copies, names * copies)
  assert found == pytest.approx(once, rel=1e-12)
  of_windows = likelihood.mean_and_stderr(values * copies).stderr
  assert of_windows < likelihood.mean_and_stderr(values).stderr / 1.4


def test_order_does_not_matter():
  values, names = np.arange(8.0) ** 2, np.array(list("abcdabca"))
  order = np.random.default_rng(1).permutation(8)
  assert recordings.mean_and_stderr(
    values[order], names[order]
  ) == pytest.approx(recordings.mean_and_stderr(values, names), rel=1e-12)


def _random_effects(rng, num, of_recording, of_window):
  """[num, 30 x 20] values, of recordings that differ."""
  effects = of_recording * rng.normal(size=[num, 30, 1])
  return (effects + of_window * rng.normal(size=[num, 30, 20])).reshape(num, -1)


def test_error_is_the_spread_of_the_mean_of_new_recordings():
  drawn = _random_effects(np.random.default_rng(2), 4000, 1.0, 1.0)
  spread = drawn.mean(axis=1).std()
  # The true one: sqrt(1 / 30 + 1 / 600) = 0.187.
  assert spread == pytest.approx(math.sqrt(1 / 30 + 1 / 600), rel=0.03)
  names = np.repeat(np.arange(30), 20)
  errors = [
    recordings.mean_and_stderr(values, names).stderr for values in drawn[:400]
  ]
  assert np.mean(errors) == pytest.approx(spread, rel=_SIMULATION_ERROR)
  of_windows = [likelihood.mean_and_stderr(v).stderr for v in drawn[:400]]
  assert np.mean(of_windows) < spread / 3.0


def test_error_of_independent_windows_is_not_too_large():
  drawn = _random_effects(np.random.default_rng(3), 4000, 0.0, 1.0)
  names = np.repeat(np.arange(30), 20)
  errors = [
    recordings.mean_and_stderr(values, names).stderr for values in drawn[:400]
  ]
  assert np.mean(errors) == pytest.approx(
    drawn.mean(axis=1).std(), rel=_SIMULATION_ERROR
  )


def test_means_of_sequences_are_weighted_as_their_windows():
  values = np.random.default_rng(4).normal(size=12)
  sequences = np.array(list("ppqqqrsttttu"))
  of = dict(p="a", q="a", r="b", s="c", t="d", u="d")
  grouped = recordings.group(sequences)
  assert grouped.names == list("pqrstu")
  assert grouped.counts.tolist() == [2, 3, 1, 1, 4, 1]
  assert grouped.means(values)[1] == pytest.approx(values[2:5].mean())
  found = recordings.weighted(
    grouped.means(values), grouped.counts, [of[s] for s in grouped.names]
  )
  assert found == pytest.approx(
    recordings.mean_and_stderr(values, [of[s] for s in sequences]), rel=1e-12
  )


@pytest.mark.parametrize("num", [1, 2, 3])
def test_too_few_recordings_give_a_mean_without_an_error(num):
  assert num < recordings.MIN_RECORDINGS
  names = [i % num for i in range(100)]
  found = recordings.mean_and_stderr(np.arange(100.0), names)
  assert found.mean == 49.5 and math.isnan(found.stderr)


def test_four_recordings_are_enough():
  found = recordings.mean_and_stderr([1.0, 2.0, 3.0, 6.0], "abcd")
  assert found.stderr == pytest.approx(math.sqrt(14.0 / 3.0 / 4.0))


def test_tail_is_the_median_and_what_the_worst_percent_add():
  values = [1.0] * 197 + [50.0, 3.0, 30.0]
  tail = recordings.tail(values)
  # Two of 200 are 1 %.
  assert tail.median == 1.0
  assert tail.worst_percent == pytest.approx(80.0 / 200.0)
  others = (197.0 + 3.0) / 200.0
  assert tail.worst_percent + others == pytest.approx(np.mean(values))


def test_tail_is_of_one_window_at_least():
  tail = recordings.tail([4.0, -1.0, 0.0])
  assert tail == (0.0, pytest.approx(4.0 / 3.0))


@pytest.mark.parametrize(
  "values, names, words",
  [
    ([], [], "N > 0"),
    ([[1.0, 2.0]], ["a"], "must be"),
    ([1.0, 2.0], ["a"], "2 values, 2 weights and 1 recordings"),
  ],
)
def test_axes_that_do_not_fit_are_named(values, names, words):
  with pytest.raises(ValueError, match=words):
    recordings.mean_and_stderr(values, names)


def test_parts_that_share_recordings_are_one_sample():
  """Against the error by hand, over recordings, of what each adds."""
  rng = np.random.default_rng(0)
  names = [f"r{i}" for i in range(12)]
  effect = dict(zip(names, rng.normal(size=12)))
  parts = []
  for chosen in (names[:7], names[4:], names[2:9]):
    cut_from = [name for name in chosen for _ in range(2)]
    values = [effect[name] + rng.normal() / 10 for name in cut_from]
    parts.append((values, rng.integers(1, 9, len(values)), cut_from))
  found = recordings.mean_of_parts(parts)
  added = dict.fromkeys(names, 0.0)
  for values, weights, cut_from in parts:
    mean, num = np.average(values, weights=weights), len(set(cut_from))
    for value, weight, name in zip(values, weights, cut_from):
      off = weight * (value - mean) / weights.sum() / 3
      added[name] += off * np.sqrt(num / (num - 1))
  assert found.stderr == pytest.approx(np.linalg.norm(list(added.values())))
  alone = [recordings.weighted(*part) for part in parts]
  assert found.mean == pytest.approx(np.mean([m.mean for m in alone]))
  # As if no recording were in two of them, it would be too small.
  assert found.stderr > 1.2 * np.linalg.norm([m.stderr for m in alone]) / 3


def test_parts_without_a_recording_in_common_add_their_squares():
  parts = [
    ([1.0, 2.0, 4.0, 3.0], [1, 1, 2, 1], [f"{i}{j}" for j in range(4)])
    for i in range(2)
  ]
  stderr = recordings.weighted(*parts[0]).stderr
  found = recordings.mean_of_parts(parts).stderr
  assert found == pytest.approx(np.hypot(stderr, stderr) / 2)
  few = ([1.0, 2.0], [1, 1], ["a", "b"])
  assert np.isnan(recordings.mean_of_parts([*parts, few]).stderr)
