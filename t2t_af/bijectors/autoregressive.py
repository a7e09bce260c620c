"""What all flows across time share: one parallel pass back, a loop ahead."""

import abc
from collections.abc import Sequence
from typing import Callable, NamedTuple, Optional

import tensorflow.compat.v1 as tf
import tensorflow_probability as tfp

from t2t_af import time_axis

tfb = tfp.bijectors

Maps = tuple[Optional[tf.Tensor], ...]
Conditioner = Callable[[tf.Tensor], Maps]


class InverseAndLogDet(NamedTuple):
  y: tf.Tensor  # as x
  log_det_per_step: tf.Tensor  # [batch, time], nats; 0 where not transformed


class ShiftAndLogScale(NamedTuple):
  """Of the steps from num_unscored on, [batch, time - num_unscored, ...]."""

  shift: tf.Tensor
  log_scale: tf.Tensor


def from_window_fn(window_fn: Conditioner, num_cond_steps: int) -> Conditioner:
  """A conditioner out of a network that knows one window at a time.

  Args:
    window_fn: [batch, num_cond_steps, ...] to maps [batch, ...] or None.
    num_cond_steps: length of a window.

  Returns:
    A conditioner as `AutoregressiveFlow` takes it; all windows of all
    sequences go through window_fn as one batch.
  """

  def conditioner(x):
    num_windows = time_axis.length(x) - num_cond_steps + 1
    return tuple(
      None if map_ is None else time_axis.unfold(map_, x, num_windows)
      for map_ in window_fn(time_axis.windows(x, num_cond_steps))
    )

  return conditioner


class AutoregressiveFlow(tfb.Bijector):
  """Step t is transformed element by element, given the steps before it.

  `x[t] = f(y[t]; maps[t])`, where the maps of step t are functions of
  `x[t - num_cond_steps : t]` alone. `inverse` (data -> noise) calls the
  conditioner once, on all steps; `forward` (noise -> data) is a loop with one
  call per step, on one window, and the graph does not grow with the steps.

  Steps before `start` are no data of this flow (in a stack: what the flows
  below left as it was). They pass unchanged and no window holds one of them.
  The num_cond_steps steps from `start` on have no full window:
    skip: `initial` is None; they pass unchanged, log-determinant 0.
    initial: they are transformed with the maps `initial`, so that the whole
      sequence has an exact likelihood.

  Not validated: that the conditioner uses nothing but its window. A
  conditioner that normalises over the batch (batch norm in training) mixes
  sequences: then `inverse` still is what training needs, but `forward` does
  not undo it.

  Shapes: x, y: [batch, time, ...] with `event_rank` axes after batch; time may
    be dynamic, and is then at least start + num_cond_steps.
  Units: log-determinants are nats, summed over everything but batch (Eq. 7).

  Args:
    conditioner: [batch, s, ...] with s >= num_cond_steps, static or not, to
      maps [batch, s - num_cond_steps + 1, ...]; entry j is a function of
      x[:, j : j + num_cond_steps] and belongs to the step after these. A map
      may be None where the subclass says so.
    num_cond_steps: length of the window, at least 1.
    event_rank: number of axes after batch: 4 for video, 2 for series.
    start: first step that this flow transforms or conditions on.
    initial: maps of one step, without the axes of batch and time.

  Attributes:
    num_unscored: number of first steps that pass unchanged: start +
      num_cond_steps with skip, start with initial.

  Raises:
    ValueError: num_cond_steps below 1 or start below 0; in `inverse` and
      `forward`: fewer than num_unscored steps.
  """

  def __init__(
    self,
    conditioner: Conditioner,
    num_cond_steps: int,
    event_rank: int = 4,
    start: int = 0,
    initial: Optional[Sequence[Optional[tf.Tensor]]] = None,
    name: str = "autoregressive_flow",
  ):
    if num_cond_steps < 1:
      raise ValueError(
        "num_cond_steps must be at least 1, got %d" % num_cond_steps
      )
    if start < 0:
      raise ValueError("start must be at least 0, got %d" % start)
    self._conditioner = conditioner
    self._start = start
    self._initial = initial if initial is None else tuple(initial)
    self.num_cond_steps = num_cond_steps
    self.num_unscored = start + (num_cond_steps if initial is None else 0)
    super().__init__(forward_min_event_ndims=event_rank, name=name)

  @abc.abstractmethod
  def to_data(self, y: tf.Tensor, *maps) -> tf.Tensor:
    """x of noise, given maps that broadcast against it."""

  @abc.abstractmethod
  def to_noise(self, x: tf.Tensor, *maps):
    """(y, log |dy / dx| element by element or None for 0), given maps."""

  def inverse_and_log_det(self, x: tf.Tensor) -> InverseAndLogDet:
    """y and the log-determinant of dy/dx per step, in one conditioner call."""
    first = self._first_with_window(x)
    unchanged = x[:, : self.num_unscored]
    ys, log_dets = [unchanged], [tf.zeros(tf.shape(unchanged)[:2], x.dtype)]
    for part, maps in self._parts(x, first):
      y, log_det = self.to_noise(part, *maps)
      ys.append(y)
      log_dets.append(
        tf.zeros(tf.shape(part)[:2], x.dtype)
        if log_det is None
        else _sum_of_step(log_det, part)
      )
    return InverseAndLogDet(tf.concat(ys, axis=1), tf.concat(log_dets, axis=1))

  def shift_and_log_scale(self, x: tf.Tensor) -> ShiftAndLogScale:
    """The first two maps of every step that is transformed.

    Args:
      x: [batch, time, ...], with more than num_unscored steps.
    """
    found = [
      [
        tf.zeros_like(part) + (0.0 if map_ is None else map_)
        for map_ in maps[:2]
      ]
      for part, maps in self._parts(x, self._first_with_window(x))
    ]
    return ShiftAndLogScale(*[tf.concat(maps, axis=1) for maps in zip(*found)])

  def step(self, y_t: tf.Tensor, window: tf.Tensor) -> tf.Tensor:
    """x of one step (Eq. 4).

    Args:
      y_t: [batch, ...].
      window: the num_cond_steps x before it, [batch, num_cond_steps, ...].
    """
    return self.to_data(y_t, *self._maps_of(window))

  def inverse_step(self, x_t: tf.Tensor, window: tf.Tensor) -> tf.Tensor:
    """y of one step (Eq. 5); arguments as `step`."""
    return self.to_noise(x_t, *self._maps_of(window))[0]

  def _maps_of(self, window):
    return [
      None if map_ is None else map_[:, 0] for map_ in self._conditioner(window)
    ]

  def _parts(self, x, first):
    """(steps of x, their maps): without a window, and with one."""
    if self._initial is not None:
      yield x[:, self._start : first], self._initial_maps()
    if x.shape.as_list()[1] != first:
      yield x[:, first:], self._conditioner(x[:, self._start : -1])

  def _initial_maps(self):
    return [
      None if map_ is None else map_[tf.newaxis, tf.newaxis]
      for map_ in self._initial
    ]

  def _first_with_window(self, x):
    """The first step that has a full window, if x has one; else its length."""
    num_steps = x.shape.as_list()[1]
    if num_steps is not None and num_steps < self.num_unscored:
      raise ValueError(
        "%s needs at least %d steps, got %d"
        % (self.name, self.num_unscored, num_steps)
      )
    first = self._start + self.num_cond_steps
    return first if num_steps is None else min(first, num_steps)

  def _inverse(self, x):
    return self.inverse_and_log_det(x).y

  def _inverse_log_det_jacobian(self, x):
    return tf.reduce_sum(self.inverse_and_log_det(x).log_det_per_step, axis=1)

  def _forward(self, y):
    """The loop keeps the window alone, so a step costs the same at any t."""
    first = self._first_with_window(y)
    head = y[:, :first]
    if self._initial is not None:
      head = tf.concat(
        [
          y[:, : self._start],
          self.to_data(y[:, self._start : first], *self._initial_maps()),
        ],
        axis=1,
      )
    if y.shape.as_list()[1] == first:
      return head
    x = tf.concat(
      [head, self._loop(y[:, first:], head[:, self._start :])], axis=1
    )
    x.set_shape(y.shape)
    return x

  def _loop(self, y, window):
    """x of y [batch, time, ...]; window: x of the steps before."""
    axes = [1, 0] + list(range(2, y.shape.rank))
    noise = tf.transpose(y, axes)
    num_steps = time_axis.length(y)
    data = tf.TensorArray(y.dtype, num_steps, element_shape=noise.shape[1:])

    def body(t, window, data):
      x_t = self.step(noise[t], window)
      window = tf.concat([window[:, 1:], x_t[:, tf.newaxis]], axis=1)
      return t + 1, window, data.write(t, x_t)

    _, _, data = tf.while_loop(
      lambda t, *_: t < num_steps,
      body,
      (0, window, data),
      shape_invariants=(tf.TensorShape([]), window.shape, tf.TensorShape(None)),
    )
    return tf.transpose(data.stack(), axes)


def _sum_of_step(log_det, like):
  """Sum over the axes of a step, [batch, time]; broadcasts to `like`."""
  return tf.reduce_sum(
    tf.broadcast_to(log_det, tf.shape(like)),
    axis=list(range(2, like.shape.rank)),
  )
