"""Early stopping of a run: which checkpoint is kept, used and gone on from."""

import os

import pytest
import tensorflow.compat.v1 as tf

from t2t_af.experiments import best_checkpoint
from t2t_af.experiments import run as run_lib
from t2t_af.records import json_lines
from t2t_af.records import records
from t2t_af.records import run_folder

ENDINGS = (".index", ".data-00000-of-00001")


def _save(folder, step, keep=1):
  """A checkpoint as TensorFlow leaves it; only the last `keep` stay."""
  for ending in ENDINGS:
    with open(
      os.path.join(folder, f"model.ckpt-{step}{ending}"), "w", encoding="utf-8"
    ) as stream:
      stream.write(f"weights of step {step}")
  tf.train.update_checkpoint_state(
    folder, os.path.join(folder, f"model.ckpt-{step}")
  )
  older = [s for s in _steps_in(folder) if s < step]
  for old in sorted(older)[: len(older) - keep + 1]:
    for ending in ENDINGS:
      os.remove(os.path.join(folder, f"model.ckpt-{old}{ending}"))


def _steps_in(folder):
  return [
    int(name[len("model.ckpt-") : -len(".index")])
    for name in os.listdir(folder)
    if name.endswith(".index")
  ]


def _evaluated(folder, step, nll, split="dev"):
  json_lines.append(
    run_folder.results(folder, "likelihood"),
    records.likelihood(
      model="m",
      hparams_set="s",
      hparams="",
      problem="p",
      split=split,
      checkpoint=f"model.ckpt-{step}",
      step=step,
      seed=0,
      num_parameters=1,
      nll_nats_per_dim=nll,
      nll_nats_per_dim_stderr=0.0,
      nll_nats_per_dim_per_step=[nll],
      num_sequences=1,
      num_cond_steps=3,
      num_scored_steps=1,
    ),
  )


@pytest.fixture(name="folder")
def _folder(tmp_path):
  return str(tmp_path)


def _pass(folder, nlls):
  for step, nll in nlls.items():
    _save(folder, step)
    _evaluated(folder, step, nll)
    best_checkpoint.keep_if_best(folder)


def test_the_step_with_the_lowest_dev_nll_is_used(folder):
  _pass(folder, {10: 3.0, 20: 1.0, 30: 2.0})
  _evaluated(folder, 30, -5.0, split="test")  # Must not take part.
  assert best_checkpoint.step_of(folder) == 30
  best_checkpoint.use(folder)
  assert best_checkpoint.step_of(folder) == 20
  with open(
    tf.train.latest_checkpoint(folder) + ".index", encoding="utf-8"
  ) as stream:
    assert stream.read() == "weights of step 20"
  assert 30 in _steps_in(folder)  # What training would go on from is kept.


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


class _Experiment:
  """Trains by writing a checkpoint, evaluates to a given NLL."""

  nlls = {4: 2.0, 8: 1.0, 10: 3.0}
  done = []

  def __init__(self, run, trains=False):
    self._run, self._trains = run, trains

  def train(self, max_steps):
    assert self._trains
    self.done.append(f"train to {max_steps}")
    _save(self._run.output_dir, max_steps)
    json_lines.append(
      run_folder.results(self._run.output_dir, "training"),
      records.training(
        step=max_steps, nll_nats_per_dim=1.0, seconds_per_step=1.0
      ),
    )

  def evaluate(self):
    step = best_checkpoint.step_of(self._run.output_dir)
    self.done.append(f"{self._run.split} at {step}")
    _evaluated(self._run.output_dir, step, self.nlls[step], self._run.split)


@pytest.fixture(name="run")
def _run(monkeypatch, folder):
  monkeypatch.setattr(run_lib, "_experiment", _Experiment)
  monkeypatch.setattr(_Experiment, "done", [])
  return run_lib.Run(
    "slvm",
    "slvm_tiny",
    "",
    "p",
    "",
    folder,
    steps=10,
    seed=0,
    split="test",
    num_contexts=0,
    num_samples=1,
    eval_every=4,
  )


def test_a_run_is_scored_at_its_best_step(run):
  run_lib.execute(run)
  assert _Experiment.done == [
    "train to 4",
    "eval at 4",
    "train to 8",
    "eval at 8",
    "train to 10",
    "eval at 10",
    "test at 8",
  ]
  assert run_lib.stages_left(run) == []
  assert run_folder.identity(run.output_dir)["chosen_of_steps"] == 10


def test_a_run_that_was_stopped_goes_on_where_it_was(run):
  os.makedirs(run.output_dir, exist_ok=True)
  _save(run.output_dir, 4)  # Stopped before it was evaluated.
  run_lib.execute(run)
  assert _Experiment.done[:3] == ["eval at 4", "train to 8", "eval at 8"]


def test_without_evaluations_the_last_step_is_scored(run):
  run_lib.execute(run._replace(eval_every=0))
  assert _Experiment.done == ["train to 10", "test at 10"]
  assert "chosen_of_steps" not in run_folder.identity(run.output_dir)
