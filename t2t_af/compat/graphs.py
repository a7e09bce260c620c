"""TensorFlow in graphs for a while, in a process where eager mode is on."""

from collections.abc import Iterator
import contextlib

import tensorflow.compat.v1 as tf


@contextlib.contextmanager
def graph_mode() -> Iterator[None]:
  """TensorFlow as tensor2tensor needs it; afterwards as it was.

  Mends and registrations switch a whole process to graphs. What is done for
  somebody who works eagerly, in a notebook, is done in here: eager mode, and
  all else of TensorFlow 2, is on again when it ends. A graph and a session
  that were made meanwhile go on working. Also a decorator.
  """
  eager = tf.executing_eagerly()
  if eager:
    tf.disable_v2_behavior()
  try:
    yield
  finally:
    if eager:
      # TensorFlow refuses where a default graph was used; it was ours alone.
      tf.reset_default_graph()
      tf.enable_v2_behavior()
