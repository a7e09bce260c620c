"""The table says what the records say, what is missing, and what is trivial."""

import csv
import io
import math
import os
import shutil

import pytest

from t2t_af.analysis import formats
from t2t_af.analysis.results import trivial
from t2t_af.analysis.results.comparison import Comparison
from t2t_af.analysis.tables import comparison_csv
from t2t_af.analysis.tables import comparison_table
from t2t_af.records import json_lines
from t2t_af.records import records
from tests.analysis import fake_compare
from tests.analysis import fake_windows

FIRST, AF, RESIDUAL = fake_compare.SETS


@pytest.fixture(name="folder", scope="module")
def _folder(tmp_path_factory):
  return fake_compare.write(str(tmp_path_factory.mktemp("tables") / "c"))


def _rows(folder):
  return {row.name: row for row in comparison_table.rows(Comparison(folder))}


def test_cells_hold_value_error_unit_and_difference(folder):
  cells = _rows(folder)[AF].cells
  assert cells["nll"].text == "1.400 ± 0.006"
  assert cells["nll"].detail.startswith("3 seeds; recordings ± 0.00")
  assert cells["bits"].text == "2.020 ± 0.008"  # 1.4003, 0.0056 / log 2.
  assert cells["difference"].text == "+0.039 ± 0.005"
  assert cells["difference"].detail == (
    "seed 1 +0.031; seed 2 +0.039; seed 3 +0.048"
  )
  assert cells["parameters"].text == "1,311,228"
  assert cells["seconds"].text == "0.400" and cells["memory"].text == "990"
  assert cells["psnr"].detail == "best of 4"
  assert _rows(folder)[FIRST].cells["difference"].text == formats.ABSENT


def test_best_is_lowest_for_nll_and_cost_and_highest_for_quality(folder):
  rows = [row for row in _rows(folder).values() if not row.is_reference]
  for column in set(comparison_table.LOWER_IS_BETTER) & set(
    comparison_table.HEADINGS
  ):
    lower = comparison_table.LOWER_IS_BETTER[column]
    best = [row for row in rows if row.cells[column].is_best]
    values = [row.cells[column].value for row in rows]
    assert [row.cells[column].value for row in best] == [
      (min if lower else max)(values)
    ]
  assert _rows(folder)[RESIDUAL].cells["nll"].is_best


def test_samples_that_were_drawn_otherwise_are_not_ranked(folder, tmp_path):
  copy = str(tmp_path / "c")
  shutil.copytree(folder, copy)
  (path,) = (
    os.path.join(copy, AF, f"seed_{seed}", "results", "samples.jsonl")
    for seed in Comparison(copy).seeds[:1]
  )
  *_, record = json_lines.read(path)
  json_lines.append(path, dict(record, sample_mode="means", psnr_best_of_n=99))
  for row in _rows(copy).values():
    assert not row.cells["psnr"].is_best
    assert row.cells["nll"].is_best == (row.name == RESIDUAL)


def test_references_follow_the_sets_in_their_order(folder):
  names = [row.name for row in comparison_table.rows(Comparison(folder))]
  assert names == list(fake_compare.SETS) + list(trivial.LABELS)


def _with_reference(folder, tmp_path, split, nll):
  """A copy of the comparison, and one reference more."""
  copy = str(tmp_path / "c")
  shutil.copytree(folder, copy)
  json_lines.append(
    os.path.join(copy, "references.jsonl"),
    records.reference(
      name="uniform",
      problem="p",
      split=split,
      nll_nats_per_dim=nll,
      nll_nats_per_dim_stderr=0.0,
      num_sequences=1,
      num_cond_steps=3,
      num_scored_steps=10,
      data_fingerprint=fake_windows.DATA,
    ),
  )
  return copy


def test_a_model_that_does_not_beat_a_reference_says_so(tmp_path, folder):
  assert not trivial.not_beaten(Comparison(folder), FIRST)
  copy = _with_reference(folder, tmp_path, "test", 1.361)
  comparison = Comparison(copy)
  assert trivial.not_beaten(comparison, FIRST) == ["uniform"]  # Equal: no.
  assert trivial.not_beaten(comparison, RESIDUAL) == []
  assert "does not beat: Uniform" in _rows(copy)[FIRST].cells["note"].text


def test_references_of_another_split_are_left_out(tmp_path, folder):
  copy = _with_reference(folder, tmp_path, "dev", 1.0)
  assert len(Comparison(copy).scored_references()) == 6
  assert trivial.not_beaten(Comparison(copy), FIRST) == []


def test_quality_below_that_of_a_still_picture_is_said(folder):
  # The invented samples are noisy: their PSNR beats a copy's, SSIM does not.
  note = _rows(folder)[FIRST].cells["note"].text
  assert "SSIM is not better" in note and "PSNR" not in note


def test_bounds_are_marked(tmp_path):
  folder = fake_compare.write(
    str(tmp_path / "c"), bounds=(AF,), with_samples=False
  )
  rows = _rows(folder)
  assert rows[AF].cells["nll"].text.startswith("≤ 1.400")
  assert rows[AF].cells["bits"].text.startswith("≤ 2.020")
  assert not rows[FIRST].cells["nll"].text.startswith("<=")


def test_missing_runs_are_not_run(tmp_path, folder):
  copy = str(tmp_path / "c")
  shutil.copytree(folder, copy)
  shutil.rmtree(os.path.join(copy, AF))
  os.remove(os.path.join(copy, FIRST, "seed_2", "results", "likelihood.jsonl"))
  rows = _rows(copy)
  assert rows[AF].cells["nll"].text == formats.NOT_RUN
  assert rows[AF].cells["psnr"].text == formats.NOT_RUN
  assert (
    rows[AF].cells["note"].text.startswith("not run: seed 1, seed 2, seed 3")
  )
  assert "not run: seed 2 (training, at step 600 of 600)" in (
    rows[FIRST].cells["note"].text
  )
  assert rows[FIRST].cells["nll"].detail.startswith("2 seeds")


def test_text_has_a_line_per_row_in_aligned_columns(folder):
  lines = comparison_table.text(Comparison(folder)).split("\n")
  table = lines[: 2 + 3 + 6]
  assert {len(line) for line in table} == {len(table[0])}
  for label in (*fake_compare.LABELS.values(), *trivial.LABELS.values()):
    assert any(line.startswith(label) for line in table[2:])
  assert "1.342 ± 0.004*" in table[4]  # The best.


def test_csv_has_plain_numbers_for_sets_seeds_and_references(tmp_path, folder):
  path = comparison_csv.write(Comparison(folder), str(tmp_path / "t.csv"))
  with open(path, encoding="utf-8", newline="") as stream:
    rows = list(csv.DictReader(io.StringIO(stream.read())))
  assert [row["row"] for row in rows].count("seed") == 9
  assert [row["row"] for row in rows].count("reference") == 6
  mean = next(row for row in rows if row["name"] == AF and row["seed"] == "all")
  assert float(mean["nll_nats_per_dim"]) == pytest.approx(4.201 / 3)
  assert float(mean["nll_bits_per_dim"]) == pytest.approx(
    4.201 / 3 / math.log(2)
  )
  assert float(mean["difference_nats_per_dim"]) == pytest.approx(0.118 / 3)
  one = next(row for row in rows if row["name"] == AF and row["seed"] == "2")
  assert float(one["difference_nats_per_dim"]) == pytest.approx(0.039)
  assert not any(
    "nan" in value.lower()
    for row in rows
    for key, value in row.items()
    if key != "label"
  )


@pytest.mark.parametrize(
  "value,stderr,expected",
  [
    (1.23456, 0.0123, "1.235 ± 0.012"),
    (1.23456, 0.0002, "1.2346 ± 0.0002"),
    (-1.0, None, "−1.000"),
    (None, 1.0, "–"),
    (math.nan, 1.0, "–"),
    (2.0, math.nan, "2.000"),
  ],
)
def test_numbers_show_the_first_digit_of_their_error(value, stderr, expected):
  assert formats.with_error(value, stderr) == expected


@pytest.mark.parametrize(
  "value,expected",
  [
    (0.012345, "0.0123"),
    (1.505, "1.50"),
    (123.4, "123"),
    (0.0, "0"),
    (12345.0, "12300"),
  ],
)
def test_significant_digits(value, expected):
  assert formats.significant(value) == expected
