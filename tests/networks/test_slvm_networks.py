"""The SLVM's networks: shapes, bounds, what they remember and what not."""

from types import SimpleNamespace

import numpy as np
import pytest
import tensorflow.compat.v1 as tf

from t2t_af.networks import slvm_networks
from tests import weights

BATCH, NUM_STEPS, LATENT, HIDDEN = 2, 3, 4, 5
VIDEO, SERIES = (8, 8, 1), (6,)


def _hparams(**overrides):
  return SimpleNamespace(
    **{
      **dict(
        latent_size=LATENT,
        hidden_size=HIDDEN,
        num_recurrent_layers=2,
        encoder_width=2,
        normalization="none",
        data_flow="affine_af",
        latent_flow="none",
        num_cond_steps=3,
        flow_log_scale_bound=8.0,
        log_scale_clip="smooth",
        precision="float32",
        jit_compile=False,
      ),
      **overrides,
    }
  )


def _networks(step_shape, **overrides):
  return slvm_networks.from_step_shape(step_shape, _hparams(**overrides))


def _normal(*shape):
  values = np.random.RandomState(len(shape)).standard_normal(shape)
  return tf.constant(values, tf.float32)


def _run(tensors):
  with tf.Session() as session:
    weights.randomize(session)
    return session.run(tensors)


def test_the_shape_of_a_step_chooses():
  assert isinstance(_networks(VIDEO), slvm_networks.VideoNetworks)
  assert isinstance(_networks(SERIES), slvm_networks.SeriesNetworks)


@pytest.mark.parametrize("step_shape", [VIDEO, SERIES])
def test_shapes_of_all_four(step_shape):
  networks = _networks(step_shape)
  y = _normal(BATCH, NUM_STEPS, *step_shape)
  z = _normal(BATCH, NUM_STEPS, LATENT)
  features = networks.encode(y, False)
  q, q_state = networks.posterior(
    features[:, 0], z[:, 0], networks.posterior_state(BATCH)
  )
  p, p_state = networks.prior(z, networks.prior_state(BATCH))
  likelihood = networks.decode(z, False)
  assert features.shape[:2].as_list() == [BATCH, NUM_STEPS]
  for parameter in q:
    assert parameter.shape.as_list() == [BATCH, LATENT]
  for parameter in p:
    assert parameter.shape.as_list() == [BATCH, NUM_STEPS, LATENT]
  for parameter in likelihood:
    assert parameter.shape.as_list() == [BATCH, NUM_STEPS, *step_shape]
  num_states = 2 if step_shape == VIDEO else 0
  assert (len(q_state), len(p_state)) == (num_states, num_states)


def test_prior_of_a_sequence_is_that_of_its_steps_one_by_one():
  """With the state handed on; without it, another."""
  networks = _networks(VIDEO)
  z = _normal(BATCH, NUM_STEPS, LATENT)
  start = networks.prior_state(BATCH)
  together, _ = networks.prior(z, start)
  state, one_by_one, forgetful = start, [], []
  for t in range(NUM_STEPS):
    forgetful.append(networks.prior(z[:, t : t + 1], start)[0].loc)
    of_step, state = networks.prior(z[:, t : t + 1], state)
    one_by_one.append(of_step.loc)
  together, one_by_one, forgetful = _run(
    [together.loc, tf.concat(one_by_one, 1), tf.concat(forgetful, 1)]
  )
  np.testing.assert_allclose(one_by_one, together, 1e-5, 1e-6)
  np.testing.assert_allclose(forgetful[:, 0], together[:, 0], 1e-5, 1e-6)
  assert np.abs(forgetful[:, 1:] - together[:, 1:]).max() > 1e-4


def test_series_remember_nothing():
  networks = _networks(SERIES)
  assert networks.posterior_state(BATCH) == networks.prior_state(BATCH) == []
  z = _normal(BATCH, NUM_STEPS, LATENT)
  together, last = (
    networks.prior(z, [])[0].loc,
    networks.prior(z[:, -1:], [])[0].loc,
  )
  together, last = _run([together, last])
  np.testing.assert_allclose(last[:, 0], together[:, -1], 1e-5, 1e-6)


@pytest.mark.parametrize("data_flow", ["none", "difference"])
def test_means_of_frames_are_grey_levels_where_no_flow_is_between(data_flow):
  networks = _networks(VIDEO, data_flow=data_flow)
  loc = networks.decode(50.0 * _normal(BATCH, NUM_STEPS, LATENT), False).loc
  loc = _run(loc)
  within = 0.0 <= loc.min() and loc.max() <= 1.0
  assert within == (data_flow == "none")
  assert np.abs(loc).max() <= slvm_networks.MAX_LOC


def test_log_scales_are_bounded_smoothly():
  """-15 and 5, slope 1 at 0, and never flat where it matters."""
  raw = tf.constant([-1e3, -1.0, -1e-3, 0.0, 1e-3, 1.0, 1e3])
  bounded = slvm_networks.bounded_log_scale(raw)
  (slope,) = tf.gradients(bounded, raw)
  with tf.Session() as session:
    bounded, slope = session.run([bounded, slope])
  np.testing.assert_allclose(bounded[[0, 3, 6]], [-15.0, 0.0, 5.0])
  np.testing.assert_allclose(bounded[[2, 4]], [-1e-3, 1e-3], rtol=1e-5)
  assert (np.diff(bounded) > 0).all() and (slope[1:-1] > 0.9).all()


def test_latent_conditioners_are_none_or_one_of_the_models_size():
  assert slvm_networks.latent_conditioners(_hparams()) == []
  (conditioner,) = slvm_networks.latent_conditioners(
    _hparams(latent_flow="affine_af", num_cond_steps=2)
  )
  assert conditioner.num_cond_steps == 2
  shift, log_scale = conditioner(_normal(BATCH, 4, LATENT))
  for parameter in (shift, log_scale):
    assert parameter.shape.as_list() == [BATCH, 3, LATENT]
  names = {v.op.name for v in tf.trainable_variables()}
  assert {name.split("/")[0] for name in names} == {"latent_flow"}
  kernels = {v.op.name: v.shape.as_list() for v in tf.trainable_variables()}
  assert kernels["latent_flow/highway/layer_0/kernel"] == [2 * LATENT, HIDDEN]


def test_log_scales_keep_their_range_and_their_slope():
  raw = tf.constant([-1e3, -15.0, -1e-3, 0.0, 1e-3, 5.0, 1e3])
  bounded = slvm_networks.bounded_log_scale(raw)
  (slope,) = tf.gradients(bounded, raw)
  with tf.Session() as session:
    bounded, slope = session.run([bounded, slope])
  np.testing.assert_allclose(
    bounded[[0, 2, 3, 4, 6]], [-15.0, -1e-3, 0.0, 1e-3, 5.0], rtol=1e-5
  )
  assert (slope[1:-1] > 0.05).all() and np.abs(slope[2:5] - 1.0).max() < 1e-5
