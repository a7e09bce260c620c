"""What gives a flow its parameters: any callable, and what it must give."""

from collections.abc import Sequence
from typing import Any, Callable, Optional

import tensorflow.compat.v1 as tf

from t2t_af import time_axis

# Of some steps, e.g. (shift, log_scale); what None stands for, the flow says.
FlowParameters = tuple[Optional[tf.Tensor], ...]
ParametersFn = Callable[[tf.Tensor], FlowParameters]


class WindowConditioner(tf.Module):
  """A conditioner out of a network that knows one window at a time.

  All windows of all sequences go through the network as one batch.

  Args:
    window_fn: [batch, num_cond_steps, ...] to the parameters of the step after
      it, each [batch, ...] or None; a `tf.Module`, such as a Keras model, or
      any callable.
    num_cond_steps: length of a window.
  """

  def __init__(self, window_fn: ParametersFn, num_cond_steps: int) -> None:
    super().__init__()
    self._window_fn = window_fn
    self.num_cond_steps = num_cond_steps

  def __call__(self, x: tf.Tensor) -> FlowParameters:
    """Parameters [batch, s - num_cond_steps + 1, ...] of x [batch, s, ...]."""
    num_windows = time_axis.length(x) - self.num_cond_steps + 1
    given = self._window_fn(time_axis.windows(x, self.num_cond_steps))
    if not isinstance(given, (tuple, list)):
      return given  # which `parameters` says of
    return tuple(
      None if p is None else time_axis.unfold(p, x, num_windows) for p in given
    )


def parameters(
  conditioner: ParametersFn,
  x: tf.Tensor,
  num_cond_steps: int,
  names: Sequence[str],
) -> FlowParameters:
  """What the conditioner gives for x, once it is what a flow needs.

  Args:
    conditioner: as `AutoregressiveFlow`'s.
    x: [batch, s, ...] with s >= num_cond_steps.
    num_cond_steps: length of a window.
    names: of the parameters; the first two are of the shape of x's steps, or
      broadcast to it.

  Raises:
    ValueError: not so many parameters; a dtype, a number of steps or the shape
      of a step that does not fit x.
  """
  given = conditioner(x)
  wanted = "(" + ", ".join(names) + ")"
  if not isinstance(given, (tuple, list)):
    raise ValueError(
      f"the conditioner must give a tuple {wanted}, and gave {_kind(given)}"
    )
  if len(given) != len(names):
    raise ValueError(
      f"the conditioner must give {wanted}, and gave {len(given)} parameters"
    )
  steps = x.shape.as_list()[1]
  num_windows = None if steps is None else steps - num_cond_steps + 1
  for name, parameter in zip(names, given):
    if parameter is not None:
      _check(name, parameter, x, num_windows, of_a_step=name in names[:2])
  return tuple(given)


def _check(
  name: str,
  parameter: Any,
  x: tf.Tensor,
  num_windows: Optional[int],
  of_a_step: bool,
) -> None:
  if not tf.is_tensor(parameter) or parameter.dtype != x.dtype:
    raise ValueError(
      f"{name} of the conditioner must be a tensor of {x.dtype.name}, as x is, "
      f"not {_kind(parameter)}"
    )
  shape = parameter.shape.as_list()
  if len(shape) != x.shape.rank or shape[1] not in (None, 1, num_windows):
    raise ValueError(
      f"{name} of the conditioner must be [batch, {num_windows}, ...] for x "
      f"{x.shape}, a step for each window, and is {parameter.shape}"
    )
  if of_a_step and not all(
    size in (None, 1) or wanted in (None, size)
    for size, wanted in zip(shape[2:], x.shape.as_list()[2:])
  ):
    raise ValueError(
      f"a step of {name} must be {x.shape[2:]} as one of x is, or broadcast to "
      f"it, and is {parameter.shape[2:]}"
    )


def _kind(given: Any) -> str:
  if tf.is_tensor(given):
    return f"one tensor of {given.dtype.name}, {given.shape}"
  return f"a {type(given).__name__}"
