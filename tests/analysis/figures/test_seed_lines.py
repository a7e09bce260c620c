"""Curves of seeds, their means and bands, before they are drawn."""

import math

import numpy as np
import pytest

from t2t_af.analysis.figures import seed_lines


def test_seeds_have_a_thin_line_each():
  first, second = seed_lines.thin({0: {1: 2.0, 5: 3.0}, 7: {1: 4.0}}, 3)
  assert (first.x, first.y) == ([1, 5], [2.0, 3.0])
  assert (first.style, first.color, second.y) == ("thin", 3, [4.0])


def test_mean_of_nothing_is_nothing():
  assert seed_lines.mean({}) == ([], [], [])


def test_mean_of_one_seed_has_no_error():
  x, mean, stderr = seed_lines.mean({0: {1: 2.0, 2: math.nan}})
  assert (x, mean) == ([1], [2.0]) and math.isnan(stderr[0])


def test_training_curve_is_in_order_and_keeps_the_newest_value():
  records = [
    {"step": 20, "nll": 2.0},
    {"step": 10, "nll": 3.0},
    {"step": 20, "nll": 1.5},  # written again after a restart
    {"step": None, "nll": 9.0},
  ]
  curve = seed_lines.training_curve(records, "nll", 2.0)
  assert list(curve.items()) == [(10, 6.0), (20, 3.0)]


def test_a_step_that_diverged_leaves_a_gap():
  records = [{"step": 1, "nll": 2.0}, {"step": 2, "nll": None}]
  assert seed_lines.training_curve(records, "nll") == {1: 2.0, 2: None}
  assert seed_lines.training_curve(records[1:], "nll") == {}


def _record(values, **fields):
  return {"num_cond_steps": 3, "psnr": values, **fields}


def _styles(lines):
  return [line.style for line in lines]


def test_bands_lie_below_lines_and_lines_below_means():
  models = [
    (label, {seed: _record([seed, seed + 1.0]) for seed in (0, 1)})
    for label in ("a", "b")
  ]
  assert _styles(seed_lines.per_step(models, "psnr")) == (
    ["band"] * 2 + ["thin"] * 4 + ["thick", "points"] * 2
  )


def test_of_three_models_bars_stand_beside_each_other():
  models = [
    (label, {seed: _record([seed, seed + 1.0]) for seed in (0, 1)})
    for label in "abc"
  ]
  lines = seed_lines.per_step(models, "psnr")
  assert _styles(lines) == ["thick", "points"] * 3
  bars = lines[1::2]
  places = [line.x[0] for line in bars]
  assert places == pytest.approx([3.8, 4.0, 4.2])
  # t(0.975; 1) = 12.706 standard errors, half the distance of the two seeds.
  assert bars[0].stderr == pytest.approx([12.7062 / 2] * 2, rel=1e-4)
  low, high = seed_lines.range_of(lines)
  assert -1.0 < low < 0.0 and 2.0 < high < 3.0, "not all of the bars"


def test_steps_begin_after_those_given():
  (_, thin, *_) = seed_lines.per_step(
    [("a", {0: _record([5.0, 6.0])})], "psnr", 10.0
  )
  assert (thin.x, thin.y) == ([4, 5], [50.0, 60.0])


def test_a_model_without_the_field_keeps_its_colour():
  models = [("a", {0: _record(None)}), ("b", {0: _record([1.0])}), ("c", {})]
  lines = seed_lines.per_step(models, "psnr")
  assert {line.color for line in lines} == {1}


def test_seeds_of_other_lengths_share_the_steps_that_all_have():
  models = [("a", {0: _record([1.0, 2.0, 3.0]), 1: _record([3.0, 4.0])})]
  (thick,) = [
    line
    for line in seed_lines.per_step(models, "psnr")
    if line.style == "thick"
  ]
  assert (thick.x, thick.y) == ([4, 5], [2.0, 3.0])


def test_band_of_one_seed_is_scaled_with_its_values():
  record = _record([1.0, 2.0], psnr_stderr=[0.5, 0.25], num_contexts=9)
  (band, *_) = seed_lines.per_step([("a", {0: record})], "psnr", 4.0)
  # t(0.975; 8) = 2.306004.
  np.testing.assert_allclose(
    band.stderr, 4.0 * 2.306004 * np.array([0.5, 0.25]), rtol=1e-6
  )


def test_band_of_one_seed_has_the_freedom_of_its_recordings():
  record = _record(
    [1.0, 2.0], psnr_stderr=[0.5, 0.25], num_contexts=9, num_recordings=4
  )
  (band, *_) = seed_lines.per_step([("a", {0: record})], "psnr")
  # t(0.975; 3) = 3.182446.
  np.testing.assert_allclose(
    band.stderr, 3.182446 * np.array([0.5, 0.25]), rtol=1e-6
  )


@pytest.mark.parametrize("missing", ["psnr_stderr", "num_contexts"])
def test_band_of_one_seed_needs_errors_and_their_number(missing):
  record = _record([1.0], psnr_stderr=[0.5], num_contexts=9)
  del record[missing]
  (band, *_) = seed_lines.per_step([("a", {0: record})], "psnr")
  assert np.isnan(band.stderr).all()


def test_of_six_models_two_have_a_bar_at_each_step():
  models = [
    (
      label,
      {seed: _record([seed + step for step in range(9)]) for seed in (0, 1)},
    )
    for label in "abcdef"
  ]
  bars = seed_lines.per_step(models, "psnr")[1::2]
  shown = np.isfinite([line.stderr for line in bars])
  assert shown.sum(axis=0).tolist() == [2] * 9
  assert shown.sum(axis=1).tolist() == [3] * 6
