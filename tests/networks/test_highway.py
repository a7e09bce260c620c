"""The highway network, recomputed in numpy."""

import numpy as np
import pytest
import scipy.special
import tensorflow.compat.v1 as tf

from t2t_af.networks import highway
from tests import weights

X = np.random.RandomState(0).standard_normal([4, 3]).astype(np.float32)


def _elu(h):
  return np.where(h > 0.0, h, np.expm1(h))


@pytest.mark.parametrize(
  "activation, theirs",
  [(tf.nn.elu, _elu), (tf.tanh, np.tanh)],
  ids=["elu", "tanh"],
)
def test_equals_numpy(activation, theirs):
  built = highway.highway(tf.constant(X), 5, 3, activation)
  with tf.Session() as session:
    weights.randomize(session)
    ours, values = session.run(
      [built, {v.op.name: v for v in tf.global_variables()}]
    )

  def dense(name, h):
    return (
      h @ values["highway/%s/kernel" % name]
      + (values["highway/%s/bias" % name])
    )

  h = theirs(dense("layer_0", X))
  for i in (1, 2):
    gate = scipy.special.expit(dense("gate_%d" % i, h))
    h = gate * theirs(dense("layer_%d" % i, h)) + (1.0 - gate) * h
  np.testing.assert_allclose(ours, h, 1e-5, 1e-6)


def test_gates_start_mostly_closed():
  highway.highway(tf.constant(X), 5)
  with tf.Session() as session:
    session.run(tf.global_variables_initializer())
    biases = session.run(
      {
        v.op.name: v
        for v in tf.global_variables()
        if v.op.name.endswith("/bias")
      }
    )
  assert {name: set(value) for name, value in biases.items()} == {
    "highway/layer_0/bias": {0.0},
    "highway/layer_1/bias": {0.0},
    "highway/gate_1/bias": {-1.0},
  }
