"""Series of one's own: splits, names, and files read as a data set's."""

import json
import os

import numpy as np
import pytest

from problems import series_csv
from problems.core import options
from problems.core import own_tables
from t2t_af.errors import UserError

SPLITS = ("train", "eval", "test")


def _values(seed=0, rows=60):
  rng = np.random.default_rng(seed)
  return np.cumsum(rng.standard_normal([rows, 2]), axis=0).round(4)


def _text(values, header="x,y"):
  lines = [header, *(",".join(f"{v:.4f}" for v in row) for row in values)]
  return "\n".join(lines) + "\n"


def _write(folder, texts):
  folder.mkdir(parents=True)
  for name, text in texts.items():
    (folder / name).parent.mkdir(exist_ok=True)
    (folder / name).write_bytes(
      text if isinstance(text, bytes) else text.encode()
    )
  return folder


def _generate(folder, data_dir, **given):
  problem = series_csv.SeriesCsv()
  with options.using(source_dir=str(folder), **given):
    problem.generate_data(str(data_dir), None)
  return problem


def _sequences(problem, data_dir):
  """{split: {id: raw values}}."""
  statistics = problem.statistics(str(data_dir))
  return {
    split: {
      name: statistics.to_raw(x)
      for name, x in problem.each_sequence(str(data_dir), split)
    }
    for split in SPLITS
  }


def test_one_long_recording_is_split_by_time(tmp_path):
  values = _values(rows=1000)
  folder = _write(tmp_path / "own", {"all.csv": _text(values)})
  with pytest.raises(UserError, match="1 files.*--split=time .*--id_column"):
    _generate(folder, tmp_path / "data")
  problem = _generate(folder, tmp_path / "data", split="time")
  found = _sequences(problem, tmp_path / "data")
  # 13 steps, a window, lie between two splits.
  expected = {
    "train": {"all.csv [1-800]": values[:800]},
    "eval": {"all.csv [814-900]": values[813:900]},
    "test": {"all.csv [914-1000]": values[913:]},
  }
  for split in SPLITS:
    assert list(found[split]) == list(expected[split])
    for name, part in expected[split].items():
      np.testing.assert_allclose(found[split][name], part, atol=1e-4)
      assert problem.recording(name) == "all.csv"
  problem = _generate(folder, tmp_path / "long", split="time", min_steps=30)
  assert list(_sequences(problem, tmp_path / "long")["eval"]) == [
    "all.csv [831-900]"
  ]


def test_recordings_too_short_to_be_split_by_time_are_told(tmp_path):
  folder = _write(tmp_path / "own", {"all.csv": _text(_values(rows=200))})
  with pytest.raises(UserError, match="so 260 steps; the longest has 200"):
    _generate(folder, tmp_path / "data", split="time")
  folder = _write(
    tmp_path / "split",
    {
      f"{s}/a.csv": _text(_values(k, 999))
      for k, s in enumerate(("train", "dev", "test"))
    },
  )
  with pytest.raises(UserError, match="leave out --split=time"):
    _generate(folder, tmp_path / "data", split="time")


def test_ids_of_one_table_are_dealt_out(tmp_path):
  values = _values(rows=240)
  rows = _text(values).splitlines()
  ids = ["id"] + [f"run {k // 30}" for k in range(240)]
  text = "\n".join(",".join(pair) for pair in zip(ids, rows))
  folder = _write(tmp_path / "own", {"all.csv": text})
  problem = _generate(folder, tmp_path / "data", id_column="id")
  found = _sequences(problem, tmp_path / "data")
  assert {s: len(found[s]) for s in SPLITS} == {
    "train": 5,
    "eval": 1,
    "test": 2,
  }
  for sequences in found.values():
    for name, x in sequences.items():
      k = int(name.rpartition(" ")[2])
      np.testing.assert_allclose(x, values[30 * k : 30 * k + 30], atol=1e-4)


def test_an_id_of_several_files_is_in_one_split(tmp_path):
  texts = {}
  for k in range(3):
    rows = _text(_values(k, 100)).splitlines()
    ids = ["id"] + [str(i // 20) for i in range(100)]
    texts[f"day{k}.csv"] = "\n".join(",".join(p) for p in zip(ids, rows))
  folder = _write(tmp_path / "own", texts)
  problem = _generate(folder, tmp_path / "data", id_column="id")
  found = _sequences(problem, tmp_path / "data")
  ids = {s: {name.partition("/")[2] for name in found[s]} for s in SPLITS}
  assert sum(map(len, ids.values())) == 5
  assert sum(len(found[s]) for s in SPLITS) == 15


def test_pieces_of_a_file_are_in_one_split(tmp_path):
  texts = {
    f"s{k}.csv": _text(_values(k))
    .replace("\n", "\n,\n", 31)
    .replace("\n,\n", "\n", 30)
    for k in range(6)
  }
  folder = _write(tmp_path / "own", texts)
  problem = _generate(folder, tmp_path / "data", missing="cut")
  found = _sequences(problem, tmp_path / "data")
  files = {s: {problem.recording(n) for n in found[s]} for s in SPLITS}
  assert sum(map(len, files.values())) == 6
  assert sum(len(found[s]) for s in SPLITS) == 12
  manifest = json.loads(
    (tmp_path / "data" / "series_csv.manifest.json").read_text()
  )
  source = manifest["splits"]["train"]["source"]
  assert source["rows with missing values cut out"] == 6
  assert any("delimiter comma" in line for line in source["tables"])


def test_an_option_that_changes_makes_the_data_anew(tmp_path, warned):
  folder = _write(
    tmp_path / "own", {f"s{k}.csv": _text(_values(k)) for k in range(4)}
  )
  data = tmp_path / "data"
  before = _generate(folder, data).data_fingerprint(str(data))
  problem = _generate(folder, data, drop=("y",))
  assert problem.statistics(str(data)).names == ("x",)
  problem = _generate(folder, data)
  assert problem.data_fingerprint(str(data)) == before
  _generate(folder, data)
  assert "Nothing to do" in warned[-1]


def test_how_a_table_is_written_is_not_what_the_data_is(tmp_path):
  texts = {f"s{k}.csv": _text(_values(k)) for k in range(4)}
  semicolon = {
    n: t.replace(",", ";").replace(".", ",") for n, t in texts.items()
  }
  fingerprints = []
  for name, files in (("a", texts), ("b", semicolon)):
    folder = _write(tmp_path / name, files)
    problem = _generate(folder, tmp_path / f"data_{name}")
    fingerprints.append(
      problem.data_fingerprint(str(tmp_path / f"data_{name}"))
    )
  assert len(set(fingerprints)) == 1


@pytest.mark.parametrize("folder", ["a [b] c", "#1?", "x" * 200])
def test_odd_names_of_folders_and_files_are_read(tmp_path, folder):
  names = ["a[0].csv", "b b.csv", "-c.csv", "caf\xe9.csv", "%s.csv", "d/e.csv"]
  texts = {name: _text(_values(k)) for k, name in enumerate(names)}
  source = _write(tmp_path / folder, texts)
  (source / "link.csv").symlink_to(
    _write(tmp_path / "else", {"z.csv": _text(_values(9))}) / "z.csv"
  )
  data = tmp_path / "data" / folder
  found = _sequences(_generate(source, data), data)
  ids = [name for sequences in found.values() for name in sequences]
  assert sorted(ids) == sorted([*names, "link.csv"])


def test_names_that_are_no_utf_8_are_read(tmp_path):
  source = _write(tmp_path / "own", {})
  for k in range(4):
    path = os.path.join(os.fsencode(source), b"caf\xe9%d.csv" % k)
    with open(path, "wb") as out:
      out.write(_text(_values(k)).encode())
  found = _sequences(_generate(source, tmp_path / "data"), tmp_path / "data")
  ids = sorted(name for sequences in found.values() for name in sequences)
  assert ids == [rf"caf\xe9{k}.csv" for k in range(4)]


def test_notes_beside_tables_are_no_tables(tmp_path, warned):
  texts = {f"s{k}.csv": _text(_values(k)) for k in range(4)}
  folder = _write(
    tmp_path / "own", {**texts, "notes.txt": "by hand", "a.md": ""}
  )
  _generate(folder, tmp_path / "data")
  assert any("1 files that may be notes" in words for words in warned)
  only_text = _write(
    tmp_path / "text", {n.replace("csv", "txt"): t for n, t in texts.items()}
  )
  found = _sequences(_generate(only_text, tmp_path / "more"), tmp_path / "more")
  assert "s0.txt" in {name for s in found.values() for name in s}


def _read_own(data_dir, path):
  """A file read as those of the data: (name, values) of each recording."""
  problem = series_csv.SeriesCsv()
  details = problem.store(str(data_dir)).details()
  names = problem.statistics(str(data_dir)).names
  read = own_tables.OwnTables(names, details).read(str(path))
  return [(piece.name, piece.values) for piece in read.pieces]


@pytest.mark.parametrize("end", ["csv", "parquet"])
def test_own_files_are_read_as_those_of_the_data(tmp_path, end):
  def write(path, values, names="x;y;c"):
    values = np.column_stack([values, np.ones(len(values))])
    if end == "csv":
      text = "\n".join(
        [names, *(";".join(f"{v:.4f}" for v in r) for r in values)]
      )
      path.write_text(text.replace(".", ","))
    else:
      pandas = pytest.importorskip("pandas")
      pandas.DataFrame(values, columns=names.split(";")).to_parquet(path)

  (tmp_path / "own").mkdir()
  for k in range(4):
    write(tmp_path / "own" / f"s{k}.{end}", _values(k))
  _generate(tmp_path / "own", tmp_path / "data")
  mine = tmp_path / f"mine.{end}"
  write(mine, _values(7, 5)[:, ::-1], "y;x;other")
  ((name, found),) = _read_own(tmp_path / "data", mine)
  assert name == f"mine.{end}"
  np.testing.assert_array_equal(found, _values(7, 5))
  write(mine, _values(7, 5), "x;w;c")
  with pytest.raises(UserError, match=f'mine.{end}: unknown column "y"'):
    _read_own(tmp_path / "data", mine)


def test_own_files_of_data_made_before_formats_were_kept(tmp_path):
  folder = _write(
    tmp_path / "own", {f"s{k}.csv": _text(_values(k)) for k in range(4)}
  )
  _generate(folder, tmp_path / "data")
  path = tmp_path / "data" / "series_csv.manifest.json"
  manifest = json.loads(path.read_text())
  del manifest["details"]["table_format"], manifest["details"]["table_options"]
  path.write_text(json.dumps(manifest))
  ((_, found),) = _read_own(tmp_path / "data", folder / "s2.csv")
  np.testing.assert_array_equal(found, _values(2))


@pytest.mark.parametrize(
  "key, value, told",
  [
    ("header", "yes", "header is 'yes'"),
    ("features", "x", "features is 'x'"),
    ("time_unit", "s", "time_unit is 's'"),
    ("delimiter", None, "delimiter is None"),
  ],
)
def test_damaged_formats_are_named(tmp_path, key, value, told):
  folder = _write(
    tmp_path / "own", {f"s{k}.csv": _text(_values(k)) for k in range(4)}
  )
  _generate(folder, tmp_path / "data")
  path = tmp_path / "data" / "series_csv.manifest.json"
  manifest = json.loads(path.read_text())
  manifest["details"]["table_format"][key] = value
  path.write_text(json.dumps(manifest))
  with pytest.raises(ValueError, match=told):
    _read_own(tmp_path / "data", folder / "s2.csv")
