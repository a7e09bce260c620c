"""The progress bar of `t2t-trainer`: steps, time left, loss."""

import sys
from typing import Any

from absl import flags
import tensorflow.compat.v1 as tf

from t2t_af import progress

FLAGS = flags.FLAGS
_OPEN = []  # bars to close on Ctrl-C, of which hooks hear nothing


class ProgressHook(tf.train.SessionRunHook):
  """Shows the step, the time left and the loss while training."""

  def __init__(self, total_steps: int):
    self._total_steps = total_steps
    self._bar = None

  def begin(self) -> None:
    """Finds step and loss in the graph; ends bars that are still shown."""
    self._step = tf.train.get_or_create_global_step()
    self._loss = _loss_of(tf.get_default_graph())
    close()

  def before_run(
    self, run_context: tf.train.SessionRunContext
  ) -> tf.train.SessionRunArgs:
    """Asks for the step and the loss."""
    fetches = {"step": self._step}
    if self._loss is not None:
      fetches["loss"] = self._loss
    return tf.train.SessionRunArgs(fetches)

  def after_run(
    self,
    run_context: tf.train.SessionRunContext,
    run_values: tf.train.SessionRunValues,
  ) -> None:
    """Moves the bar to the step."""
    # The step is read beside the update, so it may be of before or after it.
    done = int(run_values.results["step"])
    if self._bar is None:
      # Made after the first step, whose minutes of graph optimisation and
      # memory allocation say nothing about the time left.
      self._bar = progress.bar(
        total=self._total_steps, initial=done, label="training", unit="step"
      )
      _OPEN.append(self._bar)
    if "loss" in run_values.results:
      self._bar.set_postfix_str(
        f"loss {run_values.results['loss']:.4g}", refresh=False
      )
    self._bar.update(max(0, done - self._bar.n))

  def end(self, session: tf.Session) -> None:
    """Moves the bar to the last step, and ends it."""
    if self._bar is not None:
      self._bar.update(max(0, int(session.run(self._step)) - self._bar.n))
    close()


def close() -> None:
  """Ends the bars that are still shown."""
  while _OPEN:
    _OPEN.pop().close()


def _loss_of(graph: tf.Graph) -> Any:
  """The loss that is minimised, by the name tensor2tensor gives it."""
  try:
    return graph.get_tensor_by_name("total_loss:0")
  except (KeyError, ValueError):
    losses = graph.get_collection(tf.GraphKeys.LOSSES)
    return losses[0] if losses else None


def add_to(stock: Any) -> None:
  """Adds the hook to the experiment that the stock trainer creates."""
  create_experiment_fn = stock.create_experiment_fn

  def with_progress():
    make = create_experiment_fn()

    def experiment_fn(run_config, hparams):
      sys.stderr.write(f"building the graph of {FLAGS.model}\n")
      experiment = make(run_config, hparams)

      spec = experiment._train_spec
      hook = ProgressHook(FLAGS.train_steps)
      experiment._train_spec = spec._replace(hooks=(*spec.hooks, hook))
      return experiment

    return experiment_fn

  stock.create_experiment_fn = with_progress
