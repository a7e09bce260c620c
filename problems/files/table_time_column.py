"""Which column of a folder's tables has the times of steps, or counts them."""

from collections.abc import Sequence
import re
from typing import Optional

from problems.files import table_cells
from problems.files import table_samples
from problems.files import table_times
from problems.files.text_table import FeatureError
from problems.files.text_table import shown
from t2t_af.errors import UserError

_NAME = re.compile(
  r"(time|times|timestamp|datetime|date|epoch|zeit|t)([ _\[(/].*)?"
  r"|.*[ _]?timestamp|unix.?time|time.?stamp.*",
  re.IGNORECASE,
)
# A time even where it does not rise, which is then an error.
_SURELY = re.compile(r"time|timestamp|datetime|date", re.IGNORECASE)
_ENOUGH = 8  # lines in which no data rises evenly by chance
_ENOUGH_UNEVENLY = 20  # or rises at all
_TOO_FEW = 4  # to tell anything


def find(
  samples: table_samples.Samples,
  left: Sequence[str],
  wanted: table_samples.Wanted,
) -> tuple[Optional[str], Optional[str]]:
  """The column of times, or a counter of rows; and that of clocks beside dates.

  Dates; numbers that go one way, in a column with a name like "time" (where
  they repeat or fall, reading ends in an error); or the first column, if it
  rises evenly. None for none.

  Args:
    samples: of all files.
    left: the columns that may be it.
    wanted: what is known; no column that is wanted as a feature is a time.

  Raises:
    UserError: the first column, without a name, always rises, unevenly.
  """
  free = [name for name in left if not wanted.is_wanted(name)]
  dated = [n for n in free if samples.kinds(n) == {table_cells.TIME}]
  if dated:
    return _dates(samples, dated)
  return _counter(samples, free, left[0] if left else ""), None


def _dates(
  samples: table_samples.Samples, names: Sequence[str]
) -> tuple[str, Optional[str]]:
  """Of columns of times: one of whole ones, a date with a clock, the first."""
  dates = [n for n in names if all(map(table_cells.is_date, samples.cells(n)))]
  clocks = [
    n for n in names if all(map(table_cells.is_clock, samples.cells(n)))
  ]
  whole = [n for n in names if n not in dates + clocks]
  if not whole and len(dates) == len(clocks) == 1:
    return dates[0], clocks[0]
  return (whole or names)[0], None


def check_pair(samples: table_samples.Samples, date: str, clock: str) -> None:
  """Raises a UserError unless one column has dates, the other clocks."""
  for name, what, is_right in (
    (date, "a date", table_cells.is_date),
    (clock, "a time of day", table_cells.is_clock),
  ):
    for cell in samples.cells(name):
      if not is_right(cell):
        raise UserError(
          f"--time_column={date},{clock}: {shown(cell)} in the column {name} "
          f"is not {what} alone; say the column of dates first"
        )


def _counter(
  samples: table_samples.Samples, free: Sequence[str], first: str
) -> Optional[str]:
  """The column of numbers that are times or count rows; None for none."""
  numeric = [n for n in free if samples.kinds(n) == {table_cells.NUMBER}]
  for name in numeric:
    if _SURELY.fullmatch(name) or (
      _NAME.fullmatch(name) and _goes_one_way(samples, name)
    ):
      return name
  if first not in numeric:
    return None
  if _rises(samples, first, evenly=True):
    return first
  if not samples.has_names and _rises(
    samples, first, evenly=False, at_least=_ENOUGH_UNEVENLY
  ):
    raise FeatureError(
      f"{first} always rises: say --time_column={first} if it is a time, "
      f"--drop={first} if it is of no use",
      f", --columns={table_samples.ALL} if it is data",
    )
  return None


def is_another(
  samples: table_samples.Samples, name: str, wanted: table_samples.Wanted
) -> bool:
  """Whether a column of numbers is a time or counter beside the one found."""
  if wanted.is_wanted(name) or samples.kinds(name) != {table_cells.NUMBER}:
    return False
  if _NAME.fullmatch(name):
    return _rises(samples, name, evenly=False)
  nameless = samples.has_names and name in samples.nameless
  return (nameless or name == samples.names[0]) and _rises(
    samples, name, evenly=True
  )


def _goes_one_way(samples: table_samples.Samples, name: str) -> bool:
  """Whether a column never falls, or never rises, in any recording."""
  recordings = [v for v in samples.numbers(name) if len(v) >= _TOO_FEW]
  steps = [b - a for v in recordings for a, b in zip(v, v[1:])]
  longest = max(map(len, recordings), default=0)
  one_way = min(steps, default=0) >= 0 or max(steps, default=0) <= 0
  return longest >= _ENOUGH and any(steps) and one_way


def _rises(
  samples: table_samples.Samples,
  name: str,
  evenly: bool,
  at_least: int = _ENOUGH,
) -> bool:
  """Whether a column rises in every recording, of one at least so many rows."""
  longest = 0
  for values in samples.numbers(name):
    if len(values) < _TOO_FEW:
      continue
    longest = max(longest, len(values))
    if any(b <= a for a, b in zip(values, values[1:])):
      return False
    if evenly and not table_times.are_even(values):
      return False
  return longest >= at_least


def unit(samples: table_samples.Samples, name: str) -> Optional[float]:
  """Seconds that times count in; 0 for dates; None where nothing tells.

  Raises:
    UserError: the column has neither times nor numbers.
  """
  kinds = samples.kinds(name)
  if kinds == {table_cells.TIME}:
    return 0.0
  if kinds != {table_cells.NUMBER}:
    place, cell = "the files", ""
    if kinds - {table_cells.NUMBER}:
      place, cell = samples.first(name, *(kinds - {table_cells.NUMBER}))
    raise UserError(
      f"{place}: {shown(cell)} is not a time that is understood, in the column "
      f"{name}; write times as 2024-03-01 12:00:00.5, or as numbers"
    )
  return table_times.unit_of(name, samples.numbers(name)[0][0])
