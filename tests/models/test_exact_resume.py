"""A training that was broken off and goes on equals one that never was."""

import os
import signal
import sys

import numpy as np
import pytest
from tensor2tensor.utils import trainer_lib
import tensorflow.compat.v1 as tf

from problems import series_particle
from problems import video_toy_pushing
from tests.models import small
from tests.models import tiny

STEPS = 7
# The order of additions inside a kernel may differ: float32.
CLOSE = dict(rtol=2e-5, atol=1e-6)


class Particle(series_particle.SeriesParticle):
  """Two windows a step: an epoch ends within a few steps."""

  name = "series_few_particles"
  sequences_per_split = {"train": 5, "eval": 3, "test": 1}


class Stamps(video_toy_pushing.VideoToyPushing):
  """Postage stamps, longer than a window: crops differ."""

  name = "video_toy_long_stamps"
  frame_height = 8
  frame_width = 8
  frames_per_sequence = 8
  sequences_per_split = {"train": 5, "eval": 3, "test": 1}


def _series(hparams_set):
  return small.hparams(
    hparams_set, series_noise=0.1, learning_rate_constant=0.01
  )


# video_flow starts from data, crops, and adds noise; an SLVM draws z too.
CASES = {
  "af1": ("autoregressive_flow", Particle, lambda: _series("af1_series_tiny")),
  "slvm": ("slvm", Particle, lambda: _series("slvm_af1_series_tiny")),
  "video_flow": (
    "video_flow",
    Stamps,
    lambda: tiny.hparams(
      latent_dynamics="affine_af",
      batch_size=2,
      init_batch_size=4,
      num_train_frames=4,
      learning_rate_constant=0.01,
      learning_rate_schedule="linear_warmup*constant",
      learning_rate_warmup_steps=4,
    ),
  ),
}


class _Killed(Exception):
  """As if the process were gone: nothing is saved."""


class _KillHook(tf.train.SessionRunHook):
  def __init__(self, step):
    self._step = step

  def after_run(self, run_context, run_values):
    if run_context.session.run(tf.train.get_global_step()) >= self._step:
      raise _Killed


class _Case:
  """Trainings of one model on one problem, each in a folder of its own."""

  def __init__(self, name, folder):
    self.model, problem, self.hparams = CASES[name]
    self.problem, self._folder = problem(), folder
    self.data_dir = str(folder / "data")
    self.problem.generate_data(self.data_dir, None)

  def experiment(self, run, steps, *hooks, seed=3, saved_every=None):
    config = trainer_lib.create_run_config(
      self.model,
      model_dir=str(self._folder / run),
      schedule="train",
      random_seed=seed,
      save_checkpoints_steps=saved_every or 1000,
    )
    return trainer_lib.create_experiment(
      config,
      self.hparams(),
      self.model,
      self.problem,
      self.data_dir,
      train_steps=steps,
      eval_steps=None,
      schedule="train",
      additional_train_hooks=hooks,
    )

  def newest(self, run):
    """The checkpoint that a run would go on from, if it has one."""
    return tf.train.latest_checkpoint(str(self._folder / run))

  def values(self, run):
    """Of everything in the newest checkpoint: Adam's state too."""
    reader = tf.train.load_checkpoint(str(self._folder / run))
    return {
      name: reader.get_tensor(name)
      for name in reader.get_variable_to_shape_map()
    }

  def trained(self, run, **options):
    """`values` after an unbroken training."""
    self.experiment(run, STEPS, **options).train()
    return self.values(run)


@pytest.fixture(name="case", scope="module", params=CASES)
def _case(request, tmp_path_factory):
  case = _Case(request.param, tmp_path_factory.mktemp(request.param))
  case.unbroken = case.trained("unbroken")
  return case


def _assert_equal(found, expected):
  assert set(found) == set(expected)
  for name, value in expected.items():
    np.testing.assert_allclose(found[name], value, **CLOSE, err_msg=name)


def test_broken_off_anywhere_it_ends_with_the_same_weights(case):
  """Between evaluations, and with steps lost."""
  case.experiment("broken", 3).train()
  case.experiment("broken", 3).evaluate()
  with pytest.raises(_Killed):
    case.experiment("broken", STEPS, _KillHook(5)).train()
  assert case.values("broken")["global_step"] == 3
  case.experiment("broken", STEPS).train()
  _assert_equal(case.values("broken"), case.unbroken)


def test_killed_before_the_first_checkpoint_it_starts_the_same(case):
  with pytest.raises(_Killed):
    case.experiment("started", STEPS, _KillHook(2)).train()
  assert case.newest("started") is None
  _assert_equal(case.trained("started"), case.unbroken)


def test_another_seed_gives_other_weights(case):
  other = case.trained("other", seed=4)
  weights = [name for name in other if name.endswith("kernel")] or [
    name for name in other if name.endswith("/W")
  ]
  assert len(weights) > 3
  for name in weights:
    if np.abs(case.unbroken[name]).max() > 0:
      assert np.abs(other[name] - case.unbroken[name]).max() > 1e-3, name


_KILL = """
import os, pathlib, signal, sys
import tensorflow.compat.v1 as tf
from tests.models import test_exact_resume as resume

class Kill(tf.train.CheckpointSaverListener):
  def before_save(self, session, step):
    if step == 4:
      os.kill(os.getpid(), signal.SIGKILL)

case = resume._Case("af1", pathlib.Path(sys.argv[1]))
experiment = case.experiment("killed", resume.STEPS, saved_every=2)
experiment.estimator.train(
  experiment._train_spec.input_fn,
  max_steps=resume.STEPS,
  hooks=experiment._train_spec.hooks,
  saving_listeners=[Kill()],
)
"""


@pytest.mark.slow
def test_kill_9_before_a_checkpoint_is_whole(tmp_path, run_python):
  killed = run_python("-c", _KILL, str(tmp_path), path=sys.path)
  assert killed.returncode == -signal.SIGKILL
  case = _Case("af1", tmp_path)
  assert case.values("killed")["global_step"] == 2
  # What a kill leaves of a checkpoint that is being written.
  part = tmp_path / "killed" / "model.ckpt-4.data-00000-of-00001"
  part.write_bytes(os.urandom(99))
  _assert_equal(case.trained("killed"), case.trained("unbroken"))
