"""Tables of the paper beside invented results: values, errors, protocols."""

import math
import pathlib

import numpy as np
import pytest

from t2t_af.analysis import formats
from t2t_af.analysis.report import page
from t2t_af.analysis.results import folders
from t2t_af.analysis.results import paper_values
from t2t_af.analysis.tables import paper_pools
from t2t_af.analysis.tables import paper_tables
from t2t_af.analysis.tables import table_cells
from t2t_af.analysis.tables import table_forms
from t2t_af.records import likelihood
from t2t_af.records import records
from tests.analysis import fake_results as fake

_GOLDEN = pathlib.Path(__file__).parent / "expected" / "table_1.txt"
_AREM = "series_activity_rec"


def _table(folder, found, number=1):
  return paper_tables.build(
    number, folders.find([fake.write(str(folder), found)])
  )


def _cells(table, group, name="ours"):
  """{row: cell} of one column."""
  (i,) = [
    i
    for i, column in enumerate(table.columns)
    if (column.group, column.name) == (group, name)
  ]
  return {row.name: row.cells[i] for row in table.rows}


def _results():
  """Two sets on digits, one in the paper's column, as a study leaves them."""
  found = [
    fake.likelihood(
      "af1_mmnist", 2.2, problem="video_mmnist", dequantization="gaussian"
    )
  ]
  for seed, nll in enumerate((2.50, 2.53, 2.47)):
    found.append(fake.likelihood("af1_tiny", nll, seed))
    found.append(
      fake.likelihood(
        "slvm_af1_tiny", nll - 0.4, seed, bound=True, num_warmup_steps=3
      )
    )
  return found


def test_table_as_text(tmp_path):
  told = table_forms.text(_table(tmp_path, _results())) + "\n"
  assert told == _GOLDEN.read_text(encoding="utf-8")


def _population(values):
  values = np.asarray(values, float)
  return likelihood.MeanAndStderr(
    values.mean(), values.std() / math.sqrt(values.size)
  )


@pytest.mark.parametrize(
  "owner, name, mutant",
  [
    (formats, "BOUND", ""),
    (likelihood, "mean_and_stderr", _population),
    (records, "newest", lambda found, _: dict(enumerate(found[:1]))),
    (paper_values, "is_papers", lambda *_: False),
  ],
  ids=[
    "bound sign lost",
    "standard error of a population",
    "one seed alone",
    "the paper's own set not known",
  ],
)
def test_golden_text_fails_for_mutants(
  tmp_path, monkeypatch, owner, name, mutant
):
  monkeypatch.setattr(owner, name, mutant)
  told = table_forms.text(_table(tmp_path, _results())) + "\n"
  assert told != _GOLDEN.read_text(encoding="utf-8")


def test_error_is_over_seeds(tmp_path):
  cells = _cells(_table(tmp_path, _results()), "video_moving_digits32 (tiny)")
  cell = cells["af1"]
  assert cell.value == pytest.approx(2.5) and cell.num_runs == 3
  # std of (2.50, 2.53, 2.47) with N - 1 is 0.03.
  assert cell.stderr == pytest.approx(0.03 / math.sqrt(3))
  assert cell.stderr_recordings == pytest.approx(0.01)
  assert not cell.is_bound and cells["slvm_af1"].is_bound
  assert cells["slvm_af1"].is_best and not cell.is_best
  assert cells["slvm"].status == formats.NOT_RUN


def test_median_and_worst_windows_of_series_are_told(tmp_path):
  record = fake.series("af1_activity_rec", 3.0, 6, spread=0.2)
  record["problem"] = _AREM
  table = _table(tmp_path, [record], 2)
  # Eight windows evenly 0.5 -+ 0.2 nats/dim; the worst is 0.7, of one in 8.
  told = table_forms.text(table).replace("\n  ", " ")
  words = "median 3.000; the worst 1 % of windows add 0.525"
  assert f"1-AF: activity_rec {words}." in told
  assert words in page.table_section(table)
  (line,) = [
    s for s in table_cells.csv_text(table).split("\r\n") if ",3,,0.06," in s
  ]
  assert ",3,0.525," in line


def test_records_that_do_not_say_their_median_have_none(tmp_path):
  record = fake.series("af1_activity_rec", 3.0, 6, problem=_AREM)
  del record["nll_nats_per_dim_median"]
  assert "median" not in table_forms.text(_table(tmp_path, [record], 2))


def test_series_are_told_per_step_and_video_is_left_out(tmp_path):
  found = [
    fake.series("slvm_activity_rec", -12.5, 5, problem=_AREM, bound=True),
    fake.likelihood("slvm_tiny", 2.0),
  ]
  table = _table(tmp_path, found, 2)
  assert _cells(table, "activity_rec")["slvm"].text == "−12.50"
  assert [
    column.group for column in table.columns if "digits" in column.group
  ] == []
  table = paper_tables.build(1, folders.find([str(tmp_path)]))
  assert _AREM not in str(table.columns)


def test_newest_protocol_is_shown_and_others_are_told(tmp_path):
  found = [fake.likelihood("af1_tiny", 2.5, seed) for seed in (0, 1)]
  found.append(
    fake.later(fake.likelihood("af1_tiny", 2.0, 0, hparams="batch_size=8"))
  )
  table = _table(tmp_path, found)
  cell = _cells(table, "video_moving_digits32 (tiny)")["af1"]
  assert (cell.value, cell.num_runs) == (2.0, 1), "protocols must not mix"
  assert table_forms.cell_text(cell) == "2.000 ± 0.010 (1 seed)"
  assert any(
    "1-AF on video_moving_digits32 (tiny): 1 other group" in note
    for note in table.notes
  )
  assert any("with batch_size=8" in note for note in table.notes)


def test_protocols_do_not_mix(tmp_path):
  found = [
    fake.later(fake.likelihood("slvm_tiny", 2.0, num_warmup_steps=3)),
    fake.likelihood("slvm_tiny", 9.0, 1, num_warmup_steps=0),
    fake.likelihood(
      "slvm_tiny", 9.0, 2, num_warmup_steps=3, num_scored_steps=7
    ),
  ]
  cell = _cells(_table(tmp_path, found), "video_moving_digits32 (tiny)")["slvm"]
  assert (cell.value, cell.num_runs) == (2.0, 1)


def test_newest_evaluation_of_a_run_counts(tmp_path):
  record = fake.likelihood("af1_tiny", 2.5)
  older = dict(record, nll_nats_per_dim=9.0, step=50)
  table = _table(tmp_path, [fake.later(record), older])
  assert _cells(table, "video_moving_digits32 (tiny)")["af1"].value == 2.5
  assert not any("other group" in note for note in table.notes)


def test_noise_of_two_kinds_makes_two_columns(tmp_path):
  found = [
    fake.likelihood(
      "af1_mmnist", nll, problem="video_mmnist", dequantization=noise
    )
    for nll, noise in ((2.0, "uniform"), (2.6, "gaussian"))
  ]
  table = _table(tmp_path, found)
  names = [column.name for column in table.columns if column.group == "M-MNIST"]
  assert names == ["paper", "ours, gaussian noise", "ours, uniform noise"]
  assert _cells(table, "M-MNIST", names[1])["af1"].value == 2.6
  assert _cells(table, "M-MNIST", names[2])["af1"].value == 2.0


def test_bound_of_many_samples_has_its_own_row(tmp_path):
  found = [
    fake.likelihood("slvm_tiny", 2.0, bound=True),
    fake.later(fake.likelihood("slvm_tiny", 1.8, bound=True, num_samples=50)),
  ]
  table = _table(tmp_path, found)
  cells = _cells(table, "video_moving_digits32 (tiny)")
  assert cells["slvm"].value == 2.0 and cells["slvm/50"].value == 1.8
  labels = [row.label for row in table.rows]
  assert labels.index("SLVM, bound of 50 samples") == labels.index("SLVM") + 1


def test_splits_and_parts_of_training_are_not_mixed(tmp_path):
  found = [
    fake.likelihood("af1_tiny", 2.5),
    fake.likelihood("af1_tiny", 2.1, split="train"),
    fake.likelihood("af1_tiny", 2.3, split="dev"),
    fake.later(fake.likelihood("af1_tiny", 9.0, train_fraction=0.1)),
  ]
  table = _table(tmp_path, found)
  column = "video_moving_digits32 (tiny)"
  assert _cells(table, column)["af1"].value == 2.5
  table = paper_tables.build(4, folders.find([str(tmp_path)]))
  assert _cells(table, column)["af1"].value == 2.1


def test_what_is_not_finite_is_left_out_and_told(tmp_path):
  found = [
    fake.likelihood("af1_tiny", nll, seed)
    for seed, nll in enumerate((2.5, math.nan))
  ]
  found += [fake.likelihood("af2_tiny", math.inf)]
  table = _table(tmp_path, found)
  cells = _cells(table, "video_moving_digits32 (tiny)")
  assert (cells["af1"].value, cells["af1"].num_runs) == (2.5, 1)
  assert cells["af2"].status == "not finite"
  assert sum("not finite, so left out" in note for note in table.notes) == 2


def test_lowest_is_not_marked_where_test_sets_differ(tmp_path):
  found = [
    fake.likelihood("af1_tiny", 2.5),
    fake.likelihood("af2_tiny", 2.4, num_sequences=9),
  ]
  cells = _cells(_table(tmp_path, found), "video_moving_digits32 (tiny)")
  assert not any(cell.is_best for cell in cells.values())


def test_parameters_come_from_runs_and_from_counts(tmp_path):
  fake.write(
    str(tmp_path),
    [
      fake.likelihood(
        "slvm_af1_mmnist",
        2.0,
        problem="video_mmnist",
        num_parameters=10_572_484,
      )
    ],
  )
  (tmp_path / "parameters.jsonl").write_text(
    '{"hparams_set": "af1_bair", "problem": "video_bair", '
    '"num_parameters": 338502}\n',
    encoding="utf-8",
  )
  table = paper_tables.build(3, folders.find([str(tmp_path)]))
  assert _cells(table, "M-MNIST")["slvm_af1"].text == "10,572,484"
  assert _cells(table, "BAIR")["af1"].text == "338,502"
  assert _cells(table, "BAIR", "paper")["af1"].text == "363k"


def test_protocol_names_the_rows_that_differ(tmp_path):
  (note,) = [
    n
    for n in _table(tmp_path, _results()).notes
    if n.startswith("video_moving_digits32")
  ]
  assert "3 of those given warm the model up (SLVM + 1-AF)" in note
  assert "; seeds 0, 1, 2" in note and "; 100 training steps;" in note


def test_nothing_found_is_a_table_of_what_is_to_be_run(tmp_path):
  for number in (1, 2, 3, 4):
    table = paper_tables.build(number, folders.find([str(tmp_path)]))
    ours = [
      cell
      for row in table.rows
      for cell, column in zip(row.cells, table.columns)
      if column.source == paper_pools.OURS
    ]
    assert ours and {cell.status for cell in ours} == {formats.NOT_RUN}
