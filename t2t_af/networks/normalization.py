"""Normalisation of the maps inside a network: batch, group or none.

Batch norm in a flow has two traps, and this is how they are met:

- In training it mixes the sequences of a batch and their steps. A flow whose
  conditioner does so is still trained on what `inverse` gives, but only with
  the moving averages is it a flow: evaluation and sampling use these alone,
  and what is generated never enters them.
- Statistics. Paper (and the authors' code): those of one time step over the
  batch. Here: those of all steps of all sequences of the batch together,
  because all steps go through the network at once. With several workers each
  normalises by its own part of the batch, as tf.distribute has it; the moving
  averages take in the means over all of them.
"""

from collections.abc import Sequence
import math
from typing import Callable, Optional

import tensorflow.compat.v1 as tf

KINDS = ("batch", "group", "none")
MOMENTUM = 0.9  # Of the moving averages: kept share per training step.
EPSILON = 1e-5
MAX_GROUPS = 8
# (moving average, value) of a graph; no text, so not written with it.
_REMEMBERED = ("t2t_af/remembered",)


def normalize(
  x: tf.Tensor, kind: str, training: bool, bias: Optional[tf.Tensor] = None
) -> tf.Tensor:
  """gamma * (x + bias - mean) / std + beta, per channel; x + bias with `none`.

    batch  mean and variance over everything but channels; their moving
           averages unless `training`. `update_moving_averages` updates
           these, once per layer, however often it is used.
    group  over height, width and the channels of one group, of one frame: no
           other step and no other sequence takes part.

  Args:
    x: [batch, height, width, channels] or [batch, channels].
    kind: one of KINDS.
    training: whether batch norm uses and remembers this batch. Must be False
      inside a loop over time.
    bias: [channels], of the layer before. The mean of a batch takes away what
      it adds, and its gradient is zero: in training batch norm leaves it out
      of all but the moving mean, and it gets no gradient (None). Adding it
      cost a tenth of a training step of `af1_mmnist`.

  Raises:
    ValueError: unknown kind.
  """
  if kind not in KINDS:
    raise ValueError(
      "normalization must be one of %s, got %r" % (", ".join(KINDS), kind)
    )
  if bias is not None and not (kind == "batch" and training):
    x, bias = tf.nn.bias_add(x, bias), None
  if kind == "none":
    return x
  channels = int(x.shape[-1])
  with tf.variable_scope("normalization"):
    gamma = tf.get_variable(
      "gamma", [channels], initializer=tf.ones_initializer()
    )
    beta = tf.get_variable(
      "beta", [channels], initializer=tf.zeros_initializer()
    )
    if kind == "group":
      return _group_norm(x, gamma, beta)
    return _batch_norm(x, gamma, beta, training, bias)


def _batch_norm(
  x: tf.Tensor,
  gamma: tf.Tensor,
  beta: tf.Tensor,
  training: bool,
  bias: Optional[tf.Tensor],
) -> tf.Tensor:
  """The fused kernel, which also gives the unbiased variance to remember."""
  frames = x if x.shape.rank == 4 else x[:, tf.newaxis, tf.newaxis]
  moving = [
    tf.get_variable(
      "moving_" + name, gamma.shape, trainable=False, initializer=initializer
    )
    for name, initializer in [
      ("mean", tf.zeros_initializer()),
      ("variance", tf.ones_initializer()),
    ]
  ]
  if training:
    y, mean, variance = tf.nn.fused_batch_norm(
      frames, gamma, beta, epsilon=EPSILON
    )
    if bias is not None:
      mean += bias
    for average, value in zip(moving, (mean, variance)):
      _remember(average, value)
  else:
    y, _, _ = tf.nn.fused_batch_norm(
      frames, gamma, beta, *moving, epsilon=EPSILON, is_training=False
    )
  return y if x.shape.rank == 4 else y[:, 0, 0]


def _remember(average: tf.Variable, value: tf.Tensor) -> None:
  """Has average take in value with the step, once."""
  remembered = tf.get_collection_ref(_REMEMBERED)
  if all(average.name != other.name for other, _ in remembered):
    remembered.append((average, value))


def replace_remembered(
  replace: Callable[[Sequence[tf.Tensor]], Sequence[tf.Tensor]],
) -> None:
  """Has moving averages take in what `replace` makes of the values."""
  remembered = tf.get_collection_ref(_REMEMBERED)
  averages = [average for average, _ in remembered]
  values = replace([value for _, value in remembered])
  remembered[:] = list(zip(averages, values))


def update_moving_averages() -> list[tf.Operation]:
  """average <- MOMENTUM * average + (1 - MOMENTUM) * value, of all of a graph.

  Made where the step is, which may be one that is not applied.
  """
  return [
    average.assign_sub(
      (1.0 - MOMENTUM) * (average.read_value() - value), read_value=False
    )
    for average, value in tf.get_collection(_REMEMBERED)
  ]


def _group_norm(x: tf.Tensor, gamma: tf.Tensor, beta: tf.Tensor) -> tf.Tensor:
  """As many equal groups as MAX_GROUPS allows."""
  channels = int(x.shape[-1])
  groups = math.gcd(channels, MAX_GROUPS)
  grouped = tf.reshape(
    x, [-1] + x.shape.as_list()[1:-1] + [groups, channels // groups]
  )
  axes = [
    i for i in range(1, grouped.shape.rank) if i != grouped.shape.rank - 2
  ]
  mean, variance = tf.nn.moments(grouped, axes, keepdims=True)
  y = (grouped - mean) * tf.rsqrt(variance + EPSILON)
  return tf.reshape(y, [-1] + x.shape.as_list()[1:]) * gamma + beta
