"""The prior over one level: Eq. 12, and that it scores what it samples."""

import numpy as np
import pytest
import scipy.stats
import tensorflow.compat.v1 as tf

from t2t_af.models import latent_prior
from t2t_af.networks import layers
from t2t_af.networks import temporal_resnet
from tests import weights
from tests.models import tiny
from tests.networks import numpy_layers

NUM_COND = 3
TOLERANCE = 1e-4
SHAPE = (4, 2, 4)  # height, width, channels
Z = (
  np.random.RandomState(0)
  .standard_normal((2, NUM_COND + 2) + SHAPE)
  .astype(np.float32)
)
CONTEXT = np.random.RandomState(1).standard_normal(Z.shape).astype(np.float32)


def _log_prob(dynamics, level, zero=None, **overrides):
  """[batch, 2] of Z; the same weights whatever the dynamics."""
  with tf.Graph().as_default(), tf.Session() as session:
    with tf.variable_scope("model", reuse=tf.AUTO_REUSE):
      prior = latent_prior.LatentPrior(
        level, SHAPE, tiny.hparams(latent_dynamics=dynamics, **overrides)
      )
      built = prior.log_prob(
        tf.constant(Z), None if level else tf.constant(CONTEXT)
      )
    weights.randomize(session, zero=zero)
    return session.run(built)


@pytest.mark.parametrize("level", [0, 1])
@pytest.mark.parametrize("residual, equal", [(True, "skip"), (False, "none")])
def test_latent_flow_with_zero_heads_is_the_special_case(
  level, residual, equal
):
  """alpha = z_(t-1) and beta = 1 is latent_skip; alpha = 0, no flow."""
  zero_heads = _log_prob(
    "affine_af",
    level,
    r"latent_flow_\d+/res_final",
    latent_af_residual=residual,
  )
  np.testing.assert_array_equal(zero_heads, _log_prob(equal, level))
  random_heads = _log_prob("affine_af", level, latent_af_residual=residual)
  assert np.abs(random_heads - zero_heads).min() > 0.01


def _networks(level, hparams):
  """Windows, and what the networks make of them: [batch * time, ...] each."""
  channels = SHAPE[-1]
  num_windows = Z.shape[1] - NUM_COND
  window = tf.constant(
    np.stack(
      [
        Z[b, t : t + NUM_COND]
        for b in range(len(Z))
        for t in range(num_windows)
      ]
    )
  )
  scope = "model/top" if level else "model/codec/split_0/prior_on_z2"
  with tf.variable_scope(scope, reuse=True):
    with tf.variable_scope("latent_flow_0"):
      alpha, raw_log_beta = temporal_resnet.temporal_resnet(
        window, channels, hparams
      )
    if level:
      with tf.variable_scope("conv3d"):
        prior = temporal_resnet.temporal_resnet(window, channels, hparams)
    else:
      context = CONTEXT[:, NUM_COND:].reshape((-1,) + SHAPE)
      with tf.variable_scope("level_prior"):
        from_above = layers.conv(
          "conv2d", tf.constant(context), 2 * channels, zero_init=True
        )[..., 0::2]
      inputs = tf.concat(
        [window, tf.stack([from_above] * NUM_COND, axis=1)], axis=-1
      )
      with tf.variable_scope("latent_stack"):
        prior = temporal_resnet.temporal_resnet(inputs, channels, hparams)
  return dict(
    window=window,
    alpha=alpha,
    raw_log_beta=raw_log_beta,
    loc=prior[0],
    log_scale=prior[1],
  )


@pytest.mark.parametrize("level, residual", [(0, False), (1, True)])
def test_log_prob_is_equation_12(level, residual):
  """log N(z; alpha + beta * loc, (beta * scale)^2), by numpy and scipy."""
  bound = 0.2
  hparams = tiny.hparams(
    latent_dynamics="affine_af",
    latent_af_residual=residual,
    latent_af_log_scale_bound=bound,
  )
  with tf.variable_scope("model", reuse=tf.AUTO_REUSE):
    ours = latent_prior.LatentPrior(level, SHAPE, hparams).log_prob(
      tf.constant(Z), None if level else tf.constant(CONTEXT)
    )
  networks = _networks(level, hparams)
  with tf.Session() as session:
    weights.randomize(session)
    ours, outputs = session.run([ours, networks])
  outputs = {name: value.astype(np.float64) for name, value in outputs.items()}
  assert np.abs(outputs["raw_log_beta"]).max() > bound, "bounds nothing"
  beta = np.exp(numpy_layers.bounded(outputs["raw_log_beta"], bound))
  alpha = outputs["alpha"] + residual * outputs["window"][:, -1]
  theirs = scipy.stats.norm.logpdf(
    Z[:, NUM_COND:].reshape((-1,) + SHAPE),
    alpha + beta * outputs["loc"],
    beta * np.exp(outputs["log_scale"]),
  ).sum((1, 2, 3))
  np.testing.assert_allclose(ours.ravel(), theirs, TOLERANCE, TOLERANCE)


@pytest.mark.parametrize(
  "dynamics, num_transforms",
  [("none", 1), ("skip", 1), ("affine_af", 1), ("affine_af", 2)],
)
def test_log_prob_is_the_density_of_samples(dynamics, num_transforms):
  """Change of variables from the noise of three steps to their latents.

  log p(z_t | z_<t) = log N(eps_t; 0, 1) - log |det dz_t / deps_t|.
  """
  hparams = tiny.hparams(
    latent_dynamics=dynamics,
    latent_af_residual=True,
    latent_af_num_transforms=num_transforms,
  )
  num_steps, n = 3, 4
  size = num_steps * n
  rng = np.random.RandomState(2)
  # The sequence stands `size` times in the batch; copy i gives Jacobian row i.
  noise = np.tile(
    rng.standard_normal([1, num_steps, 1, 1, n]), [size, 1, 1, 1, 1]
  ).astype(np.float32)
  past = np.tile(
    rng.standard_normal([1, NUM_COND, 1, 1, n]), [size, 1, 1, 1, 1]
  ).astype(np.float32)
  eps, z = tf.constant(noise), tf.constant(past)
  with tf.variable_scope("model", reuse=tf.AUTO_REUSE):
    prior = latent_prior.LatentPrior(1, (1, 1, n), hparams)
    state = prior.initial_state(z)
    for t in range(num_steps):
      z_t = prior.sample_step(state, None, eps[:, t], 1.0)
      state = prior.next_state(state, z_t)
      z = tf.concat([z, z_t[:, tf.newaxis]], axis=1)
    log_prob = prior.log_prob(z, None)
  (jacobian,) = tf.gradients(
    tf.reshape(z[:, NUM_COND:], [size, size]), eps, tf.eye(size)
  )
  with tf.Session() as session:
    weights.randomize(session)
    ours, jacobian = session.run([log_prob, tf.reshape(jacobian, [size] * 2)])
  blocks = jacobian.reshape([num_steps, n, num_steps, n]).astype(np.float64)
  theirs = []
  for t in range(num_steps):
    assert not blocks[t, :, t + 1 :].any()
    theirs.append(
      scipy.stats.norm.logpdf(noise[0, t]).sum()
      - np.linalg.slogdet(blocks[t, :, t])[1]
    )
  np.testing.assert_allclose(ours[0], theirs, TOLERANCE, TOLERANCE)


@pytest.mark.parametrize(
  "dynamics, transforms", [("skip", 1), ("affine_af", 1), ("affine_af", 2)]
)
def test_decomposition_is_equation_12(dynamics, transforms):
  """z = alpha + beta u, of all transforms together; of beta = 1, a mutant."""
  with tf.Session() as session:
    with tf.variable_scope("model", reuse=tf.AUTO_REUSE):
      prior = latent_prior.LatentPrior(
        1,
        SHAPE,
        tiny.hparams(
          latent_dynamics=dynamics, latent_af_num_transforms=transforms
        ),
      )
      transformed, parts = (
        prior.inverse(tf.constant(Z)),
        prior.decompose(tf.constant(Z)),
      )
    weights.randomize(session)
    u, parts = session.run([transformed.u, parts])
  np.testing.assert_allclose(parts["u"], u, rtol=TOLERANCE, atol=TOLERANCE)
  np.testing.assert_array_equal(parts["z"], Z[:, NUM_COND:])
  np.testing.assert_allclose(
    parts["alpha"] + parts["beta"] * u,
    parts["z"],
    rtol=TOLERANCE,
    atol=TOLERANCE,
  )
  if dynamics == "skip":
    np.testing.assert_array_equal(parts["alpha"], Z[:, NUM_COND - 1 : -1])
    assert (parts["beta"] == 1.0).all()
  else:
    assert np.abs(parts["alpha"] + u - parts["z"]).max() > 0.01


def test_no_flow_has_no_decomposition():
  prior = latent_prior.LatentPrior(
    1, SHAPE, tiny.hparams(latent_dynamics="none")
  )
  assert prior.decompose(tf.constant(Z)) == {}
