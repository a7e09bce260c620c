"""docs/performance.md: ratios are those of the numbers beside them."""

import re

import pytest

from scripts import write_bench_table
from tests.docs import pages

_PAGE = "docs/performance.md"
_ROUNDING = 0.011  # of three digits, and of the ratio itself


def _numbers(text):
  return [float(n.replace(",", "")) for n in re.findall(r"\d[\d.,]*", text)]


def _check(ours, theirs, ratios):
  assert len(ours) == len(theirs) == len(ratios) > 0
  for a, b, ratio in zip(ours, theirs, ratios):
    assert a / b == pytest.approx(ratio, abs=_ROUNDING)


def test_graph():
  table = pages.rows(_PAGE, "## VideoFlow's training graph")
  assert len(table) == 5
  for stock, _, ours, ratio in table.values():
    _check(_numbers(ours), _numbers(stock), _numbers(ratio))


def test_data_space():
  table = pages.rows(_PAGE, "## Models of data space")
  assert len(table) == 4
  for loop, one_pass, ratios in table.values():
    ratios = ratios.partition("(")[0]
    _check(_numbers(one_pass), _numbers(loop), _numbers(ratios))


def test_steps_by_size():
  table = pages.rows(_PAGE, "Three alternating rounds")
  stock = {
    name.partition(":")[0]: cells
    for name, cells in table.items()
    if name.endswith(": stock")
  }
  assert set(stock) == {"tiny", "middle", "paper's"}
  for name, cells in table.items():
    for ours, theirs in zip(cells, stock[name.partition(":")[0]]):
      if "(" in ours:
        value, ratio = _numbers(ours)
        _check([value], _numbers(theirs), [ratio])


def test_the_table_of_all_benches_is_that_of_the_records():
  shown = write_bench_table.of_page(pages.read(_PAGE))
  if write_bench_table.RECORDS.exists():
    assert shown == write_bench_table.table()
  else:
    assert not shown


def test_a_new_table_takes_the_place_of_the_old_one():
  page = pages.read(_PAGE)
  once = write_bench_table.with_table(page, "| a |")
  assert write_bench_table.of_page(once) == "| a |"
  twice = write_bench_table.with_table(once, "| b |")
  assert write_bench_table.of_page(twice) == "| b |"
  assert len(twice) == len(once) and "## Models of data space" in twice
  with pytest.raises(ValueError, match="lacks"):
    write_bench_table.with_table("no comments", "| a |")
