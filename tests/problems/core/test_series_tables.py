"""Recordings in tables: by id, cut at gaps, filled, resampled."""

import os

import numpy as np
import pytest

from problems.core import series_folder
from problems.core import series_tables
from problems.files import table_format
from t2t_af.errors import UserError

ROWS = 40


def _values(seed=0, rows=ROWS):
  rng = np.random.default_rng(seed)
  return np.cumsum(rng.standard_normal([rows, 2]), axis=0).round(4)


def _rows(*columns):
  return "".join(",".join(map(str, row)) + "\n" for row in zip(*columns))


def _table(values, header, *before):
  return header + "\n" + _rows(*before, *values.T)


def _read(folder, text, missing="error", resample=None, **wanted):
  """{piece: values} of a table, and what was counted."""
  texts = text if isinstance(text, dict) else {"a.csv": text}
  for name, content in texts.items():
    (folder / name).write_text(content, encoding="utf-8")
  found = series_folder.SeriesFolder(
    str(folder),
    sorted(texts),
    table_format.Wanted(**wanted),
    series_tables.Handling(missing, resample),
  )
  found.measure()
  pieces = {}
  for name in texts:
    pieces.update(found.pieces(name))
  return pieces, +found.counts


def _iso(seconds):
  start = np.datetime64("2024-03-01T23:59:50.000")
  times = start + (np.asarray(seconds) * 1000).round().astype("timedelta64[ms]")
  return np.datetime_as_string(times)


EVEN = np.arange(ROWS) * 0.5
TIMES = {
  "iso": _iso(EVEN),
  "iso with a space": [t.replace("T", " ") for t in _iso(EVEN)],
  "zone": [t + "+02:00" for t in _iso(EVEN)],
  "utc": [t + "Z" for t in _iso(EVEN)],
  "german": [f"{t[8:10]}.{t[5:7]}.{t[:4]} {t[11:]}" for t in _iso(EVEN)],
  "clock past midnight": [t[11:] for t in _iso(EVEN)],
  "epoch": (1.7e9 + EVEN),
  "epoch, milliseconds": (1_700_000_000_000 + 500 * np.arange(ROWS)),
  "epoch, microseconds": (1_700_000_000_000_000 + 500_000 * np.arange(ROWS)),
  "30 a second, in milliseconds": (np.arange(ROWS) * 1000 / 30).astype(int),
  "a little jitter": EVEN + 0.01 * np.sin(np.arange(ROWS)),
  "a counter": np.arange(7, 7 + ROWS),
}


@pytest.mark.parametrize("kind", TIMES)
@pytest.mark.parametrize("name", ["time", "when"])
def test_even_times_are_no_feature(tmp_path, kind, name):
  text = _table(_values(), f"{name},x,y", TIMES[kind])
  pieces, counts = _read(tmp_path, text)
  np.testing.assert_array_equal(pieces["a.csv"], _values())
  assert not counts


@pytest.mark.parametrize("kind", TIMES)
def test_gaps_in_time_cut_a_recording(tmp_path, kind):
  keep = np.r_[0:15, 18:ROWS]
  times = np.asarray(TIMES[kind])[keep]
  text = _table(_values()[keep], "time,x,y", times)
  pieces, counts = _read(tmp_path, text)
  assert list(pieces) == ["a.csv [1-15]", "a.csv [16-37]"]
  np.testing.assert_array_equal(pieces["a.csv [1-15]"], _values()[:15])
  np.testing.assert_array_equal(pieces["a.csv [16-37]"], _values()[18:])
  assert counts == {"gaps in time, cut there": 1}


def test_times_are_checked_where_features_are_chosen(tmp_path):
  keep = np.r_[0:15, 18:ROWS]
  text = _table(_values()[keep], "time,x,y", EVEN[keep])
  pieces, _ = _read(tmp_path, text, columns=("y",))
  assert [v.shape for v in pieces.values()] == [(15, 1), (22, 1)]
  pieces, _ = _read(tmp_path, text, columns=("y",), drop=("time",))
  assert [v.shape for v in pieces.values()] == [(37, 1)]
  pieces, _ = _read(tmp_path, text, columns=("time", "y"))
  assert [v.shape for v in pieces.values()] == [(37, 2)]


def _uneven(seed=3):
  steps = np.random.default_rng(seed).uniform(0.2, 0.8, ROWS)
  return np.cumsum(steps).round(3)


@pytest.mark.parametrize(
  "times, line, told",
  [
    (np.r_[0:20, 5:25], 22, "time goes back"),
    (np.r_[0:20, 19:39], 22, "time stands still"),
    (np.r_[0:20, 19.8:39], 22, "time goes on by 0.8, where 1 is usual"),
  ],
)
def test_times_out_of_order_or_uneven_are_named(tmp_path, times, line, told):
  text = _table(_values(rows=len(times)), "time,x,y", times)
  with pytest.raises(UserError) as caught:
    _read(tmp_path, "# by hand\n\n" + text)
  message = str(caught.value)
  assert f"a.csv:{line + 2}: {told} (column time)" in message
  assert "--drop=time" in message
  pieces, _ = _read(tmp_path, text, drop=("time",))
  assert pieces["a.csv"].shape == (len(times), 2)


def test_uneven_times_are_resampled_when_that_is_wanted(tmp_path):
  times = _uneven()
  values = np.column_stack([2 * times + 1, -times])
  text = _table(values, "time_s,x,y", times)
  with pytest.raises(UserError, match="--resample=STEP"):
    _read(tmp_path, text)
  for step in ("0.25", "0.25s", "250ms", "4Hz"):
    pieces, counts = _read(tmp_path, text, resample=step)
    found = pieces["a.csv"]
    new = times[0] + 0.25 * np.arange(len(found))
    assert times[-1] - 0.25 < new[-1] <= times[-1] + 1e-9
    np.testing.assert_allclose(found, np.c_[2 * new + 1, -new], atol=1e-9)
    assert counts == {"recordings interpolated to a constant step": 1}


def test_resampling_does_not_bridge_long_gaps(tmp_path):
  times = np.r_[_uneven(), 100 + _uneven()]
  text = _table(_values(rows=2 * ROWS), "time_s,x,y", times)
  pieces, counts = _read(tmp_path, text, resample="0.5s")
  assert list(pieces) == ["a.csv [1-40]", "a.csv [41-80]"]
  assert counts["gaps in time, cut there"] == 1


def test_resampling_needs_a_time_and_its_unit(tmp_path):
  text = _table(_values(), "x,y")
  with pytest.raises(UserError, match="needs a column of times.*--time_column"):
    _read(tmp_path, text, resample="1s")
  text = _table(_values(), "t,x,y", _uneven())
  with pytest.raises(UserError, match="unit of the column t is not known"):
    _read(tmp_path, text, resample="1s")
  for wrong in ("fast", "0s", "-1s", "1 parsec", "nan"):
    with pytest.raises(UserError, match=f"--resample={wrong} is no step"):
      _read(tmp_path, text, resample=wrong)


def test_two_files_of_other_rates_are_named(tmp_path):
  texts = {
    "a.csv": _table(_values(), "time,x,y", EVEN),
    "b.csv": _table(_values(), "time,x,y", 2 * EVEN),
  }
  with pytest.raises(UserError, match="b.csv: a step of time is 1, but 0.5 in"):
    _read(tmp_path, texts)
  pieces, _ = _read(tmp_path, texts, resample="0.5", time_column="time")
  assert len(pieces["a.csv"]) == ROWS and len(pieces["b.csv"]) == 2 * ROWS - 1


def test_dates_of_which_month_and_day_may_change_places_are_asked_about(
  tmp_path,
):
  days = [f"0{d}/03/2024" for d in range(1, 10)]
  text = _table(_values(rows=9), "date,x,y", days)
  with pytest.raises(UserError, match="is the month or the day first"):
    _read(tmp_path, text)
  same_day = [f"01/03/2024 00:00:{s:02}" for s in range(ROWS)]
  pieces, _ = _read(tmp_path, _table(_values(), "date,x,y", same_day))
  np.testing.assert_array_equal(pieces["a.csv"], _values())


@pytest.mark.parametrize(
  "first, odd, told",
  [
    ("2024-03-01 00:00:{:02}", "2024-02-30", "is not a time as '2024-03-01"),
    ("2024-03-01 00:00:{:02}", "yesterday", "is not a time, in the column"),
    ("2024-03-01 00:00:{:02}Z", "2024-03-01 00:00:30", "is not a time as"),
    ("01.03.2024 00:00:{:02}", "2024-03-01 00:00:30", "is not a time as"),
  ],
)
def test_times_that_are_none_are_named(tmp_path, first, odd, told):
  times = [first.format(s) for s in range(ROWS)]
  times[30] = odd
  with pytest.raises(UserError, match=f"a.csv:32(:1)?: '{odd}' {told}"):
    _read(tmp_path, _table(_values(), "when,x,y", times))


@pytest.mark.parametrize("marks", [["", "NA"], ["nan", "?"]])
def test_missing_values_are_cut_filled_or_named(tmp_path, marks):
  cells = _values().astype(object)
  cells[0, 0], cells[20, 1] = marks
  text = _table(cells, "x,y")
  with pytest.raises(UserError, match=f"a.csv:2:1: '{marks[0]}' is not a num"):
    _read(tmp_path, text)
  pieces, counts = _read(tmp_path, text, missing="cut")
  assert list(pieces) == ["a.csv [2-20]", "a.csv [22-40]"]
  np.testing.assert_array_equal(pieces["a.csv [2-20]"], _values()[1:20])
  assert counts == {"rows with missing values cut out": 2}
  pieces, counts = _read(tmp_path, text, missing="fill")
  expected = _values()
  expected[0, 0] = expected[1, 0]  # the nearest
  expected[20, 1] = (expected[19, 1] + expected[21, 1]) / 2
  np.testing.assert_allclose(pieces["a.csv"], expected, rtol=1e-12)
  assert counts == {
    "values filled in, in the column x": 1,
    "values filled in, in the column y": 1,
  }


def test_a_column_without_values_cannot_be_filled(tmp_path):
  cells = _values().astype(object)
  cells[:, 1] = ""
  cells = np.vstack([_values(1), cells])
  text = _table(cells, "who,x,y", ["a"] * ROWS + ["b"] * ROWS)
  with pytest.raises(UserError, match="column y has no value.*--drop=y"):
    _read(tmp_path, text, missing="fill", id_column="who")


@pytest.mark.parametrize("order", ["blocks", "interleaved"])
@pytest.mark.parametrize("names", [[1, 2, 3], ["anna", "bo", "c/d [1-2]"]])
def test_rows_of_an_id_are_a_recording(tmp_path, order, names):
  ids = np.repeat(names, 5) if order == "blocks" else np.tile(names, 5)
  values = _values(rows=15)
  text = _table(values, "who,x,y", ids)
  pieces, _ = _read(tmp_path, text, id_column="who")
  assert list(pieces) == [f"a.csv/{name}" for name in names]
  for name in names:
    np.testing.assert_array_equal(pieces[f"a.csv/{name}"], values[ids == name])


def test_times_are_those_of_an_id(tmp_path):
  times = np.tile(np.arange(20) * 0.1, 2).round(1)
  text = _table(_values(), "who,time,x,y", np.repeat([0, 1], 20), times)
  pieces, counts = _read(tmp_path, text, id_column="who")
  assert [len(v) for v in pieces.values()] == [20, 20] and not counts


def test_an_id_or_a_time_may_not_be_missing(tmp_path):
  ids = ["a"] * 20 + [""] + ["b"] * 19
  text = _table(_values(), "who,x,y", ids)
  with pytest.raises(UserError, match="a.csv:22:1: '' in the column who"):
    _read(tmp_path, text, id_column="who")


def test_long_recordings_become_several_sequences(tmp_path, monkeypatch):
  monkeypatch.setattr(series_tables, "_MAX_NUMBERS", 30)
  pieces, _ = _read(tmp_path, _table(_values(), "x,y"))
  assert list(pieces) == ["a.csv [1-15]", "a.csv [16-30]", "a.csv [31-40]"]
  joined = np.concatenate(list(pieces.values()))
  np.testing.assert_array_equal(joined, _values())
  assert {series_tables.recording(name) for name in pieces} == {"a.csv"}


def test_files_are_read_once_where_memory_lets(tmp_path, monkeypatch):
  texts = {f"{k}.csv": _table(_values(k), "x,y") for k in range(3)}
  for name, text in texts.items():
    (tmp_path / name).write_text(text)
  read = []
  stock = series_tables.Table.pieces
  monkeypatch.setattr(
    series_tables.Table,
    "pieces",
    lambda table: read.append(os.path.basename(table._path)) or stock(table),
  )
  found = series_folder.SeriesFolder(
    str(tmp_path),
    sorted(texts),
    table_format.Wanted(),
    series_tables.Handling(),
  )
  found.measure()
  found.pieces("0.csv")
  assert read == ["0.csv", "1.csv", "2.csv"]
  monkeypatch.setattr(series_folder, "_KEPT_BYTES", 1)
  found._kept.clear()
  found._kept_bytes = 0
  for name in ("0.csv", "0.csv", "1.csv", "0.csv"):
    np.testing.assert_array_equal(
      found.pieces(name)[name], _values(int(name[0]))
    )
  assert read[3:] == ["0.csv", "1.csv", "0.csv"]
