"""Numbers of other data, splits or noise, or of a part of a split, are never
averaged, ranked or compared with each other."""

import csv
import io
import os

import pytest

from t2t_af.analysis.report import comparison_page
from t2t_af.analysis.report import verdict
from t2t_af.analysis.results import folders
from t2t_af.analysis.results.comparison import Comparison
from t2t_af.analysis.tables import comparison_csv
from t2t_af.analysis.tables import comparison_table
from t2t_af.analysis.tables import paper_tables
from t2t_af.analysis.tables import table_forms
from t2t_af.records import json_lines
from tests.analysis import fake_compare
from tests.analysis import fake_results as fake

FIRST, AF, RESIDUAL = fake_compare.SETS
_LATER = "2999-01-01T00:00:00+00:00"
# What a newer record may differ in, and the words that say so.
_OTHER = {
  "data": (dict(data_fingerprint="e1" * 8), "data itself (data_fingerprint)"),
  "noise": (
    dict(dequantization="gaussian"),
    "kind of the added noise (dequantization)",
  ),
  "windows": (dict(num_windows=7), "number of windows (num_windows)"),
}


@pytest.fixture(name="folder")
def _folder(tmp_path):
  return fake_compare.write(
    str(tmp_path / "c"), sets=(FIRST, AF), with_samples=False
  )


def _append(folder, name, seed, **fields):
  path = os.path.join(
    folder, name, f"seed_{seed}", "results", "likelihood.jsonl"
  )
  newest = json_lines.read(path)[-1]
  json_lines.append(
    path, {**newest, "nll_nats_per_dim": 0.5, "time": _LATER, **fields}
  )


def _rows(comparison):
  return {row.name: row.cells for row in comparison_table.rows(comparison)}


@pytest.mark.parametrize("other", _OTHER)
def test_seeds_scored_otherwise_are_left_out_of_the_mean(folder, other):
  fields, words = _OTHER[other]
  _append(folder, AF, 2, **fields)
  comparison = Comparison(folder)
  cell = _rows(comparison)[AF]["nll"]
  assert cell.text.startswith("0.500") and cell.detail.startswith("1 seed")
  told = comparison_table.text(comparison)
  for seed in (1, 3):
    assert f"seed {seed} is left out" in told
  assert words in told and "not run" not in _rows(comparison)[AF]["note"].text


@pytest.mark.parametrize("other", _OTHER)
def test_sets_scored_otherwise_are_neither_ranked_nor_compared(folder, other):
  fields, words = _OTHER[other]
  for seed in fake_compare.SEEDS:
    _append(folder, AF, seed, **fields)
  comparison = Comparison(folder)
  cells = _rows(comparison)
  assert cells[AF]["difference"].text == "–"
  assert not any(
    cells[s][c].is_best for s in (FIRST, AF) for c in ("nll", "bits")
  )
  told = verdict.sentences(comparison)
  assert told[0] == (
    "No set is called the lowest on the test split: they were not scored "
    f"alike, but differ in the {words}."
  )
  assert (
    "VideoFlow + AF and VideoFlow were not scored alike, so they are not "
    f"compared: they differ in the {words}."
  ) in told
  assert not any("lower than" in s or "higher than" in s for s in told)
  assert 'data-winner=""' in comparison_page.render(comparison)
  (line,) = [
    r
    for r in csv.DictReader(io.StringIO(comparison_csv.text(comparison)))
    if (r["name"], r["row"]) == (AF, "set")
  ]
  assert line["difference_nats_per_dim"] == ""


def test_sets_scored_alike_are_ranked_and_compared(folder):
  comparison = Comparison(folder)
  assert _rows(comparison)[FIRST]["nll"].is_best
  assert _rows(comparison)[AF]["difference"].text == "+0.039 ± 0.005"
  assert comparison.differing() == [] and comparison.left_out(AF) == {}


@pytest.mark.parametrize(
  "fields",
  [
    dict(is_partial=True),
    dict(split="dev"),
    dict(split="train"),
    dict(bound=True, num_samples=50),
  ],
  ids=str,
)
def test_partial_evaluations_other_splits_and_bounds_do_not_count(
  folder, fields
):
  before = comparison_table.text(Comparison(folder))
  words = verdict.sentences(Comparison(folder))
  for seed in fake_compare.SEEDS:
    _append(folder, AF, seed, **fields)
  assert comparison_table.text(Comparison(folder)) == before
  assert verdict.sentences(Comparison(folder)) == words


def test_references_of_other_data_are_not_shown(folder):
  assert any(r.is_reference for r in comparison_table.rows(Comparison(folder)))
  for name in (FIRST, AF):
    for seed in fake_compare.SEEDS:
      _append(folder, name, seed, data_fingerprint="e1" * 8)
  comparison = Comparison(folder)
  assert not any(r.is_reference for r in comparison_table.rows(comparison))
  assert not any("trivial" in s for s in verdict.sentences(comparison))


def _paper_text(tmp_path, *found):
  folder = fake.write(str(tmp_path), found)
  return table_forms.text(paper_tables.build(1, folders.find([folder])))


def _line(told, label):
  (line,) = [s for s in told.split("\n") if s.startswith(label + "  ")]
  return line


def test_paper_table_means_are_of_one_data_set(tmp_path):
  told = _paper_text(
    tmp_path,
    fake.likelihood("af1_tiny", 2.5, 0, data_fingerprint="e1" * 8),
    fake.later(fake.likelihood("af1_tiny", 3.5, 1)),
  )
  assert "3.500 ± 0.010 (1 seed)" in _line(told, "1-AF")
  assert "3.000" not in told
  assert "1 other group of records not shown, of other data" in told.replace(
    "\n  ", " "
  )


def test_paper_table_marks_no_lowest_of_two_data_sets(tmp_path):
  alike = [
    fake.likelihood(s, n) for s, n in (("af1_tiny", 2.5), ("af2_tiny", 2.4))
  ]
  assert "2.400 ± 0.010 (1 seed)*" in _paper_text(tmp_path / "a", *alike)
  alike[1]["data_fingerprint"] = "e1" * 8
  told = _paper_text(tmp_path / "b", *alike)
  assert "2.400 ± 0.010 (1 seed)" in told and "*" not in told
  told = told.replace("\n  ", " ")
  assert "data d0d0d0d0 (1-AF); data e1e1e1e1 (2-AF)" in told


@pytest.mark.parametrize(
  "fields", [dict(is_partial=True), dict(split="dev")], ids=str
)
def test_paper_table_has_whole_test_splits_alone(tmp_path, fields):
  told = _paper_text(
    tmp_path,
    fake.likelihood("af1_tiny", 2.5),
    fake.later(fake.likelihood("af1_tiny", 1.5, **fields)),
  )
  assert "2.500 ± 0.010 (1 seed)" in _line(told, "1-AF")
  assert "1.500" not in told


def test_paper_table_has_a_column_of_each_noise(tmp_path):
  told = _paper_text(
    tmp_path,
    fake.likelihood("af1_tiny", 2.5),
    fake.later(fake.likelihood("af1_tiny", 1.5, dequantization="gaussian")),
  )
  line = _line(told, "1-AF")
  assert "2.500 ± 0.010 (1 seed)" in line and "1.500 ± 0.010 (1 seed)" in line
  assert "gaussian noise)" in told.split("\n")[2]
