"""What each column of a folder's tables is: a feature, a time, an id, text."""

import re
from typing import NamedTuple, Optional

from problems.files import table_cells
from problems.files import table_samples
from problems.files import table_time_column
from problems.files.text_table import FeatureError
from problems.files.text_table import shown
from t2t_af.errors import UserError

_NUMBERS = {table_cells.NUMBER}
_ID = re.compile("(.*[_ .])?id", re.IGNORECASE)


class Columns(NamedTuple):
  """What the columns are.

  Attributes:
    features: names of the columns that are modelled, in the first file's order.
    time: the name of the column of times; None for none.
    time_unit: seconds; None where only the person knows; 0 for dates.
    id: the name of the column of ids; None for none.
    clock: that of times of day, where `time` has dates alone; None for none.
    booleans: the features that are true or false.
    notes: what was left out, and why.
  """

  features: tuple[str, ...]
  time: Optional[str]
  time_unit: Optional[float]
  id: Optional[str]
  clock: Optional[str]
  booleans: tuple[str, ...]
  notes: list[str]


def find(
  samples: table_samples.Samples, wanted: table_samples.Wanted
) -> Columns:
  """Which columns are what.

  Raises:
    UserError: a column is of numbers here and of text there, or may tell
      recordings apart; nothing is left.
  """
  left = [
    name
    for name in samples.names
    if name != wanted.id_column and name not in wanted.drop
  ]
  time, clock, notes = wanted.time_column or None, wanted.clock_column, []
  if wanted.time_column is None:
    common = [name for name in left if samples.is_everywhere(name)]
    time, clock = table_time_column.find(samples, common, wanted)
    if time:
      notes.append(_time_note(samples, time, clock))
  features = []
  if wanted.only:
    left = [name for name in left if name in wanted.columns]
  for name in left:
    if name in (time, clock):
      continue
    note = ""
    if time and table_time_column.is_another(samples, name, wanted):
      note = f"left out as another time or counter: {name} (--columns=all)"
    note = note or _why_left_out(samples, name, wanted)
    if note:
      notes.append(note)
    else:
      features.append(name)
  if not features:
    raise UserError(
      f"of the columns {', '.join(samples.names)} none is left to model: "
      + ("; ".join(notes) or "--columns and --drop leave none")
    )
  unit = table_time_column.unit(samples, time) if time else None
  if time and clock:
    table_time_column.check_pair(samples, time, clock)
  booleans = tuple(name for name in features if _is_boolean(samples, name))
  if booleans:
    notes.append(f"true is 1, false is 0: {', '.join(booleans)}")
  return Columns(
    tuple(features), time, unit, wanted.id_column, clock, booleans, notes
  )


def check_no_id(samples: table_samples.Samples, name: str) -> None:
  """Raises a UserError if a column seems to tell recordings apart."""
  cells = list(samples.cells(name)) if _ID.fullmatch(name) else []
  if 1 < len(set(cells)) <= len(cells) / 2:
    place, _ = samples.first(name, *samples.kinds(name))
    also = ", --columns=all if it is a feature"
    raise FeatureError(
      f"{place}: the column {name} may tell recordings apart: say "
      f"--id_column={name} if it does, --drop={name} if it is of no use",
      also if samples.kinds(name) == _NUMBERS else "",
    )


def _is_boolean(samples: table_samples.Samples, name: str) -> bool:
  cells = set(samples.cells(name))
  return bool(cells) and cells <= table_cells.BOOLEANS.keys()


def _time_note(
  samples: table_samples.Samples, name: str, clock: Optional[str]
) -> str:
  words = name
  if clock:
    name, words = f"{name},{clock}", f"{name} and {clock}, a date and a clock"
  elif name in samples.nameless and samples.has_names:
    words = f"{name}, which has no name and rises evenly"
  elif samples.kinds(name) == _NUMBERS:
    words = f"{name}, which rises"
  return (
    f"left out as a time or a counter: {words}; it is checked for gaps "
    f"(--drop={name} does not check it, --columns=all makes it a feature)"
  )


def _why_left_out(
  samples: table_samples.Samples, name: str, wanted: table_samples.Wanted
) -> str:
  """Why a column is no feature, in words; "" for one that is."""
  if wanted.id_column is None and not wanted.is_wanted(name):
    check_no_id(samples, name)
  kinds = samples.kinds(name)
  if _is_boolean(samples, name):
    return ""
  if kinds <= _NUMBERS:
    if (
      name == samples.names[0]
      and name in samples.nameless
      and samples.has_names
      and not wanted.is_wanted(name)
    ):
      return "left out: the first column, without a name (--columns=all)"
    return ""
  if table_cells.NUMBER in kinds or name in wanted.columns:
    raise _no_number(
      name, *samples.first(name, table_cells.TEXT, table_cells.TIME)
    )
  if kinds == {table_cells.TEXT, table_cells.TIME}:
    place, cell = samples.first(name, table_cells.TEXT)
    raise FeatureError(
      f"{place}: {shown(cell)} is not a time, in the column {name}",
      f"; --drop={name} leaves it out",
    )
  nearly = samples.first_nearly_number(name)
  if nearly:
    raise _no_number(name, *nearly)
  place, cell = samples.first(name, table_cells.TEXT, table_cells.TIME)
  return f"left out: {name}, which is text ({shown(cell)} in {place})"


def _no_number(name: str, place: str, cell: str) -> FeatureError:
  return FeatureError(
    f"{place}: {shown(cell)} is not a number, in the column {name}",
    f"; --drop={name} leaves it out",
  )
