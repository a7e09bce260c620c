"""Calibration and sample quality of runs: which records, which bands."""

import json
import os

import numpy as np
import pytest
from scipy import stats

from t2t_af import errors
from t2t_af.analysis.figures import calibration_figures
from t2t_af.analysis.figures import calibration_panels
from t2t_af.analysis.figures import quality_figures
from t2t_af.analysis.figures import seed_lines
from t2t_af.analysis.metrics import calibration
from t2t_af.analysis.results import folders
from t2t_af.records import json_lines
from tests.analysis import fake_results as fake

_AREM = "series_activity_rec"


def _found(folder, written):
  return folders.find([fake.write(str(folder), written)])


def _names(parts):
  return [part.name for part in parts]


@pytest.fixture(name="shown")
def _shown(monkeypatch):
  """Calibrations that a chart was made of, by label."""
  seen = {}
  real = calibration_panels.histogram_panel
  monkeypatch.setattr(
    calibration_panels,
    "histogram_panel",
    lambda found: (seen.update(found), real(found))[1],
  )
  return seen


def test_records_read_back_are_what_was_calibrated():
  found = calibration.calibrate(
    np.random.default_rng(0).random([12, 5]), [i // 3 for i in range(12)]
  )
  record = json.loads(
    json_lines.dumps(fake.calibration("af1_tiny", **found.record_fields()))
  )
  again = calibration.from_records([record])
  assert (again.num_values, again.num_independent) == (60, 4)
  for ours, theirs in (
    (again.pit, found.pit),
    (again.coverage, found.coverage),
  ):
    np.testing.assert_allclose(ours, theirs)
  assert (again.pit.reach > 0.0).all()


def test_splits_are_taken_together_as_independent_parts():
  parts = [fake.calibration("af1_tiny", problem=problem) for problem in "ab"]
  both = calibration.from_records(parts)
  assert both.num_values == 2 * parts[0]["num_values"]
  assert both.num_independent == 20
  np.testing.assert_allclose(
    both.coverage.share, np.mean([part["coverage"] for part in parts], axis=0)
  )
  stderr = (
    np.linalg.norm([part["coverage_stderr"] for part in parts], axis=0) / 2.0
  )
  np.testing.assert_allclose(both.coverage.stderr, stderr)
  # Each part's own mean takes a degree of freedom: 18, not 19.
  inside = (both.coverage.low > 0.0) & (both.coverage.high < 1.0)
  np.testing.assert_allclose(
    both.coverage.reach[inside], stats.t.ppf(0.975, 18) * stderr[inside]
  )


def test_no_bands_where_the_number_of_series_is_not_known():
  record = fake.calibration("af1_tiny")
  del record["num_independent"]
  found = calibration.from_records([record])
  assert np.isnan(found.coverage.reach).all()
  panel = calibration_panels.coverage_panel({"1-AF": found})
  assert panel.legend[0].startswith("1-AF, without bars")
  both = calibration_panels.coverage_panel({"1-AF": found, "2-AF": found})
  assert both.legend == {0: "1-AF", 1: "2-AF"}, "the caption says it once"


def test_charts_are_of_the_lowest_seed_and_all_splits(tmp_path, shown):
  found = _found(
    tmp_path,
    [
      fake.calibration("af1_activity_rec", 0.6, seed, _AREM + suffix)
      for suffix in ("", "_split1")
      for seed in (1, 2)
    ],
  )
  first, crps = calibration_figures.parts(found)
  assert first.name == f"figure_calibration_{_AREM}_samples.svg"
  assert crps.name == "figure_calibration_crps.svg"
  assert [chart.legend for chart in first.charts] == [
    {0: "1-AF, bars: 95 % confidence"}
  ] * 2
  expected = [
    fake.calibration("af1_activity_rec", 0.6, 1, _AREM + suffix)
    for suffix in ("", "_split1")
  ]
  np.testing.assert_allclose(
    shown["1-AF"].pit.share, calibration.from_records(expected).pit.share
  )


def test_methods_have_sheets_of_their_own_and_other_splits_stay_out(tmp_path):
  found = _found(
    tmp_path,
    [
      fake.calibration("af1_activity_rec"),
      fake.calibration(
        "af1_activity_rec", method="flow", crps=None, crps_stderr=None
      ),
      fake.calibration("slvm_activity_rec", split="dev"),
    ],
  )
  parts = calibration_figures.parts(found)
  assert _names(parts) == [
    f"figure_calibration_{_AREM}_{kind}.svg" for kind in ("flow", "samples")
  ] + ["figure_calibration_crps.svg"]
  assert "exactly, by the flow's noise" in parts[0].caption
  assert "SLVM" not in parts[1].charts[0].legend[0]


def test_newest_record_of_a_run_counts(tmp_path, shown):
  newer = fake.later(fake.calibration("af1_activity_rec", 0.5))
  found = _found(tmp_path, [newer, fake.calibration("af1_activity_rec", 2.0)])
  calibration_figures.parts(found)
  np.testing.assert_allclose(
    shown["1-AF"].pit.share, np.array(newer["pit_counts"]) / newer["num_values"]
  )


@pytest.mark.parametrize(
  "written, mean, stderr",
  [
    ({(0, 0): 0.5}, 0.5, 0.03),  # its own, over series
    ({(0, 0): 0.5, (0, 1): 0.7}, 0.6, 0.1),  # over seeds
    # Of splits, whose means are 0.6 and 0.8, over their series, 0.03 in each;
    # over all three runs it is 0.088, over splits 0.1.
    ({(0, 0): 0.5, (0, 1): 0.7, (1, 0): 0.8}, 0.7, 0.03 * 2**0.5 / 2),
  ],
)
def test_crps_has_its_error_over_seeds_or_series(
  tmp_path, written, mean, stderr
):
  *_, crps_part = calibration_figures.parts(
    _found(
      tmp_path,
      [
        fake.calibration(
          "af1_activity_rec",
          crps=crps,
          seed=seed,
          problem=_AREM + (f"_split{split}" if split else ""),
        )
        for (split, seed), crps in written.items()
      ],
    )
  )
  (chart,) = crps_part.charts
  (bar,) = chart.bars
  assert (chart.title, bar.label) == (_AREM, "1-AF")
  assert (bar.value, bar.stderr) == pytest.approx((mean, stderr))


def test_nothing_to_show_names_the_command(tmp_path):
  found = _found(tmp_path, [fake.likelihood("af1_tiny", 2.0)])
  with pytest.raises(errors.UserError, match="t2t-af analyse"):
    calibration_figures.parts(found)
  with pytest.raises(errors.UserError, match="t2t-decoder"):
    quality_figures.parts(found)


def test_first_splits_are_the_lowest_that_were_run(tmp_path):
  found = _found(
    tmp_path,
    [
      fake.calibration("af1_x", problem=problem)
      for problem in (
        "series_a",
        "series_a_split1",
        "series_b_split2",
        "series_b_split3",
      )
    ],
  ).of_first_splits()
  assert sorted(run.problem for run in found.runs) == [
    "series_a",
    "series_b_split2",
  ]


def _lines(folder, written, monkeypatch):
  seen, real = {}, seed_lines.per_step
  monkeypatch.setattr(
    seed_lines,
    "per_step",
    lambda found, field: (
      seen.update({field: real(found, field)}),
      seen[field],
    )[1],
  )
  parts = quality_figures.parts(_found(folder, written))
  return parts, seen["psnr_per_step"]


def test_quality_has_a_band_over_seeds(tmp_path, monkeypatch):
  (part,), lines = _lines(
    tmp_path,
    [
      fake.sampled("slvm_tiny", psnr, seed)
      for seed, psnr in enumerate((20.0, 22.0, 24.0))
    ],
    monkeypatch,
  )
  (band,) = [line for line in lines if line.style == "band"]
  assert band.x == [4, 5, 6, 7, 8, 9] and band.y[0] == 22.0
  # A standard deviation of 2 over three seeds; t(0.975; 2) = 4.303.
  assert band.stderr[0] == pytest.approx(4.303 * 2.0 / 3**0.5, rel=1e-3)
  (chart,) = part.charts
  assert chart.legend == {0: "SLVM: best of 10"} and chart.y_label == "PSNR, dB"


def test_band_of_one_seed_is_over_contexts_if_these_are_known(
  tmp_path, monkeypatch
):
  known = fake.sampled("slvm_tiny", 20.0)
  unknown = fake.sampled("af1_tiny", 20.0)
  del unknown["psnr_per_step_stderr"]
  _, lines = _lines(tmp_path, [known, unknown], monkeypatch)
  bands = {line.color: line.stderr for line in lines if line.style == "band"}
  assert np.isnan(bands[0]).all(), "1-AF"
  # t(0.975; 8) of nine contexts.
  assert bands[1][0] == pytest.approx(2.306 * 0.5, rel=1e-3)


def test_quality_does_not_mix_protocols(tmp_path, monkeypatch):
  _, lines = _lines(
    tmp_path,
    [
      fake.sampled("slvm_tiny", 10.0, 0) | dict(temperature=0.5),
      fake.later(fake.sampled("slvm_tiny", 20.0, 1)),
      fake.sampled("slvm_tiny", 99.0, 2, split="dev"),
    ],
    monkeypatch,
  )
  (mean,) = [line for line in lines if line.style == "thick"]
  assert mean.y[0] == 20.0


def test_calibration_alone_makes_a_run(tmp_path):
  record = fake.calibration("af1_tiny")
  fake.write(str(tmp_path), [record])
  os.remove(os.path.join(fake.run_folder(str(tmp_path), record), "run.json"))
  (run,) = folders.find([str(tmp_path)]).runs
  assert run.hparams_set == "af1_tiny"
