"""Records of benches as rows: which side is better, and what stands beside."""

import pathlib

import pytest

from t2t_af import errors
from t2t_af.analysis.results import benches
from t2t_af.records import json_lines

HERE = pathlib.Path(__file__).parents[1]
# As the program left it (`t2t-af bench all --quick`), some of its lines.
RECORDS = str(HERE / "expected" / "bench.jsonl")
_COMPARED = dict(
  kind="bench",
  bench="step",
  what="tiny: a later step",
  unit="s",
  ours="video_flow",
  theirs="stock",
  ours_rounds=[1.0, 9.0, 2.0],
  theirs_rounds=[4.0, 5.0, 3.0],
  lower_is_better=True,
  wanted=2.0,
  hardware={"cpu": "X", "cores": 2},
  code="abc",
)
_TRAINED = dict(
  kind="bench",
  bench="trainer",
  model="video_flow",
  problem="video_toy_pushing",
  hparams_set="video_flow_tiny",
  batch_size=4,
  flags="",
  to_first_step=10.0,
  step=0.5,
  memory=1.0,
  gpu_memory=None,
  gpu_utilisation=None,
  hardware={"cpu": "X", "cores": 2},
)


def _row(**changed):
  (row,) = benches.rows([{**_COMPARED, **changed}])
  return row


def test_a_time_is_the_better_the_smaller():
  row = _row()
  assert (row.theirs, row.ours, row.rounds) == (4.0, 2.0, 3)
  assert row.ratio == row.wanted_ratio == 0.5
  assert row.times_better == 2.0 and row.is_reached
  assert not _row(wanted=2.1).is_reached


def test_a_rate_is_the_better_the_larger():
  row = _row(lower_is_better=False)
  assert row.ratio == row.times_better == 0.5
  assert row.wanted_ratio == 2.0 and not row.is_reached


def test_of_equal_comparisons_the_last_counts_on_each_machine():
  again = {**_COMPARED, "ours_rounds": [8.0]}
  elsewhere = {**_COMPARED, "hardware": {"cpu": "Y", "cores": 2}}
  rows = benches.rows([_COMPARED, again, elsewhere])
  assert [row.ours for row in rows] == [8.0, 2.0]


def test_a_training_stands_beside_the_stock_models_of_its_size():
  stock = {**_TRAINED, "model": "next_frame_glow", "to_first_step": 40.0}
  larger = {**_TRAINED, "batch_size": 8}
  rows = benches.rows([stock, _TRAINED, larger])
  first, *_, last = rows
  assert first.what == "video_flow_tiny, batch 4: from command to first step"
  assert (first.theirs, first.ours, first.ratio) == (40.0, 10.0, 0.25)
  assert first.is_reached is None  # nothing is wanted of it
  assert first.sides == "video_flow / next_frame_glow"
  assert "batch 8" in last.what and last.theirs is None
  assert len(rows) == 6  # there was no GPU


def test_a_stock_training_alone_is_a_row_of_its_own():
  rows = benches.rows([{**_TRAINED, "model": "next_frame_glow"}])
  assert rows[0].sides == "next_frame_glow"
  assert rows[0].ratio is None


def test_what_the_program_wrote_is_read():
  records = benches.records([RECORDS])
  # No field is of a kind that readers of records refuse.
  assert len(records) == len(pathlib.Path(RECORDS).read_text().splitlines())
  rows = benches.rows(records)
  assert {"startup", "generation"} <= {row.bench for row in rows}
  for row in rows:
    (record,) = [
      r for r in records if (r["what"], r.get("unit")) == (row.what, row.unit)
    ]
    assert row.times_better == pytest.approx(record["ratio"])
    assert len(row.code) == 12 and "cores" in row.cpu


def test_records_of_other_kinds_are_left_out(tmp_path):
  path = str(tmp_path / "a.jsonl")
  json_lines.append(path, {"kind": "training", "step": 1})
  with pytest.raises(errors.UserError, match="t2t-af bench all"):
    benches.records([str(tmp_path)])
  json_lines.append(path, _COMPARED)
  assert len(benches.records([str(tmp_path)])) == 1
  with pytest.raises(errors.UserError, match="nowhere"):
    benches.records([str(tmp_path / "nowhere")])
