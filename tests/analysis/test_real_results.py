"""Analysis of runs that were really made: `results/` of this repository.

Records there are of several ages: the oldest count frames, not steps. Those
that do not say what their windows were cut from have no error over recordings.
"""

import csv
import io
import json
import os
import pathlib

import numpy as np
import pytest

from t2t_af.analysis.figures import correlation_figures
from t2t_af.analysis.figures import generalisation
from t2t_af.analysis.figures import histograms
from t2t_af.analysis.metrics import calibration
from t2t_af.analysis.report import verdict
from t2t_af.analysis.results import flow_arrays
from t2t_af.analysis.results import folders
from t2t_af.analysis.results import samples as samples_lib
from t2t_af.analysis.results import selection
from t2t_af.analysis.results import units
from t2t_af.analysis.results.comparison import Comparison
from t2t_af.analysis.tables import comparison_csv
from t2t_af.analysis.tables import comparison_table
from t2t_af.analysis.tables import paper_tables
from t2t_af.analysis.tables import table_cells
from t2t_af.records import json_lines

_ROOT = pathlib.Path(__file__).parents[2]
_RESULTS = _ROOT / "results"
_EXPECTED = pathlib.Path(__file__).parent / "expected"
_TOY = _RESULTS / "video_toy_pushing_tiny"
_DIGITS = _RESULTS / "moving_digits32_tiny"
_AREM = [
  str(_RESULTS / "uci" / f"activity_rec{split}")
  for split in ("", "_split1", "_split2")
]
# Ten significant digits are in the files.
_DIGITS_KEPT = 1e-9
_OF_SEQUENCES = 1e-4  # likelihoods of single ones are kept to five


@pytest.fixture(name="digits", scope="module")
def _digits():
  return folders.find([str(_DIGITS)])


@pytest.fixture(name="arem", scope="module")
def _arem():
  return folders.find(_AREM)


def _rows(text):
  return list(csv.DictReader(io.StringIO(text)))


def test_csv_is_what_the_command_wrote():
  """From the runs' whole records; here from what results/ keeps of them."""
  then = _rows((_TOY / "table.csv").read_text(encoding="utf-8"))
  now = _rows(comparison_csv.text(Comparison(str(_TOY))))
  # Sets, their seeds, references.
  assert len(then) == len(now) == 4 + (2 * 10 + 2 * 3) + 6
  for old, new in zip(then, now):
    assert new.keys() == old.keys()
    for column, value in old.items():
      try:
        expected = float(value)
      except ValueError:
        assert new[column] == value, (old["row"], old["name"], column)
      else:
        of_sequences = "stderr_recordings" in column
        assert float(new[column]) == pytest.approx(
          expected,
          rel=_OF_SEQUENCES if of_sequences else _DIGITS_KEPT,
          abs=1e-12,
        )


@pytest.mark.parametrize(
  "folder, name",
  [
    ("video_toy_pushing_tiny", "comparison_video_toy_pushing_tiny.txt"),
    ("uci/smartphone_sensor", "comparison_smartphone_sensor.txt"),
  ],
)
def test_comparison_reads_as_it_did(folder, name):
  comparison = Comparison(str(_RESULTS / folder))
  words = verdict.sentences(comparison)
  text = comparison_table.text(comparison) + "\n\n" + "\n".join(words) + "\n"
  assert text == (_EXPECTED / name).read_text(encoding="utf-8")


@pytest.mark.parametrize(
  "number, runs, name",
  [
    (1, "digits", "table_1_moving_digits32.csv"),
    (2, "arem", "table_2_activity_rec.csv"),
  ],
)
def test_paper_table_has_the_numbers_it_had(number, runs, name, request):
  table = paper_tables.build(number, request.getfixturevalue(runs))
  expected = _rows((_EXPECTED / name).read_text(encoding="utf-8"))
  found = _rows(table_cells.csv_text(table))
  assert len(found) == len(expected)
  for ours, then in zip(found, expected):
    for column, value in then.items():
      if column in ("value", "stderr", "stderr_recordings") and value:
        # Of several splits the error is made of single sequences'.
        of_sequences = column != "value" and number == 2
        assert float(ours[column]) == pytest.approx(
          float(value), rel=_OF_SEQUENCES if of_sequences else _DIGITS_KEPT
        )
      else:
        assert ours[column] == value, column


def test_cell_is_the_mean_of_split_means(arem):
  """By hand, from the lines of the files."""
  by_split, errors = [], []
  for folder in _AREM:
    nats, within = [], []
    for path in sorted(
      pathlib.Path(folder).glob("af1_*/seed_*/results/likelihood.jsonl")
    ):
      lines = [json.loads(line) for line in path.open(encoding="utf-8")]
      newest = [line for line in lines if line["split"] == "test"][-1]
      nats.append(newest["nll_nats_per_dim"] * newest["dims_per_step"])
      within.append(newest["nll_nats_per_step_stderr"])
    by_split.append(np.mean(nats))
    errors.append(np.mean(within))
  table = paper_tables.build(2, arem)
  (column,) = [
    i
    for i, column in enumerate(table.columns)
    if (column.group, column.name) == ("activity_rec", "ours")
  ]
  (row,) = [row for row in table.rows if row.name == "af1"]
  cell = row.cells[column]
  assert cell.value == pytest.approx(np.mean(by_split))
  # Splits share training data, so their spread is no error; their test
  # recordings are different ones.
  assert cell.stderr == pytest.approx(
    np.sqrt(np.square(errors).sum()) / 3, rel=_OF_SEQUENCES
  )


def test_old_names_of_fields_are_read_as_todays():
  """Of a run that version 0.2.0 trained and scored."""
  (run,) = folders.find([str(_EXPECTED / "run_of_0.2.0")]).runs
  raw = (pathlib.Path(run.folder) / "results" / "samples.jsonl").read_text(
    encoding="utf-8"
  )
  assert "num_cond_frames" in raw and "num_cond_steps" not in raw
  for kind in folders.KINDS:
    for record in run.records[kind]:
      assert not any("_frame" in field for field in record)
  record = run.scores("test")[-1]
  assert len(record["nll_nats_per_dim_per_step"]) == record["num_scored_steps"]


def test_nll_is_the_mean_of_its_steps_and_of_its_sequences(digits, arem):
  for run in digits.runs + arem.runs:
    for record in run.scores("test"):
      for axis in ("step", "sequence"):
        values = record.get(f"nll_nats_per_dim_per_{axis}")
        if values:
          weights = None
          if axis == "sequence":
            weights = record.get("num_windows_per_sequence")
          assert np.average(values, weights=weights) == pytest.approx(
            record["nll_nats_per_dim"], rel=1e-4, abs=1e-5
          )


def test_series_are_in_nats_per_step(arem):
  records = arem.runs[0].records["likelihood"]
  unit = units.unit_of(records)
  assert unit.name == "nats/step" and unit.scale == records[0]["dims_per_step"]
  for record in records:
    assert record["nll_nats_per_step"] == pytest.approx(
      record["nll_nats_per_dim"] * unit.scale
    )


def test_video_is_in_nats_per_dim(digits):
  records = [r for run in digits.runs for r in run.records["likelihood"]]
  assert units.unit_of(records) == units.VIDEO


def test_every_run_is_known_and_named(digits):
  labels = {run.label for run in digits.runs}
  assert labels == {"1-AF", "2-AF", "SLVM", "SLVM + Δx", "SLVM + 1-AF"}
  assert len(digits.runs) == 25
  assert {run.problem for run in digits.runs} == {"video_moving_digits32"}
  assert all(run.uses_all_training_data for run in digits.runs)


def test_a_fraction_of_the_training_data_is_known_from_records():
  (folder,) = _RESULTS.glob("moving_digits32_fraction_0.05")
  runs = folders.find([str(folder)]).runs
  assert {run.train_fraction for run in runs} == {0.05}
  assert not any(run.uses_all_training_data for run in runs)
  assert not folders.find([str(folder)]).with_file("flow.npz")


def test_gap_widens_with_less_training_data():
  """Fig. 8c on the runs of it: what the paper shows, and a sign error."""
  runs = folders.find(
    [
      str(folder)
      for folder in sorted(_RESULTS.glob("moving_digits32*"))
      if "af2" not in folder.name
    ]
  ).runs
  points = generalisation.curves(runs)["SLVM + 1-AF"]
  assert [point.fraction for point in points] == [0.05, 0.25, 1.0]
  gaps = [np.mean(list(point.gap.values())) for point in points]
  assert gaps[0] > gaps[1] > gaps[2]


def test_histograms_have_the_means_of_the_records(digits):
  run = next(run for run in digits.runs if run.label == "1-AF")
  scores = histograms.newest_scores(run)
  field = "nll_nats_per_dim_per_sequence"
  shown = histograms.histogram(
    {split: scores[split][field] for split in histograms.SPLITS}
  )
  for split in histograms.SPLITS:
    assert shown.means[split] == pytest.approx(
      scores[split]["nll_nats_per_dim"], rel=1e-5
    )


def test_flow_takes_correlation_out_of_video(digits):
  measured = correlation_figures.over_seeds(digits.runs)
  problem = "video_moving_digits32"
  data = measured[problem, "", "x"]
  for model in ("1-AF", "2-AF", "SLVM + 1-AF", "SLVM + Δx"):
    assert measured[problem, model, "y1"].mean < data.mean
  by_hand = [
    [
      r["correlation"]
      for r in run.records["correlation"]
      if r["split"] == "test" and r["signal"] == "y1"
    ][-1]
    for run in digits.runs
    if run.label == "1-AF"
  ]
  estimate = measured[problem, "1-AF", "y1"]
  assert estimate.mean == pytest.approx(np.mean(by_hand))
  assert list(estimate.per_run.values()) == by_hand


def test_calibration_of_real_runs_is_of_all_their_values(arem):
  records = [
    r
    for run in arem.runs
    for r in run.records["calibration"]
    if r["split"] == "test" and run.seed == 0 and run.label == "1-AF"
    if r["method"] == "flow"
  ]
  together = calibration.from_records(selection.newest_group(records))
  assert together.pit.share.sum() == pytest.approx(1.0)
  assert (np.diff(together.coverage.share) >= 0.0).all()
  assert together.num_values == sum(r["num_values"] for r in records)


def test_arrays_of_real_runs_fit_together(digits):
  run = next(run for run in digits.runs if run.label == "2-AF")
  flow = flow_arrays.read(run.path("flow.npz"))
  assert [t.number for t in flow.transforms] == [1, 2] and flow.is_video
  first = flow.transforms[0]
  known = np.isfinite(first.noise)
  assert known[:, flow.num_cond :].all() and not known[:, 0].any()
  # Eq. 4: x = shift + scale * y, in half precision.
  again = first.shift + first.scale * first.noise
  np.testing.assert_allclose(again[known], flow.signal[known], atol=0.02)
  samples = samples_lib.read(run.path("samples.npz"), 1)
  assert samples.inputs.shape[0] == 1 and samples.outputs.ndim == 6
  assert samples.outputs.shape[2] == samples.targets.shape[1]


def test_no_real_file_is_broken(caplog):
  count = 0
  for folder, _, files in os.walk(_RESULTS):
    for name in files:
      if name.endswith(".jsonl"):
        count += len(json_lines.read(os.path.join(folder, name)))
  assert count > 500 and not caplog.records
