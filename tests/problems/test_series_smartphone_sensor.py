"""The phone's sensors: the contract, sessions, errors; and the real files."""

import os

import numpy as np
import pytest

from problems import series_smartphone_sensor
from problems.core import options
from problems.core import splitting
from t2t_af.errors import UserError
from tests.contracts import series_contract
from tests.fixtures import real_data
from tests.fixtures import uci_archives
from tests.fixtures import uci_reading

NAME = "Ipin2016Dataset.zip"
FIRST, SECOND = uci_archives.PHONE_NAMES
REAL_LENGTHS = {
  1: [1324, 1870, 1195, 1197, 2001, 1899, 4215, 756, 1023, 399, 1062, 584, 829],
  2: [1217, 1216, 1364, 951, 1896, 1830, 4662, 742, 982, 387, 1052, 584, 903],
}


def _problem():
  problem = series_smartphone_sensor.SeriesSmartphoneSensor()
  problem.num_rows = uci_archives.PHONE_ROWS
  return problem


def _read(files, folder):
  return uci_reading.zipped_sequences(
    _problem(), files, folder, top="Ipin2016Dataset"
  )


@pytest.fixture(name="files", scope="module")
def _files():
  return uci_archives.phone()


class TestSmartphoneSensor(series_contract.SeriesProblemContract):
  """The contract: 25 of 26 sessions, as one is in both files."""

  COUNTS = {"train": 18, "eval": 2, "test": 5}

  @classmethod
  def make_problem(cls, folder):
    uci_archives.write_zip(uci_archives.phone(), os.path.join(folder, NAME))
    return _problem(), folder

  def test_constant_gyroscopes_are_dropped(self, made):
    problem, data_dir = made
    statistics = problem.statistics(data_dir)
    assert statistics.kept == tuple(range(9))
    assert not any("Gyro" in name for name in statistics.names)


def test_sessions_are_cut_where_time_jumps_either_way(files, tmp_path):
  found = _read(files, tmp_path)
  assert {name: len(values) for name, values in found.items()} == {
    f"measure{m}/session{k + 1:02}/0": uci_archives.phone_steps(k)
    for m in (1, 2)
    for k in range(13)
    if (m, k) != (2, 11)
  }
  expected = np.loadtxt(files[SECOND].decode().split("\r\n")[1:], delimiter=",")
  start = uci_archives.phone_steps(0)
  np.testing.assert_array_equal(
    found["measure2/session02/0"],
    expected[start : start + uci_archives.phone_steps(1), 1:],
  )


def test_either_style_of_file_names_is_read(files, tmp_path):
  renamed = {
    name: content
    for name, content in files.items()
    if name not in uci_archives.PHONE_NAMES
  }
  renamed["measure1_phone_sens.csv"] = files[FIRST]
  renamed["measure2_smartphone_sens.csv"] = files[SECOND]
  folders = [tmp_path / "a", tmp_path / "b"]
  for folder in folders:
    folder.mkdir()
  first = _read(files, folders[0])
  second = _read(renamed, folders[1])
  assert first.keys() == second.keys()
  for name, values in first.items():
    np.testing.assert_array_equal(values, second[name])


def test_both_recordings_of_a_walk_are_in_one_split():
  for seed in range(splitting.NUM_SEEDS):
    for names in splitting.load("series_smartphone_sensor", seed).values():
      walks = [name.split("/")[1] for name in names]
      assert all(
        walks.count(walk) == (1 if walk == "session12" else 2) for walk in walks
      )


@pytest.mark.parametrize(
  "line,change,place",
  [
    (
      4,
      lambda cells: cells[:5] + [b"n.a."] + cells[6:],
      ":5:6: 'n.a.' is not a number, in the line '1422",
    ),
    (4, lambda cells: cells[:-1], ":5: 12 columns instead of 13: '1422"),
    (4, lambda cells: cells[:2] + [b""] + cells[3:], ":5:3: '' is not a"),
    (4, lambda cells: cells[:2] + [b"1_0"] + cells[3:], ":5:3: '1_0' is not"),
    (0, lambda cells: cells[1:] + cells[:1], ":1: expected the header timest"),
  ],
)
def test_bad_row_is_named_with_file_line_and_column(
  files, tmp_path, line, change, place
):
  lines = files[FIRST].split(b"\r\n")
  lines[line] = b",".join(change(lines[line].split(b",")))
  with pytest.raises(UserError) as caught:
    _read({**files, FIRST: b"\r\n".join(lines)}, tmp_path)
  assert f"{tmp_path / NAME}: {FIRST}{place}" in str(caught.value)


def test_file_of_other_sessions_is_refused(files, tmp_path):
  lines = files[SECOND].split(b"\r\n")
  with pytest.raises(UserError, match=f"{SECOND}: 2 sessions .* instead of 13"):
    _read({**files, SECOND: b"\r\n".join(lines[:30])}, tmp_path)


@pytest.mark.parametrize("content", [b"", b"\xff\xfe\x00t"])
def test_something_else_than_text_is_refused(files, tmp_path, content):
  with pytest.raises(UserError, match=f"{NAME}: {SECOND}"):
    _read({**files, SECOND: content}, tmp_path)


def test_one_file_is_enough_on_request_only(files, tmp_path):
  alone = {FIRST: files[FIRST]}
  with pytest.raises(UserError, match="no measure2_smartphone_sens.csv"):
    _read(alone, tmp_path)
  with options.using(allow_missing=True):
    found = _read(alone, tmp_path)
  assert len(found) == 13


# --- The real files.


def test_real_files_have_13_sessions_each_and_9_live_channels(tmp_path):
  folder = os.path.dirname(real_data.path(f"uci/{NAME}"))
  problem = series_smartphone_sensor.SeriesSmartphoneSensor()
  data_dir = str(tmp_path)
  problem.generate_data(data_dir, folder)
  found = uci_reading.sequences(problem, folder)
  lengths = {
    m: [len(found.get(f"measure{m}/session{k:02}/0", ())) for k in range(1, 14)]
    for m in (1, 2)
  }
  # Session 12 is the same in both files.
  assert lengths[1] == REAL_LENGTHS[1]
  assert lengths[2] == [
    n if k != 11 else 0 for k, n in enumerate(REAL_LENGTHS[2])
  ]
  source = problem.source()
  assert (source["rows"], source["sessions"]) == (18354 + 17786, 26)
  assert source["repeated_sessions"] == ["measure2/session12"]
  statistics = problem.statistics(data_dir)
  assert statistics.names == tuple(problem.feature_names[:9])
  assert problem.step_shape == [9]
  assert [
    len(problem.read_sequences(data_dir, split, 20)[1])
    for split in splitting.SPLITS
  ] == [18, 2, 5]
