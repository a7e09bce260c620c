"""Numbers kept inside bounds, smoothly: then samples stay finite."""

from typing import NamedTuple, Union

import tensorflow.compat.v1 as tf

CLIPS = ("smooth", "tanh")
_UNBENT_SHARE = 0.75  # of a bound: so far `bounded` is the identity
_NOTED = ("t2t_af/bounded",)  # no text, so that no graph is written with it


class Noted(NamedTuple):
  """A log-scale that was kept between two bounds, and where: nats."""

  scope: str
  log_scale: tf.Tensor
  low: float
  high: float


def bounded(raw: tf.Tensor, bound: float, clip: str = "smooth") -> tf.Tensor:
  """`raw`, kept inside +-bound.

    smooth   raw itself where |raw| <= a = 0.75 bound, beyond
             sign(raw) (a + (bound - a) tanh((|raw| - a) / (bound - a))),
             whose first two derivatives are continuous
    tanh     bound tanh(raw / bound), which bends everywhere: what runs of
             version 0.2 and before were trained with

  Args:
    raw: any shape.
    bound: positive.
    clip: one of CLIPS.
  """
  if clip == "tanh":
    return bound * tf.tanh(raw / bound)
  unbent = _UNBENT_SHARE * bound
  inside = tf.clip_by_value(raw, -unbent, unbent)
  room = bound - unbent
  return inside + room * tf.tanh((raw - inside) / room)


def floored(
  log_scale: Union[float, tf.Tensor], log_floor: Union[float, tf.Tensor]
) -> tf.Tensor:
  """log sqrt(scale^2 + floor^2): never below the floor, and smooth.

  The scale of what a normal of this scale becomes by adding independent noise
  of scale `floor`. A scale of 1 over a floor of 0.02 becomes 1.0002. The
  derivative is the share of the variance that is not the floor's: 1/2 where
  both are the same, and it fades below as the gain by being there does.

  Args:
    log_scale, log_floor: broadcast against each other.
  """
  return log_scale + 0.5 * tf.nn.softplus(2.0 * (log_floor - log_scale))


def note(log_scale: tf.Tensor, low: float, high: float) -> tf.Tensor:
  """log_scale, which `noted` then gives; but none of one step of a loop."""
  graph = tf.get_default_graph()
  if not graph.building_function and not graph._get_control_flow_context():
    scope = tf.get_variable_scope().name
    tf.add_to_collection(_NOTED, Noted(scope, log_scale, low, high))
  return log_scale


def noted() -> list[Noted]:
  """Those of the default graph."""
  return tf.get_collection(_NOTED)
