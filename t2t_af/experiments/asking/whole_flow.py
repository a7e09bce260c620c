"""The flows of a run on whole sequences: data to noise and back.

Of `autoregressive_flow` and of `slvm` with a data flow.
"""

from typing import NamedTuple, Optional

import numpy as np
import tensorflow.compat.v1 as tf

from t2t_af import errors
from t2t_af.bijectors import affine
from t2t_af.experiments.asking import asked_run
from t2t_af.experiments.asking import digest
from t2t_af.experiments.asking import mid_noise
from t2t_af.experiments.asking import question
from t2t_af.models import data_space

# Of noise to data, where its scale has a floor.
_STEPS_AT_ONCE = 256


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
        f"{run.called} has no flow of the data (model "
        f"{run.model_name}): there is no noise to send it to"
      )
    if kind == "affine_af" and hparams.flow_transform != "affine":
      raise errors.UserError(
        f"{run.called} has flow_transform={hparams.flow_transform}, which "
        "has no shift and scale; transform is for affine flows"
      )
    window = 1 if kind == "difference" else hparams.num_cond_steps
    self.reach = hparams.num_transforms * window
    is_kept = kind == "difference" or hparams.first_steps == "skip"
    self.num_unscored = self.reach if is_kept else 0
    self._is_floored = _is_floored(run)

  def transform(self, steps: np.ndarray) -> Transformed:
    """Of steps [time, ...] as the model is given them, in one pass.

    Raises:
      UserError: there are no more steps than a transformed one needs before it.
    """
    self._check_length(steps)
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
    """x [time, ...] of noise, step by step; raises as `transform`."""
    self._check_length(y)
    y = y.astype(np.float32)
    if not self._is_floored:
      return self._forward(y, None)
    x = self._forward(y[: self.num_unscored], self.num_unscored)
    for start in range(len(x), len(y), _STEPS_AT_ONCE):
      x = np.concatenate([x, self._extended(x, y[start:])])
    return x

  def digest(self) -> str:
    """Which flow it is (`digest.of_flow`)."""
    return digest.of_flow(
      self._run, self._run.question("transform", self.build)
    )

  def _check_length(self, x: np.ndarray) -> None:
    if len(x) <= self.reach:
      raise errors.UserError(
        f"{len(x)} steps are too few: the flow conditions on {self.reach}"
      )

  def _forward(self, y: np.ndarray, num_steps: Optional[int]) -> np.ndarray:
    """Of a flow without a floor of its scale; or of steps without noise.

    Args:
      y: noise.
      num_steps: of y, where these are to be static; none are as they are.
    """
    if num_steps == 0:
      return y
    asked = self._run.question(
      ("inverse", num_steps), lambda: self._build_inverse(num_steps)
    )
    return asked(y=y[np.newaxis])["x"][0]

  def _extended(self, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """The next x, at most _STEPS_AT_ONCE; y: the noise of all that follow."""
    y = y[:_STEPS_AT_ONCE]
    missing = [(0, _STEPS_AT_ONCE - len(y))] + [(0, 0)] * (y.ndim - 1)
    context = x[max(0, len(x) - self.reach) :]
    asked = self._run.question(
      ("extend", len(context)), lambda: self._build_extend(len(context))
    )
    made = asked(context=context[np.newaxis], y=np.pad(y, missing)[np.newaxis])
    return made["x"][0, : len(y)]

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
      wider = model.noise_log_scale(total.log_scale)
      if wider is not None:
        wider = _at_end(wider[:, self.num_unscored :], y)
        y *= tf.exp(-wider)
        total = total._replace(log_scale=total.log_scale + wider)
    tensors = dict(y=y, shift=total.shift, log_scale=total.log_scale)
    return dict(steps=steps), tensors

  def _build_inverse(
    self, num_steps: Optional[int]
  ) -> tuple[question.Tensors, question.Tensors]:
    y = tf.placeholder(tf.float32, [None, num_steps, *self._run.step_shape])
    with self._run.built() as model:
      model.check_input(self._run.step_shape)
      x = model.flow().forward(y)
    return dict(y=y), dict(x=x)

  def _build_extend(
    self, num_known: int
  ) -> tuple[question.Tensors, question.Tensors]:
    """x after a context, where noise is scaled by what the floor allows."""
    shape = self._run.step_shape
    feeds = dict(
      context=tf.placeholder(tf.float32, [1, num_known, *shape]),
      y=tf.placeholder(tf.float32, [1, _STEPS_AT_ONCE, *shape]),
    )
    with self._run.built() as model:
      model.check_input(shape)
      flow = model.flow()
      levels = [feeds["context"], *flow.inverses(feeds["context"]).ys]
      x = flow.extend(
        levels[:-1],
        lambda log_scale, y_t: y_t * tf.exp(model.noise_log_scale(log_scale)),
        feeds["y"],
      )
    return feeds, dict(x=x)


def _is_floored(run: asked_run.AskedRun) -> bool:
  """Whether the scale of noise has a floor (`DataSpaceModel.scale_floor`)."""
  with tf.Graph().as_default(), run.built() as model:
    model.check_input(run.step_shape)
    return model.noise_log_scale(tf.zeros([1])) is not None


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
