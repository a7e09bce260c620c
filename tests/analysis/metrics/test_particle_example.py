"""Appendix C: estimates stand beside their exact values and agree."""

import math

import numpy as np
import pytest

from t2t_af import particle
from t2t_af.analysis.figures import particle_figures
from t2t_af.analysis.metrics import particle_example

STEPS = np.arange(1, 25)
SIGMAS = 4.0  # of standard errors


@pytest.fixture(name="example", scope="module")
def _example():
  return particle_example.measure()


def test_covariances_are_those_of_the_equations():
  t = STEPS
  expected = {
    "x": (t * (t + 1) * (2 * t + 1) / 6, t * (t + 1) * (t + 2) / 3),
    "u": (t, t),
    "w": (np.ones(24), np.zeros(24)),
  }
  for name, (variance, neighbours) in expected.items():
    cov = particle_example.covariance(name, 24)
    np.testing.assert_allclose(np.diagonal(cov), variance)
    np.testing.assert_allclose(np.diagonal(cov, 1), neighbours[:-1])


def test_covariances_are_those_of_the_simulation():
  motions = particle.simulate(np.random.default_rng(0), 4, 1, 1.0, 40000)
  for name in particle_example.SIGNALS:
    values = getattr(motions, name)[..., 0]
    exact = particle_example.covariance(name, 4)
    # var(cov) of Gaussians: (c_ii c_jj + c_ij^2) / n.
    variance = np.diagonal(exact)
    error = np.sqrt((np.outer(variance, variance) + exact**2) / 40000)
    assert (np.abs(np.cov(values.T) - exact) < 5 * error).all(), name


def test_correlation_of_equation_23_is_known_and_estimated(example):
  for name, exact in (("x", 24 / 25), ("u", 24 / 25), ("w", 0.0)):
    signal = example.signals[name]
    assert signal.exact == pytest.approx(exact)
    estimated = signal.estimated
    assert abs(estimated.correlation - exact) < SIGMAS * estimated.stderr


def _wrong_lag(x):
  """Mutant: each step with the one after the next."""
  return particle_example.correlation_per_step(x[:, ::2])


def _moments_over_all_steps(x):
  """Mutant: one variance for all steps."""
  d = x - x.mean(axis=(0, 1))
  return (
    (d[:, :-1] * d[:, 1:]).mean(axis=0) / np.square(d).mean(axis=(0, 1))
  ).mean(axis=-1)


def _check_per_step(estimate):
  motions = particle.simulate(np.random.default_rng(1), 24, 2, 3.0, 2000)
  t = STEPS[:-1]
  for values, exact in (
    (motions.u, np.sqrt(t / (t + 1))),
    (motions.w, np.zeros(23)),
  ):
    found = estimate(values + 5.0)
    # Fisher's standard error of a mean of two independent correlations.
    error = (1.0 - np.square(exact)) / math.sqrt(2 * 2000)
    assert found.shape == exact.shape
    assert (np.abs(found - exact) < SIGMAS * error).all()


def test_correlation_of_each_pair_of_steps(example):
  _check_per_step(particle_example.correlation_per_step)
  x, u, w = (example.signals[n].exact_per_step for n in "xuw")
  np.testing.assert_allclose(u, np.sqrt(STEPS[:-1] / STEPS[1:]))
  assert (x > u).all() and (u > w).all()


@pytest.mark.parametrize("mutant", [_wrong_lag, _moments_over_all_steps])
def test_mutants_fail(mutant):
  with pytest.raises(AssertionError):
    _check_per_step(mutant)


def test_multi_information_falls_to_nothing(example):
  found = [example.signals[n].multi_information for n in "xuw"]
  variances = STEPS * (STEPS + 1) * (2 * STEPS + 1) / 6
  # The determinant of each covariance is 1: both transforms have Jacobian 1.
  assert found[0] == pytest.approx(0.5 * np.log(variances).sum())
  assert found[1] == pytest.approx(0.5 * np.log(STEPS).sum())
  assert found[2] == pytest.approx(0.0, abs=1e-12)


def test_golden_values(example):
  found = [
    (signal.estimated.correlation, signal.estimated.stderr)
    for signal in example.signals.values()
  ]
  np.testing.assert_allclose(
    found,
    [
      (0.959188604, 0.000435713),
      (0.961163960, 0.000906917),
      (0.005777050, 0.003517752),
    ],
    atol=1e-8,
  )


def test_figure_shows_three_signals_and_their_correlation(example):
  charts = particle_figures.charts(example)
  for chart, name in zip(charts, ("position x", "velocity u", "force w")):
    assert chart.title.startswith(name)
  estimated = example.signals["x"].estimated.correlation
  told = charts[0].legend[0]
  assert f"{estimated:.4f}" in told and "exact 0.960" in told
  chart = particle_figures.per_step_chart(example)
  assert len(chart.legend) == 3
  assert [line.style for line in chart.lines] == ["thick", "points"] * 3
