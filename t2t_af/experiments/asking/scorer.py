"""Log-likelihoods of windows and of whole sequences under a run."""

from typing import Any, Optional

import numpy as np
import tensorflow.compat.v1 as tf

from t2t_af import errors
from t2t_af import windows
from t2t_af.experiments.asking import asked_run
from t2t_af.experiments.asking import mid_noise
from t2t_af.experiments.asking import question
from t2t_af.experiments.asking import tiling
from t2t_af.models import noise as noise_lib

_NLL = "nll"


class Scorer:
  """NLL of steps, in nats per dimension of what the model is given.

  The noise of a window is that of an evaluation: it follows from the name of
  the sequence and the window's first step. So the same windows of the same
  names get the numbers that an evaluation gives them.

  Attributes:
    length: steps of a window.
  """

  def __init__(self, run: asked_run.AskedRun) -> None:
    self._run = run
    self._fields: Optional[dict[str, Any]] = None
    self.length = run.num_inputs + run.num_targets

  @property
  def num_bound_samples(self) -> int:
    """Samples of the bound that the NLL is; 0 where it is exact."""
    if self._fields is None:
      self._of_data()
    fields = self._fields or {}
    return fields.get("num_samples", 1) if fields.get("bound") else 0

  def windows(
    self,
    steps: np.ndarray,
    names: np.ndarray,
    starts: np.ndarray,
    are_samples: bool = False,
  ) -> np.ndarray:
    """NLL [windows, scored steps] of windows [windows, length, ...].

    Args:
      steps: as the model takes them.
      names: of the sequences they are from, [windows].
      starts: their first steps there, [windows].
      are_samples: whether a series has the model's noise in it already.
    """
    quiet = are_samples and self._run.is_series
    asked = self._of_samples() if quiet else self._of_data()
    at_once = self._run.at_once(self.length)
    return np.concatenate(
      [
        asked(
          steps=steps[i : i + at_once],
          names=names[i : i + at_once],
          starts=starts[i : i + at_once],
        )[_NLL]
        for i in range(0, len(steps), at_once)
      ]
    )

  def window_starts(self, name: str, num_steps: int) -> list[int]:
    """Of a sequence.

    Raises:
      UserError: it is shorter than a window.
    """
    run = self._run
    found = tiling.starts(num_steps, run.num_inputs, run.num_targets)
    if not found:
      raise errors.UserError(
        f"{name} has {num_steps} steps; a window of {run.called} has "
        f"{self.length} ({run.num_inputs} given, {run.num_targets} scored)"
      )
    return found

  def sequence(self, name: str, steps: np.ndarray) -> np.ndarray:
    """NLL [time] of a sequence [time, ...]; NaN where it has none.

    Raises:
      UserError: it is shorter than a window.
    """
    starts = self.window_starts(name, len(steps))
    nll = self.windows(
      tiling.cut(steps, starts, self.length), *labels(name, starts)
    )
    return tiling.per_step(nll, starts, self.length, len(steps))

  def _of_data(self) -> question.Question:
    return self._run.question("score", lambda: self._build(None))

  def _of_samples(self) -> question.Question:
    return self._run.question(
      "score samples", lambda: self._build(mid_noise.MidNoise)
    )

  def _build(self, noise_cls: Any) -> tuple[question.Tensors, question.Tensors]:
    run = self._run
    feeds = dict(
      steps=run.placeholder(self.length),
      names=tf.placeholder(tf.string, [None]),
      starts=tf.placeholder(tf.int32, [None]),
    )
    features = {
      "inputs": feeds["steps"][:, : run.num_inputs],
      "targets": feeds["steps"][:, run.num_inputs :],
      windows.SEQUENCE_ID: feeds["names"],
      windows.START: feeds["starts"],
    }
    noise = noise_cls and noise_cls(noise_lib.window_keys(features))
    with run.built() as model:
      nll = model.scored(features, noise).nll
      self._fields = model.record_fields()
    return feeds, {_NLL: nll}


def labels(name: str, starts: Any) -> tuple[np.ndarray, np.ndarray]:
  """Names and starts of windows of one sequence, as `Scorer.windows` takes."""
  return np.array([name.encode()] * len(starts)), np.asarray(starts, np.int32)
