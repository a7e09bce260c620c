"""The tables of results in README say what the records in results/ say."""

import pathlib
import re

import pytest

from t2t_af.analysis import formats
from t2t_af.analysis.results import comparison as comparison_lib
from t2t_af.analysis.results import folders
from t2t_af.analysis.tables import paper_tables

_ROOT = pathlib.Path(__file__).parents[1]
_README = (_ROOT / "README.md").read_text(encoding="utf-8")
_TOY = {
  "VideoFlow (`video_flow_tiny`)": "video_flow_tiny",
  "VideoFlow + AF, as in the paper (`video_flow_af_tiny`)": (
    "video_flow_af_tiny"
  ),
  "+ AF, residual start (`video_flow_af_residual_tiny`)": (
    "video_flow_af_residual_tiny"
  ),
  "+ AF, residual start, same size (`video_flow_af_matched_tiny`)": (
    "video_flow_af_matched_tiny"
  ),
}
_DIGITS = {
  "1-AF": "af1_tiny",
  "2-AF": "af2_tiny",
  "SLVM": "slvm_tiny",
  "SLVM + Δx": "slvm_dx_tiny",
  "SLVM + 1-AF": "slvm_af1_tiny",
}


def _rows(after):
  """{first cell: the others} of the first table after some words."""
  table = _README[_README.index(after) :].split("\n\n|", 1)[1].split("\n\n")[0]
  rows = [line.split("|")[1:-1] for line in ("|" + table).splitlines()[2:]]
  return {
    row[0].strip(): [cell.strip().replace("**", "") for cell in row[1:]]
    for row in rows
  }


def _comparison(name):
  return comparison_lib.Comparison(str(_ROOT / "results" / name))


@pytest.mark.parametrize("label, name", _TOY.items())
def test_video_flow(label, name):
  comparison = _comparison("video_toy_pushing_tiny")
  nll, bits, difference, psnr, parameters = _rows("`video_toy_pushing`, test")[
    label
  ]
  estimate = comparison.estimate(name)
  assert nll == formats.with_error(estimate.mean, estimate.stderr)
  assert bits == formats.number(
    comparison.estimate(name, "nll_bits_per_dim").mean
  )
  of_psnr = comparison.estimate(name, "psnr_best_of_n", "samples")
  assert psnr == f"{of_psnr.mean:.1f} ± {of_psnr.stderr:.1f}"
  assert parameters == formats.thousands(
    comparison.from_run(name, "num_parameters")
  )
  if difference:
    found = comparison.difference(name, "video_flow_tiny")
    per_seed = ", ".join(map(formats.signed, found.per_run.values()))
    expected = formats.with_error(found.mean, found.stderr, sign=True)
    assert difference == f"{expected} ({per_seed})"


@pytest.mark.parametrize("label, name", _DIGITS.items())
def test_moving_digits(label, name):
  comparison = _comparison("moving_digits32_tiny")
  nll, *_, parameters, _ = _rows("`video_moving_digits32`, test split")[label]
  estimate = comparison.estimate(name)
  values = ", ".join(map(formats.number, estimate.per_run.values()))
  expected = formats.with_error(estimate.mean, estimate.stderr)
  bound = "≤ " if comparison.is_bound(name) else ""
  assert nll == f"{bound}{expected} ({values})"
  assert parameters == formats.thousands(
    comparison.from_run(name, "num_parameters")
  )


def test_slvm_against_slvm_with_a_flow():
  difference = _comparison("moving_digits32_tiny").difference(
    "slvm_af1_tiny", "slvm_tiny"
  )
  low, high = difference.interval
  assert f"{formats.signed(low, 2)} to {formats.signed(high, 2)}" in _README


def test_uci_archives():
  table = paper_tables.build(2, folders.find([str(_ROOT / "results" / "uci")]))
  rows = _rows("Series, at the paper's size")
  for row in table.rows:
    ours = [
      cell
      for column, cell in zip(table.columns, row.cells)
      if column.name == "ours" or "filled" in column.group
    ]
    shown = [cell for cell in rows[row.label] if "[" in cell]
    assert len(shown) == len(ours)
    for cell, text in zip(ours, shown):
      numbers = re.match(r"(?:≤ )?(\S+)(?: ± (\S+))? \[(\S+)\]", text)
      mean, stderr, median = numbers.groups()
      assert ("≤" in text) == cell.is_bound
      assert _is_rounding(mean, cell.value)
      assert _is_rounding(median, cell.spread.median)
      assert (stderr is None) == (not formats.is_number(cell.stderr))
      assert stderr is None or _is_rounding(stderr, cell.stderr)


def _is_rounding(text, value):
  text = text.replace(formats.MINUS, "-").replace(",", "")
  decimals = len(text.partition(".")[2])
  return abs(float(text) - value) <= 0.5000001 * 10**-decimals
