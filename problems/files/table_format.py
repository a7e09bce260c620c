"""How the tables of a data set are written, and what is asked of it."""

from collections.abc import Sequence
import re
from typing import NamedTuple, Optional

from problems.files import table_cells
from problems.files import table_layout
from problems.files import table_text
from t2t_af.errors import UserError


class Wanted(NamedTuple):
  """What is known beforehand: the flags of these names, or another format.

  A time_column of "" is for certain none; None: who knows.
  """

  header: str = table_layout.AUTO
  delimiter: Optional[str] = None
  decimal: Optional[str] = None
  encoding: Optional[str] = None
  columns: tuple[str, ...] = ()
  drop: tuple[str, ...] = ()
  time_column: Optional[str] = None
  id_column: Optional[str] = None

  def check(self) -> None:
    """Raises a UserError on a value that no flag can have."""
    choices = (table_layout.AUTO, table_layout.YES, table_layout.NO)
    if self.header not in choices and not re.fullmatch(
      "[1-9][0-9]{0,5}", self.header
    ):
      raise UserError(
        f"--header={self.header} is none of {', '.join(choices)}, nor the "
        "number of the line of names"
      )
    if self.delimiter is not None:
      table_cells.delimiter_named(self.delimiter)
    if self.decimal not in (None, ".", ","):
      raise UserError(f"--decimal={self.decimal} is neither . nor ,")
    if self.encoding is not None:
      table_text.check_encoding(self.encoding)


class TableFormat(NamedTuple):
  """How all tables of a data set are written, and what their columns are.

  Attributes:
    kind: "text" or "parquet".
    encoding, delimiter, decimal: of text; delimiter as of `table_cells.split`.
    header: whether there is a line of names.
    features: the columns that are numbers to model, in this order.
    time, id: the names of these columns; None for none.
    time_unit: seconds that times count in; 0 for dates; None: unknown.
    clock: the name of the column of times of day, where `time` has dates alone.
    booleans: the features that are true or false, which is 1 or 0.
  """

  kind: str
  encoding: str
  delimiter: str
  decimal: str
  header: bool
  features: tuple[str, ...]
  time: Optional[str]
  time_unit: Optional[float]
  id: Optional[str]
  clock: Optional[str] = None
  booleans: tuple[str, ...] = ()

  @property
  def times(self) -> str:
    """The column of times, or of dates and of clocks, as the flags take it."""
    return ",".join(filter(None, (self.time, self.clock)))

  def wanted(self, features: Sequence[str]) -> Wanted:
    """So that another file is read in this format, of it `features`."""
    columns = Wanted(
      columns=tuple(features), time_column=self.times, id_column=self.id
    )
    if self.kind != "text":
      return columns
    return columns._replace(
      header=table_layout.YES if self.header else table_layout.NO,
      delimiter=table_cells.delimiter_name(self.delimiter),
      decimal=self.decimal,
      encoding=self.encoding,
    )


class File(NamedTuple):
  """Where the numbers of one file are.

  Attributes:
    names: of its columns.
    width: how many cells a line has; those beyond `names` are empty.
    first_line: the number of the first line of numbers, from 1; of one column
      the line below its name, which may be blank.
  """

  names: tuple[str, ...]
  width: int
  first_line: int
