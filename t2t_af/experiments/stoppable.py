"""A training that ends on Ctrl-C and SIGTERM with a checkpoint of its step."""

from typing import Any

import tensorflow.compat.v1 as tf

from t2t_af import stopping
from t2t_af import workers
from t2t_af.experiments import kept_checkpoints

_SAID = "stopping: the step that runs is finished and saved first"


class StopHook(tf.train.SessionRunHook):
  """Ends a training after the step in which a signal came."""

  def after_create_session(
    self, session: tf.Session, coord: tf.train.Coordinator
  ) -> None:
    """Signals wait: from here on there is something to save."""
    stopping.defer(_SAID)

  def after_run(
    self,
    run_context: tf.train.SessionRunContext,
    run_values: tf.train.SessionRunValues,
  ) -> None:
    """Asks for the end, before which the Estimator saves.

    Of several workers none ends alone: `together` asks all.
    """
    if stopping.requested() and workers.here().count == 1:
      run_context.request_stop()


class _StopEvaluationHook(tf.train.SessionRunHook):
  """Ends an evaluation in the middle of a training, which has just saved."""

  def after_run(
    self,
    run_context: tf.train.SessionRunContext,
    run_values: tf.train.SessionRunValues,
  ) -> None:
    stopping.stop_if_requested()


def guard(experiment: Any) -> None:
  """Has the trainings of tensor2tensor's experiment end so.

  And always leave a whole checkpoint. After the end of one that was stopped
  KeyboardInterrupt or stopping.Terminated is raised.
  """
  estimator, spec = experiment.estimator, experiment._eval_spec
  experiment._eval_spec = spec._replace(
    hooks=(*(spec.hooks or ()), _StopEvaluationHook())
  )
  train = estimator.train

  def guarded(*args, hooks=None, saving_listeners=None, **kwargs):
    if workers.here().is_chief:
      saving_listeners = [
        *(saving_listeners or ()),
        kept_checkpoints.LastWholeListener(),
      ]
    try:
      trained = train(
        *args,
        hooks=[*(hooks or ()), StopHook()],
        saving_listeners=saving_listeners,
        **kwargs,
      )
    finally:
      stopping.undefer()
    stopping.stop_if_requested()
    return trained

  estimator.train = guarded


def add_to(stock: Any) -> None:
  """Guards the experiment that the stock trainer creates."""
  create_experiment_fn = stock.create_experiment_fn

  def create_guarded_fn():
    make = create_experiment_fn()

    def experiment_fn(run_config, hparams):
      experiment = make(run_config, hparams)
      guard(experiment)
      return experiment

    return experiment_fn

  stock.create_experiment_fn = create_guarded_fn
