"""One training step: gradients, their check, and the update."""

import collections
from collections.abc import Sequence
import itertools
import math
from typing import Callable, NamedTuple, Optional, Union

import numpy as np
from tensor2tensor.utils import learning_rate
from tensor2tensor.utils import optimize
import tensorflow.compat.v1 as tf

from t2t_af import workers
from t2t_af.annotations import HParams
from t2t_af.models import adam
from t2t_af.models import stacked_checkpoint
from t2t_af.models import step_report
from t2t_af.networks import normalization

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

  A step is applied if all its numbers are finite: loss, learning rate,
  gradients, and the weights that it makes. Else weights, the optimizer's
  state and moving averages stay as they were, and `step_report` says why.
  With nonfinite_updates=skip the step counts all the same.

  With several workers all of this is of their mean loss, so that they agree on
  it and stay alike.

  Args:
    loss: scalar, of the rows of this worker.
    hparams: optimizer*, learning_rate*, clip_grad_norm, nonfinite_updates.
    variables: to train; None means all trainable ones.

  Returns:
    The loss, after the update.
  """
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
  loss, pairs = _over_workers(loss, pairs)
  loss = tf.identity(loss, name="total_loss")
  with tf.name_scope("training"):
    return _checked_update(loss, optimizer, rate, pairs, hparams)


def _over_workers(
  loss: tf.Tensor, pairs: list[_Pair]
) -> tuple[tf.Tensor, list[_Pair]]:
  """The means over all workers; of what moving averages take in too."""
  if workers.here().count == 1:
    return loss, pairs
  normalization.replace_remembered(workers.mean)
  loss, *gradients = workers.mean(
    [loss, *[tf.convert_to_tensor(g) for g, _ in pairs]]
  )
  return loss, list(zip(gradients, [v for _, v in pairs]))


def _checked_update(
  loss: tf.Tensor,
  optimizer: tf.train.Optimizer,
  rate: Union[float, tf.Tensor],
  pairs: list[_Pair],
  hparams: HParams,
) -> tf.Tensor:
  """The loss, once the gradients are checked and applied."""
  gradients = _group(pairs)
  variables, squares = _squared_norms(gradients)
  norm = tf.sqrt(tf.reduce_sum(squares))
  tf.summary.scalar("gradient_norm", norm)
  tf.summary.scalar("learning_rate", rate)
  limit = hparams.clip_grad_norm
  factor = tf.minimum(1.0, limit / norm) if limit else None
  numbers = {"the loss": loss, "the learning rate": rate}
  if factor is not None:
    numbers["the factor that clips gradients"] = factor
  scalars = tf.stack([tf.cast(n, tf.float32) for n in numbers.values()])
  update = _Update(optimizer, gradients, variables, factor, hparams)
  new_squares = update.applied_if(_all_finite(scalars, squares))
  is_applied = _all_finite(scalars, squares, new_squares)
  step_report.note(
    step_report.Report(
      is_applied,
      dict(zip(numbers, tf.unstack(scalars))),
      [v.op.name for v in variables],
      squares,
      new_squares,
    )
  )
  step = tf.train.get_or_create_global_step()
  counts = tf.constant(True) if _skips(hparams) else is_applied
  with tf.control_dependencies([new_squares]):
    counted = step.assign_add(tf.cast(counts, step.dtype))
  with tf.control_dependencies([counted]):
    return tf.identity(loss)


def _skips(hparams: HParams) -> bool:
  return hparams.nonfinite_updates == step_report.SKIP


def _all_finite(*tensors: tf.Tensor) -> tf.Tensor:
  return tf.reduce_all([tf.reduce_all(tf.is_finite(t)) for t in tensors])


class _Update:
  """What an optimizer makes of the variables, undone if it is not finite."""

  def __init__(
    self,
    optimizer: tf.train.Optimizer,
    gradients: _Gradients,
    variables: list[tf.Variable],
    factor: Optional[tf.Tensor],
    hparams: HParams,
  ) -> None:
    # tensor2tensor's own would count the step, whatever comes of it.
    self._optimizer = getattr(optimizer, "_opt", optimizer)
    self._gradients = gradients
    self._factor = factor
    is_stacked = isinstance(optimizer, adam.StackedAdam)
    self._num_variables = len(variables)
    # Those whose values the optimizer itself changes.
    self._changed = [v for _, v in gradients.large] if is_stacked else variables
    self._stacks = [
      adam.Stack(self._clipped(gradients.stacked[shape]), [v for _, v in small])
      for shape, small in gradients.small.items()
      if is_stacked
    ]
    if is_stacked:
      optimizer.create_slots(self._changed, self._stacks)
      if "model_dir" in hparams:
        stacked_checkpoint.convert(hparams.model_dir, self._stacks)
    elif isinstance(self._optimizer, tf.train.Optimizer):
      if not tf.distribute.has_strategy():
        self._optimizer._create_slots(variables)

  def applied_if(self, is_finite: tf.Tensor) -> tf.Tensor:
    """Squared norms of the new weights, or of what is added to small ones.

    Zeros, and nothing is changed, unless is_finite, a bool scalar.
    """
    if tf.distribute.has_strategy():
      return self._applied_by_replicas(is_finite)
    nothing = [tf.zeros([self._num_variables])] + [
      tf.zeros_like(stack.gradient) for stack in self._stacks
    ]
    squares, *deltas = tf.cond(
      is_finite, self._applied, lambda: nothing, strict=True
    )
    with tf.control_dependencies([adam.add(self._stacks, deltas)]):
      return tf.identity(squares)

  def _applied(self) -> list[tf.Tensor]:
    """The squared norms, and what is still to be added to stacks.

    What is not finite is undone.
    """
    # What is read before the update is a copy once that is made.
    old = [v.read_value() for v in self._changed]
    with tf.control_dependencies(old):
      update, deltas = self._run()
    with tf.control_dependencies([update, *deltas]):
      new = [v.read_value() for v in self._changed]
    squares = _squares(new, deltas)
    is_finite = _all_finite(squares)

    def undo() -> tf.Operation:
      return tf.group(
        *[
          v.assign(value, read_value=False)
          for v, value in zip(self._changed, old)
        ]
      )

    ended = tf.cond(
      is_finite, lambda: tf.group(normalization.update_moving_averages()), undo
    )
    with tf.control_dependencies([ended]):
      return [
        tf.identity(squares),
        *[tf.where(is_finite, d, tf.zeros_like(d)) for d in deltas],
      ]

  def _applied_by_replicas(self, is_finite: tf.Tensor) -> tf.Tensor:
    """Replicas cannot wait for a condition: what is not finite becomes zero."""
    replicas = tf.distribute.get_replica_context()
    num_bad = replicas.all_reduce(
      tf.distribute.ReduceOp.SUM, 1.0 - tf.cast(is_finite, tf.float32)
    )
    is_finite = tf.equal(num_bad, 0.0)
    update, _ = self._run(lambda g: tf.where(is_finite, g, tf.zeros_like(g)))
    averages = normalization.update_moving_averages()
    with tf.control_dependencies([update, *averages]):
      zero = tf.zeros([len(self._changed)])
      return tf.where(is_finite, zero, zero + math.nan)

  def _run(
    self, masked: Callable[[tf.Tensor], tf.Tensor] = tf.identity
  ) -> adam.Applied:
    """The update, all of it but for what is to be added to stacks."""
    large, small = self._gradients.large, self._gradients.small
    if isinstance(self._optimizer, adam.StackedAdam):
      pairs = [(self._clipped(g), v) for g, v in large]
      return self._optimizer.apply_stacked(pairs, self._stacks)
    pairs = [*large, *itertools.chain(*small.values())]
    update = self._optimizer.apply_gradients(
      [(masked(self._clipped(g)), v) for g, v in pairs]
    )
    return adam.Applied(update, [])

  def _clipped(self, gradient: tf.Tensor) -> tf.Tensor:
    return gradient if self._factor is None else gradient * self._factor


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


def _squared_norms(
  gradients: _Gradients,
) -> tuple[list[tf.Variable], tf.Tensor]:
  """The variables, and squared norms of their gradients in the same order."""
  variables = [v for _, v in gradients.large]
  for small in gradients.small.values():
    variables.extend(v for _, v in small)
  return variables, _squares(
    [g for g, _ in gradients.large], list(gradients.stacked.values())
  )


def _squares(single: list[tf.Tensor], stacked: list[tf.Tensor]) -> tf.Tensor:
  """Squared norms of single tensors, then of each in the stacks."""
  squares = []
  if single:
    squares.append(2.0 * tf.stack([tf.nn.l2_loss(t) for t in single]))
  for stack in stacked:
    axes = list(range(1, stack.shape.rank))
    squares.append(tf.reduce_sum(tf.square(stack), axis=axes))
  return tf.concat(squares, axis=0)
