"""Records survive kills, refuse gaps, and stay strict JSON."""

import json
import math
import subprocess
import sys

import numpy as np
import pytest

from t2t_af.records import likelihood
from t2t_af.records import records
from tests.analysis import fake_compare

LINE = {"kind": "training", "step": 1}


def test_read_returns_what_was_appended_in_order(tmp_path):
  path = str(tmp_path / "results" / "training.jsonl")
  for step in (10, 20):
    records.append(path, {"step": step, "values": np.arange(2)})
  assert records.read(path) == [
    {"step": 10, "values": [0, 1]},
    {"step": 20, "values": [0, 1]},
  ]


def test_absent_file_has_no_records(tmp_path):
  assert records.read(str(tmp_path / "none.jsonl")) == []


def test_partial_last_line_is_skipped_and_spoils_nothing_later(
  tmp_path, caplog
):
  path = tmp_path / "r.jsonl"
  records.append(str(path), LINE)
  path.write_bytes(path.read_bytes() + b'{"kind": "train')  # A kill.
  assert records.read(str(path)) == [LINE]
  assert "line 2" in caplog.text
  records.append(str(path), dict(LINE, step=2))
  assert [r["step"] for r in records.read(str(path))] == [1, 2]


def test_a_process_killed_while_appending_leaves_whole_records(tmp_path):
  path = tmp_path / "r.jsonl"
  code = (
    "import sys; import t2t_af_light\n"
    "from t2t_af.records import records\n"
    "print('ready', flush=True)\n"
    "while True: records.append(sys.argv[1], {'x': 'y' * 5000})"
  )
  with subprocess.Popen(
    [sys.executable, "-c", code, str(path)], stdout=subprocess.PIPE
  ) as process:
    process.stdout.readline()
    while not path.exists() or path.stat().st_size < 100_000:
      assert process.poll() is None
    process.kill()
  lines = path.read_bytes().count(b"\n")
  assert len(records.read(str(path))) in (lines, lines + 1)
  assert lines >= 19


def test_values_that_are_not_finite_are_null_and_named():
  line = records.dumps(
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


@pytest.mark.parametrize("kind", sorted(records.REQUIRED))
def test_a_record_without_a_required_field_is_refused(kind):
  make = getattr(records, kind)
  fields = dict.fromkeys(records.REQUIRED[kind], 1.0)
  assert make(**fields)["kind"] == kind
  for name in fields:
    with pytest.raises(ValueError, match=name):
      make(**{k: v for k, v in fields.items() if k != name})


def test_bits_follow_from_nats_and_cannot_contradict_them():
  rng = np.random.default_rng(0)
  args = ("video_flow_tiny", 1, "test", 10, 1.5, rng)
  record = fake_compare.likelihood(*args)
  assert record["nll_bits_per_dim"] == pytest.approx(1.5 / math.log(2.0))
  assert record["nll_bits_per_dim_stderr"] == pytest.approx(
    likelihood.bits_from_nats(record["nll_nats_per_dim_stderr"])
  )
  with pytest.raises(ValueError, match="are not"):
    fake_compare.likelihood(*args, nll_bits_per_dim=1.5)


def test_newest_is_by_time_not_by_place():
  first = {"hparams_set": "a", "seed": 1, "split": "test", "time": "2026-02"}
  older = dict(first, time="2026-01")
  other = dict(first, seed=2, time="2025")
  found = records.newest([first, older, other])
  assert found == {("a", 1, "test"): first, ("a", 2, "test"): other}


def test_versions_and_hardware_are_those_of_this_machine():
  assert records.versions()["numpy"] == np.__version__
  machine = records.hardware(["GPU 0"])
  assert machine["cores"] >= 1 and machine["memory_gib"] > 0.1
  assert machine["accelerators"] == ["GPU 0"]


def test_the_room_loads_no_tensorflow():
  code = (
    "import sys, t2t_af_light, t2t_af.records.records\n"
    "import t2t_af.records.likelihood, t2t_af.records.run_folder\n"
    "sys.exit(any(m.split('.')[0] in ('tensorflow', 'tensor2tensor') "
    "for m in sys.modules))"
  )
  assert (
    subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
  )
