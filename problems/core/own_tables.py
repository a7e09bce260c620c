"""Tables of one's own, read as those that a data set was made from.

tables = own_tables.OwnTables(names, details, own_tables.Given(missing="fill"))
tables.read(path)     # pieces of recordings, and lines about what was done
"""

from collections.abc import Mapping, Sequence
import os
from typing import Any, NamedTuple, Optional

from problems.core import options
from problems.core import series_tables
from problems.files import table_format
from problems.files import table_samples
from problems.files import table_search
from problems.files import text_table
from t2t_af.errors import UserError


class Given(NamedTuple):
  """What the flags of these names say of tables; None: nothing."""

  header: Optional[str] = None
  delimiter: Optional[str] = None
  decimal: Optional[str] = None
  encoding: Optional[str] = None
  drop: Optional[Sequence[str]] = None
  time_column: Optional[str] = None
  id_column: Optional[str] = None
  missing: Optional[str] = None
  resample: Optional[str] = None

  @property
  def writing(self) -> dict[str, Any]:
    """What is said of how tables are written."""
    names = ("header", "delimiter", "decimal", "encoding")
    said = {name: getattr(self, name) for name in names}
    return {name: value for name, value in said.items() if value is not None}


class Read(NamedTuple):
  """Of one file.

  Attributes:
    pieces: of its recordings; values float64 [steps, names], in raw units.
    told: lines about what was done to it.
  """

  pieces: list[series_tables.Piece]
  told: list[str]


class OwnTables:
  """Reads tables for somebody who needs certain columns.

  What no flag says is as in the data set, if the file has it: how tables are
  written, times, ids, columns to drop, what becomes of missing values. A file
  that is written otherwise is read as it is, if that is certain. Times are
  looked for and checked, and ids asked about, as when a data set is made.

  Args:
    names: of the features, in the order wanted.
    details: what the manifest of the data set keeps; {} for none.
    given: by flags.

  Raises:
    UserError: a flag's value cannot be meant.
    ValueError: the manifest is damaged; says where.
  """

  def __init__(
    self,
    names: Sequence[str],
    details: Mapping[str, Any],
    given: Optional[Given] = None,
  ) -> None:
    self._names, self._given = tuple(names), given or Given()
    self._form = series_tables.format_from(details)
    self._options = dict(details.get("table_options", {}))
    said = self._given.missing or self._options.get("missing")
    self._missing = said or "error"
    options.check(options.Options(missing=self._missing))

  def read(self, path: str) -> Read:
    """The recordings in a table.

    Raises:
      UserError: it cannot be read, or lacks a feature; names the file.
    """
    try:
      return self._read(path)
    except text_table.FeatureError as error:
      raise UserError(error.fault) from error

  def _read(self, path: str) -> Read:
    seen, told = self._look(path)
    found, names = self._found(path, seen)
    places = [found.format.features.index(name) for name in names]
    table = series_tables.Table(
      path,
      series_tables.printable(os.path.basename(path)),
      found.format,
      found.files[path],
      self._handling(path, found.format),
    )
    pieces = [p._replace(values=p.values[:, places]) for p in table.pieces()]
    told += [
      f"{what}: {count}" for what, count in table.counts.items() if count
    ]
    return Read(pieces, told)

  def _look(self, path: str) -> tuple[table_search.Look, list[str]]:
    """The file read as the data set, else as it is."""
    as_it_is = table_format.Wanted(**self._given.writing)
    if self._form is None:
      return table_search.look([path], as_it_is), []
    as_data = self._form.wanted(())._replace(**self._given.writing)
    try:
      seen = table_search.look([path], as_data)
    except UserError:
      return _otherwise(table_search.look([path], as_it_is))
    if self._is_complete(seen):
      return seen, []
    try:
      other = table_search.look([path], as_it_is)
    except UserError:
      if set(self._names) & set(seen.names):
        return seen, []  # only a column is missing
      raise
    if self._is_complete(other) or not other.form.header:
      return _otherwise(other)
    return seen, []

  def _is_complete(self, seen: table_search.Look) -> bool:
    return set(self._names) <= set(seen.names)

  def _found(
    self, path: str, seen: table_search.Look
  ) -> tuple[table_search.Found, tuple[str, ...]]:
    """The format with columns; what the file calls the features."""
    wanted = self._wanted(path, seen.names)
    if not self._is_complete(seen) and not seen.form.header:
      found = table_search.with_columns(seen, wanted._replace(columns=()))
      if len(found.format.features) == len(self._names):
        return found, found.format.features
    found = table_search.with_columns(seen, wanted)
    form = found.format
    known = (*self._names, *wanted.drop, form.time, form.clock)
    if form.id is None and self._asks:
      others = [name for name in seen.names if name not in known]
      table_search.check_no_ids(seen, others)
    return found, self._names

  @property
  def _asks(self) -> bool:
    """Whether the data set was one whose other columns were looked at."""
    chosen = self._options.get("columns") or ()
    return not chosen or table_samples.ALL in chosen

  def _wanted(self, path: str, have: Sequence[str]) -> table_format.Wanted:
    given, form = self._given, self._form
    drop, time, id_ = given.drop, given.time_column, given.id_column
    if drop is None:
      dropped = self._options.get("drop") or ()
      drop = [n for n in dropped if n in have and n not in self._names]
    others = [name for name in have if name not in drop]
    if form and time is None and form.time:
      parts = [name for name in (form.time, form.clock) if name]
      time = form.times if set(parts) <= set(others) else None
    if form and id_ is None and form.id in others:
      id_ = form.id
    for name in self._names:
      if name in (*drop, time, id_):
        raise UserError(
          f"{path}: the column {name} is a feature here, which is always read: "
          "neither --drop, --time_column nor --id_column can name it"
        )
    return table_format.Wanted(
      columns=self._names, drop=tuple(drop), time_column=time, id_column=id_
    )

  def _handling(
    self, path: str, form: table_format.TableFormat
  ) -> series_tables.Handling:
    resample = self._given.resample
    if resample and not form.time:
      raise UserError(
        f"{path}: --resample={resample} needs a column of times: say which "
        "with --time_column"
      )
    if resample is None and form.time:
      resample = self._options.get("resample")
    return series_tables.Handling(self._missing, resample)


def _otherwise(seen: table_search.Look) -> tuple[table_search.Look, list[str]]:
  """With a line that says how the file is written."""
  return seen, [f"written otherwise than the run's data: {seen.lines[0]}"]
