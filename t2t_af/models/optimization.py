"""One training step: gradients, their check, Adam."""

import collections
from typing import Optional, Sequence

import numpy as np
from tensor2tensor.utils import learning_rate
from tensor2tensor.utils import optimize
import tensorflow.compat.v1 as tf

_MAX_NAMES = 5  # that an error lists
_SMALL = 10_000  # Gradients of fewer elements are copied without regret.


def train_op(loss: tf.Tensor, hparams,
             variables: Optional[Sequence[tf.Variable]] = None) -> tf.Tensor:
  """Minimises `loss` with tensor2tensor's schedule and optimizers.

  A step whose loss or gradient is not finite is not applied: it raises, names
  the step and the variables, and leaves weights and checkpoints as they were.

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
  pairs = [(g, v) for g, v in optimizer.compute_gradients(
      loss, variables or tf.trainable_variables(),
      gate_gradients=tf.train.Optimizer.GATE_NONE) if g is not None]
  gradients, variables = zip(*pairs)
  names, squares = _squared_norms(gradients, variables)
  norm = tf.sqrt(tf.reduce_sum(squares))
  tf.summary.scalar("gradient_norm", norm)
  tf.summary.scalar("learning_rate", rate)
  if hparams.clip_grad_norm:
    gradients, _ = tf.clip_by_global_norm(
        gradients, hparams.clip_grad_norm, use_norm=norm)
  step = tf.train.get_or_create_global_step()
  with tf.control_dependencies([_check(loss, squares, names, step)]):
    update = optimizer.apply_gradients(zip(gradients, variables), step)
  with tf.control_dependencies([update]):
    return tf.identity(loss)


def _optimizer(rate, hparams):
  if hparams.optimizer != "adam":
    return optimize.ConditionalOptimizer(hparams.optimizer, rate, hparams)
  # tensor2tensor's "adam" is TensorFlow Addons' LazyAdam, which differs for
  # sparse gradients alone, has a larger graph, and is no longer maintained.
  return tf.train.AdamOptimizer(
      rate, beta1=hparams.optimizer_adam_beta1,
      beta2=hparams.optimizer_adam_beta2,
      epsilon=hparams.optimizer_adam_epsilon)


def _squared_norms(gradients, variables):
  """Squared norm of every gradient; small ones of one shape are done as one.

  Returns:
    Names of the variables, and the norms in the order of the names.
  """
  small = collections.defaultdict(list)
  names, large = [], []
  for g, v in zip(gradients, variables):
    if np.prod(v.shape.as_list()) < _SMALL:
      small[tuple(v.shape.as_list())].append((g, v.op.name))
    else:
      names.append(v.op.name)
      large.append(tf.nn.l2_loss(g))
  squares = [2. * tf.stack(large)] if large else []
  for group in small.values():
    stacked = tf.stack([g for g, _ in group])
    squares.append(tf.reduce_sum(tf.square(stacked),
                                 axis=list(range(1, stacked.shape.rank))))
    names.extend(name for _, name in group)
  return names, tf.concat(squares, axis=0)


def _check(loss, squares, names, step):
  """An operation that raises unless the loss and all gradients are finite."""

  def check(loss, squares, step):
    message = non_finite_message(loss, squares, names, step)
    if message:
      raise FloatingPointError(message)
    return np.float32(0.)

  return tf.numpy_function(check, [loss, squares, step], tf.float32,
                           stateful=True)


def non_finite_message(loss: float, squares: Sequence[float],
                       names: Sequence[str], step: int) -> str:
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
      "clip_grad_norm." % (step + 1, loss, where or "no variable"))
