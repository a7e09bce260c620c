"""tensor2tensor's replicas, one a device: those of one process (--worker_gpu).

Here on two logical devices of the CPU, which a process must be given before
TensorFlow has looked for any.
"""

import json

import pytest

from tests import conftest

# Noise is each replica's own, so this is of a flow that adds none.
_TRAININGS = """
import json, pathlib, sys
from t2t_af import mended
import numpy as np
import tensorflow.compat.v1 as tf
import t2t_af
t2t_af.register()
(cpu,) = tf.config.list_physical_devices("CPU")
device = tf.config.LogicalDeviceConfiguration()
tf.config.set_logical_device_configuration(cpu, [device] * 2)
from tensor2tensor.utils import expert_utils, trainer_lib
from tests.models import test_exact_resume as cases

case = cases._Case("af1", pathlib.Path(sys.argv[1]))

def trained(run, devices, batch):
  config = trainer_lib.create_run_config(
    case.model, model_dir=str(case._folder / run), schedule="train",
    random_seed=3, save_checkpoints_steps=1000,
  )
  config.data_parallelism = expert_utils.Parallelism(devices)
  hparams = case.hparams()
  hparams.batch_size, hparams.series_noise = batch, 0.0
  trainer_lib.create_experiment(
    config, hparams, case.model, case.problem, case.data_dir,
    train_steps=cases.STEPS, eval_steps=None, schedule="train",
  ).train()
  return case.values(run)

one = trained("one", ["cpu:0"], 4)
two = trained("two", ["cpu:0", "cpu:1"], 2)
one_alone = trained("half", ["cpu:0"], 2)
floats = [name for name in one if one[name].dtype.kind == "f"]
print(json.dumps(dict(
  same_names=set(one) == set(two),
  differs=float(max(np.abs(one[n] - two[n]).max() for n in floats)),
  half_differs=float(max(np.abs(one[n] - one_alone[n]).max() for n in floats)),
)))
"""


@pytest.mark.slow
def test_two_replicas_equal_one_of_twice_the_batch(run_python, tmp_path):
  done = run_python("-c", _TRAININGS, tmp_path, path=[conftest.ROOT])
  assert done.returncode == 0, done.stderr[-2000:]
  found = json.loads(done.stdout.splitlines()[-1])
  assert found["same_names"]
  assert found["differs"] < 1e-6  # float32, another order of additions
  assert found["half_differs"] > 1e-3  # what one replica alone would give
