"""Fully connected networks with highway connections (Appendix B)."""

from typing import Callable

import tensorflow.compat.v1 as tf

from t2t_af import session
from t2t_af.networks import layers
from t2t_af.networks import products

_GATE_BIAS = -1.0  # Layers start as nearly the identity (Srivastava, 2015).


def highway(
  x: tf.Tensor,
  width: int = 256,
  num_layers: int = 2,
  activation: Callable[[tf.Tensor], tf.Tensor] = tf.nn.elu,
  name: str = "highway",
  precision: str = session.FLOAT32,
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
    precision: one of session.PRECISIONS (`products`).

  Returns:
    [batch, width].
  """

  def layer(name: str, x: tf.Tensor, bias: float = 0.0) -> tf.Tensor:
    return dense(name, x, width, bias=bias, precision=precision)

  with tf.variable_scope(name, reuse=tf.AUTO_REUSE):
    h = activation(layer("layer_0", x))
    for i in range(1, num_layers):
      gate = tf.sigmoid(layer("gate_%d" % i, h, _GATE_BIAS))
      h += gate * (activation(layer("layer_%d" % i, h)) - h)
  return h


def dense(
  name: str,
  x: tf.Tensor,
  units: int,
  zero_init: bool = False,
  bias: float = 0.0,
  precision: str = session.FLOAT32,
) -> tf.Tensor:
  """x @ kernel + bias.

  Args:
    name: variable scope of `kernel` and `bias`.
    x: [batch, features].
    units: features of the result.
    zero_init: the kernel starts at zero; else Glorot's.
    bias: value that the bias starts at.
    precision: as in `highway`.
  """
  initializer = (
    tf.zeros_initializer() if zero_init else (tf.glorot_uniform_initializer())
  )
  kernel = layers.variable(
    name + "/kernel", [int(x.shape[-1]), units], initializer
  )
  return products.matmul(
    x, products.factor(kernel, precision)
  ) + layers.variable(name + "/bias", [units], tf.constant_initializer(bias))
