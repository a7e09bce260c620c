"""The progress bar of `t2t-trainer`: steps, time left, likelihood."""

import sys
from typing import Any

from absl import flags
import tensorflow.compat.v1 as tf

from t2t_af import progress
from t2t_af.models import training_record
from t2t_af.records import likelihood

FLAGS = flags.FLAGS
_NLL, _LOSS = "nll_nats_per_dim", "loss"
_OPEN = []  # bars to close on Ctrl-C, of which hooks hear nothing


class ProgressHook(tf.train.SessionRunHook):
  """Shows the step, the time left and the batch's NLL while training.

  In both units, with "<=" where it is a bound; of a model of tensor2tensor its
  loss, whatever that is in.
  """

  def __init__(self, total_steps: int):
    self._total_steps = total_steps
    self._bar = None

  def begin(self) -> None:
    """Finds step and NLL in the graph; ends bars that are still shown."""
    self._step = tf.train.get_or_create_global_step()
    self._shown = _nll_or_loss()
    self._sign = "<= " if training_record.training_nll_is_bound() else ""
    close()

  def before_run(
    self, run_context: tf.train.SessionRunContext
  ) -> tf.train.SessionRunArgs:
    """Asks for the step and the NLL."""
    return tf.train.SessionRunArgs(dict(self._shown, step=self._step))

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
    self._bar.set_postfix_str(
      _text(run_values.results, self._sign), refresh=False
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


def _nll_or_loss() -> dict[str, tf.Tensor]:
  nll = training_record.training_nll()
  if nll is not None:
    return {_NLL: nll}
  loss = _loss_of(tf.get_default_graph())
  return {} if loss is None else {_LOSS: loss}


def _text(results: dict[str, Any], sign: str) -> str:
  if _NLL in results:
    nats = float(results[_NLL])
    bits = likelihood.bits_from_nats(nats)
    return f"NLL {sign}{nats:.4g} nats/dim, {bits:.4g} bits/dim"
  return f"loss {results[_LOSS]:.4g}" if _LOSS in results else ""


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
