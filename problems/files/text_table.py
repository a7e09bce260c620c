"""Tables of numbers in text files; an error names file, line and column."""

from collections.abc import Iterator
from typing import Callable, NamedTuple

import numpy as np

from t2t_af.errors import UserError

_SHOWN = 60  # characters of a bad line that an error repeats


class FeatureError(UserError):
  """A fault that another choice of features would cure.

  Attributes:
    fault: the sentence without that cure, where the features are fixed.

  Args:
    fault: as above.
    cure: what follows it.
  """

  def __init__(self, fault: str, cure: str) -> None:
    super().__init__(fault + cure)
    self.fault = fault


class Row(NamedTuple):
  """A line that is not blank.

  Attributes:
    number: of the line in its file, from 1.
    text: the line without its end.
    cells: the line, split.
  """

  number: int
  text: str
  cells: list[str]


def rows(
  data: bytes,
  where: str,
  split: Callable[[str], list[str]],
  start: int = 1,
  comment: str = "",
) -> Iterator[Row]:
  """Goes through the lines of a file: LF or CRLF, mixed, the last one open.

  Args:
    data: the file's content.
    where: what to call the file in an error.
    split: cuts a line into cells.
    start: the number of the first line to look at.
    comment: lines that begin so are left out; "" for none.
  """
  try:
    text = data.decode("utf-8-sig")
  except UnicodeDecodeError as error:
    raise UserError(f"{where}: not a text file ({error})") from error
  for number, line in enumerate(text.split("\n"), 1):
    line = line.rstrip("\r")
    if number < start or not line.strip():
      continue
    if comment and line.startswith(comment):
      continue
    yield Row(number, line, split(line))


def by_comma(line: str) -> list[str]:
  """Cells between commas, without the spaces around them."""
  return [cell.strip() for cell in line.split(",")]


def check_width(row: Row, where: str, num_columns: int) -> None:
  """Raises a UserError unless a row has `num_columns` cells."""
  if len(row.cells) != num_columns:
    raise UserError(
      f"{where}:{row.number}: {len(row.cells)} columns instead of "
      f"{num_columns}: {shown(row.text)}"
    )


def numbers(row: Row, where: str, first: int = 0) -> np.ndarray:
  """The cells of a row from number `first` on: float64 [columns].

  Raises:
    UserError: a cell is empty, not a number, infinite or not a number by name;
      says file:line:column (from 1) and the cell.
  """
  cells = row.cells[first:]
  try:
    values = np.array(list(map(float, cells)))
    # Python reads 1_000 as a number; no file means that.
    if "_" not in row.text and np.isfinite(values).all():
      return values
  except ValueError:
    pass
  for column, cell in enumerate(cells, first + 1):
    if not is_number(cell):
      raise UserError(
        f"{where}:{row.number}:{column}: {shown(cell)} is not a "
        f"number, in the line {shown(row.text)}"
      )
  return values


def is_number(cell: str) -> bool:
  """Whether a cell is a finite number."""
  try:
    return bool(np.isfinite(float(cell))) and "_" not in cell
  except ValueError:
    return False


def open_quote(path: str, row: Row) -> str:
  """What to say of a line with a quote that is not closed."""
  return f"{path}:{row.number}: a quote is not closed: {shown(row.text)}"


def shown(text: str) -> str:
  """A line or cell as an error repeats it: in quotes, not too long."""
  return repr(text if len(text) <= _SHOWN else text[:_SHOWN] + "...")
