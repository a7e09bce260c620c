"""The recordings in a table: by id, cut where time jumps or values miss.

name            a whole recording: the file's name, with /<id> of an id
name [21-60]    rows 21 to 60 of it, counted from 1
"""

from collections import Counter
from collections.abc import Iterator, Mapping
import os
import re
from typing import Any, NamedTuple, Optional

import numpy as np

from problems.core import manifest_fields
from problems.core import missing_values
from problems.core import time_gaps
from problems.files import table_dates
from problems.files import table_format
from problems.files import table_lines
from problems.files import table_reader
from problems.files import table_times
from problems.files import text_table
from t2t_af.errors import UserError

# Numbers in a sequence: reading takes in a whole record (64 MiB).
_MAX_NUMBERS = 2**24
_PART = re.compile(r" \[(\d+)-\d+\]$")


class Handling(NamedTuple):
  """What becomes of steps that are missing or uneven: the flags' values."""

  missing: str = "error"
  resample: Optional[str] = None


class Piece(NamedTuple):
  """A stretch of a recording.

  Attributes:
    name: as the module says.
    values: float64 [steps, features].
    step: of time, in the unit of the column of times; None without one.
    first: the row, from 1, of its first step; 1 where it was resampled.
  """

  name: str
  values: np.ndarray
  step: Optional[float]
  first: int = 1


def recording(name: str) -> str:
  """The recording that a piece is of, by its name."""
  return _PART.sub("", name)


def printable(name: str) -> str:
  """A file's name as text, whatever its bytes are."""
  return os.fsencode(name).decode("utf-8", "backslashreplace")


def id_of(name: str, file: str) -> str:
  """The id in the name of a piece of a file."""
  return recording(name)[len(printable(file)) + 1 :]


def part_of(name: str, start: int, stop: int) -> str:
  """The name of the rows `start` to `stop` (from 0) of a piece."""
  place = _PART.search(name)
  first = int(place.group(1)) if place else 1
  return f"{recording(name)} [{first + start}-{first + stop - 1}]"


class Table:
  """One file, to be read by the format of all.

  Attributes:
    counts: what was done while reading, {what: how often}.
  """

  def __init__(
    self,
    path: str,
    name: str,
    form: table_format.TableFormat,
    file: table_format.File,
    handling: Handling,
  ) -> None:
    self._path = path
    self._name = name
    self._form = form
    self._file = file
    self._handling = handling
    self.counts: Counter[str] = Counter()

  def pieces(self) -> list[Piece]:
    """The recordings of the file, in pieces.

    Raises:
      UserError: a bad cell, times that do not rise or are uneven, nothing to
        fill a column from; says where.
    """
    content = table_reader.read(
      self._path,
      self._form,
      self._file,
      allow_missing=self._handling.missing != "error",
    )
    found: list[Piece] = []
    for name, rows in self._recordings(content):
      found += self._cut(name, rows, content)
    return found

  def _recordings(
    self, content: table_lines.Content
  ) -> Iterator[tuple[str, Any]]:
    """The name of each recording, and its rows."""
    if content.ids is None:
      yield self._name, slice(None)
      return
    rows: dict[str, list[int]] = {}
    for row, key in enumerate(content.ids):
      rows.setdefault(key, []).append(row)
    for key, chosen in rows.items():
      yield f"{self._name}/{key}", np.array(chosen)

  def _cut(
    self, name: str, rows: Any, content: table_lines.Content
  ) -> Iterator[Piece]:
    values = content.values[rows]
    times, step, stretches = None, None, [slice(0, len(values))]
    if content.times is not None:
      times = self._times(rows, content)
      step, stretches = self._stretches(times, rows)
    if self._handling.missing == "fill":
      for part in stretches:
        self._fill(name, values, part)
    elif self._handling.missing == "cut":
      whole = ~np.isnan(values).any(axis=1)
      self.counts["rows with missing values cut out"] += int((~whole).sum())
      stretches = [p for s in stretches for p in missing_values.runs(whole, s)]
    total = len(values)
    for part in stretches:
      is_whole = part == slice(0, total)
      steps = values[part]
      if times is not None and self._handling.resample:
        steps, step = self._resampled(times[part], steps)
      for piece in _parts(name, steps, part, is_whole, step):
        yield piece._replace(first=1) if self._handling.resample else piece

  # --- Times.

  def _times(self, rows: Any, content: table_lines.Content) -> np.ndarray:
    assert content.times is not None
    if self._form.time_unit != 0:
      return np.asarray(content.times, np.float64)[rows]
    cells = (
      content.times
      if isinstance(rows, slice)
      else [content.times[row] for row in rows]
    )
    return table_dates.parse(cells, lambda row: self._place(rows, row))

  def _stretches(
    self, times: np.ndarray, rows: Any
  ) -> tuple[Optional[float], list[slice]]:
    """The usual step of time; where there is no gap."""
    new_step = self._new_step() if self._handling.resample else None
    pace = time_gaps.pace(times, new_step)
    if pace.fault is not None:
      place = self._place(rows, pace.fault)
      drop = f"--drop={self._form.times} leaves the times unchecked"
      raise UserError(
        f"{place}: {pace.trouble} (column {self._form.times}); "
        + (f"{pace.cure}, or {drop}" if pace.cure else drop)
      )
    self.counts["gaps in time, cut there"] += len(pace.stretches) - 1
    return pace.step, pace.stretches

  def _place(self, rows: Any, row: int) -> str:
    """Where row `row` of a recording of the rows `rows` is."""
    in_file = row if isinstance(rows, slice) else int(rows[row])
    return table_lines.place_of(self._path, self._form, self._file, in_file)

  def _new_step(self) -> float:
    """The step to resample to, in the unit of the column of times."""
    text = str(self._handling.resample)
    seconds = table_times.seconds(text)
    unit = self._form.time_unit
    if seconds is None:
      return float(text)
    if unit is None:
      raise UserError(
        f"{self._path}: the unit of the column {self._form.time} is not known: "
        f"say --resample={text} as a bare number in that unit"
      )
    return seconds / (unit or 1.0)

  def _resampled(
    self, times: np.ndarray, values: np.ndarray
  ) -> tuple[np.ndarray, float]:
    step = self._new_step()
    self.counts["recordings interpolated to a constant step"] += 1
    return time_gaps.resample(times, values, step), step

  # --- Missing values.

  def _fill(self, name: str, values: np.ndarray, part: slice) -> None:
    """Fills in place."""
    counts = missing_values.fill(values[part])
    for feature, count in zip(self._form.features, counts):
      if count is None:
        raise text_table.FeatureError(
          f"{self._path}: the column {feature} has no value between rows "
          f"{part.start + 1} and {part.stop} of {name} to fill it from",
          f": --drop={feature} leaves it out",
        )
      if count:
        self.counts[f"values filled in, in the column {feature}"] += count


def _parts(
  name: str,
  values: np.ndarray,
  rows: slice,
  is_whole: bool,
  step: Optional[float],
) -> Iterator[Piece]:
  """A piece, in several where it is too long for one record."""
  longest = max(1, _MAX_NUMBERS // values.shape[1])
  if len(values) <= longest:
    if not is_whole:
      name = part_of(name, rows.start, rows.stop)
    yield Piece(name, values, step, rows.start + 1)
    return
  for start in range(0, len(values), longest):
    part = values[start : start + longest]
    first = rows.start + start
    yield Piece(part_of(name, first, first + len(part)), part, step, first + 1)


def format_from(
  details: Mapping[str, Any],
) -> Optional[table_format.TableFormat]:
  """The format that a manifest keeps; None in one of before there were any.

  Raises:
    ValueError: it is damaged; says what is wrong.
  """
  if "table_format" not in details:
    return None
  fields = manifest_fields.mapping(details, "table_format")
  texts: dict[str, Any] = {
    key: manifest_fields.text(fields, key)
    for key in ("kind", "encoding", "delimiter", "decimal")
  }
  header = fields.get("header")
  unit = fields.get("time_unit")
  if not isinstance(header, bool):
    raise ValueError(f"header is {header!r}, neither true nor false")
  if unit is not None and not isinstance(unit, (int, float)):
    raise ValueError(f"time_unit is {unit!r}, not a number")
  names: dict[str, Any] = {
    key: None if fields.get(key) is None else manifest_fields.text(fields, key)
    for key in ("time", "id", "clock")
  }
  return table_format.TableFormat(
    header=header,
    features=tuple(manifest_fields.texts(fields, "features")),
    time_unit=unit,
    booleans=tuple(
      manifest_fields.texts({"booleans": [], **fields}, "booleans")
    ),
    **texts,
    **names,
  )
