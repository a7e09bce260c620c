"""video_flow with latent_skip is tensor2tensor's next_frame_glow."""

import numpy as np
import pytest
import tensorflow.compat.v1 as tf

from t2t_af.models import video_flow_core
from tests import weights
from tests.models import stock_video_flow
from tests.models import tiny

BITS_TOLERANCE = 1e-4  # float32 sums over a frame, in another order
FRAME_TOLERANCE = 1e-3  # frames are in [-0.5, 0.5]; a grey level is 0.004
NUM_COND = 3
TEMPERATURE = 0.7
NUM_SAMPLED = 2  # Random weights send later frames to infinity.
LARGE = dict(
  depth=2,
  n_levels=3,
  latent_encoder_depth=2,
  coupling_width=24,
  latent_encoder_width=16,
  latent_apply_dilations=True,
  video_num_target_frames=5,
)


def _compare(frame_shape, **overrides):
  """Both models under the same variables and noise, in one graph."""
  # tensor2tensor goes on from sampled latents, not from sampled frames.
  hparams = tiny.hparams(sample_conditioning="latents", **overrides)
  hparams.problem = stock_video_flow.problem(frame_shape)
  rng = np.random.RandomState(0)
  shape = (2, NUM_COND + hparams.video_num_target_frames) + frame_shape
  frames = rng.uniform(size=shape).astype(np.float32)
  noise = (rng.uniform(size=shape) / 256).astype(np.float32)
  with tf.Graph().as_default(), tf.Session() as session:
    x = tf.constant(frames)
    stock = dict(bits=stock_video_flow.bits_per_dim(x, noise, hparams))
    num_variables = len(tf.global_variables())
    dequantized = tf.constant(frames - 0.5 + noise)
    with tf.variable_scope(stock_video_flow.SCOPE, reuse=True):
      core = video_flow_core.VideoFlowCore(frame_shape, hparams)
      log_prob = core.log_prob(dequantized)
      z_levels = core.encode(dequantized[:, :1]).z_levels
      eps = [
        rng.standard_normal([2] + z.shape.as_list()[2:]).astype(np.float32)
        for z in z_levels
      ]
      samples = core.sample(
        dequantized[:, :NUM_COND],
        num_samples=2,
        num_frames=NUM_SAMPLED,
        temperature=TEMPERATURE,
        eps_fn=lambda level, _: tf.constant(np.repeat(eps[level], 2, 0)),
      )
    stock["frames"] = stock_video_flow.sample(
      x[:, :NUM_COND], noise, eps, TEMPERATURE, NUM_SAMPLED, hparams
    )
    assert len(tf.global_variables()) == num_variables
    weights.randomize(session)
    nats_per_frame, ours_frames, stock = session.run(
      [-log_prob, samples, stock]
    )
  bits = nats_per_frame.mean(axis=1) / np.log(2.0) / np.prod(frame_shape)
  return bits, ours_frames, stock


@pytest.fixture(name="compared", scope="module")
def _compared():
  return _compare(tiny.FRAME_SHAPE, video_num_target_frames=2)


def test_bits_per_dim_of_every_sequence_are_the_same(compared):
  bits, _, stock = compared
  assert bits.std() > 10 * BITS_TOLERANCE, "says nothing"
  np.testing.assert_allclose(bits, stock["bits"], rtol=0, atol=BITS_TOLERANCE)


def test_samples_are_the_same_on_the_same_noise(compared):
  _, frames, stock = compared
  assert np.abs(np.diff(stock["frames"], axis=1)).max() > 0.1, "says nothing"
  for sample in range(2):
    np.testing.assert_allclose(
      frames[:, sample], stock["frames"], rtol=0, atol=FRAME_TOLERANCE
    )


@pytest.mark.slow
def test_larger_model_is_the_same():
  """Three levels of two steps, dilations, five scored frames."""
  bits, frames, stock = _compare((32, 32, 3), **LARGE)
  np.testing.assert_allclose(bits, stock["bits"], rtol=0, atol=BITS_TOLERANCE)
  for sample in range(2):
    np.testing.assert_allclose(
      frames[:, sample], stock["frames"], rtol=0, atol=FRAME_TOLERANCE
    )
