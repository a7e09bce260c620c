"""LSTM layers over sequences."""

import numpy as np
import pytest
import tensorflow.compat.v1 as tf

from t2t_af.networks import recurrence
from tests import weights
from tests.networks import numpy_layers

TOLERANCE = 1e-5
UNITS = 3
X = np.random.RandomState(0).standard_normal([2, 5, 4]).astype(np.float32)


def _lstm(x, states=None, num_layers=2):
  with tf.variable_scope("model", reuse=tf.AUTO_REUSE):
    if states is None:
      states = recurrence.initial_states(num_layers, UNITS, tf.shape(x)[0])
    return recurrence.lstm(x, states)


def _numpy(values, x):
  """h of the last layer, and the last state of each layer."""
  last = []
  for layer in range(2):
    own = numpy_layers.under(values, "lstm_%d" % layer)
    h, c = [np.tile(own["initial_" + s], [len(x), 1]) for s in "hc"]
    steps = []
    for t in range(x.shape[1]):
      h, c = numpy_layers.lstm_step(own, x[:, t], h, c)
      steps.append(h)
    x = np.stack(steps, axis=1)
    last.append((h, c))
  return x, last


def test_equals_numpy():
  h, states = _lstm(tf.constant(X))
  with tf.Session() as session:
    values = numpy_layers.under(numpy_layers.random_weights(session), "model")
    h, states = session.run([h, states])
  expected, last = _numpy(values, X)
  np.testing.assert_allclose(h, expected, TOLERANCE, TOLERANCE)
  np.testing.assert_allclose(states, last, TOLERANCE, TOLERANCE)


@pytest.mark.parametrize("cut", [1, 3])
def test_goes_on_from_a_state(cut):
  """... and one step alone, built without a loop, is a step of the loop."""
  fed = tf.placeholder_with_default(X, [None, None, 4])
  whole, last = _lstm(fed)
  first, states = _lstm(tf.constant(X[:, :cut]))
  second, last_too = _lstm(tf.constant(X[:, cut:]), states)
  with tf.Session() as session:
    weights.randomize(session)
    whole, last, parts, last_too = session.run(
      [whole, last, [first, second], last_too]
    )
  np.testing.assert_allclose(
    np.concatenate(parts, 1), whole, TOLERANCE, TOLERANCE
  )
  np.testing.assert_allclose(last_too, last, TOLERANCE, TOLERANCE)


def test_one_step_has_no_loop_and_all_have_the_same_size():
  sizes = []
  for num_steps in (1, 4, 9):
    with tf.Graph().as_default() as graph:
      _lstm(tf.zeros([2, num_steps, 4]))
      kinds = [op.type for op in graph.get_operations()]
    assert ("Enter" in kinds) == (num_steps > 1)
    sizes.append(len(kinds))
  assert sizes[1] == sizes[2]


def test_counts_starts_and_learns():
  """Torch's 657,920 and 526,848 numbers, less its second bias of 1,024."""
  with tf.variable_scope("model"):
    states = recurrence.initial_states(2, 256, 1)
    h, _ = recurrence.lstm(tf.zeros([1, 2, 384]), states)
  variables = tf.trainable_variables()
  count = sum(np.prod(v.shape.as_list()) for v in variables)
  assert count == 657920 + 526848 - 2 * 1024
  assert None not in tf.gradients(h, variables)
  with tf.Session() as session:
    session.run(tf.global_variables_initializer())
    bias, start = session.run(
      [
        [v for v in variables if v.op.name.endswith(name)][0]
        for name in ("lstm_0/bias", "lstm_0/initial_c")
      ]
    )
  np.testing.assert_array_equal(bias, np.repeat([0.0, 1.0, 0.0, 0.0], 256))
  assert not start.any()
