"""Differences of two models: over recordings, and only of what is alike."""

import math

import numpy as np
import pytest
from scipy import special

from t2t_af.analysis.results import estimates
from tests.analysis import fake_results as fake

NLL = estimates.NLL


def _records(values, **fields):
  return {run: {NLL: value, **fields} for run, value in values.items()}


def _one(values, recordings="abcdefgh", weights=None, **fields):
  """One seed's record of sequences with a window each, or `weights` many."""
  weights = weights or [1] * len(values)
  total = sum(w * v for w, v in zip(weights, values))
  return {
    0: {
      NLL: total / sum(weights),
      NLL + "_per_sequence": list(values),
      "num_windows_per_sequence": weights,
      "recordings": list(recordings[: len(values)]),
      "sequence_ids": [f"{i}" for i in range(len(values))],
      "num_windows": sum(weights),
      **fields,
    }
  }


def test_one_seed_is_paired_by_sequence():
  found = estimates.difference(
    _one([1.0, 5.0, 9.0, 0.0]), _one([0.0, 4.5, 7.5, 0.0])
  )
  # Pairs 1, 0.5, 1.5, 0 about 0.75: squares sum up to 1.25.
  assert found.basis == "recordings" and found.mean == pytest.approx(0.75)
  assert found.stderr == pytest.approx(math.sqrt(1.25 / 3.0 / 4.0))
  # t(0.975; 3) = 3.182446.
  half = 3.182446 * found.stderr
  assert found.interval == pytest.approx((0.75 - half, 0.75 + half), rel=1e-6)


def test_one_seed_is_compared_over_recordings_not_sequences():
  found = estimates.difference(
    _one([1.0, 3.0, 2.0, 2.0, 6.0], "aabcd", weights=[3, 1, 2, 2, 2]),
    _one([0.0] * 5, "aabcd", weights=[3, 1, 2, 2, 2]),
  )
  # Mean over windows: (3 + 3 + 4 + 4 + 12) / 10 = 2.6. Deviations
  # summed by recording: a 6 - 10.4, b and c 4 - 5.2, d 12 - 5.2.
  squares = 4.4**2 + 2 * 1.2**2 + 6.8**2
  assert found.mean == pytest.approx(2.6)
  assert found.stderr == pytest.approx(math.sqrt(4.0 / 3.0 * squares) / 10.0)
  # Three degrees of freedom, of four recordings.
  half = found.interval[1] - found.mean
  assert half == pytest.approx(3.182446 * found.stderr, rel=1e-6)


@pytest.mark.parametrize(
  "field, other",
  [
    ("problem", "series_y"),
    ("split", "dev"),
    ("data_fingerprint", "e1"),
    ("dequantization", "gaussian"),
    ("noise_std", 0.02),
    ("num_scored_steps", 7),
    ("num_windows", 9),
    ("sequence_ids", ["3", "2", "1", "0"]),
  ],
)
def test_what_was_not_scored_alike_is_not_compared(field, other):
  ours, theirs = _one([1.0, 2.0, 3.0, 4.0]), _one([1.0, 2.0, 3.0, 5.0])
  assert estimates.difference(ours, theirs)
  theirs[0][field] = other
  assert estimates.difference(ours, theirs) is None
  (reason,) = estimates.why_not_compared(ours, theirs)
  assert reason.endswith(f"({field})")


def test_seeds_that_were_scored_alike_are_compared_alone():
  ours, theirs = _records({0: 1.0, 1: 5.0}), _records({0: 2.0, 1: 3.0})
  theirs[1]["split"] = "dev"
  assert estimates.difference(ours, theirs).per_run == {0: -1.0}


def test_reasons_are_those_of_finished_seeds_and_told_once():
  ours = _records({0: 1.0, 1: 5.0, 2: 1.0})
  theirs = _records({0: 2.0, 1: 3.0, 2: math.nan}, split="dev")
  theirs[2]["problem"] = "series_y"
  assert estimates.why_not_compared(ours, theirs) == ["the split (split)"]
  assert estimates.why_not_compared(ours, ours) == []


@pytest.mark.parametrize(
  "change",
  [
    {"recordings": list("aaab")},
    {"recordings": None},
    {"num_windows_per_sequence": None},
    {NLL + "_per_sequence": [1.0, None, 3.0, 4.0]},
    {NLL + "_per_sequence": None},
    {NLL + "_per_sequence": [1.0]},
  ],
  ids=[
    "too few recordings",
    "no recordings",
    "no windows",
    "not finite",
    "no sequences",
    "too few sequences",
  ],
)
def test_without_an_error_over_recordings_there_is_none(change):
  ours, theirs = _one([1.0, 2.0, 3.0, 4.0]), _one([1.0, 2.0, 3.0, 5.0])
  ours[0].update(change)
  found = estimates.difference(ours, theirs)
  assert (found.basis, found.interval) == ("", None)
  assert found.mean == pytest.approx(-0.25) and math.isnan(found.stderr)


def _seeds(nlls, spread):
  return {
    seed: fake.likelihood("af1_tiny", nll, seed, spread=spread)
    for seed, nll in enumerate(nlls)
  }


@pytest.mark.parametrize(
  "nlls, basis",
  [((1.0, 1.001, 1.002), "recordings"), ((1.0, 1.2, 1.4), "seeds")],
)
def test_the_wider_interval_counts(nlls, basis):
  """Few recordings, alike for all seeds, hide what others would change."""
  ours, theirs = _seeds(nlls, 0.2), _seeds((2.0, 2.0, 2.0), 0.1)
  found = estimates.difference(ours, theirs)
  assert found.basis == basis
  stderr, num = (
    (np.std(np.linspace(-0.1, 0.1, 8), ddof=1) / math.sqrt(8), 8)
    if basis == "recordings"
    else (np.std(nlls, ddof=1) / math.sqrt(3), 3)
  )
  assert found.stderr == pytest.approx(stderr, rel=1e-3)
  half = special.stdtrit(num - 1, 0.975) * stderr
  assert found.interval[1] - found.mean == pytest.approx(half, rel=1e-3)


def test_seeds_that_disagree_on_several_splits_settle_nothing():
  """By hand: the errors over the seeds of each split, as of a mean of two."""
  nlls = {0: (1.0, 3.0, 1.5), 1: (0.5, 3.5, 2.0)}
  ours = {
    (split, seed): fake.likelihood("af1_tiny", nll, seed, spread=0.01)
    for split, seeds in nlls.items()
    for seed, nll in enumerate(seeds)
  }
  theirs = {
    run: fake.likelihood("af1_tiny", 2.5, run[1], spread=0.0) for run in ours
  }
  found = estimates.difference(ours, theirs)
  errors = [np.std(seeds, ddof=1) / math.sqrt(3) for seeds in nlls.values()]
  assert found.basis == "seeds"
  assert found.stderr == pytest.approx(math.hypot(*errors) / 2)
  half = special.stdtrit(4, 0.975) * math.hypot(*errors) / 2
  assert found.interval == pytest.approx((found.mean - half, found.mean + half))
