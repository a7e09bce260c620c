"""Faces: the contract, times, missing files, errors; and the real files."""

import os

import numpy as np
import pytest

from problems import series_facial_exp
from problems.core import options
from problems.core import splitting
from t2t_af.errors import UserError
from tests.contracts import series_contract
from tests.fixtures import real_data
from tests.fixtures import uci_archives
from tests.fixtures import uci_reading

NAME = "grammatical_facial_expression.zip"
# In the order of uci_archives.FACE_NAMES.
REAL_ROWS = (
  1062,
  1907,
  1312,
  1403,
  1124,
  2330,
  1796,
  1286,
  1390,
  1074,
  2034,
  1497,
  1344,
  1582,
  1904,
  1825,
  1328,
  1738,
)


def _problem():
  problem = series_facial_exp.SeriesFacialExp()
  problem.num_rows = uci_archives.FACE_ROWS
  return problem


def _read(files, folder):
  return uci_reading.zipped_sequences(_problem(), files, folder)


@pytest.fixture(name="files", scope="module")
def _files():
  return uci_archives.faces()


class TestFacialExp(series_contract.SeriesProblemContract):
  """The contract: 18 recordings."""

  COUNTS = {"train": 12, "eval": 2, "test": 4}

  @classmethod
  def make_problem(cls, folder):
    uci_archives.write_zip(uci_archives.faces(), os.path.join(folder, NAME))
    return _problem(), folder


class TestFacialExpFilled(series_contract.SeriesProblemContract):
  """The same recordings; what the contract asks for."""

  COUNTS = TestFacialExp.COUNTS

  @classmethod
  def make_problem(cls, folder):
    uci_archives.write_zip(uci_archives.faces(), os.path.join(folder, NAME))
    problem = series_facial_exp.SeriesFacialExpFilled()
    problem.num_rows = uci_archives.FACE_ROWS
    return problem, folder


def test_lost_depth_is_the_last_known_one_or_else_the_first():
  points = np.arange(4 * 9.0).reshape([4, 9]) + 1
  points[[0, 2, 3], 2] = 0.0  # Of the first point, known at step 1 alone.
  points[[0, 1, 3], 5] = 0.0
  points[:, 8] = 0.0  # Never known.
  points[2, 0] = 0.0  # An x of 0 is no loss.
  filled = series_facial_exp.fill_lost_depth(points)
  assert filled[:, 2].tolist() == [points[1, 2]] * 4
  assert filled[:, 5].tolist() == [points[2, 5]] * 4
  assert not filled[:, 8].any()
  others = [0, 1, 3, 4, 6, 7]
  np.testing.assert_array_equal(filled[:, others], points[:, others])


def test_rows_are_read_whatever_the_header_and_the_last_newline(
  files, tmp_path
):
  found = _read(files, tmp_path)
  assert sorted(found) == sorted(f"{n}/0" for n in uci_archives.FACE_NAMES)
  for name in ("a_affirmative", "a_negative", "b_affirmative"):
    lines = files[f"{name}_datapoints.txt"].decode().split("\r\n")[1:]
    expected = np.loadtxt([line for line in lines if line])[:, 1:]
    np.testing.assert_array_equal(found[f"{name}/0"], expected)
    assert expected.shape == (uci_archives.FACE_STEPS, 300)
    assert (expected[:, 2::3] == 0).any()  # lost depth is kept


def test_milliseconds_are_not_padded(files):
  """As decimal numbers the fixture's times run backwards, as the real do."""
  content = files["a_topics_datapoints.txt"]
  as_decimals = [
    float(line.split()[0]) for line in content.decode().split("\r\n")[1:]
  ]
  assert (np.diff(as_decimals) < 0).any()
  times, _ = series_facial_exp.read_table(content, "f")
  assert np.diff(times).min() > 0 and np.diff(times).max() < 100
  assert times[0] // 1000 == int(as_decimals[0])


@pytest.mark.parametrize(
  "time",
  ["12\u00b2.5", "12.\u00b2", "1" * 30 + ".5", "\u0663.1", "1.2345", ".5"],
)
def test_time_that_is_none_is_placed(files, time):
  lines = files["a_topics_datapoints.txt"].decode().split("\r\n")
  lines[2] = " ".join([time, *lines[2].split()[1:]])
  content = "\r\n".join(lines).encode()
  with pytest.raises(UserError, match="f:3:1: .*is not a time as seconds.mil"):
    series_facial_exp.read_table(content, "f")


def test_short_rest_after_a_gap_is_left_out(files, tmp_path):
  found = _read(files, tmp_path)
  content = files["b_topics_datapoints.txt"]
  times, points = series_facial_exp.read_table(content, "f")
  steps = uci_archives.FACE_STEPS
  assert len(times) == steps + uci_archives.FACE_SHORT
  assert np.flatnonzero(np.diff(times) > 1000).tolist() == [steps - 1]
  np.testing.assert_array_equal(found["b_topics/0"], points[:steps])
  assert "b_topics/1" not in found


def test_splits_hold_whole_expressions_of_both_users():
  for seed in range(splitting.NUM_SEEDS):
    splits = splitting.load("series_facial_exp", seed)
    for names in splits.values():
      expressions = [name[2:] for name in names]
      assert all(expressions.count(e) == 2 for e in expressions)


def test_missing_files_are_named_and_allowed_on_request_only(files, tmp_path):
  gone = ("a_relative_datapoints.txt", "b_conditional_datapoints.txt")
  some = {name: content for name, content in files.items() if name not in gone}
  with pytest.raises(
    UserError, match=(f"no {', '.join(gone)} in it; with --allow_missing")
  ):
    _read(some, tmp_path)
  with options.using(allow_missing=True):
    found = _read(some, tmp_path)
  assert len(found) == 16 and "a_relative/0" not in found


def test_split_that_would_be_empty_is_an_error(files, tmp_path):
  eval_names = splitting.load("series_facial_exp", 0)["eval"]
  some = {
    name: content
    for name, content in files.items()
    if not name.startswith(tuple(eval_names))
  }
  with options.using(allow_missing=True):
    with pytest.raises(UserError, match="nothing is left for the eval split"):
      _read(some, tmp_path)


def test_both_spellings_of_target_files_are_counted(files, tmp_path):
  for name in ("a_doubts_question", "b_doubt_question"):
    target = f"{name}_targets.txt"
    short = {**files, target: files[target][3:]}
    with pytest.raises(UserError, match=f"{target}: 21 labels, but .* has 22"):
      _read(short, tmp_path)
  without = {
    name: content for name, content in files.items() if "targets" not in name
  }
  assert len(_read(without, tmp_path)) == 18


@pytest.mark.parametrize(
  "change,place",
  [
    (lambda cells: [b"1386.1234"] + cells[1:], ":4:1: '1386.1234' is not a ti"),
    (lambda cells: [b"1386700579"] + cells[1:], ":4:1: '1386700579' is not a"),
    (lambda cells: cells[:7] + [b"0x"] + cells[8:], ":4:8: '0x' is not a numb"),
    (lambda cells: cells[:-1], ":4: 300 columns instead of 301: '1386"),
  ],
)
def test_bad_row_is_named_with_file_line_and_column(
  files, tmp_path, change, place
):
  name = "b_negative_datapoints.txt"
  lines = files[name].split(b"\r\n")
  lines[3] = b" ".join(change(lines[3].split(b" ")))
  with pytest.raises(UserError) as caught:
    _read({**files, name: b"\r\n".join(lines)}, tmp_path)
  assert f"{tmp_path / NAME}: {name}{place}" in str(caught.value)


# --- The real files: 16 of 18 are at hand.


@pytest.fixture(name="real", scope="module")
def _real():
  folder = os.path.dirname(real_data.path(f"uci/{NAME}"))
  problem = series_facial_exp.SeriesFacialExp()
  with options.using(allow_missing=True):
    found = uci_reading.sequences(problem, folder)
  return found, problem.source(), folder


def test_real_files_have_300_features_and_the_published_rows(real):
  found, source, _ = real
  missing = source["missing_files"]
  assert missing == [
    "a_relative_datapoints.txt",
    "b_conditional_datapoints.txt",
  ]
  expected = {
    name: rows
    for name, rows in zip(uci_archives.FACE_NAMES, REAL_ROWS)
    if f"{name}_datapoints.txt" not in missing
  }
  assert source["rows"] == sum(expected.values()) == 27936 - 2330 - 2034
  assert {values.shape[1] for values in found.values()} == {300}
  rows = dict.fromkeys(expected, 0)
  for name, values in found.items():
    rows[name.split("/")[0]] += len(values)
  # Three stretches between gaps are too short: 12 and 17 + 8 steps.
  assert {
    name: expected[name] - count
    for name, count in rows.items()
    if count != expected[name]
  } == {"b_wh_question": 37}
  assert source["stretches"] == 34
  assert source["short_stretches_left_out"] == 3


def test_real_files_lack_two_and_say_so(real):
  with pytest.raises(UserError, match="a_relative.*b_conditional.*in it"):
    series_facial_exp.SeriesFacialExp().prepare_to_generate(None, real[2])
