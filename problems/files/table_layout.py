"""Where the names and the numbers of one text table begin."""

from collections import Counter
from collections.abc import Sequence
import re
from typing import NamedTuple, Optional

from problems.files import table_cells
from problems.files import text_table
from problems.files.text_table import Row
from problems.files.text_table import shown
from t2t_af.errors import UserError

AUTO, YES, NO = "auto", "yes", "no"

_TAIL = 40  # lines of a head by which its columns are told, at most
_TAIL_CELLS = 4000  # of them, about
_UNIT = re.compile(
  r"[\[(].*[\])]|.*[/°%²³^·Ω].*|-?|[mcdhkMGTuµμnp]?"
  r"(m|s|g|N|Pa|bar|V|A|W|Hz|J|T|l|L|K|C|F|rad|mol|sec|B|dB|Nm|ohm|Wh)|deg|"
  r"degC|degF|rpm|bpm|ppm|min|h|lx|lux|gauss|kph|mph|psi|inch|ft|count|"
  r"met(er|re)s?|seconds?|volts?|amperes?|watts?|celsius|kelvin|percent|"
  r"degrees?|radians?|none|unitless"
)


class Shape(NamedTuple):
  """Attributes:
  width: how many columns.
  numeric: which of them are of numbers.
  first: place among the rows of the first one of numbers.
  """

  width: int
  numeric: tuple[int, ...]
  first: int


class Layout(NamedTuple):
  """Attributes:
  names: of the columns; None: there is no line of names.
  line: the number of the line of names, 0 for none.
  units: of the columns, where there is a line of them.
  first_line: the number of the first line of numbers.
  body: rows of numbers, from the first one on; not all.
  passed: what is above the names or numbers.
  """

  names: Optional[tuple[str, ...]]
  line: int
  units: tuple[str, ...]
  first_line: int
  body: list[Row]
  passed: list[Row]


def shape(rows: Sequence[Row], decimal: str) -> Optional[Shape]:
  """The columns of a table; None if it has none of numbers.

  Told by the lower half of its last lines: above them may be other text.
  """
  lines = max(_TAIL // 5, min(_TAIL, _TAIL_CELLS // len(rows[-1].cells)))
  tail = rows[-lines:]
  tail = tail[len(tail) // 2 :]
  width, count = Counter(len(row.cells) for row in tail).most_common(1)[0]
  if 2 * count <= len(tail):
    return None
  kinds = [
    table_cells.kinds(row.cells, decimal)
    for row in tail
    if len(row.cells) == width
  ]
  numeric = []
  for i, column in enumerate(zip(*kinds)):
    counts = Counter(column)
    others = counts[table_cells.TEXT] + counts[table_cells.TIME]
    if counts[table_cells.NUMBER] > others:
      numeric.append(i)
  if not numeric:
    return None
  columns = tuple(numeric)
  first = next(
    i for i, row in enumerate(rows) if _is_data(row, width, columns, decimal)
  )
  return Shape(width, columns, first)


def _is_data(
  row: Row, width: int, numeric: tuple[int, ...], decimal: str
) -> bool:
  return len(row.cells) == width and all(
    table_cells.kind(row.cells[i], decimal)
    in (table_cells.NUMBER, table_cells.MISSING)
    for i in numeric
  )


def find(
  rows: Sequence[Row], path: str, decimal: str, header: str, columns: Shape
) -> Layout:
  """What is names, what is numbers.

  Args:
    rows: the first lines, without blank ones and comments.
    path: of the file, for errors.
    decimal: the decimal mark.
    header: YES, NO, AUTO, or the number of the line of names.
    columns: `shape` of the rows.

  Raises:
    UserError: that is not certain; says which option settles it.
  """
  if header.isdecimal():
    return _at_line(rows, path, int(header), columns)
  above = _directly_above(rows, columns)
  if header == YES and not above:
    above, columns = (
      [rows[columns.first]],
      columns._replace(first=columns.first + 1),
    )
  if header == NO or not above:
    _check_no_numbers_above(rows[: columns.first], path, decimal, columns)
    if header == AUTO:
      _check_no_names_above(rows[: columns.first + 1], path)
    return _layout(rows, None, None, columns.first)
  _check_is_names(above, path, decimal, header, columns.width)
  names = _names(above[0], rows[columns.first :], path, columns)
  start = columns.first
  passed = [row for row in rows[:start] if row.number < above[0].number]
  for row in passed:
    kinds = set(table_cells.kinds(row.cells, decimal))
    if len(row.cells) > 1 and kinds == {table_cells.NUMBER}:
      raise UserError(
        f"{wrong_width(path, row, columns.width)}; where the table begins "
        f"below it, say --header={above[0].number}"
      )
  units = above[1] if len(above) > 1 else None
  return _layout(rows, (above[0], names), units, start)._replace(passed=passed)


def _layout(
  rows: Sequence[Row],
  names: Optional[tuple[Row, tuple[str, ...]]],
  units: Optional[Row],
  first: int,
) -> Layout:
  body = list(rows[first:])
  return Layout(
    names[1] if names else None,
    names[0].number if names else 0,
    tuple(units.cells) if units else (),
    body[0].number if body else 0,
    body,
    [] if names else list(rows[:first]),
  )


def _directly_above(rows: Sequence[Row], columns: Shape) -> list[Row]:
  """The lines that touch the numbers, and have as many cells as these."""
  tail = rows[-_TAIL:]
  steps = [b.number - a.number for a, b in zip(tail, tail[1:])]
  spacing = min(steps, default=1)  # 2 where every other line is blank
  above: list[Row] = []
  following = rows[columns.first]
  for row in reversed(rows[: columns.first]):
    extra = len(row.cells) - columns.width
    if extra == 1 and not row.cells[-1]:
      row = row._replace(cells=row.cells[:-1])
    elif extra not in (0, -1) or not row.cells or columns.width + extra == 0:
      break
    is_apart = following.number - row.number > spacing
    if is_apart and (above or extra < 0):
      break
    if above and len(row.cells) != len(above[0].cells):
      break
    above.insert(0, row)
    following = row
  return above


def _check_is_names(
  above: Sequence[Row], path: str, decimal: str, header: str, width: int
) -> None:
  """That the first of these lines has names, and the second may have units."""
  for row in above:
    kinds = set(table_cells.kinds(row.cells, decimal))
    if len(row.cells) < width and kinds == {table_cells.NUMBER}:
      raise UserError(wrong_width(path, row, width))
  for row in above[1:] if header == AUTO else []:
    kinds = table_cells.kinds(row.cells, decimal)
    for i, kind in enumerate(kinds):
      if kind == table_cells.TEXT and table_cells.NUMBER in kinds:
        raise UserError(not_a_number(path, row, i))
  if len(above) > 2 or len(above) == 2 and not _is_units(above[1].cells):
    lines = f"{above[0].number} to {above[-1].number}"
    raise UserError(
      f"{path}: the lines {lines} are text: say which of them names the "
      f"columns, e.g. --header={above[-1].number}"
    )


def wrong_width(path: str, row: Row, width: int) -> str:
  """What to say of a line of too few or too many cells."""
  return (
    f"{path}:{row.number}: {len(row.cells)} columns instead of {width}: "
    f"{shown(row.text)}"
  )


def not_a_number(path: str, row: Row, column: int) -> str:
  """What to say of a cell (from 0) among numbers."""
  return (
    f"{path}:{row.number}:{column + 1}: {shown(row.cells[column])} is not a "
    f"number, in the line {shown(row.text)}"
  )


def _is_units(cells: Sequence[str]) -> bool:
  return len(cells) > 1 and all(_UNIT.fullmatch(cell) for cell in cells)


def _check_no_numbers_above(
  above: Sequence[Row], path: str, decimal: str, columns: Shape
) -> None:
  """That no damaged line of numbers is passed over as a title."""
  for row in above:
    if row.text.count('"') % 2:  # it may be a line of numbers or of names
      raise UserError(text_table.open_quote(path, row))
    kinds = table_cells.kinds(row.cells, decimal)
    if len(row.cells) == columns.width:
      column = next(
        i
        for i in columns.numeric
        if kinds[i] not in (table_cells.NUMBER, table_cells.MISSING)
      )
      raise UserError(not_a_number(path, row, column))
    if table_cells.NUMBER in kinds:
      raise UserError(
        f"{wrong_width(path, row, columns.width)}; where the table begins "
        "further down, say the line of its names, e.g. --header="
        f"{above[-1].number + 1}"
      )


def _check_no_names_above(rows: Sequence[Row], path: str) -> None:
  """That the line that touches the numbers is no list of too few names."""
  *_, above, first = [None, *rows]
  if above and first.number == above.number + 1 and len(above.cells) > 1:
    raise UserError(
      f"{path}:{above.number}: {len(above.cells)} cells above "
      f"{len(first.cells)}: {shown(above.text)}; say --header=no where these "
      f"are no names, --header={above.number} where they are"
    )


def _at_line(
  rows: Sequence[Row], path: str, number: int, columns: Shape
) -> Layout:
  """The names are in the line of this number."""
  place = next((i for i, r in enumerate(rows) if r.number == number), None)
  if place is None:
    raise UserError(f"{path}: there is no line {number} for --header={number}")
  row, first = rows[place], place + 1
  if len(row.cells) == columns.width + 1 and not row.cells[-1]:
    row = row._replace(cells=row.cells[:-1])
  units = None
  if first < len(rows) and first + 1 == columns.first:
    if _is_units(rows[first].cells):
      units, first = rows[first], first + 1
  names = _names(row, rows[first:], path, columns)
  return _layout(rows, (row, names), units, first)._replace(
    passed=list(rows[:place])
  )


def _names(
  row: Row, body: Sequence[Row], path: str, columns: Shape
) -> tuple[str, ...]:
  """The names; "" for a column without one."""
  names = tuple(row.cells)
  missing = columns.width - len(names)
  if not missing:
    return names
  whole = [r.cells for r in body if len(r.cells) == columns.width]
  if missing == 1 and not any(cells[-1] for cells in whole):
    return (*names, "")  # the lines of numbers end with a delimiter
  # As R writes a table: the first column, which counts, has no name.
  if missing == 1 and _counts([cells[0] for cells in whole]):
    return ("", *names)
  raise UserError(
    f"{path}:{row.number}: {len(names)} names of columns, but line "
    f"{body[0].number if body else row.number + 1} has {columns.width} cells: "
    f"{shown(row.text)}; say which line has the names with --header=LINE, or "
    "--header=no"
  )


def _counts(cells: Sequence[str]) -> bool:
  """Whether cells are 1, 2, 3 ..."""
  return list(cells) == [str(i) for i in range(1, len(cells) + 1)]
