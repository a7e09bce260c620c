"""Data-dependent initialisation (DDI) of actnorm, in a separate graph.

Actnorm starts such that the first data through it come out with mean 0 and
variance 1 per channel (Kingma and Dhariwal, 2018). A graph marked by `begin` is
an *initialisation graph*: in it, and in it alone, networks run by `call`, which
sets values from the data that reach them. The training graph therefore carries
no initialisation operations, and a restored model cannot initialise again.

Here: the values are running means over batches of the training size, fed one
at a time. tensor2tensor pushes `init_batch_size` (128) sequences through the
network at once, which needs about 25 times the memory of a training step.
"""

from collections.abc import Sequence
from typing import Any, Callable, NamedTuple

import tensorflow.compat.v1 as tf

from t2t_af import workers
from t2t_af.networks import graph_function


class _Initialization(NamedTuple):
  """What belongs to an initialisation graph."""

  batch_number: tf.Tensor
  variables: dict[Any, tf.Variable]  # by reference to the value that was read
  updates: list[tf.Operation]


_COLLECTION = "t2t_af/ddi"


def begin() -> tf.Tensor:
  """Marks the default graph as an initialisation graph.

  Returns:
    batch_number: placeholder, float32 scalar; 1 for the first batch, 2 for
      the second: value[n] = value[n - 1] + (batch value - value[n - 1]) / n.
  """
  batch_number = tf.placeholder(tf.float32, [], name="ddi_batch_number")
  tf.add_to_collection(_COLLECTION, _Initialization(batch_number, {}, []))
  return batch_number


def active() -> bool:
  """Whether the default graph is an initialisation graph."""
  return bool(tf.get_collection(_COLLECTION))


def updates() -> list[tf.Operation]:
  """What sets all values by a batch, once the model has been built."""
  return _initialization().updates


def variable(name: str, shape: Sequence[int]) -> tf.Tensor:
  """Value of a trainable variable that data set, read once.

  Args:
    name: name under the current variable scope.
    shape: static shape.
  """
  v = tf.get_variable(name, shape, initializer=tf.zeros_initializer())
  value = tf.convert_to_tensor(v)
  if active():
    _initialization().variables[value.ref()] = v
  return value


def call(fn: Callable, x: Any, weights: Any, **options: Any) -> Any:
  """What a network gives in an initialisation graph, whose values it sets.

  Args:
    fn: of a module, `fn(x, weights, batch_number, **options)`; returns the
      network's output and new values of `weights`, of which those that are of
      `variable` count. Built once for all calls alike (`graph_function`).
    x: tensors, in tuples of any depth.
    weights: as x.
    **options: hashable.
  """
  graph = _initialization()
  arguments = (x, weights, graph.batch_number)
  if workers.here().count > 1:  # each of their operations has its own number
    y, new = fn(*arguments, **options)
  else:
    y, new = graph_function.call(fn, *arguments, **options)
  for old, value in zip(tf.nest.flatten(weights), tf.nest.flatten(new)):
    if old.ref() in graph.variables:
      graph.updates.append(graph.variables[old.ref()].assign(value))
  return y


def _initialization() -> _Initialization:
  (found,) = tf.get_collection(_COLLECTION)
  return found
