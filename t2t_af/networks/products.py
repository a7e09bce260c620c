"""Convolutions and matrix products of networks, in float32 or bfloat16.

With precision `mixed` a kernel is handed on as bfloat16 (`factor`), and a
product with such a kernel rounds what comes in and goes out to bfloat16, eight
bits of mantissa, and sums in float32; so do its gradients. What comes in and
goes out is float32 all the same: variables, optimiser state, normalisations,
log-determinants and densities know nothing of it, and neither do checkpoints.

On a GPU these are the operations of that type. On a CPU factors and result
are rounded, and the product is the one of float32: TensorFlow's own kernels
there sum in bfloat16, which puts gradients of a kernel (3x3, 24 to 32
channels, 1,024 pixels) 6 % off; oneDNN's sum in float32 and give the numbers
of the rounded product but for 1e-3, in one and a half times its time.

float16 is not offered: its smallest number is 6e-8, gradients would need a
scale for the loss, and log-scales of flows reach where it overflows. bfloat16
has the range of float32.
"""

from typing import Callable

import tensorflow.compat.v1 as tf

from t2t_af import session

Product = Callable[[tf.Tensor, tf.Tensor], tf.Tensor]


def factor(kernel: tf.Tensor, precision: str) -> tf.Tensor:
  """The kernel as products take it: bfloat16 if `mixed`, else itself.

  Args:
    kernel: float32, with all that scales it.
    precision: one of session.PRECISIONS.
  """
  return tf.cast(kernel, tf.bfloat16) if precision == session.MIXED else kernel


def product(operation: Product, x: tf.Tensor, kernel: tf.Tensor) -> tf.Tensor:
  """`operation(x, kernel)` in the kernel's type; float32.

  Args:
    operation: linear in both.
    x: float32.
    kernel: of `factor`.
  """
  if kernel.dtype == tf.float32:
    return operation(x, kernel)
  x = tf.cast(x, tf.bfloat16)
  if tf.config.list_physical_devices("GPU"):
    return tf.cast(operation(x, kernel), tf.float32)
  y = operation(tf.cast(x, tf.float32), tf.cast(kernel, tf.float32))
  return tf.cast(tf.cast(y, tf.bfloat16), tf.float32)


def matmul(x: tf.Tensor, kernel: tf.Tensor) -> tf.Tensor:
  """x [batch, features] times kernel [features, units]."""
  return product(tf.matmul, x, kernel)


def conv2d(x: tf.Tensor, kernel: tf.Tensor, strides: int = 1) -> tf.Tensor:
  """tf.nn.conv2d of frames, same padding."""
  return product(
    lambda x, kernel: tf.nn.conv2d(x, kernel, strides, "SAME"), x, kernel
  )
