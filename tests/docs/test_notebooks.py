"""The notebooks: short, without outputs, and run from top to bottom."""

import json
import os
import pathlib
import sys

import pytest

_ROOT = pathlib.Path(__file__).parents[2]
_COMMANDS = {"t2t-datagen": "t2t_datagen", "t2t-trainer": "t2t_trainer"}

# What a notebook's kernel does beside running cells.
_KERNEL = """
import subprocess
import tensorflow as tf
assert tf.executing_eagerly()
def shell(command):
  subprocess.run(command, shell=True, check=True)
"""
# Of each, what must have come out.
_AFTER = {
  "flow_under_your_model": """
assert tf.executing_eagerly()
assert len(with_flow.trainable_variables) == 4 + 2
assert nats_with_flow < nats_alone - 1.0
assert abs(correlation(y)) < 0.2 < 0.8 < correlation(walks)
assert sample.shape == [4, num_steps, features]
""",
  "your_csvs": """
assert tf.executing_eagerly()
assert found == 200 and is_anomaly[200]
assert table["p_value"][200] < 0.05 and list(fan.columns)[2] == "speed_q50"
assert len(fan) == 20 and (fan["heat_q5"] < fan["heat_q95"]).all()
assert abs(again - frame).max().max() < 1e-3
""",
}


def _cells(name, kind):
  path = _ROOT / "notebooks" / f"{name}.ipynb"
  made = json.loads(path.read_text(encoding="utf-8"))
  assert made["nbformat"] == 4
  return [c for c in made["cells"] if c["cell_type"] == kind]


def _code(name):
  """Of all cells; a line of the shell is given to one."""
  lines = "\n".join("".join(c["source"]) for c in _cells(name, "code"))
  return "\n".join(
    f"shell({line[1:]!r})" if line.startswith("!") else line
    for line in lines.split("\n")
  )


@pytest.mark.parametrize("name", list(_AFTER))
def test_a_notebook_is_short_and_holds_no_outputs(name):
  for cell in _cells(name, "code"):
    assert cell["outputs"] == [] and cell["execution_count"] is None
  compile(_code(name), name, "exec")
  assert _code(name).count("\n") < 70
  assert set(_AFTER) == {p.stem for p in (_ROOT / "notebooks").glob("*")}


@pytest.mark.slow
@pytest.mark.parametrize("name", list(_AFTER))
def test_a_notebook_runs_from_top_to_bottom(
  name, tmp_path, run_python, monkeypatch
):
  for command, module in _COMMANDS.items():
    path = tmp_path / "bin" / command
    path.parent.mkdir(exist_ok=True)
    path.write_text(
      f'#!/bin/sh\nexec {sys.executable} -m t2t_af.bin.{module} "$@"\n'
    )
    path.chmod(0o755)
  monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:{os.environ['PATH']}")
  code = _KERNEL + _code(name) + _AFTER[name]
  done = run_python("-c", code, path=[_ROOT], timeout=900)
  assert done.returncode == 0, done.stderr
