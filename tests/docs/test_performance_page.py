"""docs/performance.md: ratios are those of the numbers beside them."""

import re

import pytest

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
  assert len(table) == 2
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
