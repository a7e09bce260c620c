"""Dates and clocks, written in many ways, as seconds."""

from collections.abc import Sequence
import re
from typing import Any, Callable

import numpy as np

from problems.files.text_table import shown
from t2t_af.errors import UserError

_DAY = 86400.0
_BLOCK = 2**18  # cells at a time, because pandas copies text
_ISO = re.compile("[0-9]{4}-")
_CLOCK = re.compile("[0-9]{1,2}:")
_ISO_DATE = "%Y-%m-%d"
# What pandas calls the dates that begin so.
_ORDERS = (
  (re.compile("[0-9]{4}-"), (_ISO_DATE,)),
  (re.compile("[0-9]{4}/"), ("%Y/%m/%d",)),
  (re.compile(r"[0-9]{4}\."), ("%Y.%m.%d",)),
  (re.compile(r"[0-9]{1,2}\."), ("%d.%m.%Y",)),
  (re.compile("[0-9]{1,2}/"), ("%d/%m/%Y", "%m/%d/%Y")),
  (re.compile("[0-9]{1,2}-[0-9]"), ("%d-%m-%Y", "%m-%d-%Y")),
  (re.compile("[0-9]{1,2}-[A-Z]"), ("%d-%b-%Y",)),
)
_CLOCKS = ("", " %H:%M", " %H:%M:%S", " %H:%M:%S.%f")
_CLOCKS += (" %I:%M %p", " %I:%M:%S %p", " %I:%M:%S.%f %p")
_ZONE = r":[0-9.]+ ?(?:Z|UTC|[+-][0-9:]+)$"


def parse(cells: Sequence[str], place: Callable[[int], str]) -> np.ndarray:
  """Dates or clocks, as float64 seconds since the first.

  Args:
    cells: of the rows.
    place: says where row i (from 0) is, for errors.

  Raises:
    UserError: one is none, or they are of several notations; says where.
  """
  first = cells[0]
  readings: dict[str, list[np.ndarray]] = {}
  for start in range(0, len(cells), _BLOCK):
    block = cells[start : start + _BLOCK]
    try:
      found = _readings(block, first)
    except (ValueError, OverflowError) as error:
      row = start + _row_of(error, len(block))
      raise UserError(
        f"{place(row)}: {shown(cells[row])} is not a time as {shown(first)} is"
      ) from error
    if start:
      found = {name: found[name] for name in readings if name in found}
    if not found:
      raise UserError(f"{place(start)}: times of another notation begin here")
    readings = {n: [*readings.get(n, []), s] for n, s in found.items()}
  times = [_since_first(np.concatenate(parts)) for parts in readings.values()]
  if _CLOCK.match(first):  # at midnight a clock goes back
    days = np.cumsum(np.diff(times[0], prepend=0.0) < -_DAY / 2)
    return times[0] + _DAY * days
  if len(times) > 1 and not np.array_equal(times[0], times[1]):
    raise UserError(
      f"{place(0)}: {shown(first)} can be of two days: is the month or the day "
      "first? Write dates as 2024-03-01, or leave the column out with --drop"
    )
  return times[0]


def _row_of(error: Exception, num_rows: int) -> int:
  """Which row an error of pandas is about; the first if it does not say."""
  found = re.search(r"position ([0-9]+)", str(error))
  row = int(found.group(1)) if found else 0
  return row if row < num_rows else 0


def _since_first(nanoseconds: np.ndarray) -> np.ndarray:
  return (nanoseconds - nanoseconds[0]) / 1e9


def _readings(cells: Sequence[str], first: str) -> dict[str, np.ndarray]:
  """{notation: int64 nanoseconds}: those that are possible.

  Raises:
    ValueError: none is; says why.
  """
  import pandas as pd  # which takes half a second that only this needs

  texts = pd.Series(cells, dtype=str).str.strip()
  texts = texts.str.replace(",", ".", regex=False)
  errors = [ValueError(f"{shown(first)} is no date")]
  if _ISO.match(first):
    zoned = texts.str.contains(_ZONE, regex=True)
    if zoned.any() and not zoned.all():
      odd = int(np.argmax(zoned.to_numpy() != zoned.iloc[0]))
      raise ValueError(f"a zone or none at position {odd}")
    name = "zoned" if zoned.any() else _ISO_DATE
    try:
      stamps = pd.to_datetime(texts, format="ISO8601", utc=bool(zoned.any()))
      return {name: _nanoseconds(stamps)}
    except ValueError as reason:  # 9:05 instead of 09:05, which ISO wants
      errors.append(reason)
  if _CLOCK.match(first):
    texts = "1970-01-01 " + texts
    dates: tuple[str, ...] = (_ISO_DATE,)
  else:
    dates = next((o for start, o in _ORDERS if start.match(first)), ())
  found = {}
  for date in dates:
    for clock in _CLOCKS:
      try:
        stamps = pd.to_datetime(texts, format=date + clock)
      except ValueError as reason:
        errors.append(reason)
        continue
      found[date] = _nanoseconds(stamps)
      break
  if not found:  # of the notation that got furthest
    raise max(errors, key=lambda error: _row_of(error, len(cells)))
  return found


def _nanoseconds(stamps: Any) -> np.ndarray:
  return stamps.to_numpy("datetime64[ns]").astype(np.int64)
