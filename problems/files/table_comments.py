"""Names of columns in a comment: the line `# x y` that NumPy's savetxt writes.

Taken for names where it touches the numbers, nothing else is above these, it
has as many words as they have columns, is the same in every file, and is no
sentence. `--header=LINE` says so of any other comment.
"""

from collections.abc import Mapping, Sequence
import re
from typing import NamedTuple

from problems.files import table_cells
from problems.files import table_dialect
from problems.files import table_layout

# Of a sentence, or of a setting.
_NO_NAME = re.compile(
  r"[:;,.!?=|]|^\W*$|\b(a|an|and|are|as|at|by|for|from|in|is|of|on|or|the|this|"
  r"to|was|with)\b",
  re.IGNORECASE,
)

# (number, text) of the comments of each file.
Comments = Mapping[str, Sequence[tuple[int, str]]]


class Named(NamedTuple):
  """The lines of each file, with one of names; what else is to be told."""

  heads: table_dialect.Heads
  notes: list[str]


def uncomment(
  heads: table_dialect.Heads,
  comments: Comments,
  dialect: table_dialect.Dialect,
  header: str,
) -> Named:
  """Makes the comment that has the names of columns a line like others.

  Args:
    heads: the first lines of each file, without comments.
    comments: those.
    dialect: of the files.
    header: the flag.
  """
  found: dict[str, tuple[int, str]] = {}
  for path, lines in heads.items():
    number = int(header) if header.isdecimal() else _above(lines, dialect)
    text = dict(comments[path]).get(number)
    if text is None or header == table_layout.NO:
      return Named(heads, [])
    found[path] = (number, text.lstrip("#").strip())
  if not header.isdecimal():
    path, (number, text) = next(iter(found.items()))
    names = table_cells.split(text, dialect.delimiter)
    first = table_cells.split(heads[path][0][1], dialect.delimiter)
    if len(names) != len(first):
      return Named(heads, [])
    same = len(set(found.values())) == 1
    if header == table_layout.AUTO and not (same and _are_names(names)):
      note = f"no names: the comment in line {number} (--header={number})"
      return Named(heads, [note])
  return Named(
    {path: sorted([found[path], *lines]) for path, lines in heads.items()}, []
  )


def _above(
  lines: Sequence[tuple[int, str]], dialect: table_dialect.Dialect
) -> int:
  """The number of the line above the first one, if that is of numbers."""
  rows = table_dialect.rows(lines, dialect.delimiter)
  columns = table_layout.shape(rows, dialect.decimal)
  return rows[0].number - 1 if columns and not columns.first else 0


def _are_names(names: Sequence[str]) -> bool:
  return len(set(names)) == len(names) and not any(
    _NO_NAME.search(name) or name[:1].isdigit() for name in names
  )
