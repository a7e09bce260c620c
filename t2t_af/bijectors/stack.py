"""Hierarchical chains of flows (Eq. 9)."""

from collections.abc import Sequence
from typing import Any, Callable, NamedTuple, Optional, Union

import tensorflow.compat.v1 as tf
from tensorflow_probability import bijectors as tfb

from t2t_af import time_axis
from t2t_af.bijectors import autoregressive


class Inverses(NamedTuple):
  ys: list[tf.Tensor]  # y^1 ... y^M, each as x
  log_det_per_step: tf.Tensor  # [batch, time], nats, of all together
  log_scale: Optional[tf.Tensor]  # as x, of all together, where asked for


class Stack(tfb.Bijector):
  """M flows on top of each other: `y^m = transforms[m - 1].inverse(y^(m-1))`.

  y^0 is x and y^M is y; the transform nearest x comes first. Where the first
  steps of a transform pass unchanged, the next one starts after them
  (`start=below.num_unscored`), so that none of them conditions on steps that
  are data where others are noise.

  To forecast after a context: `y = stack.inverse(x)` of the context, at least
  num_unscored steps; then `stack.forward(concat([y, noise], 1))` begins with
  the same x. Every transform loops over time once, one call per step.

  Shapes: x, y: [batch, time, ...] with `event_rank` axes after batch.
  Units: log-determinants are nats, summed over everything but batch.

  Args:
    transforms: `AutoregressiveFlow`s, `TemporalDifference`s or `Stack`s; none
      make the identity.
    event_rank: number of axes after batch: 4 for video, 2 for series.

  Attributes:
    transforms: as given.
    num_unscored: number of first steps that are not transformed by all.
  """

  def __init__(
    self,
    transforms: Sequence[tfb.Bijector],
    event_rank: int = 4,
    name: str = "stack",
  ) -> None:
    self.transforms = tuple(transforms)
    self.num_unscored = max([t.num_unscored for t in transforms], default=0)
    super().__init__(forward_min_event_ndims=event_rank, name=name)

  def inverses(self, x: tf.Tensor, with_scale: bool = False) -> Inverses:
    """What every transform makes of x.

    Args:
      x: [batch, time, ...].
      with_scale: whether log_scale is wanted, of affine transforms and splines
        (of these without the slope).
    """
    y, ys, total = x, [], tf.zeros(tf.shape(x)[:2], x.dtype)
    log_scale = tf.zeros_like(x) if with_scale else None
    for transform in self.transforms:
      if with_scale:
        y, log_det_per_step, of_one = transform.inverse_and_scale(y)
        log_scale += of_one
      else:
        y, log_det_per_step = transform.inverse_and_log_det(y)
      ys.append(y)
      total += log_det_per_step
    return Inverses(ys, total, log_scale)

  def inverse_and_log_det(
    self, x: tf.Tensor
  ) -> autoregressive.InverseAndLogDet:
    """y^M, and the log-determinants of all transforms added up per step."""
    ys, log_det_per_step, _ = self.inverses(x)
    return autoregressive.InverseAndLogDet([x, *ys][-1], log_det_per_step)

  def extend(
    self,
    levels: Sequence[tf.Tensor],
    draw: Callable[[tf.Tensor, Any], tf.Tensor],
    elements: Any,
  ) -> tf.Tensor:
    """x of the steps after a context, all transforms step by step together.

    For a y that depends on how far the flow scales it, which only the x before
    it tell: then no transform can run ahead of the others, as in `forward`.

    Args:
      levels: x and what each transform but the last makes of it, [batch,
        steps, ...]; steps are static, and enough for every transform's window
        unless it has `initial` parameters.
      draw: (log-scale of all transforms together at step t [batch, ...], the
        elements of t) to y[t] [batch, ...].
      elements: nest of [batch, time, ...], time static.

    Returns:
      [batch, time, ...].
    """
    num_known = levels[0].shape.as_list()[1]
    of_steps = tf.nest.map_structure(time_axis.swap, elements)
    num_steps = tf.nest.flatten(of_steps)[0].shape.as_list()[0]
    windows = [
      _last_steps(level, transform.num_cond_steps)
      for level, transform in zip(levels, self.transforms)
    ]

    def step(
      windows: list[tf.Tensor], of_step: Any, num_known: Optional[int] = None
    ) -> list[tf.Tensor]:
      return self._step(windows, of_step, draw, num_known)

    with_windows = max(t.first_with_window for t in self.transforms)
    num_first = min(max(0, with_windows - num_known), num_steps)
    xs = []
    for t in range(num_first):
      windows = step(windows, _parts(of_steps, t), num_known + t)
      xs.append(windows[0][:, -1:])
    if num_first < num_steps:
      after = tf.scan(step, _parts(of_steps, slice(num_first, None)), windows)
      xs.append(time_axis.swap(after[0][:, :, -1]))
    return tf.concat(xs, axis=1)

  def _step(
    self,
    windows: Sequence[tf.Tensor],
    of_step: Any,
    draw: Callable[[tf.Tensor, Any], tf.Tensor],
    num_known: Optional[int],
  ) -> list[tf.Tensor]:
    """The windows of all transforms, one step on."""
    parameters = [
      transform.next_parameters(window, num_known)
      for transform, window in zip(self.transforms, windows)
    ]
    log_scale = tf.zeros_like(windows[0][:, 0])
    for of_one in parameters:
      if of_one[1] is not None:
        log_scale += of_one[1]
    values = [draw(log_scale, of_step)]
    for transform, of_one in reversed(list(zip(self.transforms, parameters))):
      values.append(transform.element_forward(values[-1], *of_one))
    return [
      time_axis.slide(window, value)
      for window, value in zip(windows, reversed(values))
    ]

  def _inverse(self, x: tf.Tensor) -> tf.Tensor:
    return self.inverse_and_log_det(x).y

  def _inverse_log_det_jacobian(self, x: tf.Tensor) -> tf.Tensor:
    return tf.reduce_sum(self.inverse_and_log_det(x).log_det_per_step, axis=1)

  def _forward(self, y: tf.Tensor) -> tf.Tensor:
    x = y
    for transform in reversed(self.transforms):
      x = transform.forward(x)
    return x


def _last_steps(x: tf.Tensor, count: int) -> tf.Tensor:
  """The last `count` steps of [batch, time, ...], zeros before."""
  missing = count - x.shape.as_list()[1]
  if missing > 0:
    x = tf.pad(x, [[0, 0], [missing, 0]] + [[0, 0]] * (x.shape.rank - 2))
  return x[:, -count:]


def _parts(elements: Any, which: Union[int, slice]) -> Any:
  """Of every tensor of a nest the entries `which` of its first axis."""
  return tf.nest.map_structure(lambda element: element[which], elements)
