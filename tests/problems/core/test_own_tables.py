"""Tables of one's own: read as the data's, or as they are, and never across."""

import json

import numpy as np
import pytest

from problems.core import own_tables
from problems.files import table_format
from problems.files import table_search
from t2t_af.errors import UserError
from tests.fixtures import small_tables

_NAMES = ("x", "y")
_VALUES = small_tables.numbers(3, 40, 2)


def _write(path, text, encoding="utf-8"):
  path.write_bytes(text.encode(encoding))
  return str(path)


def _tables(tmp_path, text=None, names=_NAMES, given=None, **wanted):
  """For files beside a data set that was made of a table of this text."""
  if text is None:
    text = small_tables.text(_VALUES, "x,y")
  path = _write(tmp_path / "of_data.csv", text)
  form = {k: v for k, v in wanted.items() if k in table_format.Wanted._fields}
  found = table_search.find([path], table_format.Wanted(**form))
  details = dict(table_format=found.format._asdict(), table_options=wanted)
  return own_tables.OwnTables(
    names, json.loads(json.dumps(details)), own_tables.Given(**(given or {}))
  )


def _with(column, name, values=_VALUES):
  """A table whose first column is another."""
  rows = [f"{c},{x:.4f},{y:.4f}" for c, (x, y) in zip(column, values)]
  return "\n".join([f"{name},x,y", *rows]) + "\n"


@pytest.mark.parametrize(
  "text, encoding, told",
  [
    (small_tables.text(_VALUES, "x;y", ";"), "utf-8", "delimiter semicolon"),
    (
      small_tables.comma(small_tables.text(_VALUES, "x;y", ";")),
      "utf-8",
      'decimal mark ","',
    ),
    (small_tables.text(_VALUES, "x\ty", "\t"), "utf-8", "delimiter tab"),
    (small_tables.text(_VALUES, "x,y"), "utf-16", "encoding utf-16"),
    (small_tables.text(_VALUES), "utf-8", "no line of names"),
  ],
)
def test_a_file_written_otherwise_is_read_as_it_is(
  tmp_path, text, encoding, told
):
  path = _write(tmp_path / "mine.csv", text, encoding)
  read = _tables(tmp_path).read(path)
  (piece,), (line,) = read
  np.testing.assert_array_equal(piece.values, _VALUES)
  assert "written otherwise than the run's data" in line and told in line


def test_what_only_the_data_can_tell_is_as_in_the_data(tmp_path):
  """1,234 is 1234 or 1.234; where data had a decimal comma it is the latter."""
  of_data = small_tables.comma(small_tables.text(_VALUES, "x;y", ";"))
  path = _write(tmp_path / "mine.csv", "x;y\n1,234;2,345\n3,456;4,567\n")
  (piece,), told = _tables(tmp_path, of_data).read(path)
  assert piece.values.tolist() == [[1.234, 2.345], [3.456, 4.567]] and not told
  with pytest.raises(UserError, match="1,234.* say --decimal="):
    _tables(tmp_path).read(path)
  given = dict(decimal=",", delimiter="semicolon")
  (piece,), _ = _tables(tmp_path, given=given).read(path)
  assert piece.values[0].tolist() == [1.234, 2.345]


def test_missing_values_are_treated_as_in_the_data(tmp_path):
  lines = small_tables.text(_VALUES, "x,y").splitlines()
  lines[11] = "NA,0.5"
  path = _write(tmp_path / "mine.csv", "\n".join(lines))
  with pytest.raises(UserError) as told:
    _tables(tmp_path).read(path)
  assert "mine.csv:12:1" in str(told.value)
  assert "--missing=fill" in str(told.value)
  assert "--drop" not in str(told.value)  # a feature of the run
  (piece,), (line,) = _tables(tmp_path, missing="fill").read(path)
  assert line == "values filled in, in the column x: 1"
  assert piece.values[10].tolist() == [_VALUES[[9, 11], 0].mean(), 0.5]
  cut = _tables(tmp_path, missing="fill", given=dict(missing="cut"))
  pieces, _ = cut.read(path)
  assert [(p.name, p.first) for p in pieces] == [
    ("mine.csv [1-10]", 1),
    ("mine.csv [12-40]", 12),
  ]
  np.testing.assert_array_equal(pieces[1].values, _VALUES[11:])
  with pytest.raises(UserError, match="--missing=some is none of error, cut"):
    _tables(tmp_path, given=dict(missing="some"))


_GAP = [*range(20), *range(500, 520)]


@pytest.mark.parametrize("with_times", [False, True])
def test_no_file_is_read_across_a_gap(tmp_path, with_times):
  of_data = _with(range(40), "time") if with_times else None
  path = _write(tmp_path / "gap.csv", _with(_GAP, "time"))
  pieces, told = _tables(tmp_path, of_data).read(path)
  assert [p.name for p in pieces] == ["gap.csv [1-20]", "gap.csv [21-40]"]
  assert pieces[1].first == 21 and told == ["gaps in time, cut there: 1"]
  np.testing.assert_array_equal(pieces[1].values, _VALUES[20:])
  unchecked = _tables(tmp_path, of_data, given=dict(drop=["time"]))
  (piece,), told = unchecked.read(path)
  assert piece.name == "gap.csv" and not told


def test_times_of_the_data_need_not_be_in_every_file(tmp_path):
  path = _write(tmp_path / "mine.csv", small_tables.text(_VALUES, "x,y"))
  (piece,), _ = _tables(tmp_path, _with(range(40), "time")).read(path)
  np.testing.assert_array_equal(piece.values, _VALUES)


def test_uneven_times_are_told(tmp_path):
  times = [*range(20), *np.arange(20, 40) * 1.3]
  path = _write(tmp_path / "mine.csv", _with(times, "time"))
  with pytest.raises(UserError, match="mine.csv.*--resample.*--drop=time"):
    _tables(tmp_path).read(path)
  (piece,), _ = _tables(tmp_path, given=dict(resample="2")).read(path)
  assert len(piece.values) < 30 and piece.first == 1
  with pytest.raises(UserError, match="--resample=2 needs a column of times"):
    _tables(tmp_path, given=dict(resample="2")).read(
      _write(tmp_path / "none.csv", small_tables.text(_VALUES, "x,y"))
    )


_IDS = [1] * 20 + [2] * 20


def test_a_column_that_may_be_an_id_is_asked_about(tmp_path):
  path = _write(tmp_path / "mine.csv", _with(_IDS, "id"))
  with pytest.raises(UserError) as told:
    _tables(tmp_path).read(path)
  words = str(told.value)
  assert "--id_column=id" in words and "--drop=id" in words
  assert "--columns" not in words  # which the run has settled
  pieces, _ = _tables(tmp_path, given=dict(id_column="id")).read(path)
  assert [p.name for p in pieces] == ["mine.csv/1", "mine.csv/2"]
  np.testing.assert_array_equal(pieces[1].values, _VALUES[20:])
  (piece,), _ = _tables(tmp_path, given=dict(drop=["id"])).read(path)
  np.testing.assert_array_equal(piece.values, _VALUES)


def test_ids_are_those_of_the_data(tmp_path):
  of_data = _with(_IDS, "id")
  path = _write(tmp_path / "mine.csv", _with(_IDS, "id"))
  by_id, _ = _tables(tmp_path, of_data, id_column="id").read(path)
  assert [len(p.values) for p in by_id] == [20, 20]
  (whole,), _ = _tables(tmp_path, of_data, drop=["id"]).read(path)
  assert len(whole.values) == 40
  # Who named the features was not asked about other columns either.
  (whole,), _ = _tables(tmp_path, of_data, columns=["x", "y"]).read(path)
  assert len(whole.values) == 40


def test_a_feature_is_neither_dropped_nor_a_time(tmp_path):
  path = _write(tmp_path / "mine.csv", small_tables.text(_VALUES, "x,y"))
  for given in (dict(drop=["x"]), dict(time_column="x"), dict(id_column="x")):
    with pytest.raises(UserError, match="column x is a feature"):
      _tables(tmp_path, given=given).read(path)


def test_without_data_a_file_is_read_as_it_is(tmp_path):
  """Text that is nearly a number, which nobody needs, is in nobody's way."""
  rows = [f"{x:.4f};{k} %;{y:.4f}" for k, (x, y) in enumerate(_VALUES)]
  path = _write(tmp_path / "mine.csv", "\n".join(["x;note;y", *rows]))
  (piece,), told = own_tables.OwnTables(["y", "x"], {}).read(path)
  np.testing.assert_array_equal(piece.values, _VALUES[:, ::-1])
  assert not told
