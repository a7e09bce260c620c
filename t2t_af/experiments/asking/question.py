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
      self._session = tf.Session(
        graph=graph, config=config or session_lib.config()
      )
      # Here too: outside of the graph an eager process restores otherwise.
      if self._variables:
        tf.train.Saver(self._variables).restore(self._session, checkpoint)

  def __call__(self, **arrays: Any) -> dict[str, np.ndarray]:
    """The tensors' values where the placeholders have these."""
    feed = {self._feeds[name]: value for name, value in arrays.items()}
    return self._session.run(self._fetches, feed)

  def weights(self) -> dict[str, np.ndarray]:
    """The variables' values, by name."""
    by_name = {v.op.name: v for v in self._variables}
    return self._session.run(dict(sorted(by_name.items())))

  def close(self) -> None:
    """Gives the session's memory back."""
    self._session.close()
