"""Whether the tables of a folder begin with a line of names: all, or none."""

from collections.abc import Mapping, Sequence
import re

from problems.files import table_cells
from problems.files import table_layout
from problems.files.text_table import Row
from problems.files.text_table import shown
from t2t_af.errors import UserError

_INTEGER = re.compile("[0-9]+")
_ENOUGH = 3  # columns whose numbers 0, 1, 2 no data begins with by chance
_ASK = "say --header=yes where that is a line of names, --header=no where not"

Layouts = Mapping[str, table_layout.Layout]


def settle(layouts: Layouts, decimal: str) -> dict[str, table_layout.Layout]:
  """The layouts that were found for each file alone, told by all together.

  A first line of numbers has names if it is 0, 1, 2 ... (or 1, 2, 3 ...) in
  every file.

  Raises:
    UserError: files differ, or it cannot be told; names file and option.
  """
  names = [path for path, layout in layouts.items() if layout.names]
  numbers = [path for path, layout in layouts.items() if not layout.names]
  if names and numbers:
    raise UserError(
      f"{names[0]} has a line of names, {numbers[0]} has none; {_ASK}"
    )
  if names:
    _check_names(layouts, decimal)
    return dict(layouts)
  first = {path: layout.body[0] for path, layout in layouts.items()}
  if _is_header(first, layouts, decimal):
    return {path: _with_names(layout) for path, layout in layouts.items()}
  return dict(layouts)


def _with_names(layout: table_layout.Layout) -> table_layout.Layout:
  """The first line of numbers as one of names."""
  first, body = layout.body[0], layout.body[1:]
  return layout._replace(
    names=tuple(first.cells),
    line=first.number,
    first_line=body[0].number if body else first.number + 1,
    body=body,
  )


def _check_names(layouts: Layouts, decimal: str) -> None:
  """That names with numbers among them are no damaged numbers."""
  same = len({layout.names for layout in layouts.values()}) == 1
  for path, layout in layouts.items():
    names = layout.names or ()
    kinds = table_cells.kinds(names, decimal)
    numbers = [n for n, k in zip(names, kinds) if k == table_cells.NUMBER]
    if numbers and not (_is_counted(numbers) or same and len(layouts) > 1):
      line = shown(", ".join(names))
      raise UserError(f"{path}:{layout.line}: {line} has numbers in it; {_ASK}")


def _is_counted(cells: Sequence[str]) -> bool:
  """Whether they are 0, 1, 2 ... or 1, 2, 3 ..."""
  return any(
    list(cells) == [str(start + i) for i in range(len(cells))]
    for start in (0, 1)
  )


def _is_header(
  first: Mapping[str, Row], layouts: Layouts, decimal: str
) -> bool:
  """Whether the first lines, of numbers, are names."""
  path, row = next(iter(first.items()))
  if all(_is_of_frame(layout) for layout in layouts.values()):
    return True
  if any(
    table_cells.kind(cell, decimal) != table_cells.NUMBER
    for r in first.values()
    for cell in r.cells
  ):
    return False
  if all(_is_quoted_alone(layout) for layout in layouts.values()):
    return True
  if len({tuple(r.cells) for r in first.values()}) > 1:
    return False
  stands_out = _are_integers(row.cells) and not any(
    _INTEGER.fullmatch(cell)
    for layout in layouts.values()
    for other in layout.body[1:]
    for cell in other.cells
  )
  width, alone = len(row.cells), len(first) == 1
  if _is_counted(row.cells):
    if not alone and (width >= _ENOUGH or width > 1 and stands_out):
      return True
    suspicious = width > 1 or stands_out
  else:
    values = [table_cells.number(cell, decimal) for cell in row.cells]
    steps = [b - a for a, b in zip(values, values[1:])]
    rises = bool(steps) and min(steps) > 0
    even = width >= _ENOUGH and rises and max(steps) - min(steps) < 1e-9
    suspicious = rises and (stands_out or even) and not (alone and width < 3)
  if suspicious:
    raise UserError(
      f"{path}:{row.number}: {shown(row.text)} may be names or numbers; {_ASK}"
    )
  return False


def _is_of_frame(layout: table_layout.Layout) -> bool:
  """Whether a table is as pandas writes one without names: ",0,1,2"."""
  first, others = layout.body[0].cells, layout.body[1:]
  starts = [row.cells[0] for row in others]
  return (
    not first[0]
    and len(first) > 1
    and _is_counted(first[1:])
    and len(starts) > 1
    and starts == [str(i) for i in range(len(starts))]
  )


def _are_integers(cells: Sequence[str]) -> bool:
  return all(_INTEGER.fullmatch(cell) for cell in cells)


def _is_quoted_alone(layout: table_layout.Layout) -> bool:
  """Whether every cell of the first line is quoted, and no other."""
  first, others = layout.body[0], layout.body[1:]
  return (
    bool(others)
    and first.text.count('"') >= 2 * len(first.cells)
    and not any('"' in row.text for row in others)
  )
