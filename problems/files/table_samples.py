"""The first cells of the columns of a folder's tables."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple, Optional

from problems.files import table_cells
from problems.files import table_layout
from problems.files.text_table import shown
from t2t_af.errors import suggest
from t2t_af.errors import UserError

ALL = "all"  # of --columns


class Sample(NamedTuple):
  """Of one file.

  Attributes:
    names: of its columns; a nameless one is called by its place.
    cells: {name: [(line number, cell)]}.
  """

  names: tuple[str, ...]
  cells: dict[str, list[tuple[int, str]]]


class Wanted(NamedTuple):
  """What a person said of columns; see the flags of these names.

  A time_column of "" is for certain none; None: who knows. The clock_column has
  the times of day, where the time_column has dates alone.
  """

  columns: tuple[str, ...] = ()
  drop: tuple[str, ...] = ()
  time_column: Optional[str] = None
  id_column: Optional[str] = None
  clock_column: Optional[str] = None

  def is_wanted(self, name: str) -> bool:
    """Whether a column was asked for, as a feature."""
    return name in self.columns or ALL in self.columns

  @property
  def only(self) -> bool:
    """Whether columns that were not named are of no interest."""
    return bool(self.columns) and ALL not in self.columns

  @property
  def named(self) -> tuple[str, ...]:
    """Every column that must be there."""
    times = (self.time_column, self.clock_column)
    others = (*self.drop, *times, self.id_column)
    return tuple(n for n in (*self.columns, *others) if n and n != ALL)


def sample(layout: table_layout.Layout, path: str, num_rows: int) -> Sample:
  """Some lines of a file.

  Raises:
    UserError: two columns have one name.
  """
  width = len(layout.names or layout.body[0].cells)
  body = [r for r in layout.body[:num_rows] if len(r.cells) == width]
  columns = list(zip(*(row.cells for row in body)))
  names = list(layout.names or [""] * width)
  while names and not names[-1] and not any(columns[len(names) - 1]):
    names.pop()  # lines end with a delimiter
  names = [name or f"column{i}" for i, name in enumerate(names, 1)]
  counts = Counter(names)
  for name in names:
    if counts[name] > 1:
      places = [str(i) for i, n in enumerate(names, 1) if n == name]
      raise UserError(
        f"{path}:{layout.line}: the columns {' and '.join(places)} have one "
        f"name, {shown(name)}; name them apart, or say --header=no where this "
        "is no line of names"
      )
  lines = [row.number for row in body]
  return Sample(
    tuple(names),
    {name: list(zip(lines, cells)) for name, cells in zip(names, columns)},
  )


def check_names(samples: Mapping[str, Sample], wanted: Wanted) -> None:
  """That all files have columns of the same names, and those wanted.

  Raises:
    UserError: they have not; names file and columns.
  """

  def needed(found: Sample) -> list[str]:
    if wanted.only:
      return list(wanted.named)
    return [n for n in found.names if n not in wanted.drop]

  (first, expected), *others = samples.items()
  for name in wanted.named:
    if name not in expected.names:
      raise UserError(f"{first}: {suggest(name, expected.names, 'column')}")
  for path, found in others:
    missing = [n for n in needed(expected) if n not in found.names]
    extra = [n for n in needed(found) if n not in expected.names]
    if missing or extra:
      what = [f"has no column {', '.join(missing)}"] if missing else []
      what += [f"has the column {', '.join(extra)} too"] if extra else []
      raise UserError(
        f"{path} {' and '.join(what)}; that is not so in {first}. Files of "
        "one data set have the same columns; --drop leaves some out"
      )


class Samples:
  """Those of all files, which have the same columns.

  Attributes:
    names: of the columns, in the first file's order.
    nameless: those of them without a name in the file.
  """

  def __init__(
    self,
    samples: Mapping[str, Sample],
    nameless: Sequence[str],
    decimal: str,
    id_column: Optional[str],
  ) -> None:
    self.names = next(iter(samples.values())).names
    self.nameless = tuple(nameless)
    self._samples = samples
    self._decimal = decimal
    self._id_column = id_column
    self._kinds: dict[str, set[str]] = {}

  @property
  def has_names(self) -> bool:
    """Whether the tables name columns, so that one without says something."""
    return len(self.nameless) < len(self.names)

  def cells(self, name: str) -> Iterator[str]:
    """Those of a column that are not missing."""
    for sample_ in self._samples.values():
      for _, cell in sample_.cells[name]:
        if self.kind(cell) != table_cells.MISSING:
          yield cell

  def is_everywhere(self, name: str) -> bool:
    """Whether every file has a column of this name."""
    return all(name in found.names for found in self._samples.values())

  def kind(self, cell: str) -> str:
    """Of `table_cells`."""
    return table_cells.kind(cell, self._decimal)

  def kinds(self, name: str) -> set[str]:
    """Of the cells of a column that are not missing."""
    if name not in self._kinds:
      found = {
        table_cells.kind(cell, self._decimal)
        for sample_ in self._samples.values()
        for _, cell in sample_.cells[name]
      }
      self._kinds[name] = found - {table_cells.MISSING}
    return self._kinds[name]

  def first(self, name: str, *kinds: str) -> tuple[str, str]:
    """Place ("path:line:column") and text of the first cell of these kinds."""
    return next(
      (f"{path}:{line}:{sample_.names.index(name) + 1}", cell)
      for path, sample_ in self._samples.items()
      for line, cell in sample_.cells[name]
      if self.kind(cell) in kinds
    )

  def first_nearly_number(self, name: str) -> Optional[tuple[str, str]]:
    """Place and text of the first one that may be meant as a number."""
    for path, sample_ in self._samples.items():
      for line, cell in sample_.cells[name]:
        if self.kind(cell) == table_cells.TEXT:
          if table_cells.nearly_number(cell):
            place = f"{path}:{line}:{sample_.names.index(name) + 1}"
            return place, cell
    return None

  def numbers(self, name: str) -> list[list[float]]:
    """The numbers of a column, by file and id."""
    parts = []
    for sample_ in self._samples.values():
      cells = [cell for _, cell in sample_.cells[name]]
      ids = [""] * len(cells)
      if self._id_column:
        ids = [cell for _, cell in sample_.cells[self._id_column]]
      groups: dict[str, list[float]] = {}
      for cell, key in zip(cells, ids):
        if self.kind(cell) == table_cells.NUMBER:
          value = table_cells.number(cell, self._decimal)
          groups.setdefault(key, []).append(value)
      parts += groups.values()
    return parts
