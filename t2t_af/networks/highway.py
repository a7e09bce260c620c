"""Fully connected networks with highway connections (Appendix B)."""

from typing import Callable

import tensorflow.compat.v1 as tf

from t2t_af.networks import layers

_GATE_BIAS = -1.0  # Layers start as nearly the identity (Srivastava, 2015).


def highway(
  x: tf.Tensor,
  width: int = 256,
  num_layers: int = 2,
  activation: Callable[[tf.Tensor], tf.Tensor] = tf.nn.elu,
  name: str = "highway",
) -> tf.Tensor:
  """h <- gate * activation(dense(h)) + (1 - gate) * h, layer after layer.

  The first layer has no gate, as in the authors' networks: x need not be as
  wide as h.

  Args:
    x: [batch, features].
    width: units of a layer (the paper: 256).
    num_layers: at least 1 (the paper: 2).
    activation: ELU in flows, tanh in SLVMs (Appendix B).
    name: of the variable scope.

  Returns:
    [batch, width].
  """
  with tf.variable_scope(name, reuse=tf.AUTO_REUSE):
    h = activation(dense("layer_0", x, width))
    for i in range(1, num_layers):
      gate = tf.sigmoid(dense("gate_%d" % i, h, width, bias=_GATE_BIAS))
      h += gate * (activation(dense("layer_%d" % i, h, width)) - h)
  return h


def dense(
  name: str,
  x: tf.Tensor,
  units: int,
  zero_init: bool = False,
  bias: float = 0.0,
) -> tf.Tensor:
  """x @ kernel + bias.

  Args:
    name: variable scope of `kernel` and `bias`.
    x: [batch, features].
    units: features of the result.
    zero_init: the kernel starts at zero; else Glorot's.
    bias: value that the bias starts at.
  """
  initializer = (
    tf.zeros_initializer() if zero_init else (tf.glorot_uniform_initializer())
  )
  kernel = layers.variable(
    name + "/kernel", [int(x.shape[-1]), units], initializer
  )
  return x @ kernel + layers.variable(
    name + "/bias", [units], tf.constant_initializer(bias)
  )
