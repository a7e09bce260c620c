"""A run's folder with what answers questions alone: weights, hparams, data."""

import os
from typing import Any

import numpy as np
from tensor2tensor.utils import registry
import tensorflow.compat.v1 as tf

from scripts import collect_records
from t2t_af import whole_file
from t2t_af.experiments import checkpoints
from t2t_af.experiments.asking import asked_run
from t2t_af.records import run_folder

_STEP = "global_step"


def write(run: asked_run.AskedRun, folder: str) -> None:
  """Writes run.json, hparams.json and a checkpoint into a folder.

  Args:
    run: nothing is written into its folder.
    folder: is there.
  """
  known = collect_records.without_paths(run_folder.read(run.output_dir))
  if run.statistics:
    known["data_statistics"] = run.statistics.to_json()
  _write_json(folder, "run.json", known)
  _write_json(folder, "hparams.json", _hparams(run))
  _write_weights(folder, run.step, _weights(run.checkpoint))


def _hparams(run: asked_run.AskedRun) -> dict[str, Any]:
  """Those of its set as the run has them, whatever the set becomes."""
  names = registry.hparams(run.hparams_set).values()
  values = run.hparams.values()
  return {
    name: values[name]
    for name in sorted(names)
    if name in values and not isinstance(values[name], dict)
  }


def _weights(checkpoint: str) -> dict[str, np.ndarray]:
  """The model's variables and the step.

  An optimizer's slots of a variable are named below it; what else belongs to a
  training lies outside of the model's scope.
  """
  reader = tf.train.load_checkpoint(checkpoint)
  names = set(reader.get_variable_to_shape_map())
  kept = {
    name
    for name in names
    if "/body/" in name and name.rpartition("/")[0] not in names
  }
  return {n: reader.get_tensor(n) for n in sorted(kept | ({_STEP} & names))}


def _write_weights(folder, step, weights):
  prefix = checkpoints.prefix(folder, step)
  with tf.Graph().as_default(), tf.Session() as session:
    names = list(weights)
    session.run(
      tf.raw_ops.SaveV2(
        prefix=prefix,
        tensor_names=names,
        shape_and_slices=[""] * len(names),
        tensors=[tf.constant(weights[name]) for name in names],
      )
    )
  checkpoints.make_newest(folder, step)


def _write_json(folder, name, values):
  whole_file.write_json(
    os.path.join(folder, name), dict(sorted(values.items()))
  )
