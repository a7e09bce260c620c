"""docs/figures.md says what the records in results/ say."""

import re

import pytest

from t2t_af.analysis.figures import correlation_figures
from t2t_af.analysis.figures import generalisation
from t2t_af.analysis.results import folders
from tests.docs import pages

_DIGITS = "video_moving_digits32"
_ROWS = {
  line.split("|")[1].strip(): line
  for line in pages.read("docs/figures.md").splitlines()
  if re.match(r"\| \d", line)
}


@pytest.fixture(name="runs", scope="module")
def _runs():
  found = folders.find([str(pages.ROOT / "results")]).runs
  return [run for run in found if run.problem == _DIGITS]


def test_every_figure_has_a_row():
  numbers = {int(re.match(r"\d+", name)[0]) for name in _ROWS}
  assert numbers == set(range(1, 15))


def test_correlations_are_those_of_the_records(runs):
  whole = [run for run in runs if run.uses_all_training_data]
  measured = correlation_figures.over_seeds(whole)
  for model, signal in (
    ("", "x"),
    ("1-AF", "y1"),
    ("2-AF", "y2"),
    ("SLVM + 1-AF", "y1"),
  ):
    assert f"{measured[_DIGITS, model, signal].mean:.3f}" in _ROWS["5a"]


def test_gaps_are_those_of_the_records(runs):
  curves = generalisation.curves(runs)
  for model in ("SLVM", "SLVM + 1-AF"):
    smallest = min(curves[model], key=lambda point: point.fraction)
    assert f"{smallest.gap[0]:.2f}" in _ROWS["8c"]
