"""Each check of the flow contract has a mutant that fails it."""

import pytest
import tensorflow.compat.v1 as tf

from t2t_af import session as session_lib
from t2t_af.bijectors import affine_autoregressive
from t2t_af.bijectors import autoregressive
from t2t_af.bijectors import conditioners
from tests.bijectors import dense
from tests.contracts import flow_contract

AffineAutoregressive = affine_autoregressive.AffineAutoregressive
NUM_COND = dense.NUM_COND
SHAPE = (4, 3)  # time, features


def _nan_scale(window_fn):
  return lambda window: (
    window_fn(window)[0],
    tf.log(-tf.abs(window_fn(window)[1])),
  )


def _batch_mean(window_fn):
  def mixed(window):
    shift, log_scale = window_fn(window)
    return shift + tf.reduce_mean(shift, axis=0), log_scale

  return mixed


def _static_batch(window_fn):
  def scaled(window):
    shift, log_scale = window_fn(window)
    return shift * (window.shape.as_list()[0] or 1), log_scale

  return scaled


def _without_past(window_fn):
  return lambda window: tuple(window_fn(0.0 * window))


class _WrongForward(AffineAutoregressive):
  """Its shift goes in twice."""

  def element_forward(self, y, shift, log_scale):
    return super().element_forward(y, shift, log_scale) + shift


class _WrongSign(AffineAutoregressive):
  def _inverse_log_det_jacobian(self, x):
    return -super()._inverse_log_det_jacobian(x)


class _WrongSteps(AffineAutoregressive):
  """Two log-determinants stand at each other's step."""

  def inverse_and_log_det(self, x):
    y, log_det = super().inverse_and_log_det(x)
    swapped = [log_det[:, :2], log_det[:, 3:4], log_det[:, 2:3], log_det[:, 4:]]
    return autoregressive.InverseAndLogDet(y, tf.concat(swapped, axis=1))


class _StaticTime(AffineAutoregressive):
  def element_inverse(self, x, shift, log_scale):
    return super().element_inverse(
      x, shift * (x.shape.as_list()[1] or 1), log_scale
    )


class _SeesPadding(AffineAutoregressive):
  """Finds out how long x is, and Jacobians do not show it."""

  def inverse_and_log_det(self, x):
    y, log_det = super().inverse_and_log_det(x)
    last = y[:, NUM_COND:] * tf.cast(tf.shape(y)[1], y.dtype)
    return autoregressive.InverseAndLogDet(
      tf.concat([y[:, :NUM_COND], last], axis=1), log_det
    )


class _ChangesUnscored(AffineAutoregressive):
  def inverse_and_log_det(self, x):
    y, log_det = super().inverse_and_log_det(x)
    return autoregressive.InverseAndLogDet(
      tf.concat([-y[:, :1], y[:, 1:]], axis=1), log_det
    )


class _Shapeless(AffineAutoregressive):
  def _inverse(self, x):
    return tf.placeholder_with_default(super()._inverse(x), [None] * 3)


class _NotOnto(AffineAutoregressive):
  """No data belong to its negative noise."""

  def element_inverse(self, x, shift, log_scale):
    y, log_det = super().element_inverse(x, shift, log_scale)
    return tf.exp(y), log_det + y

  def element_forward(self, y, shift, log_scale):
    return super().element_forward(tf.log(tf.abs(y)), shift, log_scale)


class _WrongForwardLogDet(AffineAutoregressive):
  def _forward_log_det_jacobian(self, y):
    return self._inverse_log_det_jacobian(self._forward(y))


class _MixesStep(AffineAutoregressive):
  def element_inverse(self, x, shift, log_scale):
    y, log_det = super().element_inverse(x, shift, log_scale)
    return y + tf.roll(y, 1, axis=-1), log_det


class _OtherInverse(AffineAutoregressive):
  def _inverse(self, x):
    return super()._inverse(x) + 0.1


class _SeesNextStep(AffineAutoregressive):
  """But not the first of a padding."""

  def inverse_and_log_det(self, x):
    y, log_det = super().inverse_and_log_det(x)
    later = y[:, NUM_COND:3] + x[:, 3:4]
    return autoregressive.InverseAndLogDet(
      tf.concat([y[:, :NUM_COND], later, y[:, 3:]], axis=1), log_det
    )


@pytest.mark.parametrize(
  "options, claim",
  [
    (dict(cls=_Shapeless), "keeps the static shape"),
    (dict(wrap=_nan_scale), "is finite"),
    (dict(wrap=_static_batch), "static and dynamic batches"),
    (dict(cls=_StaticTime), "static and dynamic times"),
    (dict(wrap=_batch_mean), "ignores batch mates"),
    (dict(cls=_SeesPadding), "ignores padding"),
    (dict(cls=_ChangesUnscored), "passes unscored steps unchanged"),
    (dict(cls=_SeesNextStep), "sees no future step"),
    (dict(cls=_OtherInverse), "static and dynamic batches"),
    (dict(cls=_MixesStep), "is diagonal within a step"),
    (dict(wrap=_without_past), "uses the past"),
    (dict(cls=_WrongSign), "log-det is the Jacobian's"),
    (dict(cls=_WrongSteps), "log-det of every step"),
    (dict(cls=_WrongForward), r"forward\(inverse\(x\)\) is x"),
    (dict(cls=_NotOnto), r"inverse\(forward\(y\)\) is y"),
    (dict(cls=_WrongForwardLogDet), "log-dets agree"),
  ],
  ids=lambda value: value if isinstance(value, str) else "",
)
def test_contract_refuses(options, claim):
  conditioner = conditioners.WindowConditioner(
    options.get("wrap", lambda f: f)(dense.window_fn(SHAPE[1:])), NUM_COND
  )
  cls = options.get("cls", AffineAutoregressive)
  flow = cls(conditioner, NUM_COND, event_rank=2)
  with tf.Session(config=session_lib.config()) as session:
    with pytest.raises(AssertionError, match=claim):
      flow_contract.check(session, flow, dense.x(SHAPE))
