"""The layers of our networks by numpy, from the values of their variables.

Their first argument maps the names of a layer's or a network's variables, from
its scope on, to arrays.
"""

from typing import Optional

import numpy as np
import scipy.special
import tensorflow.compat.v1 as tf

from tests import weights

Weights = dict[str, np.ndarray]
EPSILON = 1e-5  # Of the normalisation.


def bounded(raw: np.ndarray, bound: float) -> np.ndarray:
  """The identity up to 3/4 of the bound, beyond it a tanh up to the bound."""
  unbent = 0.75 * bound
  beyond = np.maximum(np.abs(raw) - unbent, 0.0)
  room = bound - unbent
  return np.sign(raw) * (
    np.minimum(np.abs(raw), unbent) + room * np.tanh(beyond / room)
  )


def random_weights(
  session: tf.Session, zero: Optional[str] = None, gain: float = 3.0
) -> Weights:
  """Sets all variables; returns them by name.

  As `weights.randomize`, but kernels times `gain`: what goes through gates
  that are half shut must still be seen behind them.
  """
  weights.randomize(session, zero=zero)
  values = session.run({v.op.name: v for v in tf.global_variables()})
  kernels = [v for v in tf.global_variables() if v.op.name.endswith("kernel")]
  for v in kernels:
    values[v.op.name] *= gain
  session.run(
    [v.initializer for v in kernels],
    {v.initializer.inputs[1]: values[v.op.name] for v in kernels},
  )
  return values


def under(values: Weights, scope: str) -> Weights:
  """The values of a scope, named from there on."""
  return {
    name[len(scope) + 1 :]: value
    for name, value in values.items()
    if name.startswith(scope + "/")
  }


def dense(values: Weights, x: np.ndarray) -> np.ndarray:
  return x @ values["kernel"] + values["bias"]


def conv(values: Weights, x: np.ndarray) -> np.ndarray:
  """4x4, stride 2, one pixel of padding; x [batch, height, width, c]."""
  x = np.pad(x, [(0, 0), (1, 1), (1, 1), (0, 0)])
  rows, columns = [range(0, size - 2, 2) for size in x.shape[1:3]]
  return (
    np.stack(
      [
        np.stack(
          [
            np.einsum(
              "nabc,abco->no", x[:, i : i + 4, j : j + 4], values["kernel"]
            )
            for j in columns
          ],
          axis=1,
        )
        for i in rows
      ],
      axis=1,
    )
    + values["bias"]
  )


def deconv(values: Weights, x: np.ndarray) -> np.ndarray:
  """The transpose of `conv`: doubles height and width."""
  batch, height, width, _ = x.shape
  y = np.zeros(
    [batch, 2 * height + 2, 2 * width + 2, values["kernel"].shape[2]]
  )
  for i in range(height):
    for j in range(width):
      y[:, 2 * i : 2 * i + 4, 2 * j : 2 * j + 4] += np.einsum(
        "nc,aboc->nabo", x[:, i, j], values["kernel"]
      )
  return y[:, 1:-1, 1:-1] + values["bias"]


def batch_norm(values: Weights, x: np.ndarray, training: bool) -> np.ndarray:
  values = under(values, "normalization")
  axes = tuple(range(x.ndim - 1))
  mean = x.mean(axes) if training else values["moving_mean"]
  variance = x.var(axes) if training else values["moving_variance"]
  return (x - mean) / np.sqrt(variance + EPSILON) * values["gamma"] + (
    values["beta"]
  )


def leaky_relu(x: np.ndarray) -> np.ndarray:
  return np.where(x < 0, 0.2 * x, x)


def highway(values: Weights, x: np.ndarray, activation) -> np.ndarray:
  """Two layers."""
  h = activation(dense(under(values, "layer_0"), x))
  gate = scipy.special.expit(dense(under(values, "gate_1"), h))
  return gate * activation(dense(under(values, "layer_1"), h)) + (1 - gate) * h


def lstm_step(values: Weights, x_t, h, c):
  """(h, c) after a step; gates in the order input, forget, new, output."""
  gates = (
    x_t @ values["input/kernel"]
    + h @ values["recurrent/kernel"]
    + values["bias"]
  )
  i, f, j, o = np.split(gates, 4, axis=-1)
  c = scipy.special.expit(f) * c + scipy.special.expit(i) * np.tanh(j)
  return scipy.special.expit(o) * np.tanh(c), c


def dcgan_encoder(
  values: Weights, frames: np.ndarray, training: bool
) -> np.ndarray:
  """Vectors of frames that halve at least once."""
  h, i = frames, 0
  while under(values, "conv_%d" % i):
    own = under(values, "conv_%d" % i)
    h = leaky_relu(batch_norm(own, conv(own, h), training))
    i += 1
  own = under(values, "last")
  h = dense(under(own, "conv"), h.reshape([len(h), -1]))
  return leaky_relu(batch_norm(own, h, training))


def dcgan_decoder(
  values: Weights, z: np.ndarray, frame_size, training: bool
) -> list[np.ndarray]:
  """(loc, log_scale) of frames that halve at least once, unbounded."""
  layers = ["first"]
  while under(values, "deconv_%d" % len(layers)):
    layers.append("deconv_%d" % len(layers))
  height, width = [size // 2 ** len(layers) for size in frame_size]
  for name in layers:
    own = under(values, name)
    if name == "first":
      h = (z @ own["kernel"]).reshape([len(z), height, width, -1])
      h += own["bias"]
    else:
      h = deconv(own, h)
    h = leaky_relu(batch_norm(own, h, training))
  return [deconv(under(values, name), h) for name in ("loc", "log_scale")]
