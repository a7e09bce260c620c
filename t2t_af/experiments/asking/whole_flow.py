"""The flows of a run on whole sequences: data to noise and back.

Of `autoregressive_flow` and of `slvm` with a data flow.
"""

from typing import NamedTuple

import numpy as np
import tensorflow.compat.v1 as tf

from t2t_af import errors
from t2t_af.bijectors import affine
from t2t_af.experiments.asking import asked_run
from t2t_af.experiments.asking import mid_noise
from t2t_af.experiments.asking import question
from t2t_af.models import data_space


class Transformed(NamedTuple):
  """x = shift + exp(log_scale) * y, each as x [time, ...].

  A transform leaves its first steps as they are: shift 0, log_scale 0.
  """

  y: np.ndarray
  shift: np.ndarray
  log_scale: np.ndarray


class WholeFlow:
  """All transforms of a run together, on x [time, ...] as the model sees it.

  No noise is added to x: a level of video is taken at its middle.

  Attributes:
    num_unscored: first steps that some transforms leave as they are, or all.
    reach: a step's noise follows from so many steps before it and no others.

  Raises:
    UserError: the run has no flow of the data, or one that is not affine.
  """

  def __init__(self, run: asked_run.AskedRun) -> None:
    self._run = run
    hparams = run.hparams
    kind = getattr(hparams, "data_flow", "none")
    if kind == "none":
      raise errors.UserError(
        f"{run.output_dir} has no flow of the data (model "
        f"{run.model_name}): there is no noise to send it to"
      )
    if kind == "affine_af" and hparams.flow_transform != "affine":
      raise errors.UserError(
        f"{run.output_dir} has flow_transform={hparams.flow_transform}, which "
        "has no shift and scale; transform is for affine flows"
      )
    window = 1 if kind == "difference" else hparams.num_cond_steps
    self.reach = hparams.num_transforms * window
    is_kept = kind == "difference" or hparams.first_steps == "skip"
    self.num_unscored = self.reach if is_kept else 0

  def transform(self, steps: np.ndarray) -> Transformed:
    """Of steps [time, ...] as the model is given them, in one pass.

    Raises:
      UserError: there are no more steps than are kept.
    """
    if len(steps) <= self.num_unscored:
      raise errors.UserError(
        f"{len(steps)} steps are too few: the flow leaves the first "
        f"{self.num_unscored} as they are"
      )
    asked = self._run.question("transform", self.build)
    at_once = self._run.at_once(1) + self.reach
    parts = []
    for start in range(0, len(steps), at_once):
      before = min(start, self.reach)
      made = asked(steps=steps[np.newaxis, start - before : start + at_once])
      parts.append({name: v[0, before:] for name, v in made.items()})
    return Transformed(
      *(
        np.concatenate([p[name] for p in parts]) for name in Transformed._fields
      )
    )

  def inverse(self, y: np.ndarray) -> np.ndarray:
    """x [time, ...] of noise, step by step."""
    asked = self._run.question("inverse", self._build_inverse)
    return asked(y=y[np.newaxis].astype(np.float32))["x"][0]

  def build(self) -> tuple[question.Tensors, question.Tensors]:
    """The graph of `transform`: steps to what `Transformed` has."""
    steps = self._run.placeholder(None)
    with self._run.built() as model:
      x = _x(model, steps, self._run.step_shape)
      flow = model.flow()
      y, total = x, affine.Affine(tf.zeros_like(x), tf.zeros_like(x))
      for transform in flow.transforms:
        shift, log_scale = transform.shift_and_log_scale(y)
        total = total.after(
          affine.Affine(*(_at_end(p, y) for p in (shift, log_scale)))
        )
        y = transform.inverse_and_log_det(y).y
    tensors = Transformed(y, *total)
    return dict(steps=steps), tensors._asdict()

  def _build_inverse(self) -> tuple[question.Tensors, question.Tensors]:
    y = tf.placeholder(tf.float32, [None, None, *self._run.step_shape])
    with self._run.built() as model:
      model.check_input(self._run.step_shape)
      x = model.flow().forward(y)
    return dict(y=y), dict(x=x)


def _x(
  model: data_space.DataSpaceModel, steps: tf.Tensor, step_shape: tuple
) -> tf.Tensor:
  """What the flow transforms, of steps as the data are."""
  model.check_input(step_shape)
  levels = model.bottom({"inputs": steps})["inputs"]
  noise = mid_noise.MidNoise(tf.zeros([tf.shape(steps)[0]], tf.int32))
  return model.observation.to_x(levels, noise)


def _at_end(parameter: tf.Tensor, like: tf.Tensor) -> tf.Tensor:
  """As `like`, with zeros at the steps before those of the parameter."""
  missing = tf.shape(like)[1] - tf.shape(parameter)[1]
  before = tf.zeros_like(like)[:, :missing]
  return tf.concat([before, parameter], axis=1)
