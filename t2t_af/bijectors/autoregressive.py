"""What all flows across time share: one parallel pass back, a loop ahead."""

import abc
from collections.abc import Iterator, Sequence
from typing import NamedTuple, Optional

import tensorflow.compat.v1 as tf
from tensorflow_probability import bijectors as tfb

from t2t_af import time_axis
from t2t_af.bijectors import affine
from t2t_af.bijectors import conditioners


class InverseAndLogDet(NamedTuple):
  y: tf.Tensor  # as x
  log_det_per_step: tf.Tensor  # [batch, time], nats; 0 where not transformed


class InverseAndScale(NamedTuple):
  y: tf.Tensor  # as x
  log_det_per_step: tf.Tensor  # as of InverseAndLogDet
  log_scale: tf.Tensor  # as x; 0 where not transformed


class ElementInverse(NamedTuple):
  y: tf.Tensor  # as x
  log_det: Optional[tf.Tensor]  # log |dy / dx| of every number; None for 0


def check_num_steps(x: tf.Tensor, flow: tfb.Bijector) -> Optional[int]:
  """Raises ValueError where x has fewer steps than the flow leaves unscored.

  Returns:
    The steps of x [batch, time, ...]; None where they are not static.
  """
  num_steps = x.shape.as_list()[1]
  if num_steps is not None and num_steps < flow.num_unscored:
    raise ValueError(
      "%s needs at least %d steps, got %d"
      % (flow.name, flow.num_unscored, num_steps)
    )
  return num_steps


class AutoregressiveFlow(tfb.Bijector):
  """Step t is transformed element by element, given the steps before it.

  `x[t] = f(y[t]; parameters[t])`, where the flow's parameters at step t are
  functions of `x[t - num_cond_steps : t]` alone. `inverse` (data -> noise)
  calls the conditioner once, on all steps; `forward` (noise -> data) is a loop
  with one call per step, on one window, and the graph does not grow with the
  steps.

  Steps before `start` are no data of this flow (in a stack: what the flows
  below left as it was). They pass unchanged and no window holds one of them.
  The num_cond_steps steps from `start` on have no full window:
    skip: `initial` is None; they pass unchanged, log-determinant 0.
    initial: they are transformed with the parameters `initial`, so that the
      whole sequence has an exact likelihood.

  Not validated: that the conditioner uses nothing but its window. A
  conditioner that normalises over the batch (batch norm in training) mixes
  sequences: then `inverse` still is what training needs, but `forward` does
  not undo it.

  Shapes: x, y: [batch, time, ...] with `event_rank` axes after batch; time may
    be dynamic, and is then at least start + num_cond_steps.
  Units: log-determinants are nats, summed over everything but batch (Eq. 7).

  Args:
    conditioner: [batch, s, ...] with s >= num_cond_steps, static or not, to
      parameters [batch, s - num_cond_steps + 1, ...]; entry j is a function of
      x[:, j : j + num_cond_steps] and belongs to the step after these. A
      parameter may be None where the subclass says so.
    num_cond_steps: length of the window, at least 1.
    event_rank: number of axes after batch: 4 for video, 2 for series.
    start: first step that this flow transforms or conditions on.
    initial: parameters of one step, without the axes of batch and time.

  Attributes:
    parameter_names: of the parameters, in their order.
    num_unscored: number of first steps that pass unchanged: start +
      num_cond_steps with skip, start with initial.
    first_with_window: first step that has a full window.

  Raises:
    ValueError: num_cond_steps below 1 or start below 0; in `inverse` and
      `forward`: fewer than num_unscored steps, or a conditioner that gives
      other parameters than these.
  """

  parameter_names: tuple[str, ...] = ("shift", "log_scale")

  def __init__(
    self,
    conditioner: conditioners.ParametersFn,
    num_cond_steps: int,
    event_rank: int = 4,
    start: int = 0,
    initial: Optional[Sequence[Optional[tf.Tensor]]] = None,
    name: Optional[str] = None,
  ) -> None:
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
    self.first_with_window = start + num_cond_steps
    self.num_unscored = start + (num_cond_steps if initial is None else 0)
    super().__init__(forward_min_event_ndims=event_rank, name=name)

  @abc.abstractmethod
  def element_forward(
    self, y: tf.Tensor, *parameters: Optional[tf.Tensor]
  ) -> tf.Tensor:
    """x of noise y, given the parameters of its steps (f above)."""

  @abc.abstractmethod
  def element_inverse(
    self, x: tf.Tensor, *parameters: Optional[tf.Tensor]
  ) -> ElementInverse:
    """Noise of data x, given the parameters of its steps."""

  def inverse_and_log_det(self, x: tf.Tensor) -> InverseAndLogDet:
    """y and the log-determinant of dy/dx per step, in one conditioner call."""
    return InverseAndLogDet(*self.inverse_and_scale(x)[:2])

  def inverse_and_scale(self, x: tf.Tensor) -> InverseAndScale:
    """As `inverse_and_log_det`, with the second parameter of every number."""
    first = self._first_with_window(x)
    unchanged = x[:, : self.num_unscored]
    ys, log_dets = [unchanged], [tf.zeros(tf.shape(unchanged)[:2], x.dtype)]
    log_scales = [tf.zeros_like(unchanged)]
    for part, parameters in self._parts(x, first):
      y, log_det = self.element_inverse(part, *parameters)
      ys.append(y)
      log_dets.append(
        tf.zeros(tf.shape(part)[:2], x.dtype)
        if log_det is None
        else _sum_of_step(log_det, part)
      )
      log_scales.append(_filled(parameters[1], part))
    return InverseAndScale(
      *[tf.concat(of_parts, axis=1) for of_parts in (ys, log_dets, log_scales)]
    )

  def shift_and_log_scale(self, x: tf.Tensor) -> affine.Affine:
    """The first two parameters of every step that is transformed.

    Args:
      x: [batch, time, ...], with more than num_unscored steps.

    Returns:
      Both [batch, time - num_unscored, ...].
    """
    by_part = [
      [_filled(parameter, part) for parameter in parameters[:2]]
      for part, parameters in self._parts(x, self._first_with_window(x))
    ]
    return affine.Affine(*[tf.concat(p, axis=1) for p in zip(*by_part)])

  def step(self, y_t: tf.Tensor, window: tf.Tensor) -> tf.Tensor:
    """x of one step (Eq. 4).

    Args:
      y_t: [batch, ...].
      window: the num_cond_steps x before it, [batch, num_cond_steps, ...].
    """
    return self.element_forward(y_t, *self.next_parameters(window))

  def next_parameters(
    self, window: tf.Tensor, num_known: Optional[int] = None
  ) -> conditioners.FlowParameters:
    """Those of the step after a window, each [batch, ...].

    Args:
      window: [batch, num_cond_steps, ...].
      num_known: how many steps of the sequence there are before it, where
        these may be too few for a window; then what is in it does not count.
    """
    has_window = num_known is None or num_known >= self.first_with_window
    parameters = (
      self._conditioned(window) if has_window else self._initial_parameters()
    )
    return tuple(None if p is None else p[:, 0] for p in parameters)

  def _conditioned(self, x: tf.Tensor) -> conditioners.FlowParameters:
    return conditioners.parameters(
      self._conditioner, x, self.num_cond_steps, self.parameter_names
    )

  def _parts(
    self, x: tf.Tensor, first: int
  ) -> Iterator[tuple[tf.Tensor, conditioners.FlowParameters]]:
    """(steps of x, their parameters): without a window, and with one."""
    if self._initial is not None:
      yield x[:, self._start : first], self._initial_parameters()
    if x.shape.as_list()[1] != first:
      yield x[:, first:], self._conditioned(x[:, self._start : -1])

  def _initial_parameters(self) -> conditioners.FlowParameters:
    return tuple(
      None if p is None else p[tf.newaxis, tf.newaxis]
      for p in self._initial or ()
    )

  def _first_with_window(self, x: tf.Tensor) -> int:
    """The first step that has a full window, if x has one; else its length."""
    num_steps = check_num_steps(x, self)
    first = self.first_with_window
    return first if num_steps is None else min(first, num_steps)

  def _inverse(self, x: tf.Tensor) -> tf.Tensor:
    return self.inverse_and_log_det(x).y

  def _inverse_log_det_jacobian(self, x: tf.Tensor) -> tf.Tensor:
    return tf.reduce_sum(self.inverse_and_log_det(x).log_det_per_step, axis=1)

  def _forward(self, y: tf.Tensor) -> tf.Tensor:
    """The loop keeps the window alone, so a step costs the same at any t."""
    first = self._first_with_window(y)
    head = y[:, :first]
    if self._initial is not None:
      head = tf.concat(
        [
          y[:, : self._start],
          self.element_forward(
            y[:, self._start : first], *self._initial_parameters()
          ),
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

  def _loop(self, y: tf.Tensor, window: tf.Tensor) -> tf.Tensor:
    """x of y [batch, time, ...]; window: x of the steps before."""
    noise = time_axis.swap(y)
    num_steps = time_axis.length(y)
    data = tf.TensorArray(y.dtype, num_steps, element_shape=noise.shape[1:])

    def body(
      t: tf.Tensor, window: tf.Tensor, data: tf.TensorArray
    ) -> tuple[tf.Tensor, tf.Tensor, tf.TensorArray]:
      x_t = self.step(noise[t], window)
      return t + 1, time_axis.slide(window, x_t), data.write(t, x_t)

    _, _, data = tf.while_loop(
      lambda t, *_: t < num_steps,
      body,
      (0, window, data),
      shape_invariants=(tf.TensorShape([]), window.shape, tf.TensorShape(None)),
    )
    return time_axis.swap(data.stack())


def _filled(parameter: Optional[tf.Tensor], like: tf.Tensor) -> tf.Tensor:
  """A parameter, shaped as `like`; None stands for 0."""
  return tf.zeros_like(like) + (0.0 if parameter is None else parameter)


def _sum_of_step(log_det: tf.Tensor, like: tf.Tensor) -> tf.Tensor:
  """Sum over the axes of a step, [batch, time]; broadcasts to `like`."""
  return tf.reduce_sum(
    tf.broadcast_to(log_det, tf.shape(like)),
    axis=list(range(2, like.shape.rank)),
  )
