"""A run that is killed at any moment is scored at its best step in the end."""

import os
import shutil
import signal
import sys

import pytest
import tensorflow.compat.v1 as tf

from t2t_af.experiments import best_checkpoint
from t2t_af.experiments import checkpoints
from t2t_af.experiments import run as run_lib
from t2t_af.records import json_lines
from t2t_af.records import run_folder
from tests.experiments import fake_run
from tests.fixtures import checkpoint_files

_DEADLY = ("copy2", "rmtree", "replace", "remove", "makedirs", "fsync")


class _Killed(BaseException):
  """As if the process were gone: nothing catches it."""


class _Dying:
  """A module whose functions that change files end the process, at last."""

  def __init__(self, module, lives):
    self._module, self._lives = module, lives

  def __getattr__(self, name):
    function = getattr(self._module, name)
    return self._lives.spend_on(function) if name in _DEADLY else function


class _Lives:
  """So many calls are survived."""

  def __init__(self, number):
    self._left = number

  def spend_on(self, function):
    """The function, until no life is left: then half of what it does."""

    def call(*args, **kwargs):
      self._left -= 1
      if self._left >= 0:
        return function(*args, **kwargs)
      if function is shutil.copy2:
        _copy_half(*args)
      raise _Killed

    return call


def _copy_half(path, folder):
  with open(path, "rb") as source:
    content = source.read()
  with open(os.path.join(folder, os.path.basename(path)), "wb") as target:
    target.write(content[: len(content) // 2])


@pytest.fixture(name="run")
def _run(monkeypatch, tmp_path):
  monkeypatch.setattr(run_lib, "_experiment", fake_run.Experiment)
  return fake_run.run(str(tmp_path / "run"))


def _execute_until_killed(run, lives):
  """Whether it came to its end."""
  with pytest.MonkeyPatch.context() as patch:
    for module in (os, shutil):
      patch.setattr(checkpoints, module.__name__, _Dying(module, lives))
    for owner, name in (
      (checkpoints, "make_newest"),
      (best_checkpoint, "keep"),
      (best_checkpoint, "use"),
    ):
      patch.setattr(owner, name, lives.spend_on(getattr(owner, name)))
    try:
      run_lib.execute(run)
    except _Killed:
      return False
  return True


def _scored(run):
  """Split and step of each record of a test split, as they were written."""
  return [
    r["step"]
    for r in json_lines.read(run_folder.results(run.output_dir, "likelihood"))
    if r["split"] == "test"
  ]


def test_killed_at_any_file_operation_the_best_step_is_scored(run, tmp_path):
  best = fake_run.BEST_STEP
  for lives in range(100):
    run = run._replace(output_dir=str(tmp_path / f"killed_after_{lives}"))
    if _execute_until_killed(run, _Lives(lives)):
      break
    assert _scored(run) == []
    newest = tf.train.latest_checkpoint(run.output_dir)
    assert not checkpoints.fault(newest), lives
    evaluated = best_checkpoint.is_evaluated(run.output_dir, best)
    folders = (run.output_dir, os.path.join(run.output_dir, "best"))
    assert not evaluated or any(checkpoints.is_whole(f, best) for f in folders)
    run_lib.execute(run)
    assert _scored(run) == [best], lives
    newest = tf.train.latest_checkpoint(run.output_dir)
    assert checkpoint_files.weight_of(newest) == best
  assert lives > 15
  assert _scored(run) == [best]


_KILLED_RUN = """
import os, signal, sys
import t2t_af
t2t_af.register()
from t2t_af.experiments import checkpoints, run as run_lib
from tests.experiments import fake_run

replace = os.replace
def replace_and_die(source, target):
  replace(source, target)
  if "model.ckpt-8.data" in target:
    os.kill(os.getpid(), signal.SIGKILL)

checkpoints.os.replace = replace_and_die
run_lib._experiment = fake_run.Experiment
run_lib.execute(fake_run.run(sys.argv[1]))
"""


@pytest.mark.slow
def test_kill_9_between_two_files_of_the_best_checkpoint(run, run_python):
  killed = run_python("-c", _KILLED_RUN, run.output_dir, path=sys.path)
  assert killed.returncode == -signal.SIGKILL
  best = os.path.join(run.output_dir, "best")
  assert not checkpoints.is_whole(best, 8)
  assert checkpoints.is_whole(best, 4)  # What was best before.
  run_lib.execute(run)
  assert _scored(run) == [8]


def test_a_best_checkpoint_that_is_lost_is_said(run, capsys):
  """The best of those that are left is used."""
  run_lib.execute(run)
  for folder in (run.output_dir, os.path.join(run.output_dir, "best")):
    os.remove(os.path.join(folder, "model.ckpt-8.data-00000-of-00001"))
  run_lib.execute(run)
  assert _scored(run) == [8, 10]
  told = capsys.readouterr().err
  assert "step 8, the best on the dev split, is lost; step 10 is" in told
  assert best_checkpoint.step_of(run.output_dir) == 10


def test_weights_that_are_all_lost_are_trained_again(run, capsys):
  """And evaluated again: the records are of the weights that are lost."""
  run_lib.execute(run)
  for folder in (run.output_dir, os.path.join(run.output_dir, "best")):
    for step in checkpoint_files.steps_in(folder):
      os.remove(os.path.join(folder, f"model.ckpt-{step}.index"))
  fake_run.Experiment.done.clear()
  run_lib.execute(run)
  assert "training begins again" in capsys.readouterr().err
  assert fake_run.Experiment.done[:2] == ["train to 4", "dev at 4"]
  assert _scored(run) == [8, 8]


def test_a_checkpoint_file_that_points_at_nothing_is_mended(run, capsys):
  """F: best/ is whole, what the run's folder has is not."""
  run_lib.execute(run)
  for step in checkpoint_files.steps_in(run.output_dir):
    os.remove(os.path.join(run.output_dir, f"model.ckpt-{step}.index"))
  assert tf.train.latest_checkpoint(run.output_dir) is None
  run_lib.execute(run)
  assert "Going on from" in capsys.readouterr().err
  assert best_checkpoint.step_of(run.output_dir) == 8
  assert _scored(run) == [8]  # No fresh weights, nothing scored again.


@pytest.mark.parametrize(
  "spoil, told",
  [
    (lambda path: os.remove(path + ".index"), "index is not there"),
    (lambda path: os.truncate(path + ".index", 10), "cannot be read"),
    (
      lambda path: os.remove(path + ".data-00000-of-00001"),
      "data file is not there",
    ),
    (
      lambda path: os.truncate(path + ".data-00000-of-00001", 5),
      "cannot be read",
    ),
  ],
)
def test_faults_of_a_checkpoint(tmp_path, spoil, told):
  path = checkpoint_files.write(str(tmp_path), 3)
  assert checkpoints.fault(path) == ""
  spoil(path)
  assert told in checkpoints.fault(path)


def test_a_flipped_bit_is_a_fault(tmp_path):
  path = checkpoint_files.write(str(tmp_path), 3)
  with open(path + ".data-00000-of-00001", "r+b") as stream:
    first = stream.read(1)
    stream.seek(0)
    stream.write(bytes([first[0] ^ 1]))
  assert "cannot be read" in checkpoints.fault(path)
