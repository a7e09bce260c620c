"""Numbers whose points and commas may mean another thing than is read.

`1,234` with a decimal comma may be 1234, and so may `1.234`; `0,0312,-0,5` may
be four integers, or two numbers with decimal commas between commas.
"""

from collections.abc import Iterator, Mapping, Sequence
import re

from problems.files import table_cells
from problems.files.text_table import Row
from problems.files.text_table import shown
from t2t_af.errors import UserError

_THOUSANDS = {
  mark: re.compile(rf"[+-]?[1-9][0-9]{{0,2}}(?:{re.escape(mark)}[0-9]{{3}})+")
  for mark in ".,"
}
_INTEGER = re.compile("[+-]?[0-9]+")
# No program writes an integer so, but the halves of 12,05 and -0,5.
_HALF = re.compile("[+-]0|[+-]?0[0-9]+")

# The rows of numbers of each file.
Bodies = Mapping[str, Sequence[Row]]


def check_thousands(bodies: Bodies, decimal: str, delimiter: str) -> None:
  """That the decimal mark, which was found, parts no thousands.

  With a comma: where every number that has one looks so. With a point, which
  is the usual mark: where a column has whole numbers below 1000 too.

  Raises:
    UserError: it may; says the option.
  """
  if decimal == "." and delimiter == ",":
    return
  suspects: dict[int, str] = {}
  plain: set[int] = set()
  for place, i, cell in _cells(bodies):
    if decimal in cell:
      if table_cells.kind(cell, decimal) != table_cells.NUMBER:
        continue
      if _THOUSANDS[decimal].fullmatch(cell):
        suspects.setdefault(i, f"{place}: {shown(cell)}")
      elif decimal == ",":
        return  # a decimal comma for certain
      else:
        plain.add(-1 - i)  # a decimal point for certain, in this column
    elif re.fullmatch("[+-]?[0-9]{1,3}", cell):
      plain.add(i)
  for i, example in suspects.items():
    if decimal == "," or (i in plain and -1 - i not in plain):
      value = example.rpartition(" ")[2].strip("'")
      raise UserError(
        f"{example} can be {value.replace(',', '.')} or "
        f"{re.sub('[,.]', '', value)}: say --decimal={decimal} where that is "
        "the decimal mark; numbers with marks between thousands are not read"
      )


def check_commas(bodies: Bodies) -> None:
  """That integers between commas, without names, are no decimals.

  Raises:
    UserError: they may be; says the options.
  """
  example = ""
  for place, _, cell in _cells(bodies):
    if not _INTEGER.fullmatch(cell):
      return
    if _HALF.fullmatch(cell):
      example = example or f"{place}: {shown(cell)}"
  if example:
    raise UserError(
      f"{example} may be a part of a number with a decimal comma: numbers "
      "with decimal commas between commas cannot be told apart, write them "
      "with another delimiter; where they are integers, say --delimiter=comma"
    )


def _cells(bodies: Bodies) -> Iterator[tuple[str, int, str]]:
  """("path:line:column", column from 0, cell)."""
  for path, rows in bodies.items():
    for row in rows:
      for i, cell in enumerate(row.cells):
        yield f"{path}:{row.number}:{i + 1}", i, cell
