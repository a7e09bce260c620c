"""The affine flow across time: the contract, the first steps, the loop."""

from types import SimpleNamespace

import numpy as np
import pytest
import scipy.stats
import tensorflow.compat.v1 as tf

from t2t_af import session as session_lib
from t2t_af.bijectors import affine_autoregressive
from t2t_af.bijectors import conditioners
from t2t_af.networks import temporal_resnet
from tests import weights
from tests.bijectors import dense
from tests.contracts import flow_contract

AffineAutoregressive = affine_autoregressive.AffineAutoregressive
NUM_COND = dense.NUM_COND
SERIES = (4, 3)  # time, features
VIDEO = (4, 2, 2, 2)  # time, height, width, channels


def _flow(shape, **options):
  return AffineAutoregressive(
    dense.conditioner(shape[1:]), NUM_COND, event_rank=len(shape), **options
  )


def _previous(x):
  return x[:, NUM_COND - 1 :], None


def _initial(shape):
  rng = np.random.RandomState(1)
  return [
    tf.constant(rng.standard_normal(shape[1:]), tf.float32) for _ in range(2)
  ]


def _resnet(window):
  hparams = SimpleNamespace(
    latent_encoder_depth=1,
    latent_encoder_width=4,
    latent_activation="gatu",
    latent_apply_dilations=False,
    latent_dilation_rates=[],
    recompute=False,
    precision="float32",
    jit_compile=False,
  )
  with tf.variable_scope("flow", reuse=tf.AUTO_REUSE):
    return temporal_resnet.temporal_resnet(
      window, int(window.shape[-1]), hparams
    )


@pytest.mark.parametrize(
  "make, shape",
  [
    (_flow, SERIES),
    (_flow, VIDEO),
    (
      lambda shape: AffineAutoregressive(_previous, NUM_COND, len(shape)),
      SERIES,
    ),
    (lambda shape: _flow(shape, start=1), SERIES),
    (lambda shape: _flow(shape, initial=_initial(shape)), SERIES),
    (lambda shape: _flow(shape, start=1, initial=_initial(shape)), VIDEO),
  ],
  ids=["series", "video", "difference", "start", "initial", "start_initial"],
)
def test_flow_keeps_the_contract(make, shape):
  with tf.Session(config=session_lib.config()) as session:
    flow_contract.check(session, make(shape), dense.x(shape))


def test_flow_with_temporal_resnet_keeps_the_contract():
  flow = AffineAutoregressive(
    conditioners.WindowConditioner(_resnet, NUM_COND), NUM_COND
  )
  with tf.Session(config=session_lib.config()) as session:
    flow_contract.check(session, flow, dense.x(VIDEO), weights.randomize)


def test_steps_and_log_dets_per_step_add_up_to_the_whole():
  """One step at a time is the whole; the first steps have log-det 0."""
  x = dense.x((5, 3))
  flow = _flow((5, 3))
  inverse = flow.inverse_and_log_det(tf.constant(x))
  seen = {t: tf.constant(x[:, t - NUM_COND : t]) for t in range(NUM_COND, 5)}
  steps = [flow.step(inverse.y[:, t], seen[t]) for t in seen]
  back = [flow.inverse(tf.constant(x[:, t - NUM_COND : t + 1])) for t in seen]
  with tf.Session() as session:
    steps, back, inverted, ildj = session.run(
      [steps, back, inverse, flow.inverse_log_det_jacobian(tf.constant(x), 2)]
    )
  np.testing.assert_allclose(np.stack(steps, 1), x[:, NUM_COND:], 1e-5, 1e-5)
  np.testing.assert_allclose(
    np.stack([y[:, -1] for y in back], 1), inverted.y[:, NUM_COND:], 1e-5, 1e-5
  )
  assert not inverted.log_det_per_step[:, :NUM_COND].any()
  assert inverted.log_det_per_step[:, NUM_COND:].all()
  np.testing.assert_allclose(inverted.log_det_per_step.sum(1), ildj, 1e-5)


@pytest.mark.parametrize("start", [0, 1])
def test_initial_maps_transform_the_steps_without_a_window(start):
  """All others are as with skip."""
  x = dense.x((5, 3))
  first = start + NUM_COND
  shift, log_scale = _initial((5, 3))
  skip = _flow((5, 3), start=start)
  initial = _flow((5, 3), start=start, initial=(shift, log_scale))
  assert (skip.num_unscored, initial.num_unscored) == (first, start)
  with tf.Session() as session:
    skipped, inverted, shift, log_scale = session.run(
      [
        skip.inverse_and_log_det(tf.constant(x)),
        initial.inverse_and_log_det(tf.constant(x)),
        shift,
        log_scale,
      ]
    )
  np.testing.assert_allclose(
    inverted.y[:, start:first],
    (x[:, start:first] - shift) / np.exp(log_scale),
    1e-5,
    1e-6,
  )
  np.testing.assert_allclose(
    inverted.log_det_per_step[:, start:first],
    np.full([2, NUM_COND], -log_scale.sum()),
    1e-5,
  )
  np.testing.assert_array_equal(inverted.y[:, first:], skipped.y[:, first:])
  np.testing.assert_array_equal(
    inverted.log_det_per_step[:, first:], skipped.log_det_per_step[:, first:]
  )


def test_initial_maps_make_a_gaussian_process_exact():
  """AR(1): the flow's density of a whole sequence is the joint Gaussian's."""
  num_steps, a, mean, std = 5, 0.8, 1.5, [2.0] + [0.5] * 4
  flow = AffineAutoregressive(
    lambda x: (a * x, tf.fill(tf.shape(x), np.float32(np.log(std[1])))),
    1,
    event_rank=2,
    initial=[tf.constant([v], tf.float32) for v in (mean, np.log(std[0]))],
  )
  x = dense.x((num_steps, 1))
  with tf.Session() as session:
    y, log_det = session.run(flow.inverse_and_log_det(tf.constant(x)))
  ours = scipy.stats.norm.logpdf(y[..., 0]).sum(1) + log_det.sum(1)
  # x = response @ innovations.
  response = np.tril(
    [
      [a ** (t - s) if t >= s else 0.0 for s in range(num_steps)]
      for t in range(num_steps)
    ]
  )
  theirs = scipy.stats.multivariate_normal(
    response @ ([mean] + [0.0] * 4),
    response @ np.diag(np.square(std)) @ response.T,
  ).logpdf(x[..., 0])
  np.testing.assert_allclose(ours, theirs, 1e-5)


class _Counting:
  """A conditioner that counts how often it is built and how often it runs."""

  def __init__(self, step_shape):
    self._conditioner = dense.conditioner(step_shape)
    self.built, self.windows = 0, []

  def __call__(self, x):
    self.built += 1
    shift, log_scale = self._conditioner(x)
    shift = tf.py_func(self._count, [shift], tf.float32)
    shift.set_shape(log_scale.shape)
    return shift, log_scale

  def _count(self, shift):
    self.windows.append(shift.shape[1])
    return shift


@pytest.mark.parametrize("num_steps", [5, 9])
def test_one_call_inverts_all_steps_and_one_makes_each(num_steps):
  counting = _Counting((3,))
  flow = AffineAutoregressive(counting, NUM_COND, event_rank=2)
  x = tf.constant(dense.x((num_steps, 3)))
  with tf.Session() as session:
    session.run(flow.inverse_and_log_det(x))
    assert (counting.built, counting.windows) == (1, [num_steps - NUM_COND])
    session.run(flow.forward(x))
  assert counting.built == 2
  assert counting.windows[1:] == [1] * (num_steps - NUM_COND)


def _num_operations(num_steps):
  with tf.Graph().as_default() as graph:
    x = tf.placeholder(tf.float32, [2, num_steps, 3])
    flow = _flow((num_steps, 3))
    flow.inverse_and_log_det(x)
    flow.forward(x)
    return len(graph.get_operations())


def test_graph_does_not_grow_with_the_steps():
  assert _num_operations(6) == _num_operations(60)


def test_context_alone_passes_and_goes_on_exactly():
  """Inverse of a context, then forward with noise: the context comes first."""
  flow = _flow((6, 3))
  x = dense.x((6, 3))
  context = tf.constant(x[:, :NUM_COND])
  y = flow.inverse(context)
  goes_on = flow.forward(tf.concat([y, x[:, NUM_COND:]], axis=1))
  with tf.Session() as session:
    y, goes_on = session.run([y, goes_on])
  np.testing.assert_array_equal(y, x[:, :NUM_COND])
  np.testing.assert_array_equal(goes_on[:, :NUM_COND], x[:, :NUM_COND])


def test_no_window_a_negative_start_or_too_few_steps_are_errors():
  with pytest.raises(ValueError, match="at least 1, got 0"):
    AffineAutoregressive(_previous, 0)
  with pytest.raises(ValueError, match="at least 0, got -1"):
    AffineAutoregressive(_previous, 1, start=-1)
  flow = AffineAutoregressive(_previous, NUM_COND, 2, name="my_flow")
  for transform in (flow.inverse_and_log_det, flow.forward):
    with pytest.raises(ValueError, match="my_flow needs at least 2 steps"):
      transform(tf.zeros([1, 1, 3]))
