"""Numbers kept inside bounds, smoothly: then samples stay finite."""

import tensorflow.compat.v1 as tf

CLIPS = ("smooth", "tanh")
_UNBENT_SHARE = 0.75  # of a bound: so far `bounded` is the identity


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
