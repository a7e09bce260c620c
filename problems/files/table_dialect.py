"""What parts the cells of a folder's tables, and which decimal mark they have.

A reading is a delimiter with a decimal mark. One is possible where every file
has columns of numbers by it, and no text that another would split into numbers.
Where two are, and give different numbers, only a person can tell.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple, Optional

from problems.files import table_cells
from problems.files import table_layout
from problems.files.text_table import Row
from problems.files.text_table import shown
from t2t_af.errors import UserError

_DELIMITERS = ("\t", ";", "|", ",", table_cells.SPACES, table_cells.ONE_COLUMN)
_DECIMALS = (".", ",")
_COMPARED = 20  # lines of numbers of each file, at most
_COMPARED_CELLS = 2000  # of them, about

# (number, text) of the lines of each file.
Heads = Mapping[str, Sequence[tuple[int, str]]]


class Dialect(NamedTuple):
  """Attributes:
  delimiter: as of `table_cells.split`.
  decimal: "." or ",".
  """

  delimiter: str
  decimal: str

  @property
  def options(self) -> str:
    """That ask for it."""
    name = table_cells.delimiter_name(self.delimiter)
    return f"--delimiter={name} --decimal={self.decimal}"


class _Numbers(NamedTuple):
  """What a reading makes of all files: their widths, and numbers by line."""

  widths: tuple[int, ...]
  rows: list[tuple[float, ...]]


def rows(lines: Sequence[tuple[int, str]], delimiter: str) -> list[Row]:
  """Lines, split."""
  return [
    Row(number, text, table_cells.split(text, delimiter))
    for number, text in lines
  ]


def find(
  heads: Heads, delimiter: Optional[str], decimal: Optional[str]
) -> Dialect:
  """The reading of all files.

  Args:
    heads: the first lines of each file.
    delimiter, decimal: where they are known; else None.

  Raises:
    UserError: none is possible, or several that differ; says the options.
  """
  possible: dict[Dialect, _Numbers] = {}
  furthest, bad_path = -1, ""
  has_quotes = any('"' in text for lines in heads.values() for _, text in lines)
  for dialect in _candidates(delimiter, decimal):
    if dialect == Dialect(",", ",") and not has_quotes:
      continue  # no cell could hold a decimal comma
    if dialect.delimiter == table_cells.SPACES and any(
      d.delimiter == "\t" for d in possible
    ):
      continue  # tabs are spaces too, but then no cell can be empty
    numbers, failed = _try(heads, dialect, delimiter is not None)
    if numbers is not None:
      possible[dialect] = numbers
    elif failed > furthest:
      furthest, bad_path = failed, list(heads)[failed]
  if not possible:
    _check_alike(heads, bad_path, delimiter, decimal)
    number, text = heads[bad_path][-1]
    raise UserError(
      f"{bad_path}:{number}: {shown(text)}: no rows of numbers are found up to "
      "here; where there are some, say how it is written with --delimiter, "
      "--decimal, --header=LINE. Marks between thousands, signs of percent "
      "and units in cells are not read"
    )
  first = next(iter(possible))
  others = [d for d in possible if possible[d].rows != possible[first].rows]
  if others:
    _raise_ambiguous(heads, first, others[0], possible)
  return first


def _check_alike(
  heads: Heads, bad_path: str, delimiter: Optional[str], decimal: Optional[str]
) -> None:
  """That a file that is not written as others is no table at all."""
  path, lines = next(iter(heads.items()))
  if path == bad_path:
    return
  one = find({path: lines}, delimiter, decimal)
  other = find({bad_path: heads[bad_path]}, delimiter, decimal)
  raise UserError(
    f"{bad_path} is written otherwise ({other.options}) than {path} "
    f"({one.options}): files of one data set are written alike"
  )


def _candidates(
  delimiter: Optional[str], decimal: Optional[str]
) -> Iterator[Dialect]:
  for d in _DELIMITERS if delimiter is None else (delimiter,):
    for mark in _DECIMALS if decimal is None else (decimal,):
      yield Dialect(d, mark)


def _try(
  heads: Heads, dialect: Dialect, is_given: bool
) -> tuple[Optional[_Numbers], int]:
  """What the reading gives; or None, and the place of a file that has none."""
  widths, found = [], []
  for i, lines in enumerate(heads.values()):
    split = rows(lines, dialect.delimiter)
    columns = table_layout.shape(split, dialect.decimal)
    if columns is None or not (
      is_given or _is_possible(split, columns, dialect)
    ):
      return None, i
    widths.append(columns.width)
    for row in _compared(split, columns):
      found.append(_numbers(row, dialect.decimal))
  return _Numbers(tuple(widths), found), len(heads)


def _numbers(row: Row, decimal: str) -> tuple[float, ...]:
  return tuple(
    table_cells.number(cell, decimal)
    for cell in row.cells
    if table_cells.kind(cell, decimal) == table_cells.NUMBER
  )


def _is_possible(
  split: Sequence[Row], columns: table_layout.Shape, dialect: Dialect
) -> bool:
  body = _compared(split, columns)
  if dialect.delimiter == table_cells.ONE_COLUMN:
    # A line of names that is split says that the numbers are, too.
    above = split[columns.first - 1].text if columns.first else ""
    return not any(mark in above for mark in ",;|\t")
  if columns.width == 1:
    return False
  for i in set(range(columns.width)) - set(columns.numeric):
    texts = [
      row.cells[i]
      for row in body
      if len(row.cells) == columns.width
      and table_cells.kind(row.cells[i], dialect.decimal) == table_cells.TEXT
    ]
    if 2 * sum(map(table_cells.unsplit, texts)) > len(texts):
      return False
  return True


def _raise_ambiguous(
  heads: Heads,
  one: Dialect,
  other: Dialect,
  possible: Mapping[Dialect, _Numbers],
) -> None:
  places = [
    (path, row) for path, lines in heads.items() for row in _body(lines, one)
  ]
  pairs = zip(places, possible[one].rows, possible[other].rows)
  (path, row), here, there = next(
    ((place, a, b) for place, a, b in pairs if a != b),
    (places[0], possible[one].rows[0], possible[other].rows[0]),
  )
  raise UserError(
    f"{path}:{row.number}: {shown(row.text)} can be {_listed(here)} "
    f"({one.options}), or {_listed(there)} ({other.options}): say which"
  )


def _body(lines: Sequence[tuple[int, str]], dialect: Dialect) -> Sequence[Row]:
  split = rows(lines, dialect.delimiter)
  columns = table_layout.shape(split, dialect.decimal)
  return _compared(split, columns) if columns else []


def _compared(
  split: Sequence[Row], columns: table_layout.Shape
) -> Sequence[Row]:
  """The first lines of numbers."""
  most = max(_COMPARED // 5, min(_COMPARED, _COMPARED_CELLS // columns.width))
  return split[columns.first : columns.first + most]


def _listed(numbers: tuple[float, ...]) -> str:
  some = " and ".join(f"{number:g}" for number in numbers[:3])
  more = " and more" if len(numbers) > 3 else ""
  plural = "s" if len(numbers) > 1 else ""
  return f"the number{plural} {some}{more}"
