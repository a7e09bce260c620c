"""scripts/gpu_check.sh: what it asks, and that it ends with one table."""

import os
import pathlib
import shutil
import subprocess

import pytest

_ROOT = pathlib.Path(__file__).parents[1]
# Stands for Python: notes what is asked, and leaves a line of records.
_PYTHON = """#!/bin/bash
echo "$*" >> "$NOTES"
for flag; do
  case $flag in --json=*) echo '{}' >> "${flag#--json=}";; esac
done
"""


@pytest.mark.skipif(not shutil.which("bash"), reason="there is no bash")
def test_it_ends_with_the_table_of_all_that_was_measured(tmp_path):
  python = tmp_path / "python"
  python.write_text(_PYTHON)
  python.chmod(0o755)
  notes, out = tmp_path / "notes", tmp_path / "out"
  told = subprocess.run(
    ["bash", _ROOT / "scripts" / "gpu_check.sh", out],
    env=dict(os.environ, PY=str(python), NOTES=str(notes), QUICK="1"),
    capture_output=True,
    text=True,
    check=True,
  )
  *_, before, last = notes.read_text().splitlines()
  assert last.endswith(f"t2t_af.bin.main bench table {out}/bench.jsonl")
  assert "bench sampling" in before
  first = next(n for n in notes.read_text().splitlines() if "trainer" in n)
  assert first.endswith(f"--label=the first start --json={out}/bench.jsonl")
  count = len((out / "bench.jsonl").read_text().splitlines())
  assert f"{count} records" in told.stdout and count >= 5
