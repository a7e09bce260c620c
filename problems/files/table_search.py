"""How the tables of a folder are written: found once, the same for all files.

found = table_search.find(paths, table_format.Wanted())
found.format, found.files[path]         # what `table_reader` reads with
"""

from collections.abc import Iterable, Mapping, Sequence
import re
from typing import Any, NamedTuple, Optional

from problems.files import table_cells
from problems.files import table_columns
from problems.files import table_comments
from problems.files import table_dialect
from problems.files import table_format
from problems.files import table_headers
from problems.files import table_layout
from problems.files import table_marks
from problems.files import table_parquet
from problems.files import table_samples
from problems.files import table_text
from t2t_af import progress
from t2t_af.errors import UserError

_HEADS_BYTES = 2**22  # of all files together, about
_HEAD_BYTES = (2**14, 2**18)  # of one file, at least and at most
_HEAD_LINES = 40  # at least
_MARKED = 100  # lines of a file whose points and commas are looked at
_SAMPLED_CELLS = 2**17  # of all files together, about
_SAMPLED_LINES = (12, 2000)  # of one file
# Pandas reads a column without a name as "Unnamed: 0", and writes it so.
_NAMELESS = re.compile("|Unnamed: [0-9].*")
_NO_COLUMNS: tuple[Any, ...] = ((), None, None, None)
_SEPARATOR = re.compile('"?sep=(.|\\\\t)"?', re.IGNORECASE)


class Look(NamedTuple):
  """How files are written, before it is asked what their columns are.

  Attributes:
    form: of all, without columns.
    samples: {path: the first cells}.
    nameless: the columns without a name.
    files: {path: where its numbers are}.
    lines: what to tell.
  """

  form: table_format.TableFormat
  samples: dict[str, table_samples.Sample]
  nameless: list[str]
  files: dict[str, table_format.File]
  lines: list[str]

  @property
  def names(self) -> tuple[str, ...]:
    """Of the columns of the first file."""
    return next(iter(self.samples.values())).names


class Found(NamedTuple):
  """The format of files, where each begins, and what to tell about both."""

  format: table_format.TableFormat
  files: dict[str, table_format.File]
  lines: list[str]


def find(paths: Sequence[str], wanted: table_format.Wanted) -> Found:
  """The format that all files have.

  Raises:
    UserError: a file cannot be read; files differ; the format is not certain:
      names file, line and the option that settles it.
  """
  return with_columns(look(paths, wanted), wanted)


def look(paths: Sequence[str], wanted: table_format.Wanted) -> Look:
  """How files are written, whatever their columns are; errors of `find`."""
  wanted.check()
  parquet = [path for path in paths if table_text.is_parquet(path)]
  if not parquet:
    return _look_at_text(paths, wanted)
  if len(parquet) < len(paths):
    other = next(path for path in paths if path not in set(parquet))
    raise UserError(
      f"{parquet[0]} is parquet, {other} is not: files of one kind are needed"
    )
  samples = {path: table_parquet.sample(path) for path in paths}
  form = table_format.TableFormat("parquet", "", "", ".", True, *_NO_COLUMNS)
  files = {
    path: table_format.File(found.names, len(found.names), 0)
    for path, found in samples.items()
  }
  nameless = table_parquet.nameless(samples)
  return Look(form, samples, nameless, files, ["parquet"])


def _look_at_text(paths: Sequence[str], wanted: table_format.Wanted) -> Look:
  read, comments, encoding = _heads(paths, wanted.encoding)
  heads, said = _without_separators(read)
  delimiter = said
  if wanted.delimiter is not None:
    delimiter = table_cells.delimiter_named(wanted.delimiter)
  dialect = table_dialect.find(heads, delimiter, wanted.decimal)
  named = table_comments.uncomment(heads, comments, dialect, wanted.header)
  layouts = _layouts(named.heads, dialect, wanted.header)
  _check_marks(layouts, dialect, wanted)
  cells = sum(len(layout.body[0].cells) for layout in layouts.values())
  low, high = _SAMPLED_LINES
  num_lines = min(max(_SAMPLED_CELLS // cells, low), high)
  samples = {
    path: table_samples.sample(layout, path, num_lines)
    for path, layout in layouts.items()
  }
  first = layouts[paths[0]]
  nameless = [
    name
    for i, name in enumerate(samples[paths[0]].names)
    if first.names is None or _NAMELESS.fullmatch(first.names[i])
  ]
  form = table_format.TableFormat(
    "text", encoding, *dialect, first.names is not None, *_NO_COLUMNS
  )
  files = {
    path: table_format.File(
      samples[path].names,
      len(layout.body[0].cells),
      _first_line(layout, [*comments[path], read[path][0]]),
    )
    for path, layout in layouts.items()
  }
  told = [_written(form, first), *named.notes]
  return Look(form, samples, nameless, files, told)


def with_columns(seen: Look, wanted: table_format.Wanted) -> Found:
  """The format with what its columns are; errors of `find`."""
  columns = _columns(seen, wanted)
  fields = columns._asdict()
  del fields["notes"]
  form = seen.form._replace(**fields)
  return Found(form, seen.files, [*seen.lines, *_told(columns)])


def check_no_ids(seen: Look, names: Sequence[str]) -> None:
  """Raises a UserError if one of these columns may tell recordings apart."""
  samples = table_samples.Samples(
    seen.samples, seen.nameless, seen.form.decimal, None
  )
  for name in names:
    table_columns.check_no_id(samples, name)


def _first_line(
  layout: table_layout.Layout, others: Sequence[tuple[int, str]]
) -> int:
  """Where numbers begin; of one column a blank line above may be missing.

  Not below one of the others: a comment, or what a spreadsheet says first.
  """
  line, first = layout.line, layout.first_line
  between = any(line < number < first for number, _ in others)
  if layout.units or between or len(layout.body[0].cells) > 1:
    return first
  return line + 1


def _check_marks(
  layouts: Mapping[str, table_layout.Layout],
  dialect: table_dialect.Dialect,
  wanted: table_format.Wanted,
) -> None:
  """That points and commas mean what they were found to mean."""
  bodies = {path: layout.body[:_MARKED] for path, layout in layouts.items()}
  if wanted.decimal is None:
    table_marks.check_thousands(bodies, dialect.decimal, dialect.delimiter)
  if wanted.delimiter is None and dialect.delimiter == ",":
    if not next(iter(layouts.values())).names:
      table_marks.check_commas(bodies)


def _heads(
  paths: Sequence[str], encoding: Optional[str]
) -> tuple[table_dialect.Heads, table_comments.Comments, str]:
  """The first lines of each file: without comments; those; the encoding."""
  low, high = _HEAD_BYTES
  num_bytes = min(max(_HEADS_BYTES // len(paths), low), high)
  shown: Iterable[str] = paths
  if len(paths) > 1:
    shown = progress.bar(paths, label="looking at tables", unit="files")
  data = {p: table_text.head(p, num_bytes, _HEAD_LINES) for p in shown}
  if encoding is None:
    encoding = table_text.one_encoding(
      {path: table_text.find_encoding(d, path) for path, d in data.items()}
    )
  heads, comments = {}, {}
  for path, content in data.items():
    heads[path] = table_text.lines(content, encoding, path)
    comments[path] = table_text.comments(content, encoding, path)
    if not heads[path]:
      raise UserError(f"{path}: no rows in it")
  return heads, comments, encoding


def _without_separators(
  heads: table_dialect.Heads,
) -> tuple[dict[str, Sequence[tuple[int, str]]], Optional[str]]:
  """Takes away the first line "sep=;" of spreadsheets; what it says."""
  said: dict[Optional[str], str] = {}
  rest = {}
  for path, lines in heads.items():
    found = _SEPARATOR.fullmatch(lines[0][1].strip())
    said.setdefault(found.group(1) if found else None, path)
    rest[path] = lines[1:] if found else lines
    if not rest[path]:
      raise UserError(f"{path}: no rows in it")
  if len(said) > 1:
    one, other = list(said.values())[:2]
    raise UserError(
      f"{one} and {other} differ in a first line sep=: say --delimiter"
    )
  separator = next(iter(said))
  return rest, "\t" if separator == "\\t" else separator


def _layouts(
  heads: table_dialect.Heads, dialect: table_dialect.Dialect, header: str
) -> dict[str, table_layout.Layout]:
  layouts = {}
  for path, lines in heads.items():
    rows = table_dialect.rows(lines, dialect.delimiter)
    columns = table_layout.shape(rows, dialect.decimal)
    assert columns is not None  # or the dialect would not have been found
    layouts[path] = table_layout.find(
      rows, path, dialect.decimal, header, columns
    )
    if not layouts[path].body:
      raise UserError(f"{path}: no rows of numbers in it")
  if header != table_layout.AUTO:
    return layouts
  layouts = table_headers.settle(layouts, dialect.decimal)
  for path, layout in layouts.items():
    if not layout.body:
      raise UserError(f"{path}: no rows of numbers in it")
  return layouts


def _columns(seen: Look, wanted: table_format.Wanted) -> table_columns.Columns:
  time, clock = wanted.time_column, None
  if time and time not in seen.names and "," in time:
    time, _, clock = time.partition(",")
  known = table_samples.Wanted(
    wanted.columns, wanted.drop, time, wanted.id_column, clock
  )
  table_samples.check_names(seen.samples, known)
  samples = table_samples.Samples(
    seen.samples, seen.nameless, seen.form.decimal, wanted.id_column
  )
  return table_columns.find(samples, known)


def _written(
  form: table_format.TableFormat, layout: table_layout.Layout
) -> str:
  """E.g. "cells between commas, names in line 1, utf-8"."""
  name = table_cells.delimiter_name(form.delimiter)
  parts = [f"delimiter {name}", f'decimal mark "{form.decimal}"']
  parts.append(
    f"names in line {layout.line}" if form.header else "no line of names"
  )
  if layout.units:
    parts.append(f"units below them ({', '.join(layout.units)})")
  if layout.passed:
    parts.append(f"{len(layout.passed)} lines above passed over")
  return ", ".join([*parts, f"encoding {form.encoding}"])


def _told(columns: table_columns.Columns) -> list[str]:
  """Lines about what the columns are."""
  told = [f"features: {_some(columns.features)}"]
  if columns.id:
    told.append(f"recordings: by column {columns.id}")
  return told + columns.notes


def _some(names: Sequence[str]) -> str:
  more = f" and {len(names) - 12} more" if len(names) > 12 else ""
  return ", ".join(names[:12]) + more
