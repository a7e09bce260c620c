"""A training of several workers: alike from the start, and to one end.

The chief's values go to all before the first step. A signal to one worker ends
all of them after the same step. Where a worker is lost, the others end.
"""

from collections.abc import Sequence
import os
import socket
import sys
import threading
from typing import Any

import tensorflow.compat.v1 as tf
from tensorflow.python.ops import resource_variable_ops
from tensorflow.python.training import monitored_session

from t2t_af import stopping
from t2t_af import workers
from t2t_af.errors import UserError
from t2t_af.experiments import training_progress

LOST_S = 60.0  # Within which the loss of a worker is told.
_ANSWERS_WITHIN_S = 5.0
_LOOKS_EVERY_S = 10.0
_LOST_AFTER = 3  # looks
_EXIT_LOST = 2


def silent(others: workers.Workers) -> list[str]:
  """Addresses of the other workers where nobody listens."""
  return [
    address
    for i, address in enumerate(others.addresses)
    if i != others.index and not _answers(address)
  ]


def lost(others: workers.Workers) -> str:
  """What is said where a training could not go on with the other workers."""
  gone = silent(others)
  return (
    f"{' and '.join(gone) or 'another worker'} is lost: a training of "
    f"{others.count} workers cannot go on without. Start all of them again: "
    "they go on from the last checkpoint."
  )


class SameStartHook(tf.train.SessionRunHook):
  """Gives every worker what the chief has restored or initialised."""

  def begin(self) -> None:
    """Finds all that a checkpoint keeps."""
    hidden = [
      saved.op
      for saved in tf.get_collection(tf.GraphKeys.SAVEABLE_OBJECTS)
      if resource_variable_ops.is_resource_variable(saved.op)
    ]
    self._as_chief = workers.set_as_chief([*tf.global_variables(), *hidden])

  def after_create_session(
    self, session: tf.Session, coord: tf.train.Coordinator
  ) -> None:
    """Waits for all."""
    session.run(self._as_chief)


class OneEndHook(tf.train.SessionRunHook):
  """Ends all workers after the same step."""

  is_told_by_other = False

  def begin(self) -> None:
    """Makes what the workers tell each other with every step, and at last."""
    self._mine = tf.placeholder_with_default(0.0, [], name="ends")
    (self._ends,) = workers.mean([self._mine])
    (self._last,) = workers.mean([tf.constant(0.0)])

  def before_run(
    self, run_context: tf.train.SessionRunContext
  ) -> tf.train.SessionRunArgs:
    """Tells the others of a signal."""
    return tf.train.SessionRunArgs(
      self._ends, {self._mine: float(stopping.requested())}
    )

  def after_run(
    self,
    run_context: tf.train.SessionRunContext,
    run_values: tf.train.SessionRunValues,
  ) -> None:
    """Stops where one had a signal."""
    if run_values.results > 0:
      self.is_told_by_other = not stopping.requested()
      run_context.request_stop()

  def end(self, session: tf.Session) -> None:
    """Waits for all: who ends first may still have what another waits for."""
    try:
      session.run(self._last)
    except tf.errors.OpError:
      pass  # One was faster: then all have made the last step.


def add_to(stock: Any) -> None:
  """Has the stock trainer's experiment train with the other workers."""
  create_experiment_fn, create_run_config = (
    stock.create_experiment_fn,
    stock.create_run_config,
  )

  def create_together():
    make = create_experiment_fn()

    def experiment_fn(run_config, hparams):
      experiment = make(run_config, hparams)
      one_end = OneEndHook()
      spec = experiment._train_spec
      # After what initialises the chief's.
      hooks = (*spec.hooks, one_end, SameStartHook())
      experiment._train_spec = spec._replace(hooks=hooks)
      _guard(experiment.estimator, one_end)
      return experiment

    return experiment_fn

  def run_config_of_worker(*args, **kwargs):
    config = create_run_config(*args, **kwargs)
    if workers.here().is_chief:
      return config
    return config.replace(
      save_summary_steps=None,
      save_checkpoints_steps=None,
      save_checkpoints_secs=None,
      log_step_count_steps=None,
    )

  do_not_try_again()
  stock.create_experiment_fn = create_together
  stock.create_run_config = run_config_of_worker


def do_not_try_again() -> None:
  """Has TensorFlow end where a worker is lost.

  It would make a new session, for ever: who is lost is not in it either.
  """
  monitored_session._PREEMPTION_ERRORS = ()


def _guard(estimator: Any, one_end: OneEndHook) -> None:
  """Has `train` tell of a worker that is lost, and end with the others."""
  train = estimator.train

  def together(*args, max_steps, **kwargs):
    here = workers.here()
    if here.first_step >= max_steps and not here.is_chief:
      return estimator  # As the chief, whose checkpoint says so.
    over = threading.Event()
    threading.Thread(target=_watch, args=[here, over], daemon=True).start()
    try:
      trained = train(*args, max_steps=max_steps, **kwargs)
    except tf.errors.OpError as error:
      if not silent(here) and "ollective" not in str(error):
        raise
      training_progress.close()
      raise UserError(lost(here)) from error
    finally:
      over.set()
    if one_end.is_told_by_other:
      sys.stderr.write("\nanother worker was told to stop\n")
      raise stopping.Terminated
    return trained

  estimator.train = together


def _watch(others: workers.Workers, over: threading.Event) -> None:
  """Ends the process where a machine is gone, of which TCP says nothing."""
  looks: dict[str, int] = {}
  while not over.wait(_LOOKS_EVERY_S):
    gone = silent(others)
    looks = {address: looks.get(address, 0) + 1 for address in gone}
    if max(looks.values(), default=0) >= _LOST_AFTER and not over.is_set():
      sys.stderr.write(f"error: {lost(others)}\n")
      sys.stderr.flush()
      os._exit(_EXIT_LOST)


def _answers(address: str) -> bool:
  host, _, port = address.rpartition(":")
  where = host.strip("[]"), int(port)
  try:
    with socket.create_connection(where, _ANSWERS_WITHIN_S):
      return True
  except OSError:
    return False


def missing(others: workers.Workers, seconds: float) -> Sequence[str]:
  """Addresses where nobody has come to listen within some seconds."""
  over = threading.Event()
  timer = threading.Timer(seconds, over.set)
  timer.daemon = True
  timer.start()
  while True:
    absent = silent(others)
    if not absent or over.wait(0.2):
      timer.cancel()
      return absent
