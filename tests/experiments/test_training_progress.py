"""The bar of the trainer: steps, loss, and what ends it."""

import types

import pytest
from tensor2tensor.bin import t2t_trainer as stock_trainer
import tensorflow.compat.v1 as tf

from t2t_af.experiments import training_progress
from t2t_af.models import training_record


def test_training_progress_shows_steps_and_loss(capsys):
  loss = tf.get_variable("loss", initializer=2.5)
  tf.losses.add_loss(loss)
  step = tf.train.get_or_create_global_step()
  train = tf.assign_add(step, 1)
  hook = training_progress.ProgressHook(total_steps=4)
  with tf.train.MonitoredSession(hooks=[hook]) as session:
    for _ in range(4):
      session.run(train)
  told = capsys.readouterr().err.splitlines()
  assert told[-1].startswith("training: 100% 4/4 step")
  assert told[-1].endswith("loss 2.5]")


@pytest.mark.parametrize("is_bound", [False, True])
def test_the_bar_shows_the_nll_in_both_units(capsys, is_bound):
  nll = tf.get_variable("nll", initializer=2.0)
  tf.losses.add_loss(3.0 * nll)  # what is minimised may be another number
  training_record.note_training_nll(nll, is_bound)
  step = tf.train.get_or_create_global_step()
  train = tf.assign_add(step, 1)
  hook = training_progress.ProgressHook(total_steps=1)
  with tf.train.MonitoredSession(hooks=[hook]) as session:
    session.run(train)
  told = capsys.readouterr().err.splitlines()
  sign = "<= " if is_bound else ""
  assert told[-1].endswith(f"NLL {sign}2 nats/dim, 2.885 bits/dim]")


def test_progress_is_added_to_the_stock_trainer(monkeypatch, capsys):
  spec = tf.estimator.TrainSpec(lambda: None, max_steps=3)
  experiment = type("Experiment", (), {"_train_spec": spec})()
  monkeypatch.setattr(
    stock_trainer,
    "create_experiment_fn",
    lambda: lambda run_config, hparams: experiment,
  )
  # Flags are parsed by a command alone.
  monkeypatch.setattr(
    training_progress,
    "FLAGS",
    types.SimpleNamespace(model="slvm", train_steps=3),
  )
  training_progress.add_to(stock_trainer)
  made = stock_trainer.create_experiment_fn()(None, None)
  (hook,) = made._train_spec.hooks
  assert isinstance(hook, training_progress.ProgressHook)
  assert capsys.readouterr().err == "building the graph of slvm\n"


def test_a_graph_without_a_loss_shows_steps_alone(capsys):
  step = tf.train.get_or_create_global_step()
  train = tf.assign_add(step, 1)
  hook = training_progress.ProgressHook(total_steps=2)
  with tf.train.MonitoredSession(hooks=[hook]) as session:
    for _ in range(2):
      session.run(train)
  last = capsys.readouterr().err.splitlines()[-1]
  assert last.startswith("training: 100% 2/2 step") and "loss" not in last


@pytest.mark.parametrize("named", [True, False])
def test_the_loss_is_tensor2tensors_or_the_first_collected(named):
  if named:
    tf.constant(1.0, name="total_loss")
  collected = tf.constant(2.0)
  tf.losses.add_loss(collected)
  loss = training_progress._loss_of(tf.get_default_graph())
  assert loss.name == ("total_loss:0" if named else collected.name)


def test_close_ends_what_is_open(monkeypatch):
  closed = []

  class Bar:
    """What is asked of a bar."""

    def close(self):
      closed.append(self)

  bars = [Bar(), Bar()]
  monkeypatch.setattr(training_progress, "_OPEN", list(bars))
  training_progress.close()
  training_progress.close()
  assert closed == bars[::-1]
