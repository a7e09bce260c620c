"""Networks compiled by XLA: which operations it is handed.

Networks alone, each call and its gradient: noise, densities, flows and loops
over time stay outside. XLA draws other noise than TensorFlow from one seed,
and compiles anew for every step that a loop cuts out of a sequence.
VideoFlow's networks, of which there are many alike, are compiled once each
(`graph_function`); what XLA cannot compile is an error there. In a `scope` it
takes what it can: all but the reading of variables and the LSTM's loop itself.
"""

from collections.abc import Iterator
import contextlib

import tensorflow.compat.v1 as tf


@contextlib.contextmanager
def scope(is_on: bool) -> Iterator[None]:
  """Has XLA compile what is built within, and its gradient apart from it."""
  if not is_on:
    yield
    return
  with tf.xla.experimental.jit_scope(separate_compiled_gradients=True):
    yield
