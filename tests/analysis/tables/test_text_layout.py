"""Columns of text."""

from t2t_af.analysis.tables import text_layout

_LINES = [["Model", "nats"], ["SLVM + Δx", "2.5"], ["a", "−12.345 ± 0.1"]]


def test_width_is_that_of_the_longest_part():
  assert text_layout.widths_of(_LINES) == [9, 13]


def test_first_column_starts_and_others_end_together():
  widths = text_layout.widths_of(_LINES)
  lines = [text_layout.line(line, widths) for line in _LINES]
  assert {len(line) for line in lines} == {9 + 2 + 13}
  assert lines[1] == "SLVM + Δx            2.5"
  assert lines[2].startswith("a  ") and lines[2].endswith("± 0.1")


def test_rule_is_as_wide_as_the_columns():
  assert text_layout.rule([3, 1]) == "---  -"
