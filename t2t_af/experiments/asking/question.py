"""What is computed with a run's weights, in a graph and session of its own."""

from typing import Any, Callable, Optional

import numpy as np
import tensorflow.compat.v1 as tf

from t2t_af import session as session_lib

Tensors = dict[str, tf.Tensor]


class Question:
  """Arrays in, arrays out; the graph is built and the weights read once.

  Nothing of it is in the process's default graph, and it works whether or not
  eager mode is on.

  Args:
    checkpoint: path of one.
    build: gives (placeholders by name, tensors by name).
    seed: of what is drawn; None: another one each time.
    config: of the session; None: ours.
  """

  def __init__(
    self,
    checkpoint: str,
    build: Callable[[], tuple[Tensors, Tensors]],
    seed: Optional[int] = None,
    config: Optional[tf.ConfigProto] = None,
  ) -> None:
    with tf.Graph().as_default() as graph:
      if seed is not None:
        tf.set_random_seed(seed)
      self._feeds, self._fetches = build()
      self._variables = tf.global_variables()
      self._saver = tf.train.Saver(self._variables) if self._variables else None
    self._graph, self._checkpoint = graph, checkpoint
    self._config = config or session_lib.config()
    self._open()

  def _open(self) -> None:
    # In the graph, else an eager process restores otherwise.
    with self._graph.as_default():
      self._session = tf.Session(graph=self._graph, config=self._config)
      if self._saver:
        self._saver.restore(self._session, self._checkpoint)
    self._is_new = True

  def restart(self) -> None:
    """Draws from now on what was drawn first."""
    if not self._is_new:
      self.close()
      self._open()

  def __call__(self, **arrays: Any) -> dict[str, np.ndarray]:
    """The tensors' values where the placeholders have these."""
    self._is_new = False
    feed = {self._feeds[name]: value for name, value in arrays.items()}
    return self._session.run(self._fetches, feed)

  def weights(self) -> dict[str, np.ndarray]:
    """The variables' values, by name."""
    by_name = {v.op.name: v for v in self._variables}
    return self._session.run(dict(sorted(by_name.items())))

  def close(self) -> None:
    """Gives the session's memory back."""
    self._session.close()
