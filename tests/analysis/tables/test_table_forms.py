"""One table in four forms."""

import csv
import io
import json
import re

import pytest

from t2t_af.analysis.report import page
from t2t_af.analysis.results import folders
from t2t_af.analysis.tables import paper_tables
from t2t_af.analysis.tables import table_cells
from t2t_af.analysis.tables import table_forms
from tests.analysis import fake_results as fake


@pytest.fixture(name="table", scope="module")
def _table(tmp_path_factory):
  folder = tmp_path_factory.mktemp("results")
  found = [
    fake.likelihood("slvm_dx_tiny", 2.5 + 0.1 * seed, seed, bound=True)
    for seed in range(3)
  ] + [fake.likelihood("af1_tiny", 2.9)]
  return paper_tables.build(1, folders.find([fake.write(str(folder), found)]))


def test_csv_has_every_number_in_full(table):
  rows = list(csv.DictReader(io.StringIO(table_cells.csv_text(table))))
  assert len(rows) == len(table.rows) * len(table.columns)
  (ours,) = [r for r in rows if r["row"] == "slvm_dx" and "tiny" in r["column"]]
  assert ours["value"] == "2.6" and ours["bound"] == "<="
  assert float(ours["stderr"]) == pytest.approx(0.1 / 3**0.5, abs=1e-9)
  assert (ours["num_runs"], ours["best"]) == ("3", "1")
  (paper,) = [
    r
    for r in rows
    if r["row"] == "slvm_dx"
    and r["column"] == "BAIR"
    and r["source"] == "paper"
  ]
  assert (paper["value"], paper["bound"]) == ("3.07", "<=")
  (empty,) = [
    r
    for r in rows
    if r["row"] == "af2" and r["column"] == "KTH" and r["source"] == "ours"
  ]
  assert (empty["value"], empty["status"]) == ("", "not run")


def test_json_has_the_numbers_of_csv(table):
  rows = csv.DictReader(io.StringIO(table_cells.csv_text(table)))
  made = json.loads(table_cells.json_text(table))
  assert made["table"] == 1 and made["notes"] == list(table.notes)
  for row, cell in zip(rows, made["cells"], strict=True):
    for name in table_cells.COLUMNS:
      if isinstance(cell[name], float):
        assert float(row[name]) == pytest.approx(cell[name], rel=1e-9)
      else:
        assert row[name] == ("" if cell[name] is None else str(cell[name]))


def test_latex_is_balanced_and_escaped(table):
  told = table_forms.latex(table)
  assert told.count("{") == told.count("}")
  assert told.count(r"\begin{") == told.count(r"\end{")
  assert not re.search(r"(?<!\\)_|[±−–≤Δ]|<=", told)
  body = [line for line in told.split("\n") if line.endswith(r"\\")]
  heads = body[0]
  assert sum(map(int, re.findall(r"multicolumn\{(\d+)\}", heads))) == len(
    table.columns
  )
  assert {line.count("&") for line in body[1:]} == {len(table.columns)}
  assert r"\textbf{$\leq$ 2.600 $\pm$ 0.058}" in told
  assert r"SLVM + $\Delta$ x & $\leq$ 2.45 & not run" in told


def test_html_has_every_cell_and_escapes(table):
  told = page.table_section(table)
  assert told.count("<td") == len(table.rows) * len(table.columns)
  assert re.search('class="best" data-heading="[^"]+">≤ 2.600 ± 0.058', told)
  assert 'colspan="2">M-MNIST</th>' in told
  assert "<script" not in told and not re.search(r"&(?!\w+;|#x?\d+;)", told)


def test_text_lines_up(table):
  lines = table_forms.text(table).split("\n")
  rule = next(i for i, line in enumerate(lines) if line.startswith("-----"))
  ends = [match.end() for match in re.finditer("-+", lines[rule])]
  for line in lines[rule + 1 : rule + 1 + len(table.rows)]:
    assert len(line) in (ends[-1], ends[-1] - 1)
    assert all(line[end : end + 2].strip() in ("", "*") for end in ends)
