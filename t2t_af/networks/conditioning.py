"""What the conditioners of data-space flows share: heads, first steps, mask.

A *conditioner* gives of x [batch, s, ...] the parameters of a flow
[batch, s - k + 1, ...], k its `num_cond_steps`; entry j is a function of
x[:, j : j + k] alone. They are (shift, log_scale), and a third one, extra,
where the flow needs more numbers.
"""

from collections.abc import Sequence
from typing import Any, Callable, Optional

import tensorflow.compat.v1 as tf

from t2t_af import session
from t2t_af import time_axis
from t2t_af.networks import bounds
from t2t_af.networks import layers
from t2t_af.networks import xla

LOG_SCALE_BOUND = 10.0
MASKS = ("none", "learned")
_MASK_START = 3.0  # sigmoid(3) = 0.95: nearly everything is let through.

# {name of a layer: its output channels} to the outputs of these layers.
Heads = Callable[[dict[str, int]], list[tf.Tensor]]


class Conditioner:
  """What every conditioner is made with; `_parameters` is the subclass's.

  Args:
    num_cond_steps: steps in a window.
    width: of all hidden layers.
    mask: `none`, or `learned`: a gate for every channel of every step that is
      conditioned on (`gates`).
    log_scale_bound, num_extra, log_scale_clip: as in `flow_parameters`.
    name: of the variable scope.
    precision: one of session.PRECISIONS, of the layers (`products`).
    jit_compile: whether XLA compiles the network (`xla`).

  Raises:
    ValueError: unknown mask.
  """

  def __init__(
    self,
    num_cond_steps: int = 3,
    width: int = 64,
    mask: str = "none",
    log_scale_bound: float = LOG_SCALE_BOUND,
    num_extra: int = 0,
    name: str = "conditioner",
    log_scale_clip: str = "smooth",
    precision: str = session.FLOAT32,
    jit_compile: bool = False,
  ) -> None:
    self.num_cond_steps = num_cond_steps
    self._width = width
    self._mask = _checked(mask)
    self._log_scale_bound = log_scale_bound
    self._num_extra = num_extra
    self._name = name
    self._log_scale_clip = log_scale_clip
    self._precision = precision
    self._jit_compile = jit_compile

  def __call__(self, x: tf.Tensor) -> tuple[tf.Tensor, ...]:
    """Parameters [batch, s - num_cond_steps + 1, ...] of x [batch, s, ...]."""
    with xla.scope(self._jit_compile):
      return self._parameters(x)

  def _parameters(self, x: tf.Tensor) -> tuple[tf.Tensor, ...]:
    raise NotImplementedError

  def _flow_parameters(
    self, heads: Heads, h: tf.Tensor, channels: int
  ) -> tuple[tf.Tensor, ...]:
    """Of heads that give [batch * time, ...], unfolded as h is."""
    return flow_parameters(
      lambda sizes: [time_axis.unfold(head, h) for head in heads(sizes)],
      channels,
      self._log_scale_bound,
      self._num_extra,
      self._log_scale_clip,
    )


class NormalizedConditioner(Conditioner):
  """A conditioner whose hidden layers are normalised.

  Args:
    num_cond_steps, width: as `Conditioner`.
    normalization: `batch` (the paper), `group` or `none`.
    training: whether batch norm uses the batch; False to sample or evaluate.
    **options: of `Conditioner`.
  """

  def __init__(
    self,
    num_cond_steps: int = 3,
    width: int = 64,
    normalization: str = "batch",
    training: bool = False,
    **options: Any,
  ) -> None:
    super().__init__(num_cond_steps, width, **options)
    self._normalization = normalization
    self._training = training


def flow_parameters(
  heads: Heads,
  channels: int,
  log_scale_bound: float = LOG_SCALE_BOUND,
  num_extra: int = 0,
  log_scale_clip: str = "smooth",
) -> tuple[tf.Tensor, ...]:
  """(shift, log_scale) or (shift, log_scale, extra), from zero heads.

  log_scale is the network's output, bounded (`bounds.bounded`). Paper: exp of
  the network's output. The authors' code clamps the scale at 10 from above,
  which stops the gradient of what sits there, and lets it fall to 0, where the
  inverse divides by it. Here: smooth and on both sides, because the inverse
  and the samples then stay finite whatever the network says; and the network's
  output itself up to 3/4 of the bound, LOG_SCALE_BOUND, because a bound that
  bends everywhere is another model: 8 tanh(raw / 8) moves a network trained by
  the authors' code by 0.14 nats/dim, this one by 1e-6. 3/4 of 10 leave room:
  the noise of 8-bit frames on [0, 1], 1/256 wide, has log std -6.8.

  Args:
    heads: {name: channels} to the outputs of layers of these names.
    channels: of a step.
    log_scale_bound: in nats, positive.
    num_extra: channels of the third parameter, per channel of a step.
    log_scale_clip: one of `bounds.CLIPS`.
  """
  sizes = dict(shift=channels, log_scale=channels)
  if num_extra:
    sizes["extra"] = channels * num_extra
  shift, raw, *extra = heads(sizes)
  log_scale = bounds.bounded(raw, log_scale_bound, log_scale_clip)
  bounds.note(log_scale, -log_scale_bound, log_scale_bound)
  return (shift, log_scale, *extra)


def initial(
  step_shape: Sequence[int],
  log_scale_bound: float = LOG_SCALE_BOUND,
  num_extra: int = 0,
  name: str = "initial",
  log_scale_clip: str = "smooth",
) -> tuple[tf.Tensor, ...]:
  """Learned parameters of the steps without a window, zero at the start.

  The authors' code declares them, as many numbers as a step has for the shift
  and the log-scale each, and never uses them.

  Args:
    step_shape: [height, width, channels] or [features].
    log_scale_bound, num_extra, log_scale_clip: as in `flow_parameters`.
    name: of the variable scope.

  Returns:
    Each [...step_shape]; the third has num_extra times the channels.
  """
  *space, channels = [int(d) for d in step_shape]
  with tf.variable_scope(name, reuse=tf.AUTO_REUSE):
    return flow_parameters(
      lambda sizes: [
        layers.variable(head, space + [size], tf.zeros_initializer())
        for head, size in sizes.items()
      ],
      channels,
      log_scale_bound,
      num_extra,
      log_scale_clip,
    )


def _checked(mask: str) -> str:
  if mask not in MASKS:
    raise ValueError(
      "mask must be one of %s, got %r" % (", ".join(MASKS), mask)
    )
  return mask


def beside(taps: Sequence[tf.Tensor], mask: str) -> tf.Tensor:
  """Steps of the past side by side in the channels, masked where asked.

  Args:
    taps: tensors [batch, time, ..., channels] of one shape, oldest first.
    mask: one of MASKS; see `gates`.

  Returns:
    [batch, time, ..., len(taps) * channels].
  """
  h = tf.concat(taps, axis=-1)
  let_through = gates(len(taps), int(taps[0].shape[-1]), mask)
  return h if let_through is None else h * let_through


def gates(num_taps: int, channels: int, mask: str) -> Optional[tf.Tensor]:
  """What to condition on: a factor for every channel of every tap.

  A learned mask is gates in (0, 1), the same at all times and places.

  Returns:
    [num_taps * channels], or None without a mask.
  """
  if mask == "none":
    return None
  logits = layers.variable(
    "mask", [num_taps, channels], tf.constant_initializer(_MASK_START)
  )
  return tf.reshape(tf.sigmoid(logits), [-1])
