"""The commands and the Python of docs/asking_a_run.md, run as they stand."""

import os
import pathlib
import re
import shlex

import numpy as np
import pytest

from tests.fixtures import asked_runs
from tests.fixtures import user_videos

_ROOT = pathlib.Path(__file__).parents[2]
_DOC = _ROOT / "docs" / "asking_a_run.md"
_OF_SERIES, _OF_VIDEO = 0, 1  # in the order of the document
_MODULES = {
  "t2t-datagen": "t2t_datagen",
  "t2t-trainer": "t2t_trainer",
  "t2t-af": "main",
}


# A notebook has eager mode on, and keeps it and all that it has made.
_NOTEBOOK_BEFORE = """
import tensorflow as tf
double = tf.keras.Sequential([tf.keras.layers.Dense(2)])
first = double(tf.ones([1, 3]))
doubled = tf.function(lambda x: 2 * x)
doubled(tf.constant(1.0))
"""
_NOTEBOOK_AFTER = """
assert tf.executing_eagerly() and doubled(tf.constant([3.0])).numpy() == 6.0
assert (double(tf.ones([1, 3])).numpy() == first.numpy()).all()
with tf.GradientTape() as tape:
  loss = tf.reduce_sum(tf.keras.layers.Dense(1)(double(tf.ones([4, 3]))))
assert all(g is not None for g in tape.gradient(loss, double.variables))
assert tf.Variable(1.0).numpy() == 1.0
"""


def _blocks(language):
  text = _DOC.read_text(encoding="utf-8")
  return re.findall(rf"^```{language}\n(.*?)^```", text, re.M | re.S)


def _commands(which):
  block = _blocks("console")[which]
  return [line[2:] for line in block.splitlines() if line.startswith("$ ")]


@pytest.mark.parametrize("which", [_OF_SERIES, _OF_VIDEO])
def test_a_transcript_is_of_five_commands_at_most(which):
  assert 3 <= len(_commands(which)) <= 5
  assert {shlex.split(c)[0] for c in _commands(which)} == set(_MODULES)


def _run_all(run_python, which):
  for command in _commands(which):
    name, *argv = shlex.split(command)
    done = run_python(
      "-m", f"t2t_af.bin.{_MODULES[name]}", *argv, path=[_ROOT], timeout=600
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.slow
def test_from_a_folder_of_videos_to_what_follows(tmp_path, run_python):
  user_videos.write_folder(
    str(tmp_path / "clips"), {name: 30 for name in user_videos.names(6)}
  )
  _run_all(run_python, _OF_VIDEO)
  made = tmp_path / "runs" / "clips"
  assert len(list((made / "forecast").glob("*.gif"))) == 6
  table = (made / "score" / "files.csv").read_text(encoding="utf-8")
  assert len(table.splitlines()) == 7


@pytest.mark.slow
def test_from_a_folder_of_csv_files_to_forecasts(tmp_path, run_python):
  for n in range(12):
    path = tmp_path / "mine" / f"s{n}.csv"
    asked_runs.write_csv(str(path), asked_runs.walk(300, n))
  _run_all(run_python, _OF_SERIES)
  for path in (
    "score/scores.csv",
    "score/s3.csv.svg",
    "forecast/forecast.csv",
    "forecast/s3.csv.svg",
    "transform/s3.csv.npz",
  ):
    assert (tmp_path / "runs" / "af" / path).stat().st_size
  (snippet,) = _blocks("python")
  done = run_python(
    "-c",
    _NOTEBOOK_BEFORE
    + snippet
    + "\nassert log_prob.notna().sum() == len(frame) - 9"
    + "\nassert abs(again - frame).max().max() < 1e-3"
    + _NOTEBOOK_AFTER
    + "\nassert fan.shape == (20, 10) and futures.shape == (100, 20, 2)",
    path=[_ROOT],
  )
  assert done.returncode == 0, done.stderr
  noise = np.load(tmp_path / "runs" / "af" / "transform" / "s3.csv.npz")["y"]
  # A trained flow leaves less to explain than standardising does.
  assert noise[3:].std() > 0.8 and os.path.exists(tmp_path / "data")
