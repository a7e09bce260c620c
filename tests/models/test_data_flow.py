"""From hparams to a stack of flows, and which steps are used for what."""

import itertools

import numpy as np
import pytest
import tensorflow.compat.v1 as tf

from t2t_af.models import data_flow
from tests import weights
from tests.models import small


@pytest.mark.parametrize(
  "flow, first_steps, m",
  itertools.product(data_flow.DATA_FLOWS, data_flow.FIRST_STEPS, (1, 2, 3)),
)
def test_number_of_unscored_steps_is_the_stacks(flow, first_steps, m):
  hp = small.hparams(
    "slvm_series_tiny",
    data_flow=flow,
    num_transforms=m,
    first_steps=first_steps,
    num_cond_steps=2,
  )
  built = data_flow.stack(small.SERIES, hp, training=False)
  assert built.num_unscored == data_flow.num_unscored(hp)


@pytest.mark.parametrize(
  "overrides, num_warmup_steps, window",
  [
    (dict(data_flow="none"), 3, (6, 3)),
    (dict(data_flow="none"), -1, (0, 9)),
    (dict(data_flow="difference"), 3, (5, 3)),
    (dict(data_flow="affine_af"), 0, (6, 0)),
    (dict(data_flow="affine_af", num_transforms=2), 3, (0, 3)),
    (dict(data_flow="affine_af", num_transforms=2), 0, (3, 0)),
    (dict(data_flow="affine_af", first_steps="initial"), -1, (0, 0)),
  ],
)
def test_window_uses_no_more_inputs_than_are_needed(
  overrides, num_warmup_steps, window
):
  hp = small.hparams("slvm_tiny", **overrides)
  assert hp.video_num_input_frames == 9
  assert data_flow.window(hp, num_warmup_steps) == window


_NETWORKS = [
  ("af1_tiny", small.VIDEO, {}, "conditioner/window_3/normalization"),
  (
    "af1_tiny",
    small.VIDEO,
    dict(normalization="none"),
    "conditioner/window_3/conv",
  ),
  ("af1_tiny", small.VIDEO, dict(flow_transform="spline"), "conditioner/extra"),
  (
    "af1_tiny",
    small.VIDEO,
    dict(flow_conditioner="dilated"),
    "conditioner/dilated_1/join",
  ),
  ("af2_series_tiny", small.SERIES, {}, "conditioner/highway"),
  (
    "af1_series_tiny",
    small.SERIES,
    dict(flow_conditioner="dilated"),
    "conditioner/dilated_1/join",
  ),
  (
    "af1_series_tiny",
    small.SERIES,
    dict(flow_mask="learned"),
    "conditioner/mask",
  ),
  (
    "af2_series_tiny",
    small.SERIES,
    dict(first_steps="initial"),
    "initial/log_scale",
  ),
  (
    "af1_series_tiny",
    small.SERIES,
    dict(first_steps="initial", flow_transform="spline"),
    "initial/extra",
  ),
]


@pytest.mark.parametrize("hparams_set, step_shape, overrides, part", _NETWORKS)
def test_hparams_choose_the_networks(hparams_set, step_shape, overrides, part):
  """Each transform has one of its own, and random weights do something."""
  hp = small.hparams(hparams_set, **overrides)
  x = small.sequences(step_shape, 8)
  with tf.variable_scope("model", reuse=tf.AUTO_REUSE):
    flow = data_flow.stack(step_shape, hp, training=False)
    y, log_det = flow.inverse_and_log_det(tf.constant(x))
  names = [v.op.name for v in tf.trainable_variables()]
  for m in range(hp.num_transforms):
    scope = "model/flow/transform_%d/%s" % (m, part)
    assert any(name.startswith(scope) for name in names), names
  if hp.normalization == "none":
    assert not any("normalization" in name for name in names)
  with tf.Session() as session:
    weights.randomize(session)
    y, log_det = session.run([y, log_det])
  num_unscored = data_flow.num_unscored(hp)
  assert log_det[:, num_unscored:].all()
  assert np.abs(y - x)[:, num_unscored:].max() > 1e-3


@pytest.mark.parametrize(
  "hparams_set, step_shape, overrides",
  [
    ("af1_tiny", small.VIDEO, {}),
    ("af1_tiny", small.VIDEO, dict(flow_transform="spline")),
    ("af1_series_tiny", small.SERIES, dict(first_steps="initial")),
  ],
)
def test_second_transform_with_zero_heads_is_the_identity(
  hparams_set, step_shape, overrides
):
  """M = 2 is M = 1 there."""
  values = []
  for num_transforms in (1, 2):
    hp = small.hparams(hparams_set, num_transforms=num_transforms, **overrides)
    with tf.Graph().as_default(), tf.Session() as session:
      x = tf.constant(small.sequences(step_shape, 8))
      with tf.variable_scope("model", reuse=tf.AUTO_REUSE):
        built = data_flow.stack(
          step_shape, hp, training=False
        ).inverse_and_log_det(x)
      weights.randomize(
        session, zero=r"transform_1/\w+/(shift|log_scale|extra)"
      )
      values.append(session.run(built))
  one, two = values
  assert one.log_det_per_step.any()
  np.testing.assert_allclose(two.y, one.y, 1e-4, 1e-6)
  np.testing.assert_allclose(
    two.log_det_per_step, one.log_det_per_step, 1e-4, 1e-4
  )
