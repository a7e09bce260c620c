"""What is found of a model's numbers, sound ones and broken ones."""

import math

import numpy as np
import pytest
import scipy.linalg
import tensorflow.compat.v1 as tf

from t2t_af.experiments import numerical_check
from t2t_af.models import round_trip
from t2t_af.models import video_flow_core
from t2t_af.networks import bounds
from tests import weights
from tests.models import small
from tests.models import tiny


def _parts(weights_matrix):
  p, lower, upper = scipy.linalg.lu(weights_matrix)
  s = np.diag(upper)
  return p, lower, np.triu(upper, 1), np.sign(s), np.log(np.abs(s))


@pytest.mark.parametrize("condition", [1.0, 100.0, 1e6])
def test_condition_number_is_that_of_the_convolution(condition):
  rng = np.random.default_rng(0)
  left, right = [np.linalg.qr(rng.standard_normal([4, 4]))[0] for _ in range(2)]
  matrix = left @ np.diag([condition, 1.0, 1.0, 1.0]) @ right
  found = numerical_check.condition_number(*_parts(matrix))
  np.testing.assert_allclose(found, condition, rtol=1e-6)


def test_convolution_that_overflows_has_no_condition_number():
  parts = _parts(np.eye(3) + 0.1)
  parts[-1][0] = 1e4
  assert numerical_check.condition_number(*parts) == math.inf


@pytest.mark.parametrize(
  "kind, value, verdict",
  [
    ("round trip", 1e-4, "ok"),
    ("round trip", 5e-3, "poor"),
    ("round trip", math.nan, "bad"),
    ("condition", math.inf, "bad"),
    ("share at bound", 0.05, "poor"),
  ],
)
def test_verdicts(kind, value, verdict):
  assert numerical_check.Finding(kind, "", value, "").verdict == verdict


def test_trip_that_does_not_come_back_is_the_largest_error():
  went = tf.constant([1.0, 2.0, -5.0])
  trips = [
    round_trip.compare(went, came)
    for came in (went, went + [0.0, 0.5, 0.0], went * [1.0, np.nan, 1.0])
  ]
  with tf.Session() as session:
    errors, sizes = zip(*session.run(trips))
  assert errors[:2] == (0.0, 0.5) and errors[2] > 1e38
  assert set(sizes) == {5.0}


def test_levels_of_video_flow_come_back_and_broken_ones_do_not(monkeypatch):
  """With random weights; the break is in the way back alone."""
  hparams = tiny.hparams(latent_dynamics="affine_af")
  x = tf.random_uniform([2, 5, *tiny.FRAME_SHAPE]) - 0.5
  with tf.variable_scope("model", reuse=tf.AUTO_REUSE):
    core = video_flow_core.VideoFlowCore(tiny.FRAME_SHAPE, hparams)
    trips = core.round_trips(x)
    noted = bounds.noted()
    context = video_flow_core.glow.Decoder.context
    monkeypatch.setattr(
      video_flow_core.glow.Decoder,
      "context",
      lambda *arguments: context(*arguments) * 1.1,
    )
    broken = core.round_trips(x)
  assert set(trips) == {
    "frames",
    *(f"level {i}" for i in (0, 1)),
    *(f"latent flow of level {i}" for i in (0, 1)),
  }
  assert {n.scope.split("/", 1)[1] for n in noted} == {
    "codec/split_0/prior_on_z2/latent_flow_0",
    "top/latent_flow_0",
  }
  with tf.Session() as session:
    weights.randomize(session)
    trips, broken = session.run([trips, broken])
  for what, trip in trips.items():
    assert trip.error < 1e-3 * trip.size, what
    if "latent" not in what:
      assert broken[what].error > 0.01 * trip.size


@pytest.mark.parametrize(
  "hparams_set, expected",
  [
    ("af2_series_tiny", {"transform 1", "transform 2", "all transforms"}),
    ("slvm_dx_series_tiny", {"transform 1"}),
    ("slvm_series_tiny", set()),
  ],
)
def test_models_of_data_space_say_what_comes_back(hparams_set, expected):
  hparams = small.hparams(hparams_set)
  num_inputs = hparams.video_num_input_frames
  steps = small.sequences(
    small.SERIES, num_inputs + hparams.video_num_target_frames
  )
  name = "slvm" if "slvm" in hparams_set else "autoregressive_flow"
  with tf.variable_scope("model", reuse=tf.AUTO_REUSE):
    trips = small.model(name, hparams, "eval").inversion(
      {
        "inputs": tf.constant(steps[:, :num_inputs]),
        "targets": tf.constant(steps[:, num_inputs:]),
      }
    )
  assert set(trips) == expected and bounds.noted()
  with tf.Session() as session:
    weights.randomize(session)
    for trip in session.run(trips).values():
      assert trip.error < 1e-4 * trip.size
