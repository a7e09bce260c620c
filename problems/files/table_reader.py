"""Reads one table: fast with pandas; line by line where that finds a fault.

What pandas reads counts only where it is what `table_lines` would read: every
line that is not blank is one row, and every cell is a finite number. Otherwise
the file is read again line by line, which gives the same numbers, or the error
with file, line and column.
"""

from collections.abc import Iterator, Sequence
from typing import Any, Optional
import warnings

import numpy as np

from problems.files import table_cells
from problems.files import table_lines
from problems.files import table_parquet
from problems.files import table_text
from problems.files.table_format import File
from problems.files.table_format import TableFormat
from t2t_af.errors import UserError

_CHUNK_CELLS = 2**21
_NO_DELIMITER = "\x1f"  # of one column; such files are refused


def read(
  path: str, form: TableFormat, file: File, allow_missing: bool
) -> table_lines.Content:
  """The numbers of a table.

  Args:
    path: of the file.
    form: of the data set that the file belongs to.
    file: where its numbers are.
    allow_missing: whether values may be missing.

  Raises:
    UserError: a cell is not a finite number, a line has too few or too many:
      says file:line:column.
  """
  if form.kind == "parquet":
    content = table_parquet.read(path, form, allow_missing)
  else:
    content = _fast(path, form, file, allow_missing) or table_lines.read(
      path, form, file, allow_missing
    )
  if not len(content.values):
    raise UserError(f"{path}: no rows of numbers in it")
  return content


def _fast(
  path: str, form: TableFormat, file: File, allow_missing: bool
) -> Optional[table_lines.Content]:
  """By pandas; None where that is not certain to be right."""
  import pandas as pd  # which takes half a second that only this needs

  numeric = table_lines.numeric_columns(form)
  places = {name: place for place, name in enumerate(file.names)}
  floats = {places[name] for name in numeric if name not in form.booleans}
  values = _Growing(len(form.features))
  others: dict[str, list[Any]] = {
    name: [] for name in (form.time, form.clock, form.id) if name
  }
  booleans = [places[name] for name in form.booleans]
  features = [places[name] for name in form.features]
  with table_text.Lines(path, form.encoding) as lines:
    for _ in range(file.first_line - 1):
      lines.readline()
    try:
      for chunk in _chunks(lines, form, file, floats):
        for place in booleans:
          words = chunk[place]
          chunk[place] = words.map(table_cells.BOOLEANS)
          if (chunk[place].isna() != words.isna()).any():
            return None
        values.add(chunk[features].to_numpy(np.float64))
        if _is_doubtful(chunk, file, [places[name] for name in others]):
          return None
        for name, found in others.items():
          found.extend(chunk[places[name]])
    except (ValueError, OverflowError, pd.errors.ParserWarning):
      return None  # ParserError and EmptyDataError too
    found_all = values.array()
    if len(found_all) != lines.filled:
      return None
  if np.isinf(found_all).any():
    return None
  if not allow_missing and np.isnan(found_all).any():
    return None
  return table_lines.Content(
    found_all, table_lines.times(form, others), others.get(form.id or "")
  )


def _chunks(
  lines: table_text.Lines, form: TableFormat, file: File, floats: set[int]
) -> Iterator[Any]:
  """DataFrames of the lines, column after column by its place."""
  import pandas as pd

  delimiter = form.delimiter or _NO_DELIMITER
  dtype: Any = float  # which is faster than to say it of every column
  if len(floats) < file.width:
    dtype = {i: float if i in floats else str for i in range(file.width)}
  with warnings.catch_warnings():
    # That a line is too long.
    warnings.simplefilter("error", pd.errors.ParserWarning)
    with pd.read_csv(
      lines,
      sep=r"\s+" if delimiter == table_cells.SPACES else delimiter,
      header=None,
      names=list(range(file.width)),
      index_col=False,
      dtype=dtype,
      decimal=form.decimal,
      na_values=list(table_cells.MISSING_WORDS),
      keep_default_na=False,
      skipinitialspace=True,
      skip_blank_lines=file.width > 1,
      float_precision="round_trip",
      chunksize=max(1, _CHUNK_CELLS // file.width),
    ) as chunks:
      yield from chunks


def _is_doubtful(chunk: Any, file: File, others: Sequence[int]) -> bool:
  """Whether a line may be short, a time or id missing, an end not empty."""
  if chunk[list(others)].isna().any().any():
    return True
  if len(file.names) < file.width:
    return bool(chunk.iloc[:, len(file.names) :].notna().any().any())
  return bool(chunk[file.width - 1].isna().any())


class _Growing:
  """A float64 array that grows in place, so that memory holds it once."""

  def __init__(self, width: int) -> None:
    self._array = np.empty([0, width])
    self._rows = 0

  def add(self, rows: np.ndarray) -> None:
    """Appends rows."""
    total = self._rows + len(rows)
    if total > len(self._array):
      room = max(total, len(self._array) + len(self._array) // 4)
      self._array.resize([room, self._array.shape[1]], refcheck=False)
    self._array[self._rows : total] = rows
    self._rows = total

  def array(self) -> np.ndarray:
    """All that was added."""
    self._array.resize([self._rows, self._array.shape[1]], refcheck=False)
    return self._array
