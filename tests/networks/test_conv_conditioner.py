"""The convolutional conditioner: contract, exact size, each frame once."""

import numpy as np
import pytest
import tensorflow.compat.v1 as tf

from t2t_af import session as session_lib
from t2t_af.networks import conditioning
from t2t_af.networks import conv_conditioner
from tests import weights
from tests.contracts import conditioner_contract
from tests.networks import numpy_layers

X = np.random.RandomState(0).standard_normal([2, 4, 3, 5, 2]).astype(np.float32)
WIDTH = 8
# Two parameters of as many channels as a frame, 3x3, with bias.
HEADS = 2 * (9 * WIDTH + 1) * 2
LAYERS = 9 * WIDTH * (2 + 3 * WIDTH + 3 * WIDTH + 3 * WIDTH) + 8 * WIDTH
NORMS = 8 * 2 * WIDTH


@pytest.mark.parametrize(
  "options, number",
  [
    (dict(normalization="batch"), LAYERS + NORMS + HEADS),
    (dict(normalization="group"), LAYERS + NORMS + HEADS),
    (dict(normalization="none"), LAYERS + HEADS),
    (dict(normalization="none", mask="learned"), LAYERS + HEADS + 3 * WIDTH),
    (dict(normalization="none", num_extra=5), LAYERS + 7 * HEADS // 2),
  ],
  ids=["batch", "group", "none", "mask", "extra"],
)
def test_keeps_the_conditioner_contract(options, number):
  conditioner = conv_conditioner.ConvConditioner(width=WIDTH, **options)
  shapes = [[3, 5, 2]] * 2 + [[3, 5, 10]] * ("num_extra" in options)
  with tf.Session(config=session_lib.config()) as session:
    conditioner_contract.check(session, conditioner, 3, X, shapes, number)


@pytest.mark.parametrize(
  "channels, one, initial",
  [(1, 335042, 2 * 64 * 64), (3, 338502, 2 * 64 * 64 * 3)],
)
def test_size_is_that_of_the_authors_live_parameters(channels, one, initial):
  x = tf.placeholder(tf.float32, [None, 4, 64, 64, channels])
  counts = []
  for m in range(2):
    conv_conditioner.ConvConditioner(name="transform_%d" % m)(x)
    counts.append(_num_parameters())
  conditioning.initial(x.shape[2:])
  counts.append(_num_parameters())
  assert counts == [one, 2 * one, 2 * one + initial]


def _num_parameters():
  return sum(np.prod(v.shape.as_list()) for v in tf.trainable_variables())


def test_every_frame_goes_through_the_shared_layers_once():
  x = tf.zeros([2, 7, 4, 4, 1])
  conv_conditioner.ConvConditioner(width=WIDTH)(x)
  batches = [
    int(op.inputs[0].shape[0])
    for op in tf.get_default_graph().get_operations()
    if op.type == "Conv2D"
  ]
  # Five windows by pairs, so three pairs, four products each; three layers on
  # the windows; both heads at once.
  assert batches == [2 * 7] * 4 + [2 * 3] * 4 + [2 * 5] * 4


def test_equals_a_network_of_one_window():
  """Fig. 4b by hand: three stacks with the same weights, cat, one stack."""
  conditioner = conv_conditioner.ConvConditioner(
    width=WIDTH, normalization="none", log_scale_bound=0.01
  )
  ours = conditioner(tf.constant(X))
  variables = {v.op.name.split("/", 1)[1]: v for v in tf.global_variables()}

  def layer(name, h):
    return (
      tf.nn.conv2d(h, variables[name + "/kernel"], 1, "SAME")
      + (variables[name + "/bias"])
    )

  def layers(name, h):
    for i in range(4):
      h = tf.nn.relu(layer("%s_%d/conv" % (name, i), h))
    return h

  h = layers(
    "window",
    tf.concat(
      [layers("frame", tf.constant(X[:, t])) for t in (1, 2, 3)], axis=-1
    ),
  )
  with tf.Session(config=session_lib.config()) as session:
    weights.randomize(session)
    ours, shift, raw = session.run(
      [ours, layer("shift", h), layer("log_scale", h)]
    )
  assert np.abs(raw).max() > 0.01, "bounds nothing"
  np.testing.assert_allclose(ours[0][:, 1], shift, 1e-5, 1e-6)
  np.testing.assert_allclose(
    ours[1][:, 1], numpy_layers.bounded(raw, 0.01), 1e-5, 1e-6
  )


def test_closed_mask_hides_what_it_stands_on():
  conditioner = conv_conditioner.ConvConditioner(
    width=WIDTH, normalization="none", mask="learned"
  )
  x = tf.constant(X)
  shift, _ = conditioner(x)
  (slope,) = tf.gradients(shift[:, 0], x)
  (mask,) = [v for v in tf.global_variables() if v.op.name.endswith("/mask")]
  closed = np.full([3, WIDTH], 3.0, np.float32)
  closed[1] = -200.0
  with tf.Session(config=session_lib.config()) as session:
    session.run(tf.global_variables_initializer())
    assert (session.run(tf.sigmoid(mask)) > 0.95).all()
    weights.randomize(session)
    session.run(mask.assign(closed))
    slope = session.run(slope)
  assert not slope[:, 1].any() and slope[:, 0].any() and slope[:, 2].any()


def test_initial_parameters_start_at_zero_and_are_bounded():
  parameters = conditioning.initial(
    [2, 2, 3], log_scale_bound=0.01, num_extra=4
  )
  assert [m.shape.as_list() for m in parameters] == [
    [2, 2, 3],
    [2, 2, 3],
    [2, 2, 12],
  ]
  with tf.Session(config=session_lib.config()) as session:
    session.run(tf.global_variables_initializer())
    assert not any(m.any() for m in session.run(list(parameters)))
    weights.randomize(session)
    shift, log_scale, _ = session.run(parameters)
  assert np.abs(shift).max() > 0.01 > np.abs(log_scale).max()


def test_unknown_mask_is_an_error():
  with pytest.raises(ValueError, match="mask must be one of none, learned"):
    conv_conditioner.ConvConditioner(mask="learnt")
