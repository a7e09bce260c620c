"""What is observed and x, the continuous variable whose density is modelled.

A video model is one of 8-bit levels v in {0, ..., 255}, its x one of numbers
near [0, 1]; a series model is one of the standardised numbers as they are.
Every NLL of video is told on the scale of the levels: -log p(v) =
-log p(x) + dims * log 256, because x is a 256th of it.
"""

from collections.abc import Sequence
import math
from typing import Optional, Union

import tensorflow.compat.v1 as tf

NUM_LEVELS = 256
DEQUANTIZATIONS = ("uniform", "gaussian")

# The noise of an evaluation is the same for every model, seed and checkpoint,
# so that differences between models are not differences between draws.
EVAL_NOISE_SEED = 20211118


class VideoObservation:
  """8-bit frames, made continuous by noise (`dequantization`).

  uniform:  x = (v + U(0, 1)) / 256. A bound on the discrete likelihood:
            log P(v) >= E[log p(x)] - dims * log 256; its floor is 0 nats/dim.
  gaussian: x = v / 255 + N(0, 1) / 256, as the authors' code. No bound on
            anything discrete, and its entropy is a floor of 1.419 nats/dim;
            for standing beside Table 1, whose rows were made so.

  Args:
    dequantization: one of DEQUANTIZATIONS.
  """

  log_volume_per_dim = math.log(NUM_LEVELS)  # nats

  def __init__(self, dequantization: str = "uniform"):
    self.dequantization = dequantization

  def to_x(self, frames: tf.Tensor, seed: Optional[int] = None) -> tf.Tensor:
    """[batch, time, height, width, channels] of levels / 255 to x.

    Args:
      frames: as tensor2tensor's bottom gives them.
      seed: of a stream of noise that no other seed changes; None follows the
        graph's seed.
    """
    if self.dequantization == "gaussian":
      return frames + normal_noise(tf.shape(frames), seed) / NUM_LEVELS
    levels = tf.round(frames * (NUM_LEVELS - 1.0))
    return (levels + uniform_noise(tf.shape(frames), seed)) / NUM_LEVELS

  def from_x(self, x: tf.Tensor) -> tf.Tensor:
    """x to uint8 frames: the level of uniform noise, the nearest of Gaussian.

    What is no number becomes 0.
    """
    if self.dequantization == "gaussian":
      levels = tf.round(x * (NUM_LEVELS - 1.0))
    else:
      levels = tf.floor(x * NUM_LEVELS)
    levels = tf.where(tf.is_nan(levels), tf.zeros_like(levels), levels)
    return tf.cast(tf.clip_by_value(levels, 0.0, NUM_LEVELS - 1.0), tf.uint8)


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

  def __init__(self, noise_std: float = 0.0):
    self.noise_std = noise_std

  def to_x(self, steps: tf.Tensor, seed: Optional[int] = None) -> tf.Tensor:
    if not self.noise_std:
      return steps
    return steps + self.noise_std * normal_noise(tf.shape(steps), seed)

  def from_x(self, x: tf.Tensor) -> tf.Tensor:
    return x


Observation = Union[VideoObservation, SeriesObservation]


def is_video(step_shape: Sequence[int]) -> bool:
  """Whether a step is a frame, (height, width, channels), not (features,)."""
  return len(step_shape) == 3


def of(step_shape: Sequence[int], hparams) -> Observation:
  """The observation of steps of this shape.

  Hparams: dequantization of video, series_noise of series.
  """
  if is_video(step_shape):
    return VideoObservation(hparams.dequantization)
  return SeriesObservation(hparams.series_noise)


# tf.random_* would mix the graph's seed into the operation's.


def uniform_noise(shape: tf.Tensor, seed: Optional[int] = None) -> tf.Tensor:
  """U(0, 1); seed as in `VideoObservation.to_x`."""
  if seed is None:
    return tf.random_uniform(shape)
  return tf.raw_ops.RandomUniform(
    shape=shape, dtype=tf.float32, seed=seed, seed2=seed
  )


def normal_noise(shape: tf.Tensor, seed: Optional[int] = None) -> tf.Tensor:
  """N(0, 1); seed as in `VideoObservation.to_x`."""
  if seed is None:
    return tf.random_normal(shape)
  return tf.raw_ops.RandomStandardNormal(
    shape=shape, dtype=tf.float32, seed=seed, seed2=seed
  )
