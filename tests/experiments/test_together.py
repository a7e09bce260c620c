"""Workers lose each other, stop each other, and start alike."""

import socket
import threading

import numpy as np
import pytest
import tensorflow.compat.v1 as tf
from tensorflow.python.training import monitored_session

from benchmarks import loopback
from t2t_af import session as session_lib
from t2t_af import stopping
from t2t_af import workers
from t2t_af.errors import UserError
from t2t_af.experiments import stoppable
from t2t_af.experiments import together
from t2t_af.models import adam
from tests import local_workers


@pytest.fixture
def pair(monkeypatch):
  """This worker, and the port of another one that is not there yet."""
  here = workers.Workers(tuple(loopback.free_addresses(2)), 0)
  monkeypatch.setattr(workers._State, "workers", here)
  return here


def test_a_worker_that_does_not_come_is_named(pair):
  assert together.missing(pair, 0.5) == [pair.addresses[1]]


def test_a_worker_that_comes_late_is_waited_for(pair):
  port = int(pair.addresses[1].rpartition(":")[2])
  listening = []
  threading.Timer(
    0.5, lambda: listening.append(socket.create_server(("127.0.0.1", port)))
  ).start()
  assert not together.missing(pair, 60)
  listening[0].close()


class _LosingHook(tf.train.SessionRunHook):
  """The first step finds that a worker is lost; another would not."""

  steps = 0

  def before_run(self, run_context):
    self.steps += 1
    if self.steps == 1:
      raise tf.errors.UnavailableError(None, None, "Socket closed")


def test_tensorflow_does_not_try_again_without_a_worker(monkeypatch):
  monkeypatch.setattr(
    monitored_session,
    "_PREEMPTION_ERRORS",
    monitored_session._PREEMPTION_ERRORS,
  )

  def train():
    with tf.Graph().as_default():
      step = tf.train.get_or_create_global_step()
      hooks = [_LosingHook()]
      with tf.train.MonitoredTrainingSession(hooks=hooks) as session:
        session.run(step)

  train()  # TensorFlow's own way.
  together.do_not_try_again()
  with pytest.raises(tf.errors.UnavailableError):
    train()


class _Estimator:
  def train(self, max_steps):
    raise tf.errors.UnavailableError(None, None, "Socket closed")


def test_a_lost_worker_is_named(pair):
  estimator = _Estimator()
  together._guard(estimator, together.OneEndHook())
  with pytest.raises(UserError, match=f"{pair.addresses[1]} is lost: a train"):
    estimator.train(max_steps=3)


def test_a_signal_to_one_ends_all_after_the_same_step(monkeypatch):
  two = local_workers.LocalWorkers(monkeypatch, 2)

  def build():
    hook = together.OneEndHook()
    hook.begin()
    return hook, workers.here().index

  def run(session, built):
    hook, index = built
    context = tf.train.SessionRunContext(None, session)
    steps = 0
    while not context.stop_requested:
      mine = index == 1 and steps == 2
      arguments = hook.before_run(context)
      fed = {k: float(mine) for k in arguments.feed_dict}
      ends = session.run(arguments.fetches, fed)
      hook.after_run(context, tf.train.SessionRunValues(ends, None, None))
      steps += 1
    hook.end(session)
    return steps

  assert not stopping.requested()
  assert two.run(build, run) == [3, 3]


def test_what_adam_remembers_is_the_chiefs_too(monkeypatch):
  # In a checkpoint, but no global variable.
  def build():
    mine = 1.0 + workers.here().index
    weight = tf.get_variable("w", initializer=[1.0, 2.0], use_resource=True)
    optimizer = adam.StackedAdam(0.1)
    stack = adam.Stack(tf.fill([1, 2], mine), [weight])
    optimizer.create_slots([], [stack])
    update = optimizer.apply_stacked([], [stack]).update
    (saved, _) = tf.get_collection(tf.GraphKeys.SAVEABLE_OBJECTS)
    hook = together.SameStartHook()
    hook.begin()
    return update, saved.op, hook

  def run(session, built):
    update, slot, hook = built
    session.run(session_lib.initializer())
    session.run(update)
    hook.after_create_session(session, None)
    return session.run(slot)

  chief, other = local_workers.LocalWorkers(monkeypatch, 2).run(build, run)
  assert chief.any()
  np.testing.assert_array_equal(other, chief)


def test_none_of_several_ends_alone(pair, monkeypatch):
  # A signal that comes during a step, of which the others heard nothing.
  monkeypatch.setattr(stopping, "requested", lambda: True)
  context = tf.train.SessionRunContext(None, None)
  stoppable.StopHook().after_run(context, None)
  assert not context.stop_requested
  monkeypatch.setattr(workers._State, "workers", workers.Workers())
  stoppable.StopHook().after_run(context, None)
  assert context.stop_requested


def test_the_one_with_the_signal_says_so(monkeypatch):
  monkeypatch.setattr(stopping, "requested", lambda: True)
  hook = together.OneEndHook()
  with tf.Graph().as_default():
    hook.begin()
  assert list(hook.before_run(None).feed_dict.values()) == [1.0]
