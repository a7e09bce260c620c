"""Trainable parameters of the SLVM, to the unit, against the authors' code.

Their totals, from running it: SLVM 11,302,402 (3 channels: 11,324,934), SLVM +
1-AF 10,591,940 (10,634,316). Of these get no gradient, and are not in ours:

- a learned loc and scale of the first step of prior and posterior, 256 each:
  1,024; of the likelihood, a frame each: 2 * 64 * 64 * channels;
- with a flow, its initial shift and scale, another 2 * 64 * 64 * channels.

That leaves the live ones below. PyTorch's LSTMs add two bias vectors where
one says the same: 4 * 256 = 1,024 more per layer than ours.
"""

import numpy as np
import pytest
from tensor2tensor.utils import hparam
import tensorflow.compat.v1 as tf

from t2t_af.models import slvm_core

LSTM_BIAS = 4 * 256
FRAME = 64 * 64


def _count(step_shape, data_flow, num_layers, **overrides):
  """Trainable numbers by module; all must get a gradient."""
  hparams = hparam.HParams(
    **dict(
      dict(
        latent_size=256,
        hidden_size=256,
        num_recurrent_layers=num_layers,
        encoder_width=64,
        normalization="batch",
        data_flow=data_flow,
        latent_flow="none",
        num_cond_steps=3,
        flow_log_scale_bound=8.0,
        log_scale_clip="smooth",
        precision="float32",
        jit_compile=False,
      ),
      **overrides,
    )
  )
  core = slvm_core.SlvmCore(step_shape, hparams)
  bound = core.elbo(tf.zeros([2, 3] + list(step_shape)), True)
  variables = tf.trainable_variables()
  gradients = tf.gradients([bound.kl, bound.reconstruction], variables)
  names = {v.op.name for v in variables}
  dead = [v.op.name for v, g in zip(variables, gradients) if g is None]
  # Batch norm takes away what the bias before it adds: see `normalization`.
  assert all(
    name.endswith("/bias")
    and name[: -len("bias")] + "normalization/gamma" in names
    for name in dead
  ), dead
  counts = {}
  for v in variables:
    module = v.op.name.split("/")[0]
    counts[module] = counts.get(module, 0) + int(np.prod(v.shape.as_list()))
  return counts


@pytest.mark.parametrize(
  "channels, total, live", [(1, 11302402, 11293186), (3, 11324934, 11299334)]
)
def test_slvm(channels, total, live):
  assert live == total - 2 * 2 * 256 - 2 * FRAME * channels
  counts = _count((64, 64, channels), "none", 2)
  assert sum(counts.values()) == live - 4 * LSTM_BIAS
  heads = 2 * 65792
  assert counts["posterior"] == 657920 + 526848 + heads - 2 * LSTM_BIAS
  assert counts["prior"] == 2 * (65792 + 526848) + heads - 2 * LSTM_BIAS


@pytest.mark.parametrize(
  "channels, total, live, live_of_flow",
  [(1, 10591940, 10574532, 335042), (3, 10634316, 10584140, 338502)],
)
def test_slvm_with_a_data_flow(channels, total, live, live_of_flow):
  """The flow itself is `conv_conditioner`'s: counted there."""
  assert live == total - 2 * 2 * 256 - 2 * 2 * FRAME * channels
  counts = _count((64, 64, channels), "affine_af", 1)
  assert sum(counts.values()) == live - live_of_flow - 2 * LSTM_BIAS


@pytest.mark.parametrize("num_features", [4, 8])
def test_series(num_features):
  """Highway networks 2 x 256 and heads of 16; the authors' are unpublished."""

  def highway(num_inputs, num_outputs):
    layers = 257 * 256 * 2 + (num_inputs + 1) * 256  # gate and layer; first
    return layers + 2 * 257 * num_outputs

  counts = _count((num_features,), "none", 1, latent_size=16)
  assert counts == {
    "posterior": highway(16 + num_features, 16),
    "prior": highway(16, 16),
    "decoder": highway(16, num_features),
  }


def test_latent_flow_adds_its_conditioner():
  plain = _count((5,), "none", 1, latent_size=16)
  with tf.Graph().as_default():
    counts = _count((5,), "none", 1, latent_size=16, latent_flow="affine_af")
  assert counts.pop("latent_flow") == (
    257 * 256 * 2 + (3 * 16 + 1) * 256 + 2 * 257 * 16
  )
  assert counts == plain
