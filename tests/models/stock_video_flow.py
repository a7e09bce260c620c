"""tensor2tensor's next_frame_glow on given noise, without its machinery."""

from collections.abc import Sequence
from types import SimpleNamespace

import numpy as np
import pytest
from tensor2tensor.models.research import glow_ops
from tensor2tensor.models.video import next_frame_glow
from tensor2tensor.utils import hparams_lib
import tensorflow.compat.v1 as tf

SCOPE = "next_frame_glow/body"  # `infer` opens it by this name.


def bits_per_dim(x: tf.Tensor, noise: np.ndarray, hparams) -> tf.Tensor:
  """[batch]. x: frames in [0, 1]; noise: in [0, 1/256], of the same shape."""
  num_input = hparams.video_num_input_frames
  with pytest.MonkeyPatch.context() as patch:
    _fix_dequantization(patch, noise)
    with tf.variable_scope(SCOPE):
      return _make(hparams, 1.0, is_predicting=False).objective_tower(
        {"inputs": x[:, :num_input], "targets": x[:, num_input:]}
      )


def sample(
  context: tf.Tensor,
  noise: np.ndarray,
  eps: Sequence[np.ndarray],
  temperature: float,
  num_frames: int,
  hparams,
) -> tf.Tensor:
  """Continuous frames [batch, num_frames, height, width, channels].

  Args:
    context: frames in [0, 1].
    noise: as in `bits_per_dim`.
    eps: per level what stands for the standard normal noise of every frame.
    temperature: factor of the scales.
    num_frames: to sample.
    hparams: of next_frame_glow, with a problem.
  """
  by_channels = {e.shape[-1]: e for e in eps}

  def tempered_sample(dist):
    return dist.loc + dist.scale * by_channels[int(dist.loc.shape[-1])]

  with pytest.MonkeyPatch.context() as patch:
    _fix_dequantization(patch, noise)
    patch.setattr(glow_ops.TemperedNormal, "sample", tempered_sample)
    patch.setattr(glow_ops, "postprocess", lambda x: x)
    model = _make(hparams, temperature, is_predicting=True)
    model.hparams.video_num_target_frames = num_frames
    return model.infer({"inputs": context, "infer_targets": context})["outputs"]


def _make(hparams, temperature, is_predicting):
  hparams = hparams_lib.copy_hparams(hparams)

  class Stock(next_frame_glow.NextFrameGlow):
    """Class attributes hide T2TModel's properties."""

    is_training = False

    def __init__(self):
      pass

    def __call__(self, features):
      with tf.variable_scope(SCOPE, reuse=tf.AUTO_REUSE):
        return None, self.objective_tower(features)

  Stock.hparams = hparams
  Stock.temperature = temperature
  Stock.is_predicting = is_predicting
  return Stock()


def problem(frame_shape: Sequence[int]) -> SimpleNamespace:
  """What next_frame_glow asks of its problem."""
  return SimpleNamespace(frame_shape=list(frame_shape))


def _fix_dequantization(patch, noise):
  frames = iter(np.moveaxis(noise, 1, 0))
  dims = np.prod(noise.shape[2:])

  def corrected(x):
    return x + next(frames), -np.log(256.0) * dims * tf.ones(tf.shape(x)[:1])

  patch.setattr(glow_ops, "uniform_binning_correction", corrected)
