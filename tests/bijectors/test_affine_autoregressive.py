"""The affine flow across time: the contract, and mutants that break it."""

from types import SimpleNamespace

import numpy as np
import pytest
import tensorflow.compat.v1 as tf
import tensorflow_probability as tfp

from t2t_af.bijectors import affine_autoregressive
from t2t_af.networks import temporal_resnet
from tests import weights
from tests.contracts import flow_contract

AffineAutoregressive = affine_autoregressive.AffineAutoregressive
NUM_COND = 2
SERIES = (4, 3)  # time, features
VIDEO = (4, 2, 2, 2)  # time, height, width, channels


def _dense(event_shape, seed=0, hidden=8):
  """Fixed random weights: window -> tanh layer -> shift and log_scale."""
  rng = np.random.RandomState(seed)
  size = int(np.prod(event_shape))
  first, shift_head, scale_head = [
      tf.constant(0.5 * rng.standard_normal(shape), tf.float32) for shape in
      ([NUM_COND * size, hidden], [hidden, size], [hidden, size])]

  def conditioner(window):
    h = tf.tanh(tf.reshape(window, [-1, NUM_COND * size]) @ first)
    shift, log_scale = h @ shift_head, tf.tanh(h @ scale_head)
    shape = [-1] + list(event_shape)
    return tf.reshape(shift, shape), tf.reshape(log_scale, shape)

  return conditioner


def _x(shape, batch=2, seed=0):
  return np.random.RandomState(seed).standard_normal(
      (batch,) + shape).astype(np.float32)


def _flow(shape, seed=0, cls=AffineAutoregressive, wrap=lambda f: f):
  return cls(wrap(_dense(shape[1:], seed)), NUM_COND, event_rank=len(shape))


def _difference(window):
  return window[:, -1], None


def _resnet(window):
  hparams = SimpleNamespace(
      latent_encoder_depth=1, latent_encoder_width=4, latent_activation="gatu",
      latent_apply_dilations=False, latent_dilation_rates=[])
  with tf.variable_scope("flow", reuse=tf.AUTO_REUSE):
    return temporal_resnet.temporal_resnet(
        window, int(window.shape[-1]), hparams)


@pytest.mark.parametrize("make, shape", [
    (_flow, SERIES),
    (_flow, VIDEO),
    (lambda shape: AffineAutoregressive(_difference, NUM_COND, len(shape)),
     SERIES),
    (lambda shape: tfp.bijectors.Chain([_flow(shape, 1), _flow(shape, 2)]),
     SERIES),
], ids=["series", "video", "difference", "chain"])
def test_flow_keeps_the_contract(make, shape):
  with tf.Session() as session:
    flow_contract.check(session, make(shape), _x(shape))


def test_flow_with_temporal_resnet_keeps_the_contract():
  flow = AffineAutoregressive(_resnet, NUM_COND)
  with tf.Session() as session:
    flow_contract.check(session, flow, _x(VIDEO), weights.randomize)


def _nan_scale(conditioner):
  return lambda window: (conditioner(window)[0],
                         tf.log(-tf.abs(conditioner(window)[1])))


def _batch_mean(conditioner):
  def mixed(window):
    shift, log_scale = conditioner(window)
    return shift + tf.reduce_mean(shift, axis=0), log_scale
  return mixed


def _static_batch(conditioner):
  def scaled(window):
    shift, log_scale = conditioner(window)
    return shift * (window.shape.as_list()[0] or 1), log_scale
  return scaled


def _without_past(conditioner):
  return lambda window: tuple(conditioner(0. * window))


class _WrongForward(AffineAutoregressive):
  """Its shift goes in twice."""

  def step(self, y_t, window):
    shift, _ = self._shift_and_log_scale_fn(window)
    return super().step(y_t, window) + shift


class _WrongSign(AffineAutoregressive):

  def _inverse_log_det_jacobian(self, x):
    return -super()._inverse_log_det_jacobian(x)


class _Shapeless(AffineAutoregressive):

  def _inverse(self, x):
    return tf.placeholder_with_default(super()._inverse(x), [None] * 3)


class _NotOnto(AffineAutoregressive):
  """Its noise is positive, so that no data belong to negative noise."""

  def _inverse(self, x):
    return tf.exp(super()._inverse(x))

  def _forward(self, y):
    return super()._forward(tf.log(tf.abs(y)))

  def _inverse_log_det_jacobian(self, x):
    return super()._inverse_log_det_jacobian(x) + tf.reduce_sum(
        super()._inverse(x), axis=[1, 2])


class _WrongForwardLogDet(AffineAutoregressive):

  def _forward_log_det_jacobian(self, y):
    return self._inverse_log_det_jacobian(self._forward(y))


@pytest.mark.parametrize("options, claim", [
    (dict(cls=_Shapeless), "keeps the static shape"),
    (dict(wrap=_nan_scale), "is finite"),
    (dict(wrap=_static_batch), "static and dynamic batches"),
    (dict(wrap=_batch_mean), "ignores batch mates"),
    (dict(wrap=_without_past), "uses the past"),
    (dict(cls=_WrongSign), "log-det is the Jacobian's"),
    (dict(cls=_WrongForward), r"forward\(inverse\(x\)\) is x"),
    (dict(cls=_NotOnto), r"inverse\(forward\(y\)\) is y"),
    (dict(cls=_WrongForwardLogDet), "log-dets agree"),
], ids=lambda value: value if isinstance(value, str) else "")
def test_contract_refuses(options, claim):
  flow = _flow(SERIES, **options)
  with tf.Session() as session:
    with pytest.raises(AssertionError, match=claim):
      flow_contract.check(session, flow, _x(SERIES))


@pytest.mark.parametrize("steps_ahead, claim", [
    (1, "is diagonal within a step"), (2, "sees no future step")])
def test_contract_refuses_a_window_that_is_late(
    monkeypatch, steps_ahead, claim):
  windows = affine_autoregressive.windows
  monkeypatch.setattr(
      affine_autoregressive, "windows",
      lambda x, k: windows(tf.roll(x, -steps_ahead, axis=1), k))
  with tf.Session() as session:
    with pytest.raises(AssertionError, match=claim):
      flow_contract.check(session, _flow(SERIES), _x(SERIES))


def test_difference_is_exact_and_keeps_volume():
  x = _x((5, 3))
  flow = AffineAutoregressive(_difference, NUM_COND, event_rank=2)
  with tf.Session() as session:
    y, log_det = session.run(flow.inverse_and_log_det(tf.constant(x)))
  np.testing.assert_array_equal(y[:, NUM_COND:], x[:, 2:] - x[:, 1:-1])
  np.testing.assert_array_equal(y[:, :NUM_COND], x[:, :NUM_COND])
  np.testing.assert_array_equal(log_det, np.zeros([2, 5]))


def test_steps_and_log_dets_per_step_add_up_to_the_whole():
  """One step at a time is the whole; the first steps have log-det 0."""
  x = _x((5, 3))
  flow = _flow((5, 3))
  time_unknown = tf.placeholder_with_default(x, [None, None, 3])
  inverse = flow.inverse_and_log_det(tf.constant(x))
  seen = {t: tf.constant(x[:, t - NUM_COND:t]) for t in range(NUM_COND, 5)}
  steps = [flow.step(inverse.y[:, t], seen[t]) for t in seen]
  back = [flow.inverse_step(tf.constant(x[:, t]), seen[t]) for t in seen]
  with tf.Session() as session:
    steps, back, found, ildj, of_unknown = session.run([
        steps, back, inverse, flow.inverse_log_det_jacobian(tf.constant(x), 2),
        flow.inverse_and_log_det(time_unknown)])
  np.testing.assert_allclose(np.stack(steps, 1), x[:, NUM_COND:], 1e-5, 1e-5)
  np.testing.assert_allclose(
      np.stack(back, 1), found.y[:, NUM_COND:], 1e-5, 1e-5)
  assert not found.log_det_per_step[:, :NUM_COND].any()
  assert found.log_det_per_step[:, NUM_COND:].all()
  np.testing.assert_allclose(found.log_det_per_step.sum(1), ildj, 1e-5)
  for known, unknown in zip(found, of_unknown):
    np.testing.assert_allclose(unknown, known, 1e-5, 1e-6)


def test_windows_are_what_each_step_may_see():
  x = np.arange(2 * 4 * 1, dtype=np.float32).reshape([2, 4, 1])
  with tf.Session() as session:
    found = session.run(affine_autoregressive.windows(tf.constant(x), 2))
  np.testing.assert_array_equal(
      found[..., 0], [[0, 1], [1, 2], [4, 5], [5, 6]])


def test_no_window_or_no_step_after_it_is_an_error():
  with pytest.raises(ValueError, match="at least 1, got 0"):
    AffineAutoregressive(_difference, 0)
  flow = AffineAutoregressive(_difference, NUM_COND, 2, name="my_flow")
  with pytest.raises(ValueError, match="my_flow needs more than 2 steps"):
    flow.inverse_and_log_det(tf.zeros([1, 2, 3]))
