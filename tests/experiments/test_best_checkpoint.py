"""Early stopping of a run: which checkpoint is kept, used and gone on from."""

import os

import pytest
import tensorflow.compat.v1 as tf

from t2t_af.experiments import best_checkpoint
from t2t_af.experiments import run as run_lib
from t2t_af.records import run_folder
from tests.experiments import fake_run
from tests.fixtures import checkpoint_files


@pytest.fixture(name="folder")
def _folder(tmp_path):
  return str(tmp_path)


def _pass(folder, nlls):
  for step, nll in nlls.items():
    checkpoint_files.write(folder, step, keep=1)
    fake_run.evaluated(folder, step, nll)
    best_checkpoint.keep(folder)


def test_the_step_with_the_lowest_dev_nll_is_used(folder):
  _pass(folder, {10: 3.0, 20: 1.0, 30: 2.0})
  fake_run.evaluated(folder, 30, -5.0, split="test")  # Must not take part.
  assert best_checkpoint.step_of(folder) == 30
  best_checkpoint.use(folder)
  assert best_checkpoint.step_of(folder) == 20
  assert checkpoint_files.weight_of(tf.train.latest_checkpoint(folder)) == 20
  assert 30 in checkpoint_files.steps_in(
    folder
  )  # What training would go on from is kept.


def test_the_last_step_stays_where_it_is_best(folder):
  _pass(folder, {10: 3.0, 20: 1.0})
  best_checkpoint.use(folder)
  assert best_checkpoint.step_of(folder) == 20


def test_what_is_not_finite_is_never_best(folder):
  _pass(folder, {10: 3.0, 20: float("nan"), 30: float("inf")})
  best_checkpoint.use(folder)
  assert best_checkpoint.step_of(folder) == 10


def test_without_a_finite_evaluation_the_last_one_stays(folder):
  _pass(folder, {10: float("nan"), 20: float("nan")})
  best_checkpoint.use(folder)
  assert best_checkpoint.step_of(folder) == 20


@pytest.fixture(name="run")
def _run(monkeypatch, folder):
  monkeypatch.setattr(run_lib, "_experiment", fake_run.Experiment)
  monkeypatch.setattr(fake_run.Experiment, "done", [])
  return fake_run.run(folder)


def test_a_run_is_scored_at_its_best_step(run):
  run_lib.execute(run)
  assert fake_run.Experiment.done == [
    "train to 4",
    "dev at 4",
    "train to 8",
    "dev at 8",
    "train to 10",
    "dev at 10",
    "test at 8",
  ]
  assert run_lib.stages_left(run) == []
  assert run_folder.identity(run.output_dir)["chosen_of_steps"] == 10


def test_a_run_that_was_stopped_goes_on_where_it_was(run):
  os.makedirs(run.output_dir, exist_ok=True)
  checkpoint_files.write(run.output_dir, 4)  # Stopped before it was evaluated.
  run_lib.execute(run)
  assert fake_run.Experiment.done[:3] == ["dev at 4", "train to 8", "dev at 8"]


def test_without_evaluations_the_last_step_is_scored(run):
  run_lib.execute(run._replace(eval_every=0))
  assert fake_run.Experiment.done == ["train to 10", "test at 10"]
  assert "chosen_of_steps" not in run_folder.identity(run.output_dir)
