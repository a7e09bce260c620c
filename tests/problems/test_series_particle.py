"""The particle: the contract, its equations, and the optimum of its density."""

import numpy as np
import pytest

from problems import series_particle
from tests.contracts import series_contract

SPLIT_COUNTS = {"train": 8, "eval": 3, "test": 2}


class SmallParticle(series_particle.SeriesParticle):
  """Few sequences, for speed."""

  name = "series_small_particle"
  sequences_per_split = SPLIT_COUNTS


class TestSmallParticle(series_contract.SeriesProblemContract):
  """The contract, on the real generator."""

  COUNTS = SPLIT_COUNTS

  @classmethod
  def make_problem(cls, folder):
    return SmallParticle(), folder


def _log_normal(x, mean, std):
  return (
    -0.5 * np.square((x - mean) / std) - np.log(std) - 0.5 * np.log(2 * np.pi)
  ).sum(axis=-1)


def test_splits_and_indices_have_seeds_of_their_own_and_are_repeatable():
  problem = series_particle.SeriesParticle()
  motions = [
    problem.make_motion(split, i).x.tobytes()
    for split in SPLIT_COUNTS
    for i in range(3)
  ]
  assert len(set(motions)) == len(motions)
  assert motions[1] == problem.make_motion("train", 1).x.tobytes()


@pytest.fixture(name="tested", scope="module")
def _tested(tmp_path_factory):
  """(problem, statistics, standardised test windows) of the true size."""
  problem = series_particle.SeriesParticle()
  data_dir = str(tmp_path_factory.mktemp("particle"))
  problem.generate_data(data_dir, None)
  windows = problem.read_windows(data_dir, "test", 3, 10)
  return problem, problem.statistics(data_dir), windows.astype(np.float64)


def _true_nll(x, scale):
  """Mean NLL of Eq. 29 over all steps with two before them."""
  shift = 2 * x[:, 1:-1] - x[:, :-2]
  nll = -_log_normal(x[:, 2:], shift, scale)
  return nll.mean(), nll.std() / np.sqrt(nll.size)


@pytest.mark.parametrize("raw", [True, False])
def test_optimum_is_the_true_density_in_both_units(tested, raw):
  """Equation 29's density reaches it, and no other scale does better."""
  problem, statistics, windows = tested
  optimum = problem.optimal_nll_nats_per_step(None if raw else statistics)
  x = statistics.to_raw(windows) if raw else windows
  scale = problem.sigma / (1 if raw else statistics.std)
  found, error = _true_nll(x, scale)
  assert abs(found - optimum) < 5 * error < 0.1
  # Only a standardised unit knows of log_volume: they differ by it exactly.
  assert optimum == pytest.approx(
    np.log(2 * np.pi * np.e) - (0 if raw else statistics.log_volume)
  )
  for wrong in (0.8, 1.25):
    assert _true_nll(x, wrong * scale)[0] > optimum + 0.05


def test_one_step_of_memory_is_not_enough(tested):
  """The best Gaussian around a line through x[t-1] is nats worse."""
  problem, statistics, windows = tested
  before, after = [x.reshape(-1) for x in (windows[:, 1:-1], windows[:, 2:])]
  residual = after - np.polyval(np.polyfit(before, after, 1), before)
  nll = problem.num_dims * 0.5 * np.log(2 * np.pi * np.e * residual.var())
  assert nll > problem.optimal_nll_nats_per_step(statistics) + 1


def test_sizes_are_as_documented(tested):
  problem, statistics, windows = tested
  assert [problem.num_sequences(s) for s in SPLIT_COUNTS] == [2000, 200, 200]
  assert problem.steps_per_sequence == 24 and problem.step_shape == [2]
  assert windows.shape == (2 * 200, 13, 2)
  np.testing.assert_allclose(problem.sigma / statistics.std, 0.03, atol=0.003)
