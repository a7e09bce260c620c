"""Futures of contexts under a run."""

from typing import Optional

import numpy as np
import tensorflow.compat.v1 as tf

from t2t_af.experiments.asking import asked_run
from t2t_af.experiments.asking import question


class Sampler:
  """Draws futures of so many steps.

  The same seed and the same calls in the same order give the same futures.

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
    length = run.num_inputs + num_steps
    # Of one context at a time: many samples can fill the memory.
    self._at_once = min(num_samples, run.at_once(length))

  def futures(self, context: np.ndarray) -> np.ndarray:
    """[num_samples, num_steps, ...]; context: [steps, ...], its end counts.

    Both as the data are: uint8 levels, or a standardised float32 series.
    """
    asked = self._run.question(
      ("futures", self._num_steps, self._at_once, self._seed),
      self._build,
      seed=self._seed,
    )
    given = context[np.newaxis, len(context) - self._run.num_inputs :]
    calls = -(-self._num_samples // self._at_once)
    drawn = [asked(inputs=given)["outputs"][0] for _ in range(calls)]
    return np.concatenate(drawn)[: self._num_samples]

  def _build(self) -> tuple[question.Tensors, question.Tensors]:
    run = self._run
    inputs = run.placeholder(run.num_inputs)
    with run.built(
      tf.estimator.ModeKeys.PREDICT,
      num_decodes=self._at_once,
      video_num_target_frames=self._num_steps,
    ) as model:
      outputs = model.futures({"inputs": inputs})
    return dict(inputs=inputs), dict(outputs=outputs)
