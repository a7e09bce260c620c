"""Glow: a frame to its latents at every level, and back.

Per level: squeeze 2x2 pixels into channels, `depth` steps of flow, and (but
at the top) split off half of the channels as that level's latent.
"""

from collections.abc import Sequence
from typing import NamedTuple

import tensorflow.compat.v1 as tf

from t2t_af.annotations import HParams
from t2t_af.networks import glow_level


class Latents(NamedTuple):
  """What `encode` makes of a batch of frames. Level 0 is the finest."""

  z_levels: list[tf.Tensor]  # per level [batch, height_l, width_l, channels_l]
  contexts: list[tf.Tensor]  # per level but the top: the half that goes up
  log_det: tf.Tensor  # [batch], nats


def latent_shapes(
  frame_shape: Sequence[int], num_levels: int
) -> list[tuple[int, int, int]]:
  """(height, width, channels) of the latent at each level, finest first."""
  height, width, channels = frame_shape
  shapes = []
  for level in range(num_levels):
    height, width, channels = height // 2, width // 2, channels * 4
    if level < num_levels - 1:
      channels //= 2
    shapes.append((height, width, channels))
  return shapes


def encode(x: tf.Tensor, hparams: HParams) -> Latents:
  """Data to latents. x: [batch, height, width, channels]."""
  z_levels, contexts, log_dets = [], [], []
  with tf.variable_scope("codec"):
    for level in range(hparams.n_levels):
      x = squeeze(x)
      with tf.variable_scope("revnet_%d" % level):
        x, log_det = glow_level.forward(x, hparams)
      log_dets.append(log_det)
      if level < hparams.n_levels - 1:
        x, z = tf.split(x, 2, axis=-1)
        z_levels.append(z)
        contexts.append(x)
  return Latents(z_levels + [x], contexts, tf.add_n(log_dets))


class Decoder:
  """Latents to data, level by level from the top.

  Construct it outside of a loop over frames: the inverses of the 1x1
  convolutions are computed by the constructor, once for all frames.
  """

  def __init__(self, frame_shape: Sequence[int], hparams: HParams) -> None:
    self._hparams = hparams
    self._parameters = []
    with tf.variable_scope("codec"):
      shapes = latent_shapes(frame_shape, hparams.n_levels)
      for level, (_, _, channels) in enumerate(shapes):
        if level < hparams.n_levels - 1:
          channels *= 2
        with tf.variable_scope("revnet_%d" % level):
          self._parameters.append(
            glow_level.inverse_parameters(channels, hparams)
          )

  def context(self, level: int, context: tf.Tensor, z: tf.Tensor) -> tf.Tensor:
    """From level `level` to the context of the level below (or the frame).

    Args:
      level: which level to invert.
      context: what came down from above; None at the top.
      z: this level's latent, [batch, height_l, width_l, channels_l].

    Returns:
      [batch, 2 * height_l, 2 * width_l, channels]: the context of level
      `level - 1`, or the frame when level is 0.
    """
    x = z if context is None else tf.concat([context, z], axis=-1)
    with tf.variable_scope("codec/revnet_%d" % level):
      x = glow_level.inverse(self._parameters[level], x, self._hparams)
    return unsqueeze(x)


def squeeze(x: tf.Tensor) -> tf.Tensor:
  """[b, h, w, c] to [b, h / 2, w / 2, c * 4]; tensor2tensor's channel order."""
  _, height, width, channels = x.shape.as_list()
  x = tf.reshape(x, [-1, height // 2, 2, width // 2, 2, channels])
  x = tf.transpose(x, [0, 1, 3, 5, 2, 4])
  return tf.reshape(x, [-1, height // 2, width // 2, channels * 4])


def unsqueeze(x: tf.Tensor) -> tf.Tensor:
  """[b, h, w, c] to [b, h * 2, w * 2, c / 4]; inverse of `squeeze`."""
  _, height, width, channels = x.shape.as_list()
  x = tf.reshape(x, [-1, height, width, channels // 4, 2, 2])
  x = tf.transpose(x, [0, 1, 4, 2, 5, 3])
  return tf.reshape(x, [-1, height * 2, width * 2, channels // 4])
