"""Each check of the conditioner contract has a mutant that fails it."""

import numpy as np
import pytest
import tensorflow.compat.v1 as tf

from t2t_af import session as session_lib
from tests.contracts import conditioner_contract

X = np.random.RandomState(0).standard_normal([2, 4, 3]).astype(np.float32)


def _linear(x, taps=(1.0, 2.0), head=tf.zeros_initializer()):
  """A conditioner of four numbers on two steps, right in all respects."""
  with tf.variable_scope("model", reuse=tf.AUTO_REUSE):
    w = tf.get_variable("W", [4], initializer=head)
  h = taps[0] * x[:, :-1] + taps[1] * x[:, 1:]
  return w[0] * h + w[1], w[2] * h + w[3]


def _check(conditioner):
  with tf.Session(config=session_lib.config()) as session:
    conditioner_contract.check(session, conditioner, 2, X, [[3], [3]], 4)


def test_linear_conditioner_keeps_the_contract():
  _check(_linear)


def _one_more():
  with tf.variable_scope("model", reuse=tf.AUTO_REUSE):
    return tf.get_variable("b", [1])


def _of_every_step(x):
  return [m + m * tf.reduce_sum(x, 1, keepdims=True) for m in _linear(x)]


@pytest.mark.parametrize(
  "conditioner, claim",
  [
    (lambda x: [m[:, 1:] for m in _linear(x)], "has its shapes"),
    (lambda x: _linear(x)[:1], "has its shapes"),
    (lambda x: [m + _one_more() for m in _linear(x)], "has 5 parameters"),
    (lambda x: _linear(x, head=tf.ones_initializer()), "starts at zero"),
    (
      lambda x: [tf.where(tf.equal(m, 0.0), m, m / 0.0) for m in _linear(x)],
      "is finite",
    ),
    (
      lambda x: [m * (x.shape.as_list()[1] or 1) for m in _linear(x)],
      "static and dynamic shapes",
    ),
    (lambda x: _linear(x - tf.reduce_mean(x, 0)), "ignores batch mates"),
    (lambda x: _linear(x, taps=(0.0, 1.0)), "sees every step"),
    (_of_every_step, "sees no other step"),
    (
      lambda x: [m * tf.cast(tf.shape(x)[1], tf.float32) for m in _linear(x)],
      "the same for a window alone",
    ),
  ],
  ids=lambda value: value if isinstance(value, str) else "",
)
def test_contract_refuses(conditioner, claim):
  with pytest.raises(AssertionError, match=claim):
    _check(conditioner)
