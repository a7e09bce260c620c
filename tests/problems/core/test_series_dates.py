"""Dates and clocks in two columns, other notations of dates; true and false."""

import datetime
import json

import numpy as np
import pandas
import pytest

from problems.core import series_folder
from problems.core import series_tables
from problems.files import table_format
from t2t_af.errors import UserError

ROWS = 30
VALUES = (np.arange(ROWS) ** 2 % 7 + 0.5).tolist()
# Over midnight and the end of a month.
TIMES = [
  datetime.datetime(2024, 3, 31, 23, 59, 50) + datetime.timedelta(seconds=s)
  for s in range(ROWS)
]


def _read(path, missing="error", **wanted):
  found = series_folder.SeriesFolder(
    str(path.parent),
    [path.name],
    table_format.Wanted(**wanted),
    series_tables.Handling(missing),
  )
  found.measure()
  return found, [p.tolist() for p in found.pieces(path.name).values()]


def _write(folder, header, *columns):
  path = folder / "a.csv"
  rows = [header, *(",".join(map(str, row)) for row in zip(*columns))]
  path.write_text("\n".join(rows) + "\n", encoding="utf-8")
  return path


def _written(notation):
  return [time.strftime(notation) for time in TIMES]


@pytest.mark.parametrize(
  "date, clock",
  [
    ("%Y-%m-%d", "%H:%M:%S"),
    ("%d.%m.%Y", "%H:%M:%S.%f"),
    ("%Y.%m.%d", "%H:%M:%S"),
    ("%m/%d/%Y", "%I:%M:%S %p"),
    ("%d-%b-%Y", "%H:%M:%S"),
    ("%d-%m-%Y", "%H:%M:%S"),
  ],
)
def test_a_date_and_a_clock_are_times_together(tmp_path, date, clock):
  path = _write(
    tmp_path, "clock,x,date", _written(clock), VALUES, _written(date)
  )
  found, pieces = _read(path)
  assert (found.format.time, found.format.clock) == ("date", "clock")
  assert pieces == [[[v] for v in VALUES]]
  assert "date and clock, a date and a clock" in found.lines[-1]
  # And so it stands in the manifest.
  kept = json.dumps({"table_format": found.format._asdict()})
  form = series_tables.format_from(json.loads(kept))
  assert form == found.format
  assert form.wanted(["x"]).time_column == "date,clock"


def test_a_gap_over_midnight_cuts(tmp_path):
  rows = [*range(10), *range(20, ROWS)]
  columns = [
    [c[k] for k in rows]
    for c in (_written("%Y-%m-%d"), _written("%H:%M:%S"), VALUES)
  ]
  _, pieces = _read(_write(tmp_path, "date,clock,x", *columns))
  assert list(map(len, pieces)) == [10, 10]


def test_a_pair_may_be_given(tmp_path):
  path = _write(
    tmp_path,
    "date,birth,clock,x",
    _written("%Y-%m-%d"),
    ["1999-01-02"] * ROWS,
    _written("%H:%M:%S"),
    VALUES,
  )
  # Of two dates nobody knows which one.
  with pytest.raises(UserError, match=r"a.csv:3: time stands still"):
    _read(path)
  found, _ = _read(path, time_column="date,clock")
  assert found.format.clock == "clock"
  with pytest.raises(UserError, match="'23:59:50' in the column clock is not"):
    _read(path, time_column="clock,date")
  with pytest.raises(UserError, match='unknown column "hour"'):
    _read(path, time_column="date,hour")


def test_dates_and_clocks_of_parquet(tmp_path):
  stamps = pandas.DatetimeIndex(TIMES)
  path = tmp_path / "a.parquet"
  pandas.DataFrame(
    {"day": stamps.date, "clock": stamps.time, "x": VALUES}
  ).to_parquet(path)
  found, pieces = _read(path)
  assert (found.format.time, found.format.clock) == ("day", "clock")
  assert pieces == [[[v] for v in VALUES]]


def test_an_hour_of_one_digit_is_read(tmp_path):
  clocks = [f"2024-03-01 {9 + k // 20}:{3 * k % 60:02}" for k in range(ROWS)]
  found, pieces = _read(_write(tmp_path, "when,x", clocks, VALUES))
  assert found.format.time == "when"
  assert len(pieces) == 1


@pytest.mark.parametrize("words", [("true", "false"), ("FALSE", "TRUE")])
def test_true_and_false_are_one_and_zero(tmp_path, words):
  cells = [words[k % 3 > 0] for k in range(ROWS)]
  expected = [float(cell.lower() == "true") for cell in cells]
  found, [piece] = _read(_write(tmp_path, "x,moves", VALUES, cells))
  assert [row[1] for row in piece] == expected
  assert found.lines[-1] == "true is 1, false is 0: moves"
  frame = pandas.DataFrame({"x": VALUES, "moves": np.array(expected) > 0})
  path = tmp_path / "b.parquet"
  frame.to_parquet(path)
  assert _read(path)[1] == [piece]


def test_what_is_neither_true_nor_false_is_named(tmp_path):
  """Behind the lines that are looked at first."""
  count = 3000
  cells = ["true" if k % 3 else "false" for k in range(count)]
  values = list(np.arange(count) ** 2 % 7 + 0.5)
  for bad in ("perhaps", "1"):
    cells[2500] = bad
    path = _write(tmp_path, "x,moves", values, cells)
    with pytest.raises(UserError, match=f"a.csv:2502:2: '{bad}' is not a num"):
      _read(path)
  cells[2500] = ""
  path = _write(tmp_path, "x,moves", values, cells)
  with pytest.raises(UserError, match="a.csv:2502:2: .*missing value"):
    _read(path)
  assert len(_read(path, missing="cut")[1]) == 2


def test_numbers_and_true_in_one_column_are_refused(tmp_path):
  cells = ["1" if k % 3 else "true" for k in range(ROWS)]
  with pytest.raises(UserError, match="a.csv:2:2: 'true' is not a number"):
    _read(_write(tmp_path, "x,moves", VALUES, cells))
