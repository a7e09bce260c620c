"""Futures of contexts under a run."""

from typing import Optional

import numpy as np
import tensorflow.compat.v1 as tf

from t2t_af.experiments.asking import asked_run
from t2t_af.experiments.asking import question


class Sampler:
  """Draws futures of so many steps.

  Of the same seed, sampler and calls the futures are the same, whatever the
  run was asked before.

  Args:
    run: the model.
    num_steps: of a future, however long those were that it was trained on.
    num_samples: futures of a context.
    seed: of the draws; None: others each time.
  """

  def __init__(
    self,
    run: asked_run.AskedRun,
    num_steps: int,
    num_samples: int,
    seed: Optional[int] = 0,
  ) -> None:
    self._run, self._num_steps, self._seed = run, num_steps, seed
    self._num_samples = num_samples
    self._asked: Optional[question.Question] = None
    # All samples of some contexts, or some samples of one: they fill memory.
    fitting = run.at_once(run.num_inputs + num_steps)
    self._samples_at_once = min(num_samples, fitting)
    self.contexts_at_once = max(1, fitting // num_samples)

  def futures(self, contexts: np.ndarray) -> np.ndarray:
    """[contexts, num_samples, num_steps, ...] of contexts [n, steps, ...].

    The end of a context counts. All are as the data are: uint8 levels, or a
    standardised float32 series.
    """
    if self._asked is None:
      self._asked = self._run.question(
        ("futures", self._num_steps, self._samples_at_once, self._seed),
        self._build,
        seed=self._seed,
      )
      if self._seed is not None:
        self._asked.restart()
    asked = self._asked
    given = contexts[:, contexts.shape[1] - self._run.num_inputs :]
    at_once = self.contexts_at_once
    return np.concatenate(
      [
        self._of_some(asked, given[i : i + at_once])
        for i in range(0, len(given), at_once)
      ]
    )

  def _of_some(self, asked: question.Question, given: np.ndarray) -> np.ndarray:
    calls = -(-self._num_samples // self._samples_at_once)
    drawn = [asked(inputs=given)["outputs"] for _ in range(calls)]
    return np.concatenate(drawn, axis=1)[:, : self._num_samples]

  def _build(self) -> tuple[question.Tensors, question.Tensors]:
    run = self._run
    inputs = run.placeholder(run.num_inputs)
    with run.built(
      tf.estimator.ModeKeys.PREDICT,
      num_decodes=self._samples_at_once,
      video_num_target_frames=self._num_steps,
    ) as model:
      outputs = model.futures({"inputs": inputs})
    return dict(inputs=inputs), dict(outputs=outputs)
