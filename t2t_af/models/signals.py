"""How much of time is left in data and noise (Eq. 23, Fig. 5), per evaluation.

A signal is what a model's `Scores` hand over, [batch, scored steps, ...]:
  x            the data, without noise
  y1 ... yM    after each transform of the data
  z0, u0, ...  a level's latent before and after its flow (`video_flow`)
"""

from typing import Callable, NamedTuple

import numpy as np
import tensorflow.compat.v1 as tf

from t2t_af.analysis.metrics import correlation

_PREFIX = "signal/"
_MIN_STEPS = 2  # A step and the one after it.


class Outputs(NamedTuple):
  """The outputs of a model in an evaluation."""

  scores: dict[str, tf.Tensor]  # [batch, scored steps]
  signals: dict[str, tf.Tensor]  # [batch, scored steps, ...]


def join(outputs: Outputs) -> dict[str, tf.Tensor]:
  """One dictionary, as tensor2tensor gathers it from several devices."""
  marked = {_PREFIX + name: signal for name, signal in outputs.signals.items()}
  return dict(outputs.scores, **marked)


def split(joined: dict[str, tf.Tensor]) -> Outputs:
  """Undoes `join`; leaves out signals too short to have a correlation."""
  scores, signals = {}, {}
  for name, tensor in joined.items():
    if not name.startswith(_PREFIX):
      scores[name] = tensor
    elif tensor.shape.as_list()[1] >= _MIN_STEPS:
      signals[name[len(_PREFIX) :]] = tensor
  return Outputs(scores, signals)


class Correlations:
  """Streaming over the batches of an evaluation, by numpy on the host.

  Args:
    signals: {name: [batch, scored steps, ...]}.
    sequence_ids: string [batch], what each window was cut from.
    recording: of a sequence's id, what is independent of all others.
  """

  def __init__(
    self,
    signals: dict[str, tf.Tensor],
    sequence_ids: tf.Tensor,
    recording: Callable[[str], str],
  ) -> None:
    self._signals = signals
    self._sequence_ids = sequence_ids
    self._recording = recording
    self._estimates: dict[str, correlation.TemporalCorrelation] = {}

  def begin(self) -> None:
    """Before the first batch of an evaluation."""
    self._estimates = {
      name: correlation.TemporalCorrelation() for name in self._signals
    }

  def metrics(self) -> dict:
    """{corr_x: (value, update), ...}, as the Estimator takes them."""
    if not self._signals:
      return {}
    update = tf.py_func(
      self._add, [self._sequence_ids, *self._signals.values()], tf.int64
    )
    return {
      "corr_" + name: (self._value(name), update) for name in self._signals
    }

  def record_fields(self) -> list[dict]:
    """Of a correlation record per signal."""
    return [
      dict(estimate.result().record_fields(), signal=name)
      for name, estimate in self._estimates.items()
    ]

  def _add(self, sequence_ids: np.ndarray, *batches: np.ndarray) -> np.int64:
    recordings = [self._recording(name.decode()) for name in sequence_ids]
    for estimate, batch in zip(self._estimates.values(), batches):
      estimate.add(batch, recordings)
    return np.int64(len(sequence_ids))

  def _value(self, name: str) -> tf.Tensor:
    def value() -> np.float32:
      return np.float32(self._estimates[name].result().correlation)

    tensor = tf.py_func(value, [], tf.float32)
    tensor.set_shape([])
    return tensor
