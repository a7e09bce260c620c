"""Tables of numbers in text."""

import numpy as np
import pytest

from problems.files import text_table
from t2t_af.errors import UserError


def _rows(data, **kwargs):
  return [
    (row.number, row.cells)
    for row in text_table.rows(data, "f", text_table.by_comma, **kwargs)
  ]


@pytest.mark.parametrize(
  "data", [b"1,2\n3,4\n", b"1,2\r\n3,4", b"\xef\xbb\xbf1, 2\r\n 3 ,4\n"]
)
def test_ends_of_lines_spaces_and_byte_order_marks_do_not_matter(data):
  assert _rows(data) == [(1, ["1", "2"]), (2, ["3", "4"])]


def test_lines_keep_their_numbers_when_others_are_skipped():
  data = b"header\n# no\n\n1\n  \n#2\n2\n"
  assert _rows(data, start=2, comment="#") == [(4, ["1"]), (7, ["2"])]


@pytest.mark.parametrize(
  "cell", ["", "x", "nan", "-inf", "1_000", "1,5", "0x1", "1e999"]
)
def test_cells_that_are_no_numbers_are_named_with_their_place(cell):
  row = text_table.Row(7, f"1;{cell};2", ["1", cell, "2"])
  with pytest.raises(UserError) as caught:
    text_table.numbers(row, "f")
  assert str(caught.value).startswith(f"f:7:2: {cell!r} is not a number")
  assert not text_table.is_number(cell)
  # Columns are counted from the line's first, whatever was left out.
  with pytest.raises(UserError, match="^f:7:2: "):
    text_table.numbers(row, "f", first=1)


def test_numbers_are_exact_doubles():
  row = text_table.Row(1, "", ["0.1", "-1e-3", " 2 ", "1386700579.23"])
  np.testing.assert_array_equal(
    text_table.numbers(row, "f"), [0.1, -0.001, 2, 1386700579.23]
  )


def test_long_lines_are_shortened_in_errors():
  row = text_table.Row(3, "9" * 5000, ["9" * 5000])
  with pytest.raises(UserError) as caught:
    text_table.check_width(row, "f", 2)
  assert str(caught.value).startswith("f:3: 1 columns instead of 2: '999")
  assert len(str(caught.value)) < 120
