"""What the charts and pictures are given, before they are drawn."""

import math
import os

import numpy as np
import pytest

from t2t_af.analysis.charts import pictures
from t2t_af.analysis.charts import plots
from t2t_af.analysis.figures import comparison_figures
from t2t_af.analysis.figures import context_figures
from t2t_af.analysis.figures import seed_lines
from t2t_af.analysis.results.comparison import Comparison
from tests.analysis import fake_compare

FIRST, AF, _ = fake_compare.SETS


@pytest.fixture(name="comparison", scope="module")
def _comparison(tmp_path_factory):
  return Comparison(
    fake_compare.write(str(tmp_path_factory.mktemp("figures") / "c"))
  )


def _of(figure, style, color):
  return [
    line
    for line in figure.chart.lines
    if line.style == style and line.color == color
  ]


def test_learning_has_thin_seeds_a_thick_mean_and_evaluations(comparison):
  figure = comparison_figures.learning(comparison)
  assert list(figure.chart.legend.values()) == list(
    fake_compare.LABELS.values()
  )
  thin, (thick,) = _of(figure, "thin", 1), _of(figure, "thick", 1)
  assert len(thin) == 3
  np.testing.assert_allclose(thick.y, np.mean([t.y for t in thin], axis=0))
  (points,) = _of(figure, "points", 1)
  assert points.x == [100, 200, 300, 400, 500, 600]
  assert "dev split" in figure.caption


def test_difference_is_ours_minus_the_first_under_the_same_seed(comparison):
  figure = comparison_figures.differences(comparison)

  def dev(name, seed):
    return [
      r["nll_nats_per_dim"]
      for r in comparison.runs[name, seed].records["likelihood"]
      if r["split"] == "dev"
    ]

  for seed, line in zip(fake_compare.SEEDS, _of(figure, "thin", 1)):
    np.testing.assert_allclose(
      line.y, np.subtract(dev(AF, seed), dev(FIRST, seed))
    )
  assert not _of(figure, "thick", 0)


def test_start_of_training_is_cut_off_and_said_so(comparison):
  figure = comparison_figures.learning(comparison)
  highest = max(
    r["nll_nats_per_dim"]
    for run in comparison.runs.values()
    for r in run.records["training"]
  )
  assert f"up to {highest:.2f} nats/dim, is cut off" in figure.caption


def test_a_spike_does_not_press_the_curves_together(comparison):
  for run in comparison.runs.values():
    last = run.records["training"][-1]
    run.records["training"].append(dict(last, nll_nats_per_dim=2e6))
    run.records["training"].append(dict(last, step=last["step"] + 1))
  figure = comparison_figures.learning(comparison)
  low, high = figure.chart.y_range
  assert high - low < 100
  assert "up to 2000000.00 nats/dim, is cut off" in figure.caption
  assert "every spike" in figure.caption


def test_charts_start_frames_after_the_given_ones(comparison):
  lines = comparison_figures.nll_per_step(comparison).chart.lines
  assert {tuple(line.x) for line in lines if line.style == "thick"} == {
    tuple(range(4, 14))
  }


def test_quality_curves_are_those_of_the_records(comparison):
  figure = comparison_figures.quality_per_step(comparison, "psnr", "PSNR, dB")
  records = [
    comparison.final(FIRST, "samples")[s]["psnr_per_step"]
    for s in fake_compare.SEEDS
  ]
  (thick,) = _of(figure, "thick", 0)
  np.testing.assert_allclose(thick.y, np.mean(records, axis=0))


def test_quality_curves_have_an_interval_over_seeds(comparison):
  figure = comparison_figures.quality_per_step(comparison, "psnr", "PSNR, dB")
  records = [
    comparison.final(FIRST, "samples")[s]["psnr_per_step"]
    for s in fake_compare.SEEDS
  ]
  (bars,) = _of(figure, "points", 0)
  # t(0.975; 2) standard errors of three seeds.
  np.testing.assert_allclose(
    bars.stderr, 4.303 * np.std(records, axis=0, ddof=1) / 3**0.5, rtol=1e-3
  )


def _band(half):
  return [
    plots.Line([1, 2], [10.0, 12.0], 0, "band", [half, half]),
    plots.Line([1, 2], [10.0, 12.0], 0),
  ]


@pytest.mark.parametrize(
  "half, low, high",
  [
    (0.2, 9.8, 12.2),  # all of the band
    (9.0, 9.0, 13.0),  # half of what the lines reach over, to each side
    (math.nan, 10.0, 12.0),
  ],
)
def test_a_wide_band_does_not_press_the_lines_together(half, low, high):
  found = seed_lines.range_of(_band(half))
  assert found == pytest.approx((low - 0.1, high + 0.1))


def test_lines_without_extent_leave_the_range_to_the_chart():
  assert seed_lines.range_of([plots.Line([1], [3.0], 0)]) is None
  assert seed_lines.range_of([]) is None


def test_evaluation_split_is_the_one_evaluated_most(comparison):
  assert comparison_figures.evaluation_split(comparison) == "dev"


def test_mean_curve_uses_only_steps_that_every_seed_has():
  x, mean, stderr = seed_lines.mean(
    {1: {1: 1.0, 2: 2.0, 3: 3.0}, 2: {1: 3.0, 2: None}}
  )
  assert x == [1] and mean == [2.0] and stderr == pytest.approx([1.0])


def test_pictures_show_truth_and_first_samples_of_each_context(
  comparison, monkeypatch
):
  strips = []
  strip = pictures.strip
  monkeypatch.setattr(
    pictures,
    "strip",
    lambda rows, *args: (strips.append(rows), strip(rows, *args))[-1],
  )
  assert len(context_figures.context_pictures(comparison, num_contexts=2)) == 2
  for context, rows in enumerate(strips):
    assert [row.label for row in rows] == ["Truth"] + list(
      fake_compare.LABELS.values()
    )
    for row, name in zip(rows[1:], fake_compare.SETS):
      found = np.load(
        os.path.join(comparison.folder, name, "seed_1", "samples.npz")
      )
      np.testing.assert_array_equal(
        rows[0].frames,
        np.concatenate([found["inputs"][context], found["targets"][context]]),
      )
      np.testing.assert_array_equal(
        row.frames,
        np.concatenate(
          [found["inputs"][context], found["outputs"][context, 0]]
        ),
      )
