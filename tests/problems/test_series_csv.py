"""A folder of CSV files: the contract, dialects, and errors that name cells."""

import os

import numpy as np
import pytest

from problems import series_csv
from problems.core import options
from t2t_af.errors import UserError
from tests.contracts import series_contract

HEADER = "speed,height,mode\n"


def _text(seed, num_rows=14, header=HEADER, delimiter=","):
  rng = np.random.default_rng(seed)
  rows = np.column_stack(
    [rng.standard_normal([num_rows, 2]).round(4), np.ones(num_rows)]
  )
  return header.replace(",", delimiter) + "".join(
    delimiter.join(f"{v:g}" for v in row) + "\n" for row in rows
  )


def _write(folder, texts):
  for name, text in texts.items():
    path = os.path.join(str(folder), name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as out:
      out.write(text)
  return str(folder)


def _texts(count=10):
  return {f"run{i}.csv": _text(i, 13 + i % 5) for i in range(count)}


def _ids(problem, data_dir):
  return sorted(
    name
    for split in ("train", "eval", "test")
    for name, _ in problem.each_sequence(str(data_dir), split)
  )


def _generate(source_dir, data_dir, **given):
  problem = series_csv.SeriesCsv()
  with options.using(source_dir=str(source_dir), **given):
    problem.generate_data(str(data_dir), None)
  return problem


class TestSeriesCsv(series_contract.SeriesProblemContract):
  """The contract, on ten files; the last column never changes."""

  COUNTS = {"train": 7, "eval": 1, "test": 2}

  @pytest.fixture(scope="class", autouse=True)
  def source_dir(self, tmp_path_factory):
    folder = _write(tmp_path_factory.mktemp("own"), _texts())
    with options.using(source_dir=folder):
      yield folder

  @pytest.fixture(scope="class")
  def generated(self, source_dir, tmp_path_factory):
    del source_dir  # set as an option
    problem = series_csv.SeriesCsv()
    data_dir = str(tmp_path_factory.mktemp("data"))
    problem.generate_data(data_dir, None)
    return problem, data_dir, None

  def test_constant_column_is_dropped_and_names_are_kept(self, made):
    problem, data_dir = made
    assert problem.statistics(data_dir).names == ("speed", "height")

  def test_reading_needs_no_source_dir(self, made):
    _, data_dir = made
    with options.using(source_dir=None):
      fresh = series_csv.SeriesCsv()
      assert fresh.read_windows(data_dir, "eval", 3, 4).shape[2] == 2


def test_subfolders_say_the_split(tmp_path):
  names = {"train": ("a.csv", "b.CSV"), "dev": ("c.csv",), "test": ("d.csv",)}
  texts = {
    f"{split}/{name}": _text(ord(name[0]))
    for split, files in names.items()
    for name in files
  }
  source_dir = _write(
    tmp_path / "own",
    {**texts, "train/.hidden.csv": "x", "train/notes.txt": "x"},
  )
  problem = _generate(source_dir, tmp_path / "data")
  for split, files in names.items():
    _, ids = problem.read_sequences(str(tmp_path / "data"), split, 5)
    assert ids == [f"{split}/{name}" for name in files]


def test_copies_of_a_file_count_once(tmp_path):
  texts = _texts(3)
  source_dir = _write(tmp_path / "own", {**texts, "z.csv": texts["run1.csv"]})
  problem = _generate(source_dir, tmp_path / "data")
  assert _ids(problem, tmp_path / "data") == sorted(texts)


def test_another_source_folder_makes_the_data_anew(tmp_path):
  texts = _texts(6)
  first = _write(tmp_path / "first", texts)
  second = _write(
    tmp_path / "second",
    {name: text.replace("speed", "pace") for name, text in texts.items()},
  )
  data_dir = str(tmp_path / "data")
  _generate(first, data_dir)
  problem = _generate(second, data_dir)
  assert problem.statistics(data_dir).names[0] == "pace"


@pytest.mark.parametrize(
  "old,new,place",
  [
    ("\n", "\n1,two,1\n", ":2:2: 'two' is not a number, in the "),
    ("\n", "\n1,,1\n", ":2:2: '' is not a number"),
    ("\n", "\n1,2\n", ":2: 2 columns instead of 3: '1,2'"),
    ("speed", "7", ":1: '7, height, mode' has numbers in it; say --header"),
    (HEADER, "pace,height,mode\n", "that is not so in "),
    (HEADER, "a,b\n", ":1: 2 names of columns, but line 2 has 3 cells"),
  ],
)
def test_bad_file_of_any_split_is_named_and_leaves_nothing(
  tmp_path, old, new, place
):
  texts = _texts(3)  # one for each split
  for name in texts:
    data_dir = tmp_path / name / "data"
    changed = {**texts, name: texts[name].replace(old, new, 1)}
    source_dir = _write(tmp_path / name / "own", changed)
    with pytest.raises(UserError) as caught:
      _generate(source_dir, data_dir)
    message = str(caught.value)
    if "pace" in new:  # seen in another file, if this one is the first
      assert "column pace" in message and place in message
    else:
      assert f"{os.path.join(source_dir, name)}{place}" in message
    assert not data_dir.exists() or not os.listdir(data_dir)


def test_short_files_are_left_out_and_named(tmp_path, warned):
  source_dir = _write(
    tmp_path / "own",
    {**_texts(4), "a.csv": HEADER + "1,2,3\n", "b.csv": _text(9, 12)},
  )
  problem = _generate(source_dir, tmp_path / "data")
  assert (
    "2 of 6 series have fewer than 13 steps (--min_steps) and are left out: "
    "a.csv (1), b.csv (12)."
  ) in warned
  assert _ids(problem, tmp_path / "data") == sorted(_texts(4))
  _generate(source_dir, tmp_path / "more", min_steps=12)
  assert "b.csv" in _ids(problem, tmp_path / "more")
  with pytest.raises(UserError, match="all of the 6 series have fewer than 99"):
    _generate(source_dir, tmp_path / "none", min_steps=99)


@pytest.mark.parametrize(
  "texts,reason",
  [
    ({}, "no files \\*.csv, .* in it"),
    ({"a.csv": _text(0), "b.csv": _text(1)}, "2 files; at least 3"),
    ({"train/a.csv": _text(0)}, "no files in the subfolder dev"),
    ({**_texts(2), "c.csv": ""}, "c.csv: no rows in it"),
    ({**_texts(2), "c.csv": HEADER}, "c.csv:1: .*: no rows of numbers"),
  ],
)
def test_folders_without_enough_in_them_are_named(tmp_path, texts, reason):
  (tmp_path / "own").mkdir()
  source_dir = _write(tmp_path / "own", texts)
  with pytest.raises(UserError, match=f"{source_dir}.*{reason}|{reason}"):
    _generate(source_dir, tmp_path / "data")


def test_missing_folder_and_missing_flag_are_told(tmp_path):
  with pytest.raises(UserError, match="no such folder"):
    _generate(tmp_path / "nothing", tmp_path)
  with pytest.raises(UserError, match="--source_dir"):
    series_csv.SeriesCsv().generate_data(str(tmp_path), None)
