"""A comparison of series: nats per step, raw units, bounds, no pictures."""

import csv
import io

import numpy as np
from PIL import Image
import pytest

from t2t_af.analysis import formats
from t2t_af.analysis.figures import comparison_figures
from t2t_af.analysis.figures import context_figures
from t2t_af.analysis.report import comparison_page
from t2t_af.analysis.report import verdict
from t2t_af.analysis.results import trivial
from t2t_af.analysis.results.comparison import Comparison
from t2t_af.analysis.tables import comparison_csv
from t2t_af.analysis.tables import comparison_table
from tests.analysis import fake_series
from tests.analysis.fake_series import BOUND
from tests.analysis.fake_series import DIMS
from tests.analysis.fake_series import FLOW


@pytest.fixture(name="comparison", scope="module")
def _comparison(tmp_path_factory):
  return Comparison(
    fake_series.write(str(tmp_path_factory.mktemp("series") / "c"))
  )


def _cells(comparison):
  return {row.name: row.cells for row in comparison_table.rows(comparison)}


def test_likelihoods_are_told_per_step_and_in_raw_units(comparison):
  assert comparison.unit.name == "nats/step"
  cells = _cells(comparison)[FLOW]
  assert list(cells) == list(comparison_table.SERIES_HEADINGS)
  mean = 0.32 * DIMS
  assert cells["nll"].text == f"{mean:.3f} ± {0.02 * DIMS:.3f}"
  assert cells["raw"].text == f"{mean + 2.5:.3f} ± {0.02 * DIMS:.3f}"
  difference = comparison.difference(BOUND, FLOW)
  assert difference.mean == pytest.approx(0.22 * DIMS)
  assert difference.per_run[1] == pytest.approx(0.24 * DIMS)


def test_one_seed_has_its_error_per_step_too(tmp_path):
  folder = fake_series.write(str(tmp_path / "c"))
  one = Comparison(folder)
  one.seeds, one.runs = [0], {k: r for k, r in one.runs.items() if k[1] == 0}
  difference = one.difference(BOUND, FLOW)
  # All windows differ by as much: pairing leaves no spread.
  assert difference.basis == "recordings"
  assert difference.mean == pytest.approx(0.2 * DIMS)
  assert difference.stderr == pytest.approx(0.0, abs=1e-12)
  cell = _cells(one)[FLOW]["nll"]
  # Recordings at -0.04, -0.02, 0, 0.02, 0.04: variance 0.004 / 4, of five.
  # Windows, were they independent: 20 of variance 0.0324.
  assert cell.text == f"{0.3 * DIMS:.3f} ± {np.sqrt(0.001 / 5) * DIMS:.3f}"
  assert cell.detail == "1 seed; ± over recordings"


def test_median_and_worst_windows_stand_beside_the_mean(comparison):
  cells = _cells(comparison)[FLOW]
  order = list(cells)
  assert order[order.index("nll") + 1 :][:2] == ["median", "worst"]
  # Median of five recordings' windows at -0.1, -0.1, -0.1 and 0.3 about 0.32:
  # the tenth and eleventh of 20. The worst is one, 0.34 above the mean.
  windows = np.sort(
    np.add.outer([-0.04, -0.02, 0.0, 0.02, 0.04], fake_series.SPREAD).ravel()
  )
  median = 0.32 + (windows[9] + windows[10]) / 2
  assert cells["median"].text == f"{median * DIMS:.3f}"
  assert cells["worst"].text == f"{(0.32 + 0.34) / 20 * DIMS:.3f}"
  assert _cells(comparison)[BOUND]["median"].text.startswith("≤ ")
  assert cells["median"].text != f"{0.32 * DIMS:.3f}"
  told = comparison_table.text(comparison)
  assert "median" in told and "worst 1 %" in told
  assert "worst 1 % of the windows" in comparison_page.render(comparison)


def test_references_have_no_median_and_no_worst_windows(comparison):
  cells = _cells(comparison)["copy_last_step"]
  assert cells["median"].text == cells["worst"].text == formats.ABSENT


def test_too_few_recordings_are_told(tmp_path, monkeypatch):
  monkeypatch.setattr(fake_series, "PER_RECORDING", 10)
  comparison = Comparison(fake_series.write(str(tmp_path / "c")))
  note = "2 recordings: too few for an error over recordings"
  assert note in _cells(comparison)[FLOW]["note"].text
  assert note in comparison_table.text(comparison)
  assert _cells(comparison)[FLOW]["nll"].detail == "2 seeds"


def test_bounds_are_marked_and_taken_apart(comparison):
  cells = _cells(comparison)
  assert cells[BOUND]["nll"].text.startswith("≤ 1.620")
  assert cells[BOUND]["raw"].text.startswith("≤ 4.120")
  assert not cells[FLOW]["nll"].text.startswith("<=")
  assert (
    "upper bound with 1 sample: reconstruction 1.200 + KL 0.420"
    in cells[BOUND]["note"].text
  )
  told = " ".join(verdict.sentences(comparison))
  assert "1-AF, 0.960 nats/step" in told
  assert "The NLL of SLVM is an upper bound" in told


def test_references_stand_in_the_table_under_names_of_series(comparison):
  rows = [row for row in comparison_table.rows(comparison) if row.is_reference]
  assert [row.name for row in rows] == list(trivial.SERIES_LABELS)
  copy = {r["name"]: r for r in comparison.references}["copy_last_step"]
  cells = _cells(comparison)["copy_last_step"]
  assert cells["nll"].text.startswith(
    f"{copy['nll_nats_per_dim'] * DIMS:.3f}".replace("-", "−")
  )
  assert cells["raw"].text.startswith(
    f"{copy['nll_nats_per_dim'] * DIMS + 2.5:.3f}".replace("-", "−")
  )
  assert cells["rmse"].text == f"{copy['rmse_best_of_n']:.3f}"


def test_sets_that_beat_nothing_say_so(tmp_path):
  folder = fake_series.write(
    str(tmp_path / "c"), nll={FLOW: (-9.0, -9.0), BOUND: (9.0, 9.0)}
  )
  told = verdict.sentences(Comparison(folder))
  (unbeaten,) = [s for s in told if "trivial" in s]
  assert unbeaten.startswith("SLVM does not beat the trivial models")
  assert "its bound is not lower" in unbeaten
  for label in trivial.SERIES_LABELS.values():
    assert f'"{label}"' in unbeaten


def test_references_of_another_protocol_do_not_count(tmp_path):
  folder = fake_series.write(str(tmp_path / "c"))
  fake_series.write(folder, protocol=(1, 2))  # appends to references.jsonl
  comparison = Comparison(folder)
  assert len(comparison.references) == 2 * len(trivial.SERIES_LABELS)
  assert {r["num_cond_steps"] for r in comparison.scored_references()} == {
    fake_series.COND
  }


def test_curves_are_per_step_and_of_rmse(comparison):
  found = {
    curve.chart.title: curve for curve in comparison_figures.curves(comparison)
  }
  assert set(found) <= set(comparison_figures.titles(comparison))
  assert {"NLL per predicted step", "RMSE per predicted step"} <= set(found)
  assert "nats/step" in found["NLL per predicted step"].chart.y_label


def test_pictures_are_charts_without_animation(comparison):
  picture = context_figures.context_pictures(comparison, 2)[1]
  assert picture.animation is None and "orange ground" in picture.caption
  assert Image.open(io.BytesIO(picture.strip)).width > 500
  page = comparison_page.render(comparison)
  assert "image/gif" not in page and "image/png" in page
  assert "PSNR" not in page and "per pixel" not in page
  assert "standardised by the training split" in page


def test_charts_show_raw_units(comparison, monkeypatch):
  drawn = []
  monkeypatch.setattr(
    context_figures.drawing,
    "file",
    lambda panels, *args, **kwargs: drawn.append(panels) or b"",
  )
  context_figures.context_pictures(comparison, 1)
  (panels,) = drawn
  truth, *sets = panels[0].lines
  assert panels[0].title == "x0"
  np.testing.assert_allclose(
    truth.y, fake_series.series(2)[0, :, 0] * 20 + 100, rtol=1e-6
  )
  assert len(sets) == 2 and sets[0].x[0] == fake_series.COND
  assert panels[0].num_given == fake_series.COND
  assert sets[0].y[0] == pytest.approx(truth.y[3])


def test_csv_has_units_of_both_kinds(comparison):
  rows = list(csv.DictReader(io.StringIO(comparison_csv.text(comparison))))
  line = next(r for r in rows if r["name"] == BOUND and r["seed"] == "all")
  assert line["bound"] == "True" and line["dequantization"] == "none"
  assert line["model"] == "slvm" and line["num_samples"] == "1"
  assert float(line["nll_nats_per_dim"]) == pytest.approx(0.54)
  assert float(line["nll_nats_per_step"]) == pytest.approx(0.54 * DIMS)
  assert float(line["nll_raw_nats_per_step"]) == pytest.approx(
    0.54 * DIMS + 2.5
  )
  windows = [
    0.54 + r + s
    for r in (-0.04, -0.02, 0.0, 0.02, 0.04)
    for s in fake_series.SPREAD
  ]
  assert float(line["nll_nats_per_dim_median"]) == pytest.approx(
    np.median(windows)
  )
  assert float(line["nll_nats_per_dim_worst_percent"]) == pytest.approx(
    max(windows) / 20
  )
  assert float(line["nll_nats_per_dim_stderr_recordings"]) == pytest.approx(
    np.sqrt(0.001 / 5)
  )
  assert float(line["nll_nats_per_dim_stderr_windows"]) == pytest.approx(
    np.std(windows, ddof=1) / np.sqrt(20)
  )
  assert (line["num_windows"], line["num_recordings"]) == ("20", "5")
  assert float(line["kl_nats_per_dim"]) == pytest.approx(0.14)
  assert float(line["difference_nats_per_dim"]) == pytest.approx(0.22)
