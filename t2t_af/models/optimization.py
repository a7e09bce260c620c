"""One training step: gradients, their check, and the update."""

import collections
from collections.abc import Sequence
from typing import NamedTuple, Optional, Union

import numpy as np
from tensor2tensor.utils import learning_rate
from tensor2tensor.utils import optimize
import tensorflow.compat.v1 as tf

from t2t_af.annotations import HParams
from t2t_af.models import adam
from t2t_af.models import stacked_checkpoint

_MAX_NAMES = 5  # that an error lists
_SMALL = 10_000  # Gradients of fewer elements are copied without regret.


_Pair = tuple[tf.Tensor, tf.Variable]  # A gradient and what it is of.


class _Gradients(NamedTuple):
  """Gradients, the small ones of one shape stacked into one tensor (`adam`)."""

  large: list[_Pair]
  small: dict[tuple, list[_Pair]]  # by shape
  stacked: dict[tuple, tf.Tensor]  # by shape, [number, *shape]


def train_op(
  loss: tf.Tensor,
  hparams: HParams,
  variables: Optional[Sequence[tf.Variable]] = None,
) -> tf.Tensor:
  """Minimises `loss` with tensor2tensor's schedule and optimizers.

  A step whose loss or gradient is not finite is not applied: it raises, names
  the step and the variables, and leaves weights and checkpoints as they were.
  What the networks collected in UPDATE_OPS (the moving averages of batch norm)
  is updated with the step.

  Args:
    loss: scalar.
    hparams: optimizer*, learning_rate*, clip_grad_norm.
    variables: to train; None means all trainable ones.

  Returns:
    The loss, after the update.
  """
  loss = tf.identity(loss, name="total_loss")
  rate = learning_rate.learning_rate_schedule(hparams)
  optimizer = _optimizer(rate, hparams)
  # Not gated: our variables are read by value, so that no update can reach
  # into a gradient still being computed, and gates are an eighth of the graph.
  pairs = [
    (g, v)
    for g, v in optimizer.compute_gradients(
      loss,
      variables or tf.trainable_variables(),
      gate_gradients=tf.train.Optimizer.GATE_NONE,
    )
    if g is not None
  ]
  with tf.name_scope("training"):
    return _checked_update(loss, optimizer, rate, pairs, hparams)


def _checked_update(
  loss: tf.Tensor,
  optimizer: tf.train.Optimizer,
  rate: Union[float, tf.Tensor],
  pairs: list[_Pair],
  hparams: HParams,
) -> tf.Tensor:
  """The loss, once the gradients are checked and applied."""
  gradients = _group(pairs)
  names, squares = _squared_norms(gradients)
  norm = tf.sqrt(tf.reduce_sum(squares))
  tf.summary.scalar("gradient_norm", norm)
  tf.summary.scalar("learning_rate", rate)
  step = tf.train.get_or_create_global_step()
  with tf.control_dependencies([_check(loss, squares, names, step)]):
    update = _apply(optimizer, gradients, pairs, norm, step, hparams)
  moving_averages = tf.get_collection(tf.GraphKeys.UPDATE_OPS)
  with tf.control_dependencies([update] + moving_averages):
    return tf.identity(loss)


def _optimizer(
  rate: Union[float, tf.Tensor], hparams: HParams
) -> tf.train.Optimizer:
  if hparams.optimizer != "adam":
    return optimize.ConditionalOptimizer(hparams.optimizer, rate, hparams)
  # tensor2tensor's "adam" is TensorFlow Addons' LazyAdam, which differs for
  # sparse gradients alone, has a larger graph, and is no longer maintained.
  # Replicas have another kind of variables, which cannot be stacked.
  return (
    tf.train.AdamOptimizer if tf.distribute.has_strategy() else adam.StackedAdam
  )(
    rate,
    beta1=hparams.optimizer_adam_beta1,
    beta2=hparams.optimizer_adam_beta2,
    epsilon=hparams.optimizer_adam_epsilon,
  )


def _group(pairs: list[_Pair]) -> _Gradients:
  large: list[_Pair] = []
  small: dict[tuple, list[_Pair]] = collections.defaultdict(list)
  for g, v in pairs:
    shape = tuple(v.shape.as_list())
    if np.prod(shape) < _SMALL:
      small[shape].append((g, v))
    else:
      large.append((g, v))
  stacked = {
    shape: tf.stack([g for g, _ in group]) for shape, group in small.items()
  }
  return _Gradients(large, dict(small), stacked)


def _squared_norms(gradients: _Gradients) -> tuple[list[str], tf.Tensor]:
  """Names of the variables, and squared norms of their gradients in order."""
  names = [v.op.name for _, v in gradients.large]
  squares = []
  if gradients.large:
    squares.append(
      2.0 * tf.stack([tf.nn.l2_loss(g) for g, _ in gradients.large])
    )
  for shape, stacked in gradients.stacked.items():
    names.extend(v.op.name for _, v in gradients.small[shape])
    squares.append(
      tf.reduce_sum(tf.square(stacked), axis=list(range(1, stacked.shape.rank)))
    )
  return names, tf.concat(squares, axis=0)


def _apply(
  optimizer: tf.train.Optimizer,
  gradients: _Gradients,
  pairs: list[_Pair],
  norm: tf.Tensor,
  step: tf.Variable,
  hparams: HParams,
) -> tf.Operation:
  """Clips and applies the gradients."""
  limit = hparams.clip_grad_norm
  factor = tf.minimum(1.0, limit / norm) if limit else None

  def clipped(gradient: tf.Tensor) -> tf.Tensor:
    return gradient if factor is None else gradient * factor

  if not isinstance(optimizer, adam.StackedAdam):
    return optimizer.apply_gradients([(clipped(g), v) for g, v in pairs], step)
  stacks = [
    adam.Stack(clipped(gradients.stacked[shape]), [v for _, v in small])
    for shape, small in gradients.small.items()
  ]
  if "model_dir" in hparams:
    stacked_checkpoint.convert(hparams.model_dir, stacks)
  return optimizer.apply_stacked(
    [(clipped(g), v) for g, v in gradients.large], stacks, step
  )


def _check(
  loss: tf.Tensor, squares: tf.Tensor, names: list[str], step: tf.Variable
) -> tf.Tensor:
  """An operation that raises unless the loss and all gradients are finite."""

  def check(loss: float, squares: np.ndarray, step: int) -> np.float32:
    message = non_finite_message(loss, squares, names, step)
    if message:
      raise FloatingPointError(message)
    return np.float32(0.0)

  return tf.numpy_function(
    check, [loss, squares, step], tf.float32, stateful=True
  )


def non_finite_message(
  loss: float,
  squares: Union[Sequence[float], np.ndarray],
  names: Sequence[str],
  step: int,
) -> str:
  """What is not finite, in a line; empty if nothing is."""
  bad = [n for n, square in zip(names, squares) if not np.isfinite(square)]
  if np.isfinite(loss) and not bad:
    return ""
  where = ", ".join(bad[:_MAX_NAMES])
  if len(bad) > _MAX_NAMES:
    where += " and %d more" % (len(bad) - _MAX_NAMES)
  return (
    "t2t_af: step %d: the loss is %s and the gradient is not finite in %s. "
    "The step was not applied and the last checkpoint is good. Lower "
    "learning_rate_constant, lengthen learning_rate_warmup_steps, or set "
    "clip_grad_norm." % (step + 1, loss, where or "no variable")
  )
