"""What is observed and x, the continuous variable whose density is modelled.

A video model is one of 8-bit levels v in {0, ..., 255}, its x one of numbers
near [0, 1]; a series model is one of the standardised numbers as they are.
Every NLL of video is on the scale of the levels: -log p(v) =
-log p(x) + dims * log 256, because x is a 256th of it.
"""

from collections.abc import Sequence
import math
from typing import Optional, Union

import tensorflow.compat.v1 as tf

from t2t_af.annotations import HParams
from t2t_af.models import noise as noise_lib

NUM_LEVELS = 256
_WHITE = NUM_LEVELS - 1.0  # The highest level.
DEQUANTIZATIONS = ("uniform", "gaussian")


class VideoObservation:
  """8-bit frames, made continuous by noise (`dequantization`).

    x = v / levels_per_unit + noise / 256 + offset

  uniform:  noise is U(0, 1), no wider than the distance of two levels. A bound
            on the discrete likelihood: log P(v) >= E[log p(x)] - dims * log
            256; its floor is 0 nats/dim.
  gaussian: noise is N(0, 1), as in the authors' code. No bound on anything
            discrete, and its entropy is a floor of 1.419 nats/dim; for
            standing beside Table 1, whose rows were made so.

  Args:
    dequantization: one of DEQUANTIZATIONS.
    levels_per_unit: 256: the intervals of uniform noise fill [0, 1]; 255:
      white is 1, and between two intervals there is a gap. None: 256 of
      uniform noise, 255 of Gaussian.
    offset: of x.
  """

  log_volume_per_dim = math.log(NUM_LEVELS)  # nats

  def __init__(
    self,
    dequantization: str = "uniform",
    levels_per_unit: Optional[int] = None,
    offset: float = 0.0,
  ) -> None:
    self.dequantization = dequantization
    self._is_gaussian = dequantization == "gaussian"
    self._levels_per_unit = levels_per_unit or NUM_LEVELS - self._is_gaussian
    self._offset = offset

  def to_x(
    self, frames: tf.Tensor, noise: Optional[noise_lib.Noise] = None
  ) -> tf.Tensor:
    """Frames to x.

    Args:
      frames: levels / 255, of any shape, as tensor2tensor's bottom gives them.
      noise: where it is drawn from; None follows the graph's seed.
    """
    if self._levels_per_unit != _WHITE:
      frames = tf.round(frames * _WHITE) / self._levels_per_unit
    noise = noise or noise_lib.GraphNoise()
    draw = noise.normal if self._is_gaussian else noise.uniform
    return frames + self._offset + draw(tf.shape(frames)) / NUM_LEVELS

  def from_x(self, x: tf.Tensor) -> tf.Tensor:
    """x to uint8 frames: the level of uniform noise, the nearest of Gaussian.

    The exact inverse of `to_x` with uniform noise. (tensor2tensor multiplies
    by 256 where levels are 1/255 apart, which brightens a frame by up to one
    level.) What is no number becomes 0.
    """
    levels = (x - self._offset) * self._levels_per_unit
    if self._is_gaussian:
      levels = tf.round(levels)
    else:
      # The noise of a level ends where the next one's begins, or before. Half
      # of such a gap goes to each end, or a noise near zero would round down
      # to the level below.
      gap = 1.0 - self._levels_per_unit / NUM_LEVELS
      levels = tf.floor(levels + 0.5 * gap)
    levels = tf.where(tf.is_nan(levels), tf.zeros_like(levels), levels)
    return tf.cast(tf.clip_by_value(levels, 0.0, _WHITE), tf.uint8)


def glow_observation() -> VideoObservation:
  """That of tensor2tensor's next_frame_glow: x in [-0.5, 0.5 + 1/256]."""
  return VideoObservation("uniform", levels_per_unit=255, offset=-0.5)


class SeriesObservation:
  """Standardised series [batch, time, features], x = v + N(0, noise_std^2).

  A recorded series repeats values: a sensor that holds its last one, an
  integer. There the density of x without noise can be as high as a model likes
  to make it. With noise, no model's NLL can be below that of the noise, log
  noise_std + 1.419 nats per number, whatever the model.

  Args:
    noise_std: in standard deviations of a feature; 0: x is what is observed.
  """

  dequantization = "none"
  log_volume_per_dim = 0.0  # nats

  def __init__(self, noise_std: float = 0.0) -> None:
    self.noise_std = noise_std

  def to_x(
    self, steps: tf.Tensor, noise: Optional[noise_lib.Noise] = None
  ) -> tf.Tensor:
    """v to x; noise as in `VideoObservation.to_x`."""
    if not self.noise_std:
      return steps
    noise = noise or noise_lib.GraphNoise()
    return steps + self.noise_std * noise.normal(tf.shape(steps))

  def from_x(self, x: tf.Tensor) -> tf.Tensor:
    """x itself: what noise was added is not known."""
    return x


Observation = Union[VideoObservation, SeriesObservation]


def is_video(step_shape: Sequence[int]) -> bool:
  """Whether a step is a frame, (height, width, channels), not (features,)."""
  return len(step_shape) == 3


def from_step_shape(step_shape: Sequence[int], hparams: HParams) -> Observation:
  """The observation of steps of this shape.

  Hparams: dequantization of video, series_noise of series.
  """
  if is_video(step_shape):
    return VideoObservation(hparams.dequantization)
  return SeriesObservation(hparams.series_noise)
