"""What models with a flow in the space of the data have in common (Eq. 10)."""

from collections.abc import Sequence
import math
from typing import Any, Callable, NamedTuple, Optional

import numpy as np
import tensorflow.compat.v1 as tf

from t2t_af import effect
from t2t_af.bijectors import stack
from t2t_af.models import base_distribution
from t2t_af.models import data_flow
from t2t_af.models import noise as noise_lib
from t2t_af.models import observation as observation_lib
from t2t_af.models import requirements_data_space
from t2t_af.models import round_trip
from t2t_af.models import sequence_model

# Of the hparam scale_floor.
_SERIES_NOISE = -1


class FlowNoise(NamedTuple):
  """What the flow makes of a sequence, from the first warm-up step on."""

  y: tf.Tensor  # [batch, num_warmup + scored steps, ...]
  log_det: tf.Tensor  # [batch, scored steps], nats, of dy / dx
  signals: dict[str, tf.Tensor]  # data x, noise y1 ... yM of the scored steps
  log_scale: Optional[tf.Tensor]  # as y, the flow's; None without a floor


class DataSpaceModel(sequence_model.SequenceModel):
  """A model of y, what a stack of flows makes of the data x.

  log p(x_t | x_<t) = log p(y_t | y_<t) + log |det dy_t / dx_t|. Which of the
  input steps are looked at, `data_flow.window` says.
  """

  reads = (
    *sequence_model.SequenceModel.reads,
    *data_flow.READS,
    effect.Rule(("temperature",)),
    effect.Rule(("base_distribution",), of_weights=True),
    effect.Rule(("dequantization",), (effect.data_is(effect.VIDEO),)),
    effect.Rule(
      ("series_noise", "scale_floor"), (effect.data_is(effect.SERIES),)
    ),
  )

  @property
  def num_warmup_steps(self) -> int:
    """Steps with a y before the first scored one; -1: all the inputs hold."""
    return 0

  step_shape: tuple[int, ...] = ()  # Of `check_input`.

  @property
  def dims(self) -> int:
    """Numbers of a step."""
    return int(np.prod(self.step_shape))

  @property
  def observation(self) -> observation_lib.Observation:
    """Of the data that `check_input` saw."""
    return observation_lib.from_step_shape(self.step_shape, self.hparams)

  @property
  def scale_floor(self) -> float:
    """Which no predicted scale of x is below; 0 for none, as of video.

    Given the past (and z, of an SLVM) the variance of x is what flow and base
    say plus the square of it. A model of x = v + noise that says less than the
    noise is wrong, and one step where it is costs more than a thousand gain.
    """
    observation = self.observation
    if not isinstance(observation, observation_lib.SeriesObservation):
      return 0.0
    floor = self.hparams.scale_floor
    return observation.noise_std if floor == _SERIES_NOISE else floor

  def log_floor(self, log_scale: Optional[tf.Tensor]) -> Optional[tf.Tensor]:
    """log of what no scale of y may be below, given the flow's; None for 0."""
    if log_scale is None or not self.scale_floor:
      return None
    return math.log(self.scale_floor) - log_scale

  def noise_log_scale(
    self, log_scale: Optional[tf.Tensor]
  ) -> Optional[tf.Tensor]:
    """Log-scale of y, given the flow's, where y is noise; None for 0."""
    del log_scale
    return None

  def standardised(
    self, y: tf.Tensor, log_scale: Optional[tf.Tensor]
  ) -> tf.Tensor:
    """y over its scale, given the flow's, where it is noise; else y."""
    of_noise = self.noise_log_scale(log_scale)
    return y if of_noise is None else y * tf.exp(-of_noise)

  def base(self) -> base_distribution.Base:
    """What y, or y given z, is distributed as but for location and scale."""
    return base_distribution.from_hparams(self.step_shape, self.hparams)

  def bottom(self, features: dict[str, tf.Tensor]) -> dict[str, tf.Tensor]:
    """Levels / 255 of video, series as they are; whatever `hparams.bottom`."""

    def to_float(feature: tf.Tensor) -> tf.Tensor:
      scale = 255.0 if feature.shape.rank == 5 else 1.0
      return tf.cast(feature, tf.float32) / scale

    steps = ("inputs", "targets")
    return {
      **features,
      **{name: to_float(features[name]) for name in steps if name in features},
    }

  def body(self, features: dict[str, tf.Tensor]) -> tuple[Any, Any]:
    """As the parent's, with every variable read where it is used."""
    with tf.variable_scope(tf.get_variable_scope()) as scope:
      # tensor2tensor hands a variable out as the tensor that read it first. If
      # that was inside a loop over time, it is of no use outside of it.
      scope.set_custom_getter(None)
      return super().body(features)

  def check_input(self, step_shape: Sequence[int]) -> None:
    """Raises UserError where hparams or the data do not fit the model."""
    requirements_data_space.check(
      self.hparams, step_shape, self.num_warmup_steps
    )
    self.step_shape = tuple(step_shape)

  def to_outputs(self, x: tf.Tensor) -> tf.Tensor:
    """Frames, or series, of continuous samples."""
    return self.observation.from_x(x)

  def record_fields(self) -> dict[str, Any]:
    """How the data were made continuous, and how many numbers a step has."""
    observation = self.observation
    fields = dict(
      dequantization=observation.dequantization, dims_per_step=self.dims
    )
    if isinstance(observation, observation_lib.SeriesObservation):
      fields["noise_std"] = observation.noise_std
      fields["scale_floor"] = self.scale_floor
    return fields

  def flow(self) -> stack.Stack:
    """The stack of flows; its variables are under flow/."""
    return data_flow.stack(self.step_shape, self.hparams, self.is_training)

  def window(self) -> data_flow.Window:
    """Which steps of an example are used for what."""
    return data_flow.window(self.hparams, self.num_warmup_steps)

  def flow_inverse(self, steps: tf.Tensor, noise: noise_lib.Noise) -> FlowNoise:
    """Dequantizes, and sends through the flow (Eq. 5).

    Args:
      steps: [batch, inputs + targets, ...], as `bottom` gives them.
      noise: what dequantizes.
    """
    flow = self.flow()
    window = self.window()
    # Noise of the whole window, then cut: a step's noise is the same however
    # many steps before it a model looks at.
    x = self.observation.to_x(steps, noise)[:, window.start :]
    ys, log_det, log_scale = flow.inverses(x, bool(self.scale_floor))
    num_context = flow.num_unscored + window.num_warmup
    # The data without noise: a pixel that never changes is to be seen as one.
    signals = {"x": steps[:, window.start + num_context :]}
    for m, y in enumerate(ys, start=1):
      signals["y%d" % m] = y[:, num_context:]
    y, log_scale = [
      None if each is None else each[:, flow.num_unscored :]
      for each in ([x, *ys][-1], log_scale)
    ]
    if ys:
      noise_y = self.standardised(y, log_scale)
      signals["y%d" % len(ys)] = noise_y[:, window.num_warmup :]
    return FlowNoise(y, log_det[:, num_context:], signals, log_scale)

  def decompose(
    self, steps: tf.Tensor, noise: noise_lib.Noise
  ) -> dict[str, tf.Tensor]:
    """shift_m, scale_m, y_m of every transform, in units of what it transforms.

    Where an affine transform is defined, x = shift_1 + scale_1 y_1 and y_m =
    shift_(m+1) + scale_(m+1) y_(m+1), x being dequantized.
    """
    flow = self.flow()
    start = self.window().start
    below = self.observation.to_x(steps, noise)[:, start:]
    ys, _, log_scale = flow.inverses(below, bool(self.scale_floor))
    of_noise = self.noise_log_scale(log_scale)
    signals = {}
    for m, (transform, y) in enumerate(zip(flow.transforms, ys), start=1):
      shift, scale = transform.shift_and_log_scale(below)
      below, y = y, y[:, transform.num_unscored :]
      if m == len(ys) and of_noise is not None:
        widened = of_noise[:, transform.num_unscored :]
        scale, y = scale + widened, y * tf.exp(-widened)
      signals["shift_%d" % m] = shift
      signals["scale_%d" % m] = tf.exp(scale)
      signals["y_%d" % m] = y
    return signals

  def round_trips(
    self, steps: tf.Tensor, noise: noise_lib.Noise
  ) -> dict[str, round_trip.RoundTrip]:
    """x -> y -> x of every transform, and of all one after the other."""
    flow = self.flow()
    below = x = self.observation.to_x(steps, noise)[:, self.window().start :]
    trips = {}
    for m, transform in enumerate(flow.transforms, start=1):
      y = transform.inverse(below)
      # Copies, or the bijectors would remember what they came from.
      back = transform.forward(tf.identity(y))
      trips["transform %d" % m] = round_trip.compare(below, back)
      below = tf.identity(y)
    if len(flow.transforms) > 1:
      trips["all transforms"] = round_trip.compare(x, flow.forward(below))
    return trips

  def nll_per_dim(self, log_prob: tf.Tensor) -> tf.Tensor:
    """NLL of what is observed in nats per dimension, from log p(x) of steps."""
    return self.observation.log_volume_per_dim - log_prob / self.dims

  def forecast(
    self,
    inputs: tf.Tensor,
    future_fn: Callable[[tf.Tensor, int], base_distribution.Future],
  ) -> tf.Tensor:
    """Futures of contexts: draws of future y through the flow.

    Args:
      inputs: [batch, steps, ...], as `bottom` gives them.
      future_fn: y of the steps before (those that have one), [batch, steps,
        ...], and a number of samples to y of the future, [batch * num_samples,
        time, ...], samples of one context together.

    Returns:
      x [batch, num_samples, time, ...].
    """
    flow = self.flow()
    num_samples = self._decode_hparams.num_decodes
    start = self.window().start
    x = self.observation.to_x(inputs[:, start:])
    levels = [x, *flow.inverses(x).ys]
    future = future_fn(levels[-1][:, flow.num_unscored :], num_samples)
    levels = [tf.repeat(level, num_samples, axis=0) for level in levels]
    if self.scale_floor and self.hparams.data_flow == "affine_af":
      x = flow.extend(levels[:-1], self._draw_floored, future)
    else:
      # Unscored steps pass the flow unchanged, so that it begins with the same
      # x, and what comes after is conditioned on them.
      y = self._draw_floored(tf.zeros_like(future.noise), future)
      x = flow.forward(tf.concat([levels[-1], y], axis=1))
      x = x[:, inputs.shape.as_list()[1] - start :]
    num_steps = self.hparams.video_num_target_frames
    return tf.reshape(x, [-1, num_samples, num_steps, *self.step_shape])

  def _draw_floored(
    self, log_scale: tf.Tensor, future: base_distribution.Future
  ) -> tf.Tensor:
    """y of a future, or of a step of it, given the flow's log-scale there."""
    return future.draw(self.log_floor(log_scale))
