"""`t2t-af bench table`: from the program's records to one table."""

import json
import shutil

import pytest

from scripts import rooms
from t2t_af.bin import bench
from tests.analysis.results import test_benches


@pytest.fixture(name="folder")
def _folder(tmp_path):
  shutil.copy(test_benches.RECORDS, tmp_path / "all.jsonl")
  return tmp_path


def test_one_table_has_every_bench_and_what_is_wanted(folder, capsys):
  assert bench.main(["table", str(folder)]) == 0
  lines = capsys.readouterr().out.splitlines()
  assert lines[0].split()[:3] == ["what", "unit", "theirs"]
  (asked,) = [line for line in lines if line.startswith("t2t-af --help")]
  *_, theirs, ours, ratio, sign, wanted, reached = asked.split()
  assert (theirs, sign, wanted, reached) == ("1.00", "≤", "1.00", "yes")
  assert ours == ratio and 0 < float(ours) < 1
  assert [line for line in lines if line.endswith("are reached.")]
  assert any("grows as" in line for line in lines)
  assert lines[-2:] == [str(folder / "bench.svg"), str(folder / "growth.svg")]
  assert (folder / "bench.svg").read_text().count("t2t-af --help") == 1


def test_markdown_and_json_tell_the_same(folder, capsys):
  bench.main(["table", str(folder), "--json"])
  told = json.loads(capsys.readouterr().out)
  bench.main(["table", str(folder), "--format=markdown"])
  markdown = capsys.readouterr().out
  assert len(told["rows"]) > 3 and len(told["growth"]) > 1
  for row in told["rows"]:
    assert f"| {row['sides']} | {row['what']} |" in markdown


def test_no_tensorflow_is_loaded(folder, run_python):
  code = (
    "import sys; from t2t_af.bin import bench; "
    "bench.main(['table', sys.argv[1]]); "
    "print(sorted({'tensorflow', 'tensor2tensor'} & set(sys.modules)))"
  )
  done = run_python("-c", code, folder, path=[rooms.ROOT])
  assert done.stdout.splitlines()[-1:] == ["[]"], done.stderr
