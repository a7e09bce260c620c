"""Tables in parquet files, by pyarrow."""

from collections.abc import Iterator, Mapping, Sequence
import contextlib
import datetime
from typing import Any, Optional

import numpy as np

from problems.files import table_lines
from problems.files import table_samples
from problems.files.table_format import TableFormat
from t2t_af.errors import UserError

_SAMPLED = 200  # rows
_INDEX = "__index_level_"  # as pandas calls an index without a name


@contextlib.contextmanager
def _opened(path: str) -> Iterator[Any]:
  """A ParquetFile; its errors name the file."""
  # Not above: pyarrow takes a second to load, which no other command should.
  import pyarrow
  from pyarrow import parquet

  try:
    with parquet.ParquetFile(path) as opened:
      yield opened
  except (pyarrow.ArrowException, OSError) as error:
    raise UserError(f"{path}: is no whole parquet file ({error})") from error


def sample(path: str) -> table_samples.Sample:
  """The first rows, as text."""
  with _opened(path) as opened:
    names = _index_first(opened.schema_arrow)
    batch = next(opened.iter_batches(_SAMPLED), None)
    if batch is None or not batch.num_rows:
      raise UserError(f"{path}: no rows in it")
    for name in names:
      if names.count(name) > 1:
        raise UserError(f"{path}: two columns have one name, {name}")
    cells = {
      name: [
        (row, _text(value))
        for row, value in enumerate(batch.column(name).to_pylist(), 1)
      ]
      for name in names
    }
  return table_samples.Sample(tuple(names), cells)


def nameless(samples: Mapping[str, table_samples.Sample]) -> list[str]:
  """The columns that pandas made of an index without a name."""
  names = next(iter(samples.values())).names
  return [name for name in names if name.startswith(_INDEX)]


def _index_first(schema: Any) -> list[str]:
  """Names of columns; what was an index of pandas comes first, as in text."""
  said = (schema.pandas_metadata or {}).get("index_columns", [])
  index = [name for name in said if isinstance(name, str)]
  return sorted(
    schema.names,
    key=lambda name: name not in index and not name.startswith(_INDEX),
  )


def _text(value: Any) -> str:
  """A cell as a text table would have it."""
  if value is None:
    return ""
  if isinstance(value, datetime.datetime):
    return value.isoformat(" ")
  is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
  return repr(value) if is_number else f"{value}"


def _numbers(path: str, names: Sequence[str]) -> np.ndarray:
  """Columns of numbers: float64 [rows, columns], NaN where one is missing.

  Raises:
    UserError: the file is damaged; a column is none of numbers.
  """
  parts = []
  with _opened(path) as opened:
    for batch in opened.iter_batches(columns=list(names)):
      parts.append(
        np.column_stack([_floats(batch.column(n), n, path) for n in names])
      )
  return np.concatenate(parts)


def _floats(column: Any, name: str, path: str) -> np.ndarray:
  import pyarrow

  try:
    if pyarrow.types.is_boolean(column.type):
      column = column.cast(pyarrow.int8())
    return column.cast(pyarrow.float64()).to_numpy(zero_copy_only=False)
  except pyarrow.ArrowException as error:
    raise UserError(
      f"{path}: the column {name} is no numbers ({error})"
    ) from error


def _texts(path: str, name: str) -> list[str]:
  """A column as text: ids, or dates."""
  with _opened(path) as opened:
    return [
      _text(value)
      for batch in opened.iter_batches(columns=[name])
      for value in batch.column(name).to_pylist()
    ]


def read(
  path: str, form: TableFormat, allow_missing: bool
) -> table_lines.Content:
  """The numbers of a table; see `table_reader.read`."""
  names = table_lines.numeric_columns(form)
  values = _numbers(path, names)
  times: Optional[Sequence[Any]] = None
  if len(names) > len(form.features):
    times = values[:, -1]
  elif form.time:
    columns = filter(None, (form.time, form.clock))
    times = table_lines.times(form, {n: _texts(path, n) for n in columns})
  ids = _texts(path, form.id) if form.id else None
  content = table_lines.Content(
    np.ascontiguousarray(values[:, : len(form.features)]), times, ids
  )
  _check(path, form, content.values, allow_missing)
  return content


def _check(
  path: str, form: TableFormat, values: np.ndarray, allow_missing: bool
) -> None:
  bad = ~np.isfinite(values)
  if allow_missing:
    bad &= ~np.isnan(values)
  if bad.any():
    row, column = np.argwhere(bad)[0]
    value, name = values[row, column], form.features[column]
    if np.isnan(value):
      raise table_lines.missing(path, row + 1, column + 1, "", name)
    raise UserError(
      f"{path}: row {row + 1}, column {name}: {value} is not finite"
    )
