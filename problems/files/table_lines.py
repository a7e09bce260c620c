"""Reads one text table line by line, so that an error says where it is."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple, Optional

import numpy as np

from problems.files import table_cells
from problems.files import table_layout
from problems.files import table_text
from problems.files import text_table
from problems.files.table_format import File
from problems.files.table_format import TableFormat
from problems.files.text_table import FeatureError
from problems.files.text_table import Row
from problems.files.text_table import shown
from t2t_af.errors import UserError


class Content(NamedTuple):
  """Attributes:
  values: float64 [rows, features]; NaN where one is missing.
  times, ids: text (or numbers) of each row; None without such a column.
  """

  values: np.ndarray
  times: Optional[Sequence[Any]]
  ids: Optional[Sequence[str]]


def numeric_columns(form: TableFormat) -> list[str]:
  """The columns that are numbers: features, and times that are no dates."""
  is_clock = form.time is not None and form.time_unit != 0
  return [*form.features, *([form.time] if is_clock and form.time else [])]


def rows(path: str, form: TableFormat, file: File) -> Iterator[Row]:
  """The lines that are not blank, from the first one of numbers on.

  Raises:
    UserError: one has too few or too many cells.
  """
  widths = range(len(file.names), file.width + 1)
  with table_text.Lines(path, form.encoding) as lines:
    for line in lines:
      if lines.number < file.first_line or not line.strip(" \t\r"):
        if lines.number < file.first_line or form.delimiter != "\t":
          continue
        if not line.strip(" \r"):
          continue
      cells = table_cells.split(line, form.delimiter)
      row = Row(lines.number, line, cells)
      if line.count('"') % 2:
        raise UserError(text_table.open_quote(path, row))
      if len(cells) not in widths or any(cells[len(file.names) :]):
        width = len(file.names)
        raise UserError(table_layout.wrong_width(path, row, width))
      yield row


def read(
  path: str, form: TableFormat, file: File, allow_missing: bool
) -> Content:
  numeric = {name: file.names.index(name) for name in numeric_columns(form)}
  kept: dict[str, list[Any]] = {
    name: []
    for name in (*form.features, form.time, form.clock, form.id)
    if name
  }
  places = {name: file.names.index(name) for name in kept}
  numbers: list[int] = []
  for row in rows(path, form, file):
    numbers.append(row.number)
    for name, place in places.items():
      if name in numeric:
        number = _number(path, form, row, place, name, allow_missing)
        kept[name].append(number)
      else:
        kept[name].append(_text(path, row, place, name))
  if file.width == 1:
    _add_blanks(path, file, numbers, allow_missing, kept)
  values = np.array([kept[name] for name in form.features], np.float64)
  return Content(
    np.ascontiguousarray(values.T),
    times(form, kept),
    kept[form.id] if form.id else None,
  )


def times(
  form: TableFormat, columns: Mapping[str, Sequence[Any]]
) -> Optional[Sequence[Any]]:
  """The times of rows; of dates and clocks, both together."""
  if form.time is None:
    return None
  if form.clock is None:
    return columns[form.time]
  pairs = zip(columns[form.time], columns[form.clock])
  return [f"{date} {clock}" for date, clock in pairs]


def _add_blanks(
  path: str,
  file: File,
  numbers: Sequence[int],
  allow_missing: bool,
  kept: dict[str, list[Any]],
) -> None:
  """A blank line of one column is a missing value, or all are so far apart."""
  above = [file.first_line - 1, *numbers]
  steps = np.diff(above)
  spacing = min(steps[1:], default=1)
  counts = np.maximum(steps // spacing - 1, 0)
  if not counts.any():
    return
  if not allow_missing:
    line = above[int(np.argmax(counts > 0))] + int(spacing)
    raise missing(path, line, 1, "", file.names[0])
  places = np.repeat(np.arange(len(counts)), counts)
  for column in kept.values():
    column[:] = np.insert(column, places, np.nan).tolist()


def _number(
  path: str,
  form: TableFormat,
  row: Row,
  place: int,
  name: str,
  allow_missing: bool,
) -> float:
  cell = row.cells[place]
  if name in form.booleans and cell in table_cells.BOOLEANS:
    return table_cells.BOOLEANS[cell]
  kind = table_cells.kind(cell, form.decimal)
  if kind == table_cells.NUMBER and name not in form.booleans:
    value = table_cells.number(cell, form.decimal)
    if np.isfinite(value):
      return value
    raise UserError(
      f"{path}:{row.number}:{place + 1}: {shown(cell)} is not finite, in the "
      f"column {name}"
    )
  if kind != table_cells.MISSING:
    raise UserError(table_layout.not_a_number(path, row, place))
  if name not in form.features:
    raise _no_time(path, row, place, name)
  if not allow_missing:
    raise missing(path, row.number, place + 1, cell, name)
  return np.nan


def _text(path: str, row: Row, place: int, name: str) -> str:
  """A time or an id, which may not be missing."""
  cell = row.cells[place]
  if cell in table_cells.MISSING_WORDS:
    raise _no_time(path, row, place, name)
  return cell


def _no_time(path: str, row: Row, place: int, name: str) -> UserError:
  return UserError(
    f"{path}:{row.number}:{place + 1}: {shown(row.cells[place])} in the column "
    f"{name}, where every line needs a value (--drop={name} does not read it)"
  )


def missing(
  path: str, line: int, column: int, cell: str, name: str
) -> FeatureError:
  """What to say of a value (from 1) of a feature that is missing."""
  return FeatureError(
    f"{path}:{line}:{column}: {shown(cell)} is not a number, but a missing "
    f"value of the column {name}: --missing=fill fills it in between its "
    "neighbours, --missing=cut ends a recording there",
    f", --drop={name} leaves the column out",
  )


def place_of(path: str, form: TableFormat, file: File, row: int) -> str:
  """Where row `row` (from 0) of a file's numbers is: "path:line"."""
  if form.kind == "parquet":
    return f"{path}: row {row + 1}"
  for i, found in enumerate(rows(path, form, file)):
    if i == row:
      return f"{path}:{found.number}"
  return path
