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


def randomize(session: tf.Session, seed: int = 0,
              zero: Optional[str] = None) -> None:
  """Sets all variables of the session's graph, in one run.

  Kernels are N(0, 0.1), actnorms and biases N(0, 0.05); the matrices of the
  1x1 convolutions are those of a random rotation, + N(0, 0.02) where they are
  trained. A variable's value depends on its name and the seed, not on what
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
    if name in trainable:
      scale = 0.02 if "/invertible/" in name else (
          0.1 if name.endswith("/W") else 0.05)
      value += scale * _generator(name, seed).standard_normal(shape)
      if zero and re.search(zero, name):
        value *= 0.
    feed[v.initializer.inputs[1]] = value.astype(
        v.dtype.base_dtype.as_numpy_dtype)
  session.run([v.initializer for v in variables], feed)


def _generator(name, seed):
  return np.random.RandomState(zlib.crc32(name.encode()) ^ seed)


def _rotation(name, channels, seed):
  """P, L, U, sign_S or log_S of a rotation that the five have in common."""
  scope, part = name.rsplit("/", 1)
  noise = _generator(scope, seed).standard_normal([channels, channels])
  p, l, u = scipy.linalg.lu(scipy.linalg.qr(noise)[0])
  s = np.diag(u)
  return {"P": p, "L": l, "U": np.triu(u, 1), "sign_S": np.sign(s),
          "log_S": np.log(np.abs(s))}[part]
