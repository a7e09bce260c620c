"""Histograms, generalisation and correlation from records."""

import math

import numpy as np
import pytest

from t2t_af.analysis.figures import correlation_curves
from t2t_af.analysis.figures import correlation_figures
from t2t_af.analysis.figures import generalisation
from t2t_af.analysis.figures import histograms
from t2t_af.analysis.results import folders
from t2t_af.analysis.results import units
from tests.analysis import fake_results as fake


def _runs(folder, found):
  return folders.find([fake.write(str(folder), found)]).runs


def test_shares_of_a_split_sum_to_one_and_overlap_is_shared():
  found = histograms.histogram(
    {"train": [1.0, 1.0, 2.0, 3.0], "test": [3.0, 3.0, 4.0, 5.0]}
  )
  assert all(
    shares.sum() == pytest.approx(1.0) for shares in found.shares.values()
  )
  assert len(found.edges) == len(found.shares["test"]) + 1
  assert found.overlap == pytest.approx(0.25)  # one of four, the 3.
  assert found.means == {"train": 1.75, "test": 3.75}
  same = histograms.histogram({"train": [1.0, 2.0], "test": [1.0, 2.0]})
  assert same.overlap == pytest.approx(1.0)


def test_values_that_are_not_finite_are_left_out():
  found = histograms.histogram(
    {"train": [1.0, math.nan, None], "test": [2.0, math.inf]}
  )
  assert found.means == {"train": 1.0, "test": 2.0}
  with pytest.raises(ValueError, match="test split has no finite NLL"):
    histograms.histogram({"train": [1.0], "test": [math.nan]})


def test_outline_has_the_area_of_its_bars():
  edges, shares = [0.0, 1.0, 3.0], [0.25, 0.75]
  line = histograms.outline(edges, shares, 0)
  assert (line.x[0], line.y[0]) == (0.0, 0.0) and line.y[-1] == 0.0
  area = np.sum(np.diff(line.x) * np.array(line.y[:-1]))
  assert area == pytest.approx(0.25 + 2 * 0.75)


def test_histogram_of_a_run_is_in_the_units_of_its_table(tmp_path):
  (run,) = _runs(
    tmp_path,
    [
      fake.series(
        "slvm_activity_rec",
        3.0,
        6,
        split=split,
        bound=True,
        problem="series_activity_rec",
      )
      for split in ("train", "test")
    ],
  )
  panel = histograms.panel(run)
  assert panel.title == "SLVM: overlap 1.00"
  assert panel.legend[0] == "train: mean ≤ 3.000 over 8 sequences"
  assert panel.x_label == "bound of NLL, nats/step"


def test_histogram_needs_both_splits(tmp_path):
  (run,) = _runs(
    tmp_path,
    [
      fake.likelihood("af1_tiny", 2.0),
      fake.likelihood("af1_tiny", 1.9, split="train", num_samples=20),
    ],
  )
  with pytest.raises(ValueError, match="has no NLLs of both splits"):
    histograms.panel(run)


@pytest.mark.parametrize(
  "of_test", [dict(dequantization="gaussian"), dict(step=50)]
)
def test_splits_that_were_not_scored_alike_are_not_compared(tmp_path, of_test):
  written = [
    fake.likelihood("af1_tiny", 2.0, split="train"),
    fake.likelihood("af1_tiny", 2.2),
    fake.later(fake.likelihood("af1_tiny", 9.0, **of_test)),
  ]
  runs = _runs(tmp_path, written)
  assert histograms.newest_scores(runs[0])["test"]["nll_nats_per_dim"] == 2.2
  (point,) = generalisation.curves(runs)["1-AF"]
  assert point.gap == pytest.approx({0: 0.2})


def _studies():
  found = []
  for seed in (0, 1):
    for fraction, gap in ((0.25, 0.8), (1.0, 0.1)):
      shared = dict(seed=seed, train_fraction=fraction)
      found += [
        fake.likelihood("slvm_tiny", 2.0 + seed, split="train", **shared),
        fake.likelihood("slvm_tiny", 2.0 + seed + gap + 0.1 * seed, **shared),
      ]
  return found


def test_gap_is_taken_seed_by_seed(tmp_path):
  small, whole = generalisation.curves(_runs(tmp_path, _studies()))["SLVM"]
  assert (small.fraction, whole.fraction) == (0.25, 1.0)
  assert small.gap == pytest.approx({0: 0.8, 1: 0.9})
  assert whole.gap == pytest.approx({0: 0.1, 1: 0.2})
  assert small.test == pytest.approx({0: 2.8, 1: 3.9})


def test_splits_of_one_step_are_compared(tmp_path):
  found = [
    fake.likelihood("af1_tiny", 9.0, split="train", step=10),
    fake.likelihood("af1_tiny", 2.0, step=10),
    fake.likelihood("af1_tiny", 2.0, split="train", step=50),
    fake.likelihood("af1_tiny", 2.4, step=50),
    fake.likelihood("af1_tiny", 1.0, split="train", step=100),
  ]
  ((point,),) = generalisation.curves(_runs(tmp_path, found)).values()
  assert point.gap == pytest.approx({0: 0.4}), "step 100 has one split only"


def test_gap_chart_has_a_line_per_model(tmp_path):
  runs = _runs(tmp_path, _studies())
  curves = generalisation.curves(runs)
  unit = units.unit_of([r for run in runs for r in run.records["likelihood"]])
  assert unit == units.VIDEO
  panel = generalisation.gap_panel(curves, unit)
  assert (
    panel.legend == {0: "SLVM"} and panel.y_label == "test − train, nats/dim"
  )
  styles = [line.style for line in generalisation.nll_panel(curves, unit).lines]
  assert styles == ["dashed", "thick", "points"]


def test_a_line_joins_what_the_same_seeds_gave(tmp_path):
  found = [
    fake.likelihood(
      "slvm_tiny", nll, seed, split=split, train_fraction=fraction
    )
    for fraction, seeds in ((0.25, (0,)), (1.0, (0, 1)))
    for seed in seeds
    for split, nll in (("train", 2.0), ("test", 2.5 + seed))
  ]
  curves = generalisation.curves(_runs(tmp_path, found))
  _, line, marks = generalisation.gap_panel(curves, units.VIDEO).lines
  assert line.y == pytest.approx([0.5, 0.5]), "of seed 0 alone"
  assert marks.y == pytest.approx([0.5, 1.0]), "of all seeds"
  small, whole = curves["SLVM"]
  other = whole._replace(train={1: 2.0}, test={1: 3.5})
  panel = generalisation.gap_panel({"SLVM": [small, other]}, units.VIDEO)
  assert [line.style for line in panel.lines] == ["zero", "points"]


def _correlations():
  found = []
  for seed, add in ((0, 0.0), (1, 0.1)):
    for hparams_set in ("af1_tiny", "af2_tiny"):
      found.append(fake.correlation(hparams_set, "x", 0.8, seed=seed))
    found += [
      fake.correlation("af1_tiny", "y1", 0.9, step=50, seed=seed),
      fake.correlation("af1_tiny", "y1", 0.3 + add, seed=seed),
      fake.correlation("af2_tiny", "y1", 0.4 + add, seed=seed),
      fake.correlation("af2_tiny", "y2", -0.1, seed=seed),
      fake.correlation("video_flow_af_tiny", "z0", 0.5, seed=seed),
      fake.correlation("video_flow_af_tiny", "u0", 0.2, seed=seed),
    ]
    found += [
      fake.correlation("af2_tiny", signal, value, step, seed, "dev")
      for signal in ("y1", "y2")
      for step, value in ((0, 0.9), (50, 0.5), (100, 0.2))
    ]
  return found


def test_bars_are_newest_means_over_seeds(tmp_path):
  found = correlation_figures.over_seeds(_runs(tmp_path, _correlations()))
  (group,) = correlation_figures.bar_panels(found)
  assert group.title == fake.PROBLEM
  told = {bar.label: (bar.value, bar.stderr) for bar in group.bars}
  assert list(told) == ["data x", "1-AF: y", "2-AF: y¹", "2-AF: y²"]
  assert told["1-AF: y"] == pytest.approx((0.35, 0.05))
  assert told["2-AF: y²"][0] == pytest.approx(-0.1), "of test, not dev"
  assert told["data x"] == pytest.approx((0.8, 0.02)), "one estimate: its own"
  (latent,) = correlation_figures.bar_panels(found, latent=True)
  assert [bar.label for bar in latent.bars] == ["z, level 0", "u, level 0"]
  assert latent.legend == {latent.bars[0].color: "VideoFlow + AF"}


def test_an_evaluation_under_other_noise_is_not_taken_for_the_runs(tmp_path):
  """Not even where it is the newest."""
  usual, other = (
    dict(dequantization=kind, noise_std=0) for kind in ("uniform", "gaussian")
  )
  found = [
    fake.correlation("af1_tiny", "y1", 0.9, step=50, split="dev") | usual,
    fake.correlation("af1_tiny", "y1", 0.3) | usual,
    fake.correlation("af1_tiny", "y1", 0.7) | other,
  ]
  runs = _runs(tmp_path, found)
  (estimate,) = correlation_figures.over_seeds(runs).values()
  assert estimate.mean == 0.3


def test_data_without_a_model_have_no_bars(tmp_path):
  found = [r for r in _correlations() if r["signal"] in ("x", "z0", "u0")]
  measured = correlation_figures.over_seeds(_runs(tmp_path, found))
  assert correlation_figures.bar_panels(measured) == []
  assert len(correlation_figures.bar_panels(measured, latent=True)) == 1


def test_latents_have_a_chart_per_model_and_a_line_per_level(tmp_path):
  found = [
    fake.correlation(name, f"u{level}", value - level / 10, step, split="dev")
    for name in ("video_flow_tiny", "video_flow_af_tiny")
    for level in (0, 1)
    for step, value in ((50, 0.9), (100, 0.4))
  ]
  part = correlation_curves.of_latents(_runs(tmp_path, found))
  first, second = part.charts
  assert first.title.startswith("VideoFlow, ")
  assert second.title.startswith("VideoFlow + AF, ")
  assert second.legend == {0: "u, level 0", 1: "u, level 1"}
  curves = [line for line in second.lines if line.style == "thin"]
  assert curves[1].y == pytest.approx([0.8, 0.3])
  assert correlation_curves.of_noise(_runs(tmp_path, found)) is None


def test_training_curves_are_of_the_last_transform(tmp_path):
  panel = correlation_curves.noise_panel(_runs(tmp_path, _correlations()))
  assert panel.title == f"{fake.PROBLEM}, dev split, during training"
  assert panel.legend == {1: "2-AF: y²"}, "1-AF keeps its colour"
  curves = [line for line in panel.lines if line.style == "thin"]
  assert len(curves) == 2, "one per seed"
  assert (curves[0].x, curves[0].y) == ([0, 50, 100], [0.9, 0.5, 0.2])
