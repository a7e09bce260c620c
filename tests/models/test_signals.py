"""What evaluations measure and pictures show: data and noise of each step."""

import numpy as np
import pytest
import tensorflow.compat.v1 as tf

from t2t_af.analysis.metrics import correlation
from t2t_af.models import signals as signals_lib
from tests import weights
from tests.models import known_noise
from tests.models import small

TOLERANCE = 1e-5
INPUTS, TARGETS = 9, 10


@pytest.fixture(name="no_noise")
def _no_noise(monkeypatch):
  """x = v / 256."""
  known_noise.uniform_is(monkeypatch, 0.0)


def _run(
  name, hparams_set, step_shape, initialize=weights.randomize, **overrides
):
  """(data, signals, decomposition) of a model of small sequences."""
  hp = small.hparams(hparams_set, **overrides)
  x = small.sequences(step_shape, INPUTS + TARGETS)
  outputs, _ = small.body(name, hp, x)
  with tf.variable_scope("model", reuse=tf.AUTO_REUSE):
    # What `bottom` makes of levels is as `small.sequences`.
    factor = 255.0 if len(step_shape) == 3 else 1.0
    parts = small.model(name, hp, "eval").decomposition(
      {
        "inputs": tf.constant(factor * x[:, :INPUTS]),
        "targets": tf.constant(factor * x[:, INPUTS:]),
      }
    )
  with tf.Session() as session:
    session.run(tf.global_variables_initializer())
    if initialize:
      initialize(session)
    signals, parts = session.run([signals_lib.split(outputs).signals, parts])
  return x, signals, parts


def _round_trip(x, parts, num_transforms):
  """Greatest error of shift_m + scale_m y_m, against what is below."""
  below, worst = x, 0.0
  for m in range(1, num_transforms + 1):
    shift, scale, y = [parts["%s_%d" % (n, m)] for n in ("shift", "scale", "y")]
    assert shift.shape == scale.shape == y.shape and (scale > 0).all()
    worst = max(
      worst, np.abs(shift + scale * y - below[:, -y.shape[1] :]).max()
    )
    below = y
  return worst


@pytest.mark.parametrize(
  "name, hparams_set, step_shape, overrides",
  [
    ("autoregressive_flow", "af2_tiny", small.VIDEO, {}),
    ("slvm", "slvm_af1_series_tiny", small.SERIES, {}),
    ("slvm", "slvm_dx_series_tiny", small.SERIES, {}),
    (
      "autoregressive_flow",
      "af2_series_tiny",
      small.SERIES,
      dict(first_steps="initial"),
    ),
  ],
  ids=["video", "slvm", "difference", "initial"],
)
def test_shift_and_scale_lead_back_to_the_data(
  no_noise, name, hparams_set, step_shape, overrides
):
  del no_noise
  x, signals, parts = _run(name, hparams_set, step_shape, **overrides)
  x = np.round(255.0 * x) / 256.0 if len(step_shape) == 3 else x
  num_transforms = len(signals) - 1
  assert _round_trip(x, parts, num_transforms) < TOLERANCE
  mutant = dict(
    parts,
    scale_1=np.roll(parts["scale_1"], 1, axis=1),
    shift_1=np.roll(parts["shift_1"], 1, axis=1),
  )
  assert _round_trip(x, mutant, num_transforms) > 1e3 * TOLERANCE
  num_scored = TARGETS + (INPUTS if overrides else 0)
  for m in range(1, num_transforms + 1):
    y = signals["y%d" % m]
    assert y.shape[1] == num_scored
    np.testing.assert_array_equal(y, parts["y_%d" % m][:, -num_scored:])


def test_spline_has_the_shift_and_scale_of_its_affine_part():
  """Zero in its extra map: an affine flow."""
  x, _, parts = _run(
    "autoregressive_flow",
    "af1_series_tiny",
    small.SERIES,
    lambda session: weights.randomize(session, zero="/extra/"),
    flow_transform="spline",
  )
  assert _round_trip(x, parts, 1) < TOLERANCE


def test_data_are_a_signal_without_noise():
  """So that a pixel that stands still counts as one."""
  x, signals, _ = _run("slvm", "slvm_tiny", small.VIDEO)
  assert list(signals) == ["x"]
  np.testing.assert_allclose(signals["x"], x[:, INPUTS:], rtol=1e-6)


def _correlation(values):
  """Eq. 23 and 24 of [sequences, steps, dims], term by term."""
  mean, variance = values.mean(axis=(0, 1)), values.var(axis=(0, 1))
  xi = (values[:, :-1] - mean) * (values[:, 1:] - mean)
  return (xi.mean(axis=(0, 1)) / variance).mean()


def test_new_flow_leaves_the_correlation_of_the_data():
  """Zero heads: y = x."""
  x, signals, _ = _run(
    "autoregressive_flow", "af1_series_tiny", small.SERIES, initialize=None
  )
  expected = _correlation(x[:, INPUTS:].astype(np.float64))
  for name in ("x", "y1"):
    measured = correlation.temporal_correlation(signals[name]).correlation
    np.testing.assert_allclose(measured, expected, rtol=1e-6)
  assert abs(_correlation(x) - expected) > 0.01  # Mutant: all steps.


@pytest.mark.parametrize("num_transforms", [1, 2])
def test_correlation_of_a_difference_is_that_of_differenced_data(
  num_transforms,
):
  x, signals, _ = _run(
    "slvm", "slvm_dx_series_tiny", small.SERIES, num_transforms=num_transforms
  )
  for m in range(num_transforms + 1):
    differenced = np.diff(x.astype(np.float64), m, axis=1)[:, -TARGETS:]
    measured = correlation.temporal_correlation(
      signals["y%d" % m if m else "x"]
    ).correlation
    np.testing.assert_allclose(measured, _correlation(differenced), rtol=1e-5)


@pytest.mark.parametrize("of_one", [True, False])
def test_batches_add_up_and_an_evaluation_begins_anew(of_one):
  values = small.sequences(small.SERIES, 4).repeat(3, axis=0)[:5]
  values = (values + np.arange(5)[:, None, None]).astype(np.float32)
  batch = tf.placeholder(tf.float32, [None, 4, 5])
  short = tf.placeholder(tf.float32, [None, 1, 5])
  outputs = signals_lib.split(
    signals_lib.join(
      signals_lib.Outputs(
        {"nll": batch[:, :, 0]}, {"y1": 2.0 * batch, "u0": short}
      )
    )
  )
  assert list(outputs.scores) == ["nll"] and list(outputs.signals) == ["y1"]
  names = ["a/0", "a/1", "b/0", "c/0", "c/1"]
  ids = tf.placeholder(tf.string, [None])
  correlations = signals_lib.Correlations(
    outputs.signals, ids, (lambda name: name[0]) if of_one else str
  )
  ((value, update),) = correlations.metrics().values()
  expected = correlation.temporal_correlation(
    values, ids=[name[0] if of_one else name for name in names]
  )
  assert (
    expected.stderr
    != correlation.temporal_correlation(values, ids=list("aabbb")).stderr
  )
  with tf.Session() as session:
    for _ in range(2):
      correlations.begin()
      for part in (slice(3), slice(3, 5)):
        session.run(update, {batch: values[part], ids: names[part]})
    (fields,) = correlations.record_fields()
    np.testing.assert_allclose(session.run(value), expected.correlation, 1e-6)
  assert fields["signal"] == "y1" and fields["num_windows"] == 5
  assert fields["num_sequences"] == (3 if of_one else 5)
  np.testing.assert_allclose(fields["correlation"], expected.correlation, 1e-6)
  np.testing.assert_allclose(
    fields["correlation_stderr"], expected.stderr, 1e-6
  )


def test_no_signal_is_no_record():
  correlations = signals_lib.Correlations({}, tf.constant(["a"]), str)
  correlations.begin()
  assert (correlations.metrics(), correlations.record_fields()) == ({}, [])
