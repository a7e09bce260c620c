"""Every flow on every network, for one to three transforms.

Batch norm is tested in inference mode, with random moving averages: in
training it mixes sequences, which the contract forbids.
"""

import numpy as np
import pytest
import tensorflow.compat.v1 as tf

from t2t_af import session as session_lib
from t2t_af.bijectors import affine_autoregressive
from t2t_af.bijectors import splines
from t2t_af.bijectors import stack
from t2t_af.networks import conditioning
from t2t_af.networks import conv_conditioner
from t2t_af.networks import dilated_conditioner
from t2t_af.networks import normalization
from t2t_af.networks import series_conditioner
from tests import weights
from tests.bijectors import dense
from tests.contracts import flow_contract

K = 2
SERIES = (9, 2)
VIDEO = (8, 2, 2, 1)
NUM_BINS = 3
NETWORKS = {
  "series": (
    SERIES,
    lambda **kw: series_conditioner.SeriesConditioner(K, 5, **kw),
  ),
  "series_mask": (
    SERIES,
    lambda **kw: series_conditioner.SeriesConditioner(
      K, 5, mask="learned", **kw
    ),
  ),
  "series_dilated": (
    SERIES,
    lambda **kw: dilated_conditioner.DilatedConditioner(K, 5, **kw),
  ),
  "conv_batch": (
    VIDEO,
    lambda **kw: conv_conditioner.ConvConditioner(K, 4, **kw),
  ),
  "conv_group": (
    VIDEO,
    lambda **kw: conv_conditioner.ConvConditioner(K, 4, "group", **kw),
  ),
  "conv_none": (
    VIDEO,
    lambda **kw: conv_conditioner.ConvConditioner(
      K, 4, "none", mask="learned", **kw
    ),
  ),
  "video_dilated": (
    VIDEO,
    lambda **kw: dilated_conditioner.DilatedConditioner(K, 4, "group", **kw),
  ),
}


def _flow(network, num_transforms, first_steps, spline=False):
  shape, make = NETWORKS[network]
  extra = dict(num_extra=splines.num_extra(NUM_BINS)) if spline else {}
  transforms, start = [], 0
  for m in range(num_transforms):
    options = dict(event_rank=len(shape), start=start)
    if first_steps == "initial":
      options["initial"] = conditioning.initial(
        shape[1:], name="initial_%d" % m, **extra
      )
    conditioner = make(name="conditioner_%d" % m, **extra)
    if spline:
      transforms.append(
        splines.SplineAutoregressive(
          conditioner, K, num_bins=NUM_BINS, **options
        )
      )
    else:
      transforms.append(
        affine_autoregressive.AffineAutoregressive(conditioner, K, **options)
      )
    start = transforms[-1].num_unscored
  return stack.Stack(transforms, len(shape))


def _check(network, flow, num_unscored, num_unchanged):
  assert flow.num_unscored == num_unscored
  with tf.Session(config=session_lib.config()) as session:
    flow_contract.check(
      session,
      flow,
      dense.x(NETWORKS[network][0]),
      weights.randomize,
      num_unchanged,
    )


PLAIN = ["series", "series_dilated", "conv_batch", "video_dilated"]
# (network, num_transforms); all the others are slow.
FAST = [("series", 2), ("series", 3), ("conv_batch", 2)] + [
  (network, 1) for network in PLAIN
]
FAST_SPLINES = [("conv_batch", 1)]
FAST_INITIAL = [("series", 1), ("conv_batch", 1)]


def _all(fast, networks=tuple(sorted(NETWORKS))):
  """Every network with every number of transforms."""
  return [
    pytest.param(
      network, m, marks=[] if (network, m) in fast else [pytest.mark.slow]
    )
    for network in networks
    for m in (1, 2, 3)
  ]


@pytest.mark.parametrize("network, num_transforms", _all(FAST))
def test_affine_flow_keeps_the_contract(network, num_transforms):
  _check(network, _flow(network, num_transforms, "skip"), num_transforms * K, K)


@pytest.mark.parametrize("network, num_transforms", _all(FAST_SPLINES, PLAIN))
def test_spline_flow_keeps_the_contract(network, num_transforms):
  _check(
    network,
    _flow(network, num_transforms, "skip", spline=True),
    num_transforms * K,
    K,
  )


@pytest.mark.parametrize("network, num_transforms", _all(FAST_INITIAL, PLAIN))
def test_flow_with_initial_maps_keeps_the_contract(network, num_transforms):
  """The Jacobian of the whole sequence, first steps included."""
  _check(network, _flow(network, num_transforms, "initial"), 0, 0)


@pytest.mark.slow
def test_spline_flow_with_initial_maps_keeps_the_contract():
  _check("series", _flow("series", 2, "initial", spline=True), 0, 0)


def test_every_flow_starts_as_the_identity():
  x = tf.constant(dense.x(SERIES))
  flows = {}
  for name, spline in (("affine", False), ("spline", True)):
    with tf.variable_scope(name):
      flows[name] = _flow("series", 2, "initial", spline).inverse_and_log_det(x)
  with tf.Session() as session:
    session.run(tf.global_variables_initializer())
    for y, log_det in session.run(flows).values():
      np.testing.assert_allclose(y, dense.x(SERIES), 1e-5, 1e-6)
      np.testing.assert_allclose(log_det, np.zeros([2, 9]), atol=1e-5)


def test_second_transform_of_zero_heads_changes_nothing():
  x = tf.constant(dense.x(VIDEO))
  one, two = [
    _flow("conv_batch", m, "skip").inverse_and_log_det(x) for m in (1, 2)
  ]
  with tf.Session() as session:
    weights.randomize(
      session, zero="conditioner_1/(shift|log_scale)/(kernel|bias)"
    )
    one, two = session.run([one, two])
  assert np.abs(one.y - dense.x(VIDEO))[:, K:].max() > 0.01, "says nothing"
  np.testing.assert_array_equal(one.y, two.y)
  np.testing.assert_array_equal(one.log_det_per_step, two.log_det_per_step)


def test_batch_norm_in_training_breaks_the_contract():
  """Why it is tested, evaluated and sampled in inference mode."""
  flow = affine_autoregressive.AffineAutoregressive(
    conv_conditioner.ConvConditioner(K, 4, training=True), K
  )
  x = tf.placeholder(tf.float32, (None,) + VIDEO)
  y = flow.inverse(x)
  with tf.Session() as session:
    weights.randomize(session)
    both, alone = [session.run(y, {x: dense.x(VIDEO)[:n]}) for n in (2, 1)]
  assert np.abs(both[:1] - alone).max() > 1e-3


def test_sampling_makes_variables_and_updates_no_moving_average():
  """A graph that only samples: its loop makes and initialises all."""
  flow = _flow("conv_batch", 2, "initial")
  x = flow.forward(tf.constant(dense.x(VIDEO)))
  assert not normalization.update_moving_averages()
  assert any("moving_mean" in v.name for v in tf.global_variables())
  with tf.Session() as session:
    session.run(tf.global_variables_initializer())
    np.testing.assert_allclose(session.run(x), dense.x(VIDEO), 1e-5, 1e-6)
