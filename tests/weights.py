"""Random weights for tests.

Heads that start at zero hide every mistake before them, so no test of a
number leaves one at zero.
"""

import re
from typing import Optional
import zlib

import numpy as np
import scipy.linalg
import tensorflow.compat.v1 as tf


def randomize(
  session: tf.Session, seed: int = 0, zero: Optional[str] = None
) -> None:
  """Sets all variables of the session's graph, in one run.

  `W` is N(0, 0.1). A `kernel` is as wide as keeps the variance of what comes
  in, so that a deep network hides nothing, and a fifth of it where it makes
  maps of a flow, which a loop over time would amplify. Factors of a
  normalisation are N(1, 0.05), its moving variances 0.5 to 1.5. The matrices
  of the 1x1 convolutions are those of a random rotation, + N(0, 0.02) where
  they are trained. All others, actnorms and biases among them, are
  N(0, 0.05). A variable's value depends on its name and the seed, not on what
  else is in the graph.

  Args:
    session: its graph must be the default one.
    seed: of the values.
    zero: regular expression; trainable variables found by it become zero.
  """
  variables = tf.global_variables()
  trainable = {v.op.name for v in tf.trainable_variables()}
  feed = {}
  for v in variables:
    name, shape = v.op.name, v.shape.as_list()
    value = np.zeros(shape)
    if "/invertible/" in name:
      value += _rotation(name, shape[0], seed)
    if name.endswith("/moving_variance"):
      value += 0.5 + _generator(name, seed).uniform(size=shape)
    elif name in trainable or name.endswith("/moving_mean"):
      value += name.endswith("/gamma")
      value += _scale(name, shape) * _generator(name, seed).standard_normal(
        shape
      )
      if zero and re.search(zero, name):
        value *= 0.0
    feed[v.initializer.inputs[1]] = value.astype(
      v.dtype.base_dtype.as_numpy_dtype
    )
  session.run([v.initializer for v in variables], feed)


def _scale(name, shape):
  if "/invertible/" in name:
    return 0.02
  if name.endswith("/kernel"):
    is_head = re.search("/(shift|log_scale|extra)/kernel$", name)
    is_conv = len(shape) == 4  # What a ReLU halves comes back.
    return (0.2 if is_head else 1.0) * np.sqrt(
      (1.0 + is_conv) / np.prod(shape[:-1])
    )
  return 0.1 if name.endswith("/W") else 0.05


def _generator(name, seed):
  return np.random.RandomState(zlib.crc32(name.encode()) ^ seed)


def _rotation(name, channels, seed):
  """P, L, U, sign_S or log_S of a rotation that the five have in common."""
  scope, part = name.rsplit("/", 1)
  noise = _generator(scope, seed).standard_normal([channels, channels])
  p, l, u = scipy.linalg.lu(scipy.linalg.qr(noise)[0])
  s = np.diag(u)
  return {
    "P": p,
    "L": l,
    "U": np.triu(u, 1),
    "sign_S": np.sign(s),
    "log_S": np.log(np.abs(s)),
  }[part]
