"""Trainable parameters of hparams sets, counted part by part."""

import collections
import re
from typing import Optional

import numpy as np
from tensor2tensor.utils import registry
from tensor2tensor.utils import trainer_lib
import tensorflow.compat.v1 as tf

from t2t_af import errors
from t2t_af.experiments import model_names

# Variable scope -> part, the first that fits; {0} is the level.
_PARTS = (
  (r"codec/revnet_(\d+)/", "level {0}: flow over the frame"),
  (r"split_(\d+)/prior_on_z2/latent_flow", "level {0}: latent flow"),
  (r"split_(\d+)/prior_on_z2/", "level {0}: prior"),
  (r"/top/latent_flow", "top level: latent flow"),
  (r"/top/|/unconditional/", "top level: prior"),
  (r"/flow/transform_(\d+)/initial/", "flow {0}: first steps"),
  (r"/flow/transform_(\d+)/", "flow {0}"),
  (r"/(encoder|posterior|prior|decoder)/", "{0}"),
  (r"/latent_flow/", "latent flow"),
)


def count(
  hparams_set: str, problem_name: Optional[str] = None, overrides: str = ""
) -> dict:
  """{part: trainable parameters}, from the graph of one training example.

  Args:
    hparams_set: registered name.
    problem_name: None for that of the set's column.
    overrides: "name=value,...".

  Raises:
    UserError: unknown set or problem.
  """
  sets = registry.Registries.hparams
  if hparams_set in sets and not problem_name:
    problem_name = model_names.problem_of(hparams_set)
  for name, known, what in (
    (hparams_set, sets, "hparams set"),
    (problem_name, registry.Registries.problems, "problem"),
  ):
    if name not in known:
      raise errors.UserError(errors.suggest(name, known, what))
  hparams = trainer_lib.create_hparams(
    hparams_set, overrides, problem_name=problem_name
  )
  model_cls = registry.model(model_names.model_of(hparams_set))
  parts = collections.Counter()
  with tf.Graph().as_default():
    features = {
      name: tf.zeros([1, num_steps] + list(hparams.problem.step_shape))
      for name, num_steps in (
        ("inputs", hparams.video_num_input_frames),
        ("targets", hparams.video_num_target_frames),
      )
    }
    model_cls(hparams, tf.estimator.ModeKeys.TRAIN)(features)
    for variable in tf.trainable_variables():
      parts[_part(variable.op.name)] += int(np.prod(variable.shape.as_list()))
  return dict(sorted(parts.items()))


def _part(name):
  for pattern, part in _PARTS:
    match = re.search(pattern, name)
    if match:
      return part.format(*match.groups())
  return "other"
