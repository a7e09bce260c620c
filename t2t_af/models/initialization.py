"""Runs data-dependent initialisation before the first training step."""

import re
from typing import Any, Optional

import numpy as np
from tensor2tensor.utils import hparams_lib
import tensorflow.compat.v1 as tf

from t2t_af import progress
from t2t_af import session as session_lib
from t2t_af import workers
from t2t_af.annotations import HParams
from t2t_af.networks import ddi


def initialize(
  model_cls: type, hparams: HParams, problem: Any, seed: Optional[int] = None
) -> dict[str, np.ndarray]:
  """Weights of a new model, its actnorms set from training data.

  Builds a separate graph and feeds it batches of the training size, one at
  a time, until `init_batch_size` sequences have gone through. Several workers
  do so together, each with its part of a batch.

  Args:
    model_cls: a T2TModel whose networks use `ddi`.
    hparams: of the model, with problem and data_dir.
    problem: gives the batches (its training split).
    seed: of the weights and the batches; None draws one.

  Returns:
    {name of variable: value}.
  """
  here = workers.here()
  num_batches = -(-hparams.init_batch_size // (hparams.batch_size * here.count))
  with (
    tf.Graph().as_default(),
    tf.Session(here.target, config=session_lib.config()) as session,
  ):
    tf.set_random_seed(seed)
    np.random.seed(seed)  # Of the rotations.
    dataset = problem.input_fn(tf.estimator.ModeKeys.TRAIN, hparams)
    iterator = tf.data.make_initializable_iterator(dataset)
    features, _ = iterator.get_next()
    # The noise of a batch follows from the step.
    next_step = tf.assign_add(tf.train.get_or_create_global_step(), 1)
    batch_number = ddi.begin()
    model = model_cls(
      hparams_lib.copy_hparams(hparams), tf.estimator.ModeKeys.TRAIN
    )
    model(features)
    session.run([tf.global_variables_initializer(), iterator.initializer])
    batches = progress.bar(
      range(1, num_batches + 1),
      unit="batch",
      label="initialising actnorm from data",
    )
    for n in batches:
      session.run(ddi.updates(), {batch_number: n})
      session.run(next_step)
    step = tf.train.get_global_step()
    values = session.run(
      {v.op.name: v for v in tf.global_variables() if v is not step}
    )
  return values


class InitializationHook(tf.train.SessionRunHook):
  """Initialises at step 0, unless weights were warm-started.

  The step alone decides: of several workers, that of the chief. A checkpoint
  of step 0 says nothing: older versions wrote one before this hook ran. With
  several replicas the same values go to all.
  """

  def __init__(self, model_cls: type, hook_context: Any) -> None:
    self._model_cls = model_cls
    self._context = hook_context

  def begin(self) -> None:
    """Remembers the graph's variables."""
    self._step = tf.train.get_or_create_global_step()
    self._variables = tf.global_variables()

  def after_create_session(
    self, session: tf.Session, coord: tf.train.Coordinator
  ) -> None:
    """Sets them, at step 0 alone."""
    del coord
    hparams = self._context.hparams
    config = self._context.estimator.config
    step = session.run(self._step) or workers.here().first_step
    if step > 0 or hparams.warm_start_from:
      return
    values = initialize(
      self._model_cls, hparams, self._context.problem, config.tf_random_seed
    )
    initializers, feed = [], {}
    for v in self._variables:
      name = re.sub(r"/replica_\d+$", "", v.op.name)
      if name in values:
        initializers.append(v.initializer)
        feed[v.initializer.inputs[1]] = values[name]
    session.run(initializers, feed)
