"""The model on tensors: density, sampling loop, grey levels."""

import numpy as np
import pytest
import scipy.stats
import tensorflow.compat.v1 as tf

from t2t_af.models import video_flow_core
from tests import weights
from tests.models import known_noise
from tests.models import tiny

NUM_COND = 3
OBSERVATION = video_flow_core.OBSERVATION


def _core(frame_shape=tiny.FRAME_SHAPE, **overrides):
  return video_flow_core.VideoFlowCore(
    frame_shape, tiny.hparams(latent_dynamics="affine_af", **overrides)
  )


def _frames(shape):
  return (np.random.RandomState(0).uniform(size=shape) - 0.5).astype(np.float32)


def test_log_prob_is_the_density_of_sampled_frames():
  """Through all levels: log N(eps) - log |det dx / deps| - dims * log 256."""
  frame_shape, size = (4, 4, 1), 16
  context = tf.constant(_frames((1, NUM_COND) + frame_shape))
  rng = np.random.RandomState(1)
  noise = rng.standard_normal([1, size]).astype(np.float32)
  # One sample per row of the Jacobian, all of the same noise.
  flat = tf.constant(np.repeat(noise, size, axis=0))
  eps = [
    tf.reshape(flat[:, :8], [size, 2, 2, 2]),
    tf.reshape(flat[:, 8:], [size, 1, 1, 8]),
  ]
  with tf.variable_scope("model", reuse=tf.AUTO_REUSE):
    core = _core(frame_shape)
    x = core.sample(context, size, 1, eps_fn=lambda level, _: eps[level])[0]
    (jacobian,) = tf.gradients(tf.reshape(x, [size, size]), flat, tf.eye(size))
    log_prob = core.log_prob(
      tf.concat([tf.tile(context, [size, 1, 1, 1, 1]), x], axis=1)
    )
  with tf.Session() as session:
    weights.randomize(session)
    ours, jacobian = session.run([log_prob[0, 0], jacobian])
  density = (
    scipy.stats.norm.logpdf(noise).sum()
    - np.linalg.slogdet(jacobian.astype(np.float64))[1]
  )
  np.testing.assert_allclose(ours, density - size * np.log(256.0), rtol=1e-5)


def test_recomputation_changes_no_gradient():
  x = tf.constant(_frames((2, NUM_COND + 1) + (4, 4, 1)))
  results = []
  for recompute in (False, True):
    with tf.variable_scope("model", reuse=tf.AUTO_REUSE):
      core = _core((4, 4, 1), latent_encoder_depth=2, recompute=recompute)
      log_prob = core.log_prob(x)
    variables = tf.trainable_variables()
    results.append([log_prob, *tf.gradients(log_prob, variables)])
  results = [[t for t in of_one if t is not None] for of_one in results]
  with tf.Session() as session:
    weights.randomize(session)
    kept, computed_again = session.run(results)
  assert len(kept) == len(computed_again) > 50
  for ours, theirs in zip(computed_again, kept):
    np.testing.assert_allclose(ours, theirs, 1e-5, 1e-5 * abs(theirs).max())


@pytest.mark.parametrize("conditioning", ["latents", "frames"])
def test_second_frame_goes_on_from_the_first(monkeypatch, conditioning):
  """... as sampled, or as the 8-bit frame that it becomes."""
  half_a_level = 0.5 / 256
  known_noise.uniform_is(monkeypatch, 0.5)
  context = _frames((2, NUM_COND) + tiny.FRAME_SHAPE)
  next_context = tf.placeholder(tf.float32, context.shape)
  eps = [
    np.random.RandomState(level).standard_normal(shape).astype(np.float32)
    for level, shape in enumerate([(2, 4, 4, 2), (2, 2, 2, 8)])
  ]
  with tf.variable_scope("model", reuse=tf.AUTO_REUSE):
    core = _core(sample_conditioning=conditioning)
    both, again = [
      core.sample(c, 1, num_frames, eps_fn=lambda level, _: eps[level])[:, 0]
      for c, num_frames in ((tf.constant(context), 2), (next_context, 1))
    ]
  with tf.Session() as session:
    weights.randomize(session)
    both, grey = session.run([both, OBSERVATION.from_x(both)])
    first, as_8_bit = both[:, :1], grey[:, :1] / 255.0 - 0.5 + half_a_level
    assert np.abs(as_8_bit - first).max() > 0.1, "nothing to tell apart"
    seen = {"latents": first, "frames": as_8_bit}[conditioning]
    again = session.run(
      again, {next_context: np.concatenate([context[:, 1:], seen], axis=1)}
    )
  np.testing.assert_allclose(both[:, 1:], again, rtol=1e-3, atol=1e-3)


def test_sampling_graph_does_not_grow_with_the_frames():
  sizes = []
  for num_frames in (10, 30):
    with tf.Graph().as_default() as graph:
      with tf.variable_scope("model", reuse=tf.AUTO_REUSE):
        x = _core().sample(
          tf.zeros((1, NUM_COND) + tiny.FRAME_SHAPE), 2, num_frames
        )
      assert x.shape[1:].as_list() == [2, num_frames] + list(tiny.FRAME_SHAPE)
      operations = graph.get_operations()
      sizes.append(len(operations))
      # Or frames would race for the noise, and a seed say nothing.
      loops = [op for op in operations if op.type == "Enter"]
      assert {op.get_attr("parallel_iterations") for op in loops} == {1}
  assert sizes[0] == sizes[1] > 100


@pytest.mark.parametrize("noise", [0.0, 0.5, 1.0 - 2.0**-23])
def test_every_grey_level_comes_back(monkeypatch, noise):
  """At the least noise that can be drawn, the greatest, and between."""
  monkeypatch.setattr(
    tf, "random_uniform", lambda shape: tf.fill(shape, np.float32(noise))
  )
  levels = np.arange(256)
  x = OBSERVATION.to_x(tf.constant(levels / 255.0, tf.float32))
  with tf.Session() as session:
    back, x = session.run([OBSERVATION.from_x(x), x])
  assert back.dtype == np.uint8 and x.min() >= -0.5 and x.max() < 0.51
  np.testing.assert_array_equal(back, levels)


def test_frames_out_of_range_become_black_or_white():
  x = tf.constant([-7.0, 7.0, -np.inf, np.inf, np.nan])
  with tf.Session() as session:
    np.testing.assert_array_equal(
      session.run(OBSERVATION.from_x(x)), [0, 255, 0, 255, 0]
    )


def test_dequantization_noise_fills_one_level_evenly():
  with tf.Session() as session:
    x = session.run(OBSERVATION.to_x(tf.zeros([2000])))
  assert scipy.stats.kstest((x + 0.5) * 256, "uniform").pvalue > 1e-4
