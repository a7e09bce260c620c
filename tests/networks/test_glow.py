"""Glow over its levels: values, volumes, and the way back."""

import numpy as np
import pytest
from tensor2tensor.models.research import glow_ops
import tensorflow.compat.v1 as tf

from t2t_af.networks import glow
from tests import weights
from tests.models import tiny

TOLERANCE = 1e-4
FRAME_SHAPE = (4, 4, 2)
SIZE = int(np.prod(FRAME_SHAPE))
X = (
  np.random.RandomState(0)
  .standard_normal((2,) + FRAME_SHAPE)
  .astype(np.float32)
)


@pytest.fixture(name="computed", scope="module")
def _computed():
  hparams = tiny.hparams()
  with tf.Graph().as_default(), tf.Session() as session:
    # A frame stands SIZE times in the batch; copy i gives row i of dz/dx.
    copies = tf.constant(np.repeat(X, SIZE, axis=0))
    with tf.variable_scope("model", reuse=tf.AUTO_REUSE):
      theirs = glow_ops.encoder_decoder("codec", tf.constant(X), hparams)
      decoder = glow.Decoder(FRAME_SHAPE, hparams)
      latents = glow.encode(copies, hparams)
      back = None
      for level in reversed(range(len(latents.z_levels))):
        back = decoder.context(level, back, latents.z_levels[level])
      context_back = decoder.context(1, None, latents.z_levels[1])
    z = tf.concat(
      [tf.reshape(l, [2 * SIZE, -1]) for l in latents.z_levels], axis=1
    )
    rows = np.tile(np.eye(SIZE, dtype=np.float32), [2, 1])
    (jacobian,) = tf.gradients(z, copies, rows)
    weights.randomize(session)
    return session.run(
      dict(
        latents=latents,
        back=back,
        context_back=context_back,
        jacobian=tf.reshape(jacobian, [2, SIZE, SIZE]),
        their_levels=theirs[3] + [theirs[0]],
      )
    )


def test_latents_equal_tensor2tensors(computed):
  for ours, theirs in zip(
    computed["latents"].z_levels, computed["their_levels"]
  ):
    np.testing.assert_allclose(ours[::SIZE], theirs, TOLERANCE, TOLERANCE)


def test_log_det_is_the_jacobians(computed):
  _, log_det = np.linalg.slogdet(computed["jacobian"].astype(np.float64))
  assert np.abs(log_det).min() > 0.1, "says nothing"
  np.testing.assert_allclose(
    computed["latents"].log_det[::SIZE], log_det, TOLERANCE, TOLERANCE
  )


def test_decoder_gives_back_every_level_and_the_frame(computed):
  np.testing.assert_allclose(
    computed["context_back"],
    computed["latents"].contexts[0],
    TOLERANCE,
    TOLERANCE,
  )
  np.testing.assert_allclose(computed["back"][::SIZE], X, TOLERANCE, TOLERANCE)


def test_latents_have_the_shapes_told_beforehand(computed):
  shapes = glow.latent_shapes(FRAME_SHAPE, 2)
  assert [z.shape[1:] for z in computed["latents"].z_levels] == shapes
  assert shapes == [(2, 2, 4), (1, 1, 16)]
  (context,) = computed["latents"].contexts
  assert context.shape[1:] == shapes[0]


def test_squeeze_equals_tensor2tensors_and_is_undone():
  x = tf.constant(np.random.RandomState(0).standard_normal([2, 4, 6, 3]))
  ours = glow.squeeze(x)
  theirs = glow_ops.squeeze("squeeze", x, factor=2, reverse=False)
  with tf.Session() as session:
    x, ours, theirs, back, their_back = session.run(
      [
        x,
        ours,
        theirs,
        glow.unsqueeze(ours),
        glow_ops.squeeze("unsqueeze", ours, factor=2, reverse=True),
      ]
    )
  np.testing.assert_array_equal(ours, theirs)
  np.testing.assert_array_equal(back, x)
  np.testing.assert_array_equal(their_back, x)
