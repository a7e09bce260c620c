"""A network as a function that the graph has once, however often it is called.

Glow and the priors are dozens of networks alike but for their weights. Each
kind is built once; a call of it is one operation, and so is its gradient.
That is what keeps graphs small, and builds and first steps short.
"""

from typing import Any, Callable
import weakref

import tensorflow.compat.v1 as tf

# By graph: {(fn, its options, what it is called with): function}.
_FUNCTIONS: "weakref.WeakKeyDictionary[tf.Graph, dict]" = (
  weakref.WeakKeyDictionary()
)


def call(
  fn: Callable,
  *arguments: Any,
  recompute: bool = False,
  jit_compile: bool = False,
  **options: Any,
) -> Any:
  """`fn(*arguments, **options)`, through the default graph's function of it.

  Args:
    fn: a function of a module (not a closure) that reads no variables: what
      it depends on are its arguments.
    *arguments: tensors, in tuples of any depth.
    recompute: keep `arguments` alone for the gradient, and compute what lies
      between them and the result once more when it is asked for: less memory,
      a third more arithmetic, the same numbers.
    jit_compile: have XLA compile the function and its gradient, once for all
      calls; what it cannot compile is an error when it runs.
    **options: hashable.
  """
  shapes = tuple(
    (t.dtype, tuple(t.shape.as_list())) for t in tf.nest.flatten(arguments)
  )
  functions = _FUNCTIONS.setdefault(tf.get_default_graph(), {})
  how = (recompute, jit_compile)
  key = (fn, tuple(sorted(options.items())), how, shapes)
  if key not in functions:
    functions[key] = _traced(fn, options, *how, arguments)
  return functions[key](*tf.nest.flatten(arguments))


def _traced(
  fn: Callable,
  options: dict[str, Any],
  recompute: bool,
  jit_compile: bool,
  arguments: Any,
) -> Callable:
  """fn of the tensors of `arguments`, one after the other."""

  def flat(*tensors: tf.Tensor) -> Any:
    return fn(*tf.nest.pack_sequence_as(arguments, tensors), **options)

  specs = [tf.TensorSpec(t.shape, t.dtype) for t in tf.nest.flatten(arguments)]
  if not tf.config.list_physical_devices("GPU"):
    # As of the whole graph: `session.tune` says why.
    tf.config.optimizer.set_experimental_options(
      {"disable_meta_optimizer": True}
    )
  return tf.function(
    recomputed(flat) if recompute else flat,
    autograph=False,
    # None leaves it to the session; False would forbid it.
    jit_compile=jit_compile or None,
  ).get_concrete_function(*specs)


def recomputed(fn: Callable) -> Callable:
  """fn, whose gradient computes fn again from its inputs.

  Args:
    fn: tensors to tensors.
  """

  @tf.custom_gradient
  def with_gradient(*inputs: tf.Tensor) -> Any:
    def gradient(*upstream: tf.Tensor) -> list[tf.Tensor]:
      again = [tf.identity(t) for t in inputs]
      outputs = tf.nest.flatten(fn(*again))
      return tf.gradients(outputs, again, list(upstream))

    return fn(*inputs), gradient

  return with_gradient
