"""Forecasts of the particle, whose future is known (Eq. 25-29)."""

import numpy as np
import pytest
import scipy.stats
from tensor2tensor.utils import trainer_lib

from problems import series_particle
from t2t_af.experiments.asking import loaded_run
from t2t_af.records import run_folder

STEPS, GIVEN, CONTEXTS = 5, 12, 40
QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
# Of a flow that was trained for seconds: its scale is a little too wide.
NEAR = 0.06


@pytest.fixture(name="run", scope="module")
def _run(tmp_path_factory):
  data_dir, output_dir = [
    str(tmp_path_factory.mktemp(name)) for name in ("data", "run")
  ]
  problem = series_particle.SeriesParticle()
  problem.generate_data(data_dir, None)
  fields = dict(
    model="autoregressive_flow",
    hparams_set="af2_series_tiny",
    hparams="learning_rate_schedule=constant*linear_decay,"
    "learning_rate_decay_steps=1500,learning_rate_constant=0.003",
  )
  config = trainer_lib.create_run_config(
    fields["model"], model_dir=output_dir, schedule="train", random_seed=0
  )
  trainer_lib.create_experiment(
    config,
    trainer_lib.create_hparams(fields["hparams_set"], fields["hparams"]),
    fields["model"],
    problem,
    data_dir,
    train_steps=1500,
    eval_steps=None,
    schedule="train",
  ).train()
  run_folder.update(output_dir, problem=problem.name, seed=0, **fields)
  with loaded_run.LoadedRun(output_dir, data_dir) as run:
    yield run


@pytest.mark.slow
def test_quantiles_are_those_of_the_truth(run):
  """P(x[T + h] <= q) is what q says, where x[T + h] given the past is
  N(x[T] + h u[T], sigma^2 sum of j^2 to h)."""
  problem = series_particle.SeriesParticle()
  found = []
  for index in range(CONTEXTS):
    motion = problem.make_motion("test", index)
    fan = run.forecast(
      motion.x[:GIVEN], STEPS, num_samples=200, quantiles=QUANTILES
    )
    h = np.arange(1, STEPS + 1)[:, np.newaxis]
    mean = motion.x[GIVEN - 1] + h * motion.u[GIVEN - 1]
    std = problem.sigma * np.sqrt(np.cumsum(np.square(h), axis=0))
    found.append(scipy.stats.norm.cdf((fan - mean) / std))
  probability = np.mean(found, axis=(0, 2, 3))
  np.testing.assert_allclose(probability, QUANTILES, atol=NEAR)
