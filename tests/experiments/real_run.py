"""A run that was really trained, for a few steps, and stopped by Ctrl-C."""

import os
import pathlib
import signal

import pytest
from tensor2tensor.utils import trainer_lib
import tensorflow.compat.v1 as tf

from problems import series_particle
from t2t_af import stopping
from t2t_af.experiments import stoppable
from tests.models import small

SAVED_FIRST, STOPPED_IN = 2, 4  # Steps.


class Particle(series_particle.SeriesParticle):
  """Few, for a training of no time."""

  name = "series_few_particles"
  sequences_per_split = {"train": 4, "eval": 3, "test": 1}


class _CtrlC(tf.train.SessionRunHook):
  """The signal, in the middle of a step."""

  def before_run(self, run_context):
    step = run_context.session.run(tf.train.get_global_step())
    if step == STOPPED_IN - 1:
      os.kill(os.getpid(), signal.SIGINT)


def trained(folder: pathlib.Path) -> str:
  """Its output_dir: trained to SAVED_FIRST, then stopped after STOPPED_IN."""
  data_dir, output_dir = str(folder / "data"), str(folder / "run")
  problem = Particle()
  problem.generate_data(data_dir, None)

  def experiment(train_steps, *hooks):
    config = trainer_lib.create_run_config(
      "autoregressive_flow",
      model_dir=output_dir,
      schedule="train",
      random_seed=0,
    )
    made = trainer_lib.create_experiment(
      config,
      small.hparams("af1_series_tiny"),
      "autoregressive_flow",
      problem,
      data_dir,
      train_steps=train_steps,
      eval_steps=1,
      schedule="train",
      additional_train_hooks=hooks,
    )
    stoppable.guard(made)
    return made

  experiment(SAVED_FIRST).train()
  with stopping.handled(), pytest.raises(KeyboardInterrupt):
    experiment(10**6, _CtrlC()).train()
  return output_dir
