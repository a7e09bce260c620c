"""The table of series in docs/results.md is Table 2 of results/uci."""

import functools
import re

from t2t_af.analysis import formats
from t2t_af.analysis.report import claims
from t2t_af.analysis.results import folders
from t2t_af.analysis.tables import paper_tables
from tests.docs import pages

_PAGE = "docs/results.md"


@functools.cache
def _table():
  return paper_tables.build(
    2, folders.find([str(pages.ROOT / "results" / "uci")])
  )


def test_table():
  table = _table()
  rows = pages.rows(_PAGE, "At the paper's size and learning rate")
  for row in table.rows:
    ours = [
      cell
      for column, cell in zip(table.columns, row.cells)
      if column.name == "ours" or "filled" in column.group
    ]
    if not any(formats.is_number(cell.value) for cell in ours):
      continue  # of the random splits alone
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


def _measured(rule):
  """{"column: row": cell} of a rule that splits recordings."""
  table = _table()
  return {
    f"{column.group}: {row.label}": cell
    for row in table.rows
    for column, cell in zip(table.columns, row.cells)
    if rule in column.name and formats.is_number(cell.value)
  }


def _check(cell, mean, median):
  value, stderr = mean.replace("≤ ", "").split(" ± ")
  assert ("≤" in mean) == cell.is_bound
  assert _is_rounding(value, cell.value) and _is_rounding(stderr, cell.stderr)
  assert _is_rounding(median, cell.spread.median)


def test_random_splits():
  measured = _measured("random")
  rows = pages.rows(_PAGE, "Recordings dealt out at random")
  assert set(rows) == set(measured)
  for label, (mean, by_split, median, _) in rows.items():
    cell = measured[label]
    _check(cell, mean, median)
    values = [
      float(v.replace(formats.MINUS, "-")) for v in by_split.split(", ")
    ]
    assert len(values) == 5
    assert abs(sum(values) / 5 - cell.value) < 0.05


def test_the_papers_order_on_random_splits():
  found = claims.of(folders.find([str(pages.ROOT / "results" / "uci")]))
  pairs = {
    claim.words: claim.pair.difference
    for claim in found
    if claim.pair.data.startswith("series_activity_rec_random")
  }
  assert len(pairs) == 4
  words = " ".join(pages.read(_PAGE).split())
  # In nats per step of six features.
  for difference in pairs.values():
    high, low = (-6 * end for end in difference.interval)
    assert low > 0
    mean = -6 * difference.mean
    assert re.search(rf"{mean:.3f} \((95 % )?{low:.3f} to {high:.3f}\)", words)


def test_last_fifth_of_every_recording():
  measured = _measured("time")
  rows = pages.rows(_PAGE, "The last fifth of every recording")
  assert set(rows) == set(measured)
  for label, (mean, median, _) in rows.items():
    _check(measured[label], mean, median)


def _is_rounding(text, value):
  text = text.replace(formats.MINUS, "-").replace(",", "")
  decimals = len(text.partition(".")[2])
  return abs(float(text) - value) <= 0.5000001 * 10**-decimals


def test_what_the_worst_windows_add():
  table = _table()
  (flow,) = [row for row in table.rows if row.label == "1-AF"]
  (phone,) = [
    cell
    for column, cell in zip(table.columns, flow.cells)
    if column.name == "ours" and "smartphone" in column.group
  ]
  words = " ".join(pages.read(_PAGE).split())
  assert (
    f"of 1-AF's {phone.value:.0f} nats on phones the worst 1 % of the windows "
    f"add {phone.spread.worst_percent:.0f}." in words
  )
