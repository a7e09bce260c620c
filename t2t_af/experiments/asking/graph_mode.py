"""TensorFlow set to graphs for as long as a loaded run works, then as it was.

tensor2tensor needs version 1's behaviour (`compat`). A notebook that has a run
loaded has its own: eager tensors, `tf.function`, Keras.
"""

from collections.abc import Iterator
import contextlib
import functools
import sys
from typing import Any, Callable, TypeVar

Method = TypeVar("Method", bound=Callable[..., Any])


class GraphMode:
  """What TensorFlow does outside of our own work.

  Notes it when it is made: where TensorFlow is not loaded yet, eager mode is
  what it will begin with.
  """

  def __init__(self) -> None:
    tf = sys.modules.get("tensorflow")
    self._was_eager = tf is None or tf.executing_eagerly()
    self._depth = 0

  @contextlib.contextmanager
  def held(self) -> Iterator[None]:
    """Graph mode inside, the process's own outside; may be nested."""
    self._depth += 1
    try:
      if self._depth == 1:
        self._set(eager=False)
      yield
    finally:
      self._depth -= 1
      if not self._depth:
        self._set(eager=True)

  def _set(self, eager: bool) -> None:
    # A TensorFlow that is not loaded yet is set when tensor2tensor is mended.
    if not self._was_eager or "tensorflow" not in sys.modules:
      return
    import tensorflow.compat.v1 as tf

    if not eager:
      return tf.disable_v2_behavior()
    # Eager mode cannot come back while there is a default graph.
    tf.reset_default_graph()
    tf.enable_v2_behavior()


def held(method: Method) -> Method:
  """A method of an object that has a `mode`, called in graph mode."""

  @functools.wraps(method)
  def inside(self: Any, *args: Any, **kwargs: Any) -> Any:
    with self.mode.held():
      return method(self, *args, **kwargs)

  return inside  # type: ignore[return-value]
