"""Files of records survive kills, stay strict JSON, and age well."""

import io
import json
import math
import pathlib
import subprocess
import sys

import numpy as np
import pytest

from t2t_af.records import json_lines
from t2t_af.records import records

_ROOT = pathlib.Path(__file__).parents[2]
RESULTS = _ROOT / "results"
OLD_RUN = _ROOT / "tests" / "analysis" / "expected" / "run_of_0.2.0"
LINE = {"kind": "training", "step": 1}


def test_read_returns_what_was_appended_in_order(tmp_path):
  path = str(tmp_path / "results" / "training.jsonl")
  for step in (10, 20):
    json_lines.append(path, {"step": step, "values": np.arange(2)})
  assert json_lines.read(path) == [
    {"step": 10, "values": [0, 1]},
    {"step": 20, "values": [0, 1]},
  ]


def test_absent_file_has_no_records(tmp_path):
  assert json_lines.read(str(tmp_path / "none.jsonl")) == []


def test_partial_last_line_is_skipped_and_spoils_nothing_later(
  tmp_path, caplog
):
  path = tmp_path / "r.jsonl"
  json_lines.append(str(path), LINE)
  path.write_bytes(path.read_bytes() + b'{"kind": "train')  # A kill.
  assert json_lines.read(str(path)) == [LINE]
  assert "line 2" in caplog.text
  json_lines.append(str(path), dict(LINE, step=2))
  assert "its last line was cut short: removed" in caplog.text
  caplog.clear()
  assert [r["step"] for r in json_lines.read(str(path))] == [1, 2]
  assert not caplog.text


def test_a_last_line_that_only_lacks_its_end_is_kept(tmp_path):
  path = tmp_path / "r.jsonl"
  path.write_text(json.dumps(LINE), encoding="utf-8")
  json_lines.append(str(path), dict(LINE, step=2))
  assert [r["step"] for r in json_lines.read(str(path))] == [1, 2]


@pytest.mark.parametrize("length", [10, 2**16 - 1, 2**16, 3 * 2**16])
def test_a_long_line_that_was_cut_short_is_removed_whole(tmp_path, length):
  path = tmp_path / "r.jsonl"
  json_lines.append(str(path), LINE)
  before = path.read_bytes()
  for whole in (before, b""):
    path.write_bytes(whole + b'{"x": "' + b"y" * length)
    json_lines.append(str(path), LINE)
    assert path.read_bytes() == whole + before


class _FullDisk(io.FileIO):
  """Takes no more than half a line."""

  def write(self, content):
    return super().write(content[: len(content) // 2])


def test_a_line_that_the_disk_has_no_room_for_leaves_no_part(
  tmp_path, monkeypatch
):
  path = tmp_path / "r.jsonl"
  json_lines.append(str(path), LINE)
  before = path.read_bytes()
  monkeypatch.setattr(
    json_lines,
    "open",
    lambda path, mode, buffering: _FullDisk(path, mode.replace("b", "")),
    raising=False,
  )
  with pytest.raises(OSError, match="No space"):
    json_lines.append(str(path), LINE)
  assert path.read_bytes() == before


def test_processes_append_at_the_same_time(tmp_path):
  path = tmp_path / "r.jsonl"
  code = (
    "import sys\n"
    "from t2t_af.records import json_lines\n"
    "for n in range(50):\n"
    "  json_lines.append(sys.argv[1], {'n': n, 'x': 'y' * 9999})"
  )
  writers = [
    subprocess.Popen([sys.executable, "-c", code, str(path)]) for _ in range(3)
  ]
  assert [writer.wait() for writer in writers] == [0, 0, 0]
  numbers = [r["n"] for r in json_lines.read(str(path))]
  assert sorted(numbers) == sorted(3 * list(range(50)))


def test_write_makes_a_file_anew(tmp_path):
  path = tmp_path / "new" / "r.jsonl"
  for lines in ([LINE, LINE], [LINE], []):
    json_lines.write(str(path), lines)
    assert json_lines.read(str(path)) == lines
  assert [p.name for p in path.parent.iterdir()] == ["r.jsonl"]


def test_a_process_killed_while_appending_leaves_whole_records(tmp_path):
  path = tmp_path / "r.jsonl"
  code = (
    "import sys\n"
    "from t2t_af.records import json_lines\n"
    "print('ready', flush=True)\n"
    "while True: json_lines.append(sys.argv[1], {'x': 'y' * 5000})"
  )
  with subprocess.Popen(
    [sys.executable, "-c", code, str(path)], stdout=subprocess.PIPE
  ) as process:
    process.stdout.readline()
    while not path.exists() or path.stat().st_size < 100_000:
      assert process.poll() is None
    process.kill()
  lines = path.read_bytes().count(b"\n")
  assert len(json_lines.read(str(path))) in (lines, lines + 1)
  assert lines >= 19


@pytest.mark.parametrize("line", ["[1, 2]", '"text"', "3", "null", "{", "é\\"])
def test_a_line_that_is_no_object_is_skipped_and_named(tmp_path, caplog, line):
  path = tmp_path / "r.jsonl"
  path.write_text(f'{{"a": 1}}\n{line}\n\n{{"a": 2}}\n', encoding="utf-8")
  assert json_lines.read(str(path)) == [{"a": 1}, {"a": 2}]
  assert [r.getMessage() for r in caplog.records] == [
    f"{path} line 2 is no complete record: skipped"
  ]


@pytest.mark.parametrize("text", [b'"\xff"', b'"\\ud800"'])
def test_a_line_whose_text_is_none_is_skipped(tmp_path, caplog, text):
  path = tmp_path / "r.jsonl"
  path.write_bytes(b'{"a": ' + text + b'}\n{"a": 2}\n')
  assert json_lines.read(str(path)) == [{"a": 2}]
  assert "line 1 is no complete record" in caplog.text


def test_values_that_are_not_finite_are_null_and_named():
  line = json_lines.dumps(
    {
      "a": math.nan,
      "b": [1.0, -math.inf],
      "c": np.float32(math.inf),
      "d": {"e": math.nan},
    }
  )
  record = json.loads(line, parse_constant=pytest.fail)
  assert record == {
    "a": None,
    "b": [1.0, None],
    "c": None,
    "d": {"e": None},
    "non_finite": {"a": "nan", "b[1]": "-inf", "c": "inf", "d.e": "nan"},
  }


def test_numpy_values_and_tuples_become_plain_json():
  record = {
    "array": np.array([[1, 2], [3, 4]], np.int64),
    "scalar": np.int32(5),
    "flag": np.bool_(True),
    "tuple": (np.float32(0.5), "text"),
    7: None,
  }
  assert json.loads(json_lines.dumps(record)) == {
    "array": [[1, 2], [3, 4]],
    "scalar": 5,
    "flag": True,
    "tuple": [0.5, "text"],
    "7": None,
  }


@pytest.mark.parametrize(
  "file, old, new",
  [
    (
      "af1_tiny/seed_0/results/samples.jsonl",
      "psnr_per_frame ssim_per_frame_stderr num_predicted_frames",
      "psnr_per_step ssim_per_step_stderr num_predicted_steps",
    ),
    (
      "references.jsonl",
      "nll_nats_per_dim_per_frame num_cond_frames num_scored_frames",
      "nll_nats_per_dim_per_step num_cond_steps num_scored_steps",
    ),
  ],
)
def test_records_that_counted_frames_are_read_as_steps(file, old, new):
  path = OLD_RUN / file
  written = json.loads(path.read_text(encoding="utf-8").splitlines()[0])
  record = json_lines.read(str(path))[0]
  for old_name, new_name in zip(old.split(), new.split()):
    assert record[new_name] == written[old_name]
    assert old_name not in record
  assert len(record) == len(written)


def test_no_committed_record_is_read_with_a_field_of_frames():
  paths = sorted(RESULTS.rglob("*.jsonl"))
  read = [r for path in paths for r in json_lines.read(str(path))]
  assert len(read) > 100
  assert not {name for record in read for name in record if "frame" in name}


def test_what_was_not_finite_is_renamed_with_its_field(tmp_path):
  path = tmp_path / "likelihood.jsonl"
  path.write_text(
    '{"nll_nats_per_dim_per_frame": [1.0, null], '
    '"non_finite": {"nll_nats_per_dim_per_frame[1]": "nan"}}\n',
    encoding="utf-8",
  )
  assert json_lines.read(str(path)) == [
    {
      "nll_nats_per_dim_per_step": [1.0, None],
      "non_finite": {"nll_nats_per_dim_per_step[1]": "nan"},
    }
  ]


def test_no_kind_of_record_is_written_with_a_field_of_frames():
  fields = {name for kind in records.REQUIRED.values() for name in kind}
  assert not [name for name in fields if "frame" in name]
