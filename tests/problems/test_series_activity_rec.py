"""AReM: the contract, every dirty row on a small archive, the real one."""

import os

import numpy as np
import pytest

from problems import series_activity_rec
from problems.core import options
from problems.core import splitting
from t2t_af.errors import UserError
from tests.contracts import series_contract
from tests.fixtures import real_data
from tests.fixtures import uci_archives
from tests.fixtures import uci_reading

NAME = "AReM.zip"
REPEATED = [
  "cycling/dataset15",
  "lying/dataset11",
  "lying/dataset12",
  "lying/dataset13",
  "lying/dataset14",
  "lying/dataset15",
]


def _problem():
  problem = series_activity_rec.SeriesActivityRec()
  problem.num_rows = uci_archives.AREM_ROWS
  return problem


def _read(files, path):
  """{name: stretches} and facts of files that are zipped at `path`."""
  problem = _problem()
  stretches = uci_reading.zipped_sequences(problem, files, path)
  return stretches, problem.source()


@pytest.fixture(name="clean", scope="module")
def _clean():
  return uci_archives.arem()


@pytest.fixture(name="read", scope="module")
def _read_once(clean, tmp_path_factory):
  return _read(clean, tmp_path_factory.mktemp("arem"))


class TestActivityRec(series_contract.SeriesProblemContract):
  """The contract: 82 files, one of them in two stretches."""

  COUNTS = {"train": 54, "eval": 10, "test": 19}
  RECORDINGS = {"train": 54, "eval": 10, "test": 18}

  @classmethod
  def make_problem(cls, folder):
    # The contract tells series apart by what is in them.
    files = uci_archives.arem(almost_equal=False)
    uci_archives.write_zip(files, os.path.join(folder, NAME))
    return _problem(), folder


def test_repeated_files_are_left_out_and_a_missing_step_is_a_cut(read):
  found, source = read
  assert len({name.rsplit("/", 1)[0] for name in found}) == 82
  assert source["repeated_files"] == REPEATED
  assert not any(name.rsplit("/", 1)[0] in REPEATED for name in found)
  lengths = {
    name: len(values)
    for name, values in found.items()
    if len(values) != uci_archives.AREM_STEPS
  }
  gap = uci_archives.AREM_GAP
  assert lengths == {
    "sitting/dataset8/0": gap,
    "sitting/dataset8/1": uci_archives.AREM_STEPS - gap - 1,
  }


def test_dirty_rows_are_counted_in_one_line_of_the_log(
  clean, tmp_path, monkeypatch
):
  lines = []
  monkeypatch.setattr(
    series_activity_rec.uci_series.tf.logging,
    "info",
    lambda text, *args: lines.append(text % args),
  )
  _read(clean, tmp_path)
  (counts,) = [line for line in lines if "rows:" in line]
  odd = uci_archives.AREM_STEPS + 2 + 1  # spaces, commas, a tab
  assert f"rows: {uci_archives.AREM_ROWS}; " in counts
  assert f"rows with odd delimiters: {odd}; " in counts
  assert f"repeated files: {', '.join(REPEATED)}" in counts
  assert "stretches: 83; short stretches left out: 0" in counts


@pytest.mark.parametrize(
  "name,line",
  [
    ("bending2/dataset4", b"0 "),
    ("cycling/dataset9", b"11750,"),
    ("bending1/dataset2", b"0,"),
    ("standing/dataset5", b"2000,"),
  ],
)
def test_odd_rows_have_the_numbers_of_plain_ones(clean, read, name, line):
  """Against a parser that knows of no dialect."""
  content = clean[f"{name}.csv"]
  assert b"\n" + line in content
  text = content.decode().replace(",", " ")
  expected = [
    list(map(float, row.split()))
    for row in text.split("\n")
    if row.strip() and row[0] != "#"
  ]
  np.testing.assert_array_equal(read[0][f"{name}/0"], np.array(expected)[:, 1:])


def test_archives_with_and_without_a_top_folder_and_folders_are_the_same(
  clean, read, tmp_path
):
  where = [tmp_path / name for name in ("top", "new", "folder")]
  for folder in where:
    folder.mkdir()
  uci_archives.write_zip(clean, str(where[0] / NAME), top="AReM")
  new_name = series_activity_rec.SeriesActivityRec.other_names[0]
  uci_archives.write_zip(clean, str(where[1] / new_name))
  uci_archives.write_folder(clean, str(where[2] / "AReM"))
  for folder in where:
    stretches = uci_reading.sequences(_problem(), folder)
    assert stretches.keys() == read[0].keys()
    for name, values in stretches.items():
      np.testing.assert_array_equal(values, read[0][name])


@pytest.mark.parametrize("seed", range(splitting.NUM_SEEDS))
def test_almost_equal_files_are_never_in_two_splits(clean, tmp_path, seed):
  uci_archives.write_zip(clean, str(tmp_path / NAME))
  problem = _problem()
  problem.split_seed = seed
  problem.prepare_to_generate(None, str(tmp_path))
  seen = {}
  for split in splitting.SPLITS:
    for _, values in problem.generate_sequences(None, None, split):
      for row in values:
        assert seen.setdefault(row.tobytes(), split) == split


@pytest.mark.parametrize(
  "old,new,place",
  [
    (b"\n250,", b"\n250,x", ":7:2: "),
    (b"\n500,", b"\n500,1,", ":8: 8 col"),
    (b"\n500,", b"\n500 ;", ":8:2: "),
    (b"\n750,", b"\n750,nan ", ":9: 8 col"),
    (b"\n750,", b"\ninf,", ":9:1: 'inf' is not a number"),
  ],
)
def test_bad_row_is_named_with_file_and_line(clean, tmp_path, old, new, place):
  name = "walking/dataset3.csv"
  files = dict(clean)
  assert old in files[name]
  files[name] = files[name].replace(old, new)
  with pytest.raises(UserError) as caught:
    _read(files, tmp_path)
  assert f"{tmp_path / NAME}: {name}{place}" in str(caught.value)


def test_missing_file_is_named_and_allowed_on_request_only(clean, tmp_path):
  files = {k: v for k, v in clean.items() if k != "sitting/dataset7.csv"}
  with pytest.raises(UserError, match="no sitting/dataset7.csv .*allow_miss"):
    _read(files, tmp_path)
  with options.using(allow_missing=True):
    found, source = _read(files, tmp_path)
  assert len({name.rsplit("/", 1)[0] for name in found}) == 81
  assert source["missing_files"] == ["sitting/dataset7.csv"]


def test_data_with_missing_files_is_made_anew_for_who_wants_all(
  clean, tmp_path
):
  path = str(tmp_path / NAME)
  data_dir = str(tmp_path / "data")
  uci_archives.write_zip(
    {k: v for k, v in clean.items() if "bending1/dataset7" not in k}, path
  )
  with options.using(allow_missing=True):
    _problem().generate_data(data_dir, str(tmp_path))
    count = _count(data_dir)
    _problem().generate_data(data_dir, None)  # nothing to do
  uci_archives.write_zip(clean, path)
  _problem().generate_data(data_dir, str(tmp_path))
  assert (count, _count(data_dir)) == (82, 83)


def _count(data_dir):
  return sum(
    1
    for split in splitting.SPLITS
    for _ in _problem().each_sequence(data_dir, split)
  )


def test_cut_file_is_refused(clean, tmp_path):
  files = dict(clean)
  name = "walking/dataset3.csv"
  files[name] = files[name][: files[name].rindex(b"\n", 0, -1) + 1]
  with pytest.raises(
    UserError,
    match=(
      f"{uci_archives.AREM_ROWS - 1} rows instead of {uci_archives.AREM_ROWS}"
    ),
  ):
    _read(files, tmp_path)


def test_another_version_without_the_repeated_files_is_refused(clean, tmp_path):
  files = dict(clean)
  files["lying/dataset13.csv"] = files["lying/dataset13.csv"].replace(
    b"\n0,", b"\n0,1", 1
  )
  with pytest.raises(UserError, match="lying/dataset13 should repeat another"):
    _read(files, tmp_path)


def test_another_archive_is_refused(tmp_path):
  with pytest.raises(UserError, match="none of its 88 files is in it"):
    _read({"README": b"other"}, tmp_path)


@pytest.mark.parametrize("share", [0.5, 0.99])
def test_truncated_zip_is_named_and_leaves_nothing(clean, tmp_path, share):
  path = uci_archives.write_zip(clean, str(tmp_path / NAME))
  os.truncate(path, int(share * os.path.getsize(path)))
  with pytest.raises(UserError, match=f"{path}: not a whole zip"):
    _problem().generate_data(str(tmp_path / "data"), str(tmp_path))
  assert not (tmp_path / "data").exists()


def test_without_archive_and_network_it_says_where_to_put_it(tmp_path):
  problem = _problem()
  problem.archive = problem.archive._replace(urls=())
  with pytest.raises(UserError, match=f"put the file at {tmp_path / NAME}"):
    problem.generate_data(str(tmp_path / "data"), str(tmp_path))


# --- The real archive.


@pytest.fixture(name="real", scope="module")
def _real():
  """(sequences, source) of the published files."""
  folder = os.path.dirname(real_data.path(f"uci/{NAME}"))
  problem = series_activity_rec.SeriesActivityRec()
  problem.prepare_to_generate(None, folder)
  found = {
    split: dict(problem.generate_sequences(None, None, split))
    for split in splitting.SPLITS
  }
  return found, problem.source()


def test_real_archive_has_the_published_counts(real):
  found, source = real
  assert (source["files"], source["rows"]) == (88, 42239)
  assert source["repeated_files"] == REPEATED
  assert source["rows_with_odd_delimiters"] == 480 + 2 + 1
  names = {name.rsplit("/", 1)[0] for part in found.values() for name in part}
  assert len(names) == 82
  assert sum(len(v) for part in found.values() for v in part.values()) == (
    42239 - 6 * 480
  )
  assert {split: len(part) for split, part in found.items()} == {
    "train": 54,
    "eval": 10,
    "test": 19,
  }
  assert len(found["test"]["sitting/dataset8/0"]) == 54


def test_real_values_are_in_the_published_ranges(real):
  rows = np.concatenate([v for part in real[0].values() for v in part.values()])
  assert rows.shape[1] == 6
  assert (
    rows.min() == 0 and rows[:, ::2].max() < 57 and (rows[:, 1::2].max() < 18)
  )


def test_no_stretch_of_real_data_is_in_two_splits(real):
  """Of five steps that are not all alike: lying/1 and lying/10 share 468."""
  seen = {}
  for split, part in real[0].items():
    for values in part.values():
      moving = (np.diff(values, axis=0) != 0).any(axis=1)
      for start in np.flatnonzero(moving[:-3] & moving[1:-2] & moving[2:-1]):
        window = values[start : start + 5].tobytes()
        assert seen.setdefault(window, split) == split
