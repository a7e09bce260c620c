"""A run of a comparison whose training and evaluation take no time."""

from t2t_af.experiments import best_checkpoint
from t2t_af.experiments import run as run_lib
from t2t_af.records import json_lines
from t2t_af.records import records
from t2t_af.records import run_folder
from tests.fixtures import checkpoint_files

NLLS = {4: 2.0, 8: 1.0, 10: 3.0}  # on the dev split, by step
BEST_STEP = 8


def run(folder: str) -> run_lib.Run:
  """One that pauses at the steps of NLLS."""
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


def evaluated(folder: str, step: int, nll: float, split: str = "dev") -> None:
  """Leaves the record of an evaluation."""
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
      num_recordings=1,
      is_partial=False,
      num_cond_steps=3,
      num_scored_steps=1,
    ),
  )


class Experiment:
  """Trains by writing a checkpoint, evaluates to a given NLL."""

  done: list[str] = []

  def __init__(self, run, trains=False):
    self._run, self._trains = run, trains

  def train(self, max_steps):
    assert self._trains
    self.done.append(f"train to {max_steps}")
    checkpoint_files.write(self._run.output_dir, max_steps, keep=2)
    json_lines.append(
      run_folder.results(self._run.output_dir, "training"),
      records.training(
        step=max_steps, nll_nats_per_dim=1.0, seconds_per_step=1.0
      ),
    )

  def evaluate(self):
    step = best_checkpoint.step_of(self._run.output_dir)
    self.done.append(f"{self._run.split} at {step}")
    evaluated(self._run.output_dir, step, NLLS[step], self._run.split)
