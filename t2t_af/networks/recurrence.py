"""Long short-term memory over sequences (Hochreiter and Schmidhuber, 1997)."""

from collections.abc import Sequence
from typing import Any, NamedTuple, Union

import tensorflow.compat.v1 as tf

from t2t_af import session
from t2t_af import time_axis
from t2t_af.networks import layers
from t2t_af.networks import products


class LstmState(NamedTuple):
  h: tf.Tensor  # [batch, units]
  c: tf.Tensor  # [batch, units]


def initial_states(
  num_layers: int, units: int, batch: Union[int, tf.Tensor]
) -> list[LstmState]:
  """Learned states before the first step, zero at the start of training.

  Args:
    num_layers: variable scopes `lstm_0`, `lstm_1` ...
    units: of every layer.
    batch: how many sequences; all start from the same state.
  """
  return [
    LstmState(
      *[
        tf.tile(
          layers.variable(
            "lstm_%d/initial_%s" % (i, name), [1, units], tf.zeros_initializer()
          ),
          [batch, 1],
        )
        for name in LstmState._fields
      ]
    )
    for i in range(num_layers)
  ]


def lstm(
  x: tf.Tensor, states: list[LstmState], precision: str = session.FLOAT32
) -> tuple[tf.Tensor, list[LstmState]]:
  """Layers of LSTM, from the given states on.

    i, f, j, o = split(x @ input_kernel + h @ recurrent_kernel + bias)
    c <- sigmoid(f) * c + sigmoid(i) * tanh(j);  h <- sigmoid(o) * tanh(c)

  What does not wait for the step before, x @ input_kernel + bias, is one
  product for all steps; the loop over time has the rest. A sequence of one
  step is built without a loop, so that it can stand in another one.
  The authors' LSTMs (PyTorch's) add two bias vectors; one says the same.

  Args:
    x: [batch, time, features].
    states: one per layer, of `initial_states` or of a call before.
    precision: one of session.PRECISIONS (`products`); states are float32.

  Returns:
    (h of the last layer [batch, time, units], states after the last step).
  """
  new_states = []
  for i, state in enumerate(states):
    with tf.variable_scope("lstm_%d" % i):
      x, state = _layer(x, state, precision)
    new_states.append(state)
  return x, new_states


def _layer(
  x: tf.Tensor, state: LstmState, precision: str
) -> tuple[tf.Tensor, LstmState]:
  units = int(state.h.shape[-1])
  input_kernel = layers.variable(
    "input/kernel",
    [int(x.shape[-1]), 4 * units],
    tf.glorot_uniform_initializer(),
  )
  recurrent_kernel = layers.variable(
    "recurrent/kernel", [units, 4 * units], tf.glorot_uniform_initializer()
  )
  input_kernel, recurrent_kernel = (
    products.factor(kernel, precision)
    for kernel in (input_kernel, recurrent_kernel)
  )
  bias = layers.variable("bias", [4 * units], _remembering)
  from_x = products.matmul(time_axis.fold(x), input_kernel) + bias
  from_x = time_axis.unfold(from_x, x)

  def step(state: LstmState, from_x_t: tf.Tensor) -> LstmState:
    from_h = products.matmul(state.h, recurrent_kernel)
    return _step(from_x_t + from_h, state)

  if x.shape.as_list()[1] == 1:
    state = step(state, from_x[:, 0])
    return state.h[:, tf.newaxis], state
  states = tf.scan(step, tf.transpose(from_x, [1, 0, 2]), state)
  return (
    tf.transpose(states.h, [1, 0, 2]),
    LstmState(states.h[-1], states.c[-1]),
  )


def _step(gates: tf.Tensor, state: LstmState) -> LstmState:
  i, f, j, o = tf.split(gates, 4, axis=-1)
  c = tf.sigmoid(f) * state.c + tf.sigmoid(i) * tf.tanh(j)
  return LstmState(tf.sigmoid(o) * tf.tanh(c), c)


def _remembering(
  shape: Sequence[int], dtype: Any = None, partition_info: Any = None
) -> tf.Tensor:
  """Bias 1 of the forget gates, 0 elsewhere: a cell starts by remembering."""
  del partition_info
  units = shape[0] // 4
  return tf.concat(
    [
      tf.zeros([units], dtype),
      tf.ones([units], dtype),
      tf.zeros([2 * units], dtype),
    ],
    axis=0,
  )
