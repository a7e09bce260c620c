"""Multi-information: closed forms, quadrature and samples agree."""

import math

import numpy as np
import pytest

from t2t_af.analysis.figures import redundancy
from t2t_af.analysis.metrics import multi_information

EXAMPLE = multi_information.EXAMPLE
SIGMAS = 4.0  # of the estimate's standard error


def _by_sum(steps):
  """Section 3.1's expectation as a sum over a fine grid."""
  x2, width = np.linspace(-15.0, 15.0, 200001, retstep=True)
  p = np.stack([steps.density(x2, 0), steps.density(x2, 1)])
  q = steps.marginal(x2)
  with np.errstate(divide="ignore", invalid="ignore"):
    gain = np.where(p > 0, p * np.log(p / q), 0.0)
  return 0.5 * gain.sum() * width


def _linear(x1, x2):
  """Mutant estimate: sees linear dependence alone."""
  rho = np.corrcoef(x1, x2)[0, 1]
  return multi_information.gaussian(np.array([[1.0, rho], [rho, 1.0]])), 0.01


def _of_x1_alone(x1, x2):
  """Mutant estimate: sorting breaks the pairs."""
  return multi_information.estimate(np.sort(x1), np.sort(x2))


def _check(estimate):
  rng = np.random.default_rng(0)
  for rho in (0.0, 0.6, -0.9):
    x1, e = rng.standard_normal([2, 4000])
    value, stderr = estimate(x1, rho * x1 + math.sqrt(1.0 - rho**2) * e)
    exact = -0.5 * math.log(1.0 - rho**2)
    assert abs(value - exact) < SIGMAS * stderr, rho
    assert stderr < 0.05
  for steps in (EXAMPLE, EXAMPLE._replace(means=(0.0, 0.0), stds=(0.2, 1.0))):
    value, stderr = estimate(*steps.sample(rng, 4000))
    assert abs(value - steps.exact()) < SIGMAS * stderr


def test_estimate_finds_known_values():
  _check(multi_information.estimate)


@pytest.mark.parametrize("mutant", [_linear, _of_x1_alone])
def test_mutant_estimates_fail(mutant):
  with pytest.raises(AssertionError):
    _check(mutant)


def test_exact_value_is_the_integral():
  for steps in (
    EXAMPLE,
    EXAMPLE._replace(means=(0.0, 0.0)),
    EXAMPLE._replace(stds=(1.0, 1.0)),
  ):
    assert steps.exact() == pytest.approx(_by_sum(steps), abs=1e-8)
  far = EXAMPLE._replace(means=(-100.0, 100.0))
  assert far.exact() == pytest.approx(math.log(2.0))  # x2 tells k, and no more


def test_golden_values_of_the_example():
  found = multi_information.measure(num_samples=1000)
  assert found.exact_x == pytest.approx(0.6466578079, abs=1e-9)
  assert found.exact_y == pytest.approx(0.0, abs=1e-12)
  assert found.estimated_x == pytest.approx((0.638428, 0.016895), abs=1e-5)
  assert found.estimated_y == pytest.approx((0.0, 0.006779), abs=1e-5)


def test_both_shift_and_scale_must_go():
  shifted = EXAMPLE._replace(means=(0.0, 0.0))
  scaled = EXAMPLE._replace(stds=(1.0, 1.0))
  assert EXAMPLE.normalized().exact() < 1e-12
  assert min(shifted.exact(), scaled.exact()) > 0.05


def test_inverse_makes_conditional_moments_alike():
  x1, x2 = EXAMPLE.sample(np.random.default_rng(1), 40000)
  y2 = EXAMPLE.inverse(x1, x2)
  for chosen in (x1 < 0.0, x1 >= 0.0):
    assert x2[chosen].mean() == pytest.approx(
      EXAMPLE.means[int(x1[chosen][0] >= 0.0)], abs=0.03
    )
    # Standard errors for 20000 values: 0.007, 0.005.
    assert abs(y2[chosen].mean()) < 0.03
    assert y2[chosen].std() == pytest.approx(1.0, abs=0.02)


def test_densities_integrate_to_one_and_have_the_stated_moments():
  x2, width = np.linspace(-15.0, 15.0, 20001, retstep=True)
  for k in (0, 1):
    p = EXAMPLE.density(x2, k) * width
    mean = p @ x2
    assert p.sum() == pytest.approx(1.0)
    assert mean == pytest.approx(EXAMPLE.means[k])
    assert p @ np.square(x2 - mean) == pytest.approx(EXAMPLE.stds[k] ** 2)


def test_gaussian_closed_form_and_cholesky_whitening():
  root = np.array([[1.0, 0.0, 0.0], [0.8, 0.5, 0.0], [-0.3, 0.9, 2.0]])
  cov = root @ root.T
  pair = cov[:2, :2]
  rho2 = pair[0, 1] ** 2 / (pair[0, 0] * pair[1, 1])
  assert multi_information.gaussian(pair) == pytest.approx(
    -0.5 * math.log(1.0 - rho2)
  )
  assert multi_information.gaussian(cov) > multi_information.gaussian(pair)
  white = np.linalg.solve(root, np.linalg.solve(root, cov).T)
  assert multi_information.gaussian(white) == pytest.approx(0.0, abs=1e-12)
  with pytest.raises(ValueError, match="positive definite"):
    multi_information.gaussian(np.ones([2, 2]))


@pytest.mark.parametrize(
  "shapes, message",
  [
    ([(40,), (41,)], "both"),
    ([(40, 1), (40, 1)], "both"),
    ([(8,), (8,)], "too few"),
  ],
)
def test_what_does_not_fit_is_refused(shapes, message):
  with pytest.raises(ValueError, match=message):
    multi_information.estimate(*map(np.zeros, shapes))


def test_figure_has_four_panels_and_both_values():
  measured = multi_information.measure(num_samples=400)
  a, b, c, d = redundancy.charts(measured=measured)
  for letter, panel in zip("abcd", (a, b, c, d)):
    assert panel.title.startswith(f"({letter})")
  assert "I(x1; x2) = 0.647 nats" in b.title
  assert "I(y1; y2) = 0.000 nats" in d.title
  assert f"{measured.estimated_x.mean:.3f}" in b.title
  assert d.legend[2] == "p(y2)" and a.legend[1] == "p(x2 | x1 ≥ 0)"
