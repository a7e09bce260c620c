"""Functions of the graph: traced once, equal to the plain call."""

import numpy as np
import pytest
import tensorflow.compat.v1 as tf

from t2t_af.bin import system_errors
from t2t_af.networks import graph_function

X = np.random.RandomState(0).standard_normal([3, 4]).astype(np.float32)
KERNELS = np.random.RandomState(1).standard_normal([2, 4, 4]).astype(np.float32)


def _layer(x, weights, *, slope):
  """Two results, of a tensor and a tuple of tensors."""
  kernel, bias = weights
  h = tf.tanh(slope * (x @ kernel + bias))
  return x + h, tf.reduce_sum(h, axis=1)


def _network(call, xs, kernels):
  """Loss of two layers, which share a function or are called as they are."""
  h, terms = xs, []
  for kernel in kernels:
    h, term = call(_layer, h, (kernel, kernel[0]), slope=0.5)
    terms.append(term)
  return tf.reduce_sum(h**3) + tf.reduce_sum(tf.add_n(terms) ** 2)


def _plain(fn, *arguments, **options):
  return fn(*arguments, **options)


def _recomputed(fn, *arguments, **options):
  return graph_function.call(fn, *arguments, recompute=True, **options)


def _compiled(fn, *arguments, **options):
  return graph_function.call(fn, *arguments, jit_compile=True, **options)


def _calls():
  operations = tf.get_default_graph().get_operations()
  return [op for op in operations if "PartitionedCall" in op.type]


@pytest.mark.parametrize("call", [graph_function.call, _recomputed, _compiled])
def test_loss_and_gradients_equal_the_plain_call(call):
  x, kernels = tf.constant(X), [tf.constant(k) for k in KERNELS]
  results = []
  for each in (_plain, call):
    loss = _network(each, x, kernels)
    results.append([loss, *tf.gradients(loss, [x, *kernels])])
  with tf.Session() as session:
    ours, theirs = session.run(results)
  assert abs(theirs[0]) > 0.1, "says nothing"
  for a, b in zip(ours, theirs):
    np.testing.assert_allclose(a, b, 1e-5, 1e-5)


def test_layers_of_one_kind_are_one_function():
  _network(graph_function.call, tf.constant(X), tf.unstack(KERNELS))
  names = {op.get_attr("f").name for op in _calls()}
  assert len(_calls()) == 2 and len(names) == 1


def test_other_options_and_shapes_are_other_functions():
  weights = (tf.constant(KERNELS[0]), tf.constant(KERNELS[0][0]))
  for x, slope in ((X, 0.5), (X, 2.0), (X[:2], 0.5)):
    graph_function.call(_layer, tf.constant(x), weights, slope=slope)
  assert len({op.get_attr("f").name for op in _calls()}) == 3


def test_another_graph_has_functions_of_its_own():
  for _ in range(2):
    with tf.Graph().as_default(), tf.Session() as session:
      loss = _network(graph_function.call, tf.constant(X), tf.unstack(KERNELS))
      assert np.isfinite(session.run(loss))


def _kept(recompute):
  """Operations in the function whose results a call keeps for its gradient."""
  x, kernel = tf.constant(X), tf.constant(KERNELS[0])
  y, _ = graph_function.call(
    _layer, x, (kernel, kernel[0]), slope=0.5, recompute=recompute
  )
  tf.gradients(y, [x, kernel])
  graph_def = tf.get_default_graph().as_graph_def()
  name = y.op.get_attr("f").name
  (function,) = [
    f for f in graph_def.library.function if f.signature.name == name
  ]
  results = {source.split(":")[0] for source in function.ret.values()}
  return {node.op for node in function.node_def if node.name in results}


def test_recomputation_keeps_the_arguments_alone():
  assert _kept(recompute=False) >= {"Tanh"}
  # These hand arguments and results on, without a copy.
  assert _kept(recompute=True) <= {"Identity", "IdentityN"}


def test_compiled_and_plain_calls_are_two_functions():
  for call in (graph_function.call, _compiled):
    _network(call, tf.constant(X), tf.unstack(KERNELS))
  names = {op.get_attr("f").name for op in _calls()}
  assert len(_calls()) == 4 and len(names) == 2


def _written(x):
  return x + tf.cast(tf.strings.length(tf.as_string(x)), tf.float32)


def test_what_cannot_be_compiled_is_an_error_for_people():
  x = tf.placeholder(tf.float32, X.shape)
  y = graph_function.call(_written, x, jit_compile=True)
  with tf.Session() as session:
    with pytest.raises(tf.errors.InvalidArgumentError) as raised:
      session.run(y, {x: X})
  told = system_errors.sentence(raised.value)
  assert "AsString" in told and "jit_compile=False" in told
