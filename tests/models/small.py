"""Data-space models that build in a second, and what goes into them."""

from collections.abc import Sequence

import numpy as np
from tensor2tensor.utils import decoding
from tensor2tensor.utils import registry
import tensorflow.compat.v1 as tf

from hparams import base
from t2t_af.models import sample_axis

BATCH = 2
VIDEO, SERIES = (8, 8, 2), (5,)


def hparams(hparams_set: str, **overrides):
  """A registered set, shrunk, with the paper's batch norm and the overrides."""
  small = base.shrink(registry.hparams(hparams_set))
  small.normalization = "batch"
  small.override_from_dict(overrides)
  return small


def sequences(
  step_shape: Sequence[int], num_steps: int, seed: int = 0
) -> np.ndarray:
  """float32 [BATCH, num_steps, ...]: levels / 255, or standard normal."""
  rng = np.random.RandomState(seed)
  shape = (BATCH, num_steps) + tuple(step_shape)
  if len(step_shape) == 3:
    return (rng.randint(256, size=shape) / 255.0).astype(np.float32)
  return rng.standard_normal(shape).astype(np.float32)


def model(name: str, hp, mode: str, num_decodes: int = 1):
  """An instance of the registered model."""
  return registry.model(name)(
    hp,
    mode,
    decode_hparams=decoding.decode_hparams("num_decodes=%d" % num_decodes),
  )


def body(
  name: str, hp, x: np.ndarray, mode: str = "eval"
) -> tuple[dict[str, tf.Tensor], tf.Tensor]:
  """(scores, loss) of sequences; the variables are under "model"."""
  num_inputs = hp.video_num_input_frames
  with tf.variable_scope("model", reuse=tf.AUTO_REUSE):
    scores, losses = model(name, hp, mode).body(
      {
        "inputs": tf.constant(x[:, :num_inputs]),
        "targets": tf.constant(x[:, num_inputs:]),
      }
    )
  return scores, losses["training"]


def futures(name: str, hp, inputs: np.ndarray, num_decodes: int) -> tf.Tensor:
  """Continuous samples [BATCH, num_decodes, targets, ...]."""
  with tf.variable_scope("model", reuse=tf.AUTO_REUSE):
    x, _ = model(name, hp, "infer", num_decodes).body(
      {"inputs": tf.constant(inputs)}
    )
  return x


def drawn(core, y_context, num_samples: int, *args) -> tf.Tensor:
  """Futures of an SlvmCore, [batch, num_samples, steps, ...]."""
  future = core.sample(y_context, num_samples, *args)
  return sample_axis.apart(future.draw(), num_samples)
