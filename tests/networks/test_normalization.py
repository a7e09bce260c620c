"""Batch, group and no normalisation; batch norm under an Estimator."""

import numpy as np
import pytest
import tensorflow.compat.v1 as tf

from t2t_af import session as session_lib
from t2t_af.networks import normalization
from tests import weights

TOLERANCE = 1e-5
X = (
  3.0 * np.random.RandomState(0).standard_normal([6, 4, 3, 16]) + 2.0
).astype(np.float32)
MEAN = X.mean((0, 1, 2), dtype=np.float64)
VARIANCE = X.var((0, 1, 2), dtype=np.float64)
COUNT = 6 * 4 * 3


def _normalize(x, kind="batch", training=True):
  with tf.variable_scope("model", reuse=tf.AUTO_REUSE):
    return normalization.normalize(x, kind, training)


def _values(session):
  return {
    v.op.name.rsplit("/", 1)[1]: session.run(v) for v in tf.global_variables()
  }


def test_training_uses_the_batch_and_remembers_it():
  y = _normalize(tf.constant(X))
  updates = normalization.update_moving_averages()
  with tf.Session() as session:
    weights.randomize(session)
    before = _values(session)
    y = session.run(y)
    same = _values(session)
    session.run(updates)
    after = _values(session)
  np.testing.assert_allclose(
    y,
    before["gamma"] * (X - MEAN) / np.sqrt(VARIANCE + 1e-5) + before["beta"],
    TOLERANCE,
    TOLERANCE,
  )
  np.testing.assert_array_equal(same["moving_mean"], before["moving_mean"])
  np.testing.assert_allclose(
    after["moving_mean"], 0.9 * before["moving_mean"] + 0.1 * MEAN, TOLERANCE
  )
  np.testing.assert_allclose(
    after["moving_variance"],
    0.9 * before["moving_variance"] + 0.1 * VARIANCE * COUNT / (COUNT - 1),
    TOLERANCE,
  )


def test_inference_uses_what_is_remembered_and_updates_nothing():
  y = _normalize(tf.constant(X), training=False)
  assert not normalization.update_moving_averages()
  with tf.Session() as session:
    weights.randomize(session)
    values, y = _values(session), session.run(y)
  np.testing.assert_allclose(
    y,
    values["gamma"]
    * (X - values["moving_mean"])
    / np.sqrt(values["moving_variance"] + 1e-5)
    + values["beta"],
    1e-4,
    TOLERANCE,
  )


def test_a_layer_is_updated_once_however_often_it_is_used():
  for _ in range(3):
    _normalize(tf.constant(X))
  with tf.variable_scope("other"):
    _normalize(tf.constant(X))
  assert len(normalization.update_moving_averages()) == 2 * 2
  assert len(tf.trainable_variables()) == 2 * 2
  assert len(tf.global_variables()) == 2 * 4


@pytest.mark.parametrize("training", [True, False])
def test_vectors_are_frames_of_one_pixel(training):
  flat = X[:, 0, 0]
  ours = _normalize(tf.constant(flat), training=training)
  theirs = _normalize(tf.constant(flat[:, None, None]), training=training)
  with tf.Session() as session:
    weights.randomize(session)
    ours, theirs = session.run([ours, theirs])
  np.testing.assert_allclose(ours, theirs[:, 0, 0], TOLERANCE, TOLERANCE)


def test_group_norm_is_of_one_frame_and_two_channels():
  fed = tf.placeholder(tf.float32, [None, 4, 3, 16])
  built = _normalize(fed, "group")
  assert not normalization.update_moving_averages()
  with tf.Session() as session:
    weights.randomize(session)
    values = _values(session)
    y, alone = [session.run(built, {fed: x}) for x in (X, X[2:3])]
  groups = X.reshape([6, 12, 8, 2])
  theirs = (groups - groups.mean((1, 3), keepdims=True)) / np.sqrt(
    groups.var((1, 3), keepdims=True) + 1e-5
  )
  np.testing.assert_allclose(
    y, theirs.reshape(X.shape) * values["gamma"] + values["beta"], 1e-4, 1e-4
  )
  np.testing.assert_allclose(alone[0], y[2], TOLERANCE, TOLERANCE)


@pytest.mark.parametrize(
  "kind, training",
  [("batch", True), ("batch", False), ("group", True), ("none", True)],
)
def test_a_bias_given_is_a_bias_added_before(kind, training):
  """To what comes out, to what is remembered, and to all gradients."""
  x = tf.constant(X)
  bias = tf.constant(np.linspace(-2.0, 2.0, 16).astype(np.float32))
  outputs = []
  for scope in ("given", "added"):
    with tf.variable_scope(scope):
      y = (
        normalization.normalize(x, kind, training, bias)
        if scope == "given"
        else normalization.normalize(x + bias, kind, training)
      )
    outputs.append([y, tf.gradients(y**2 * x, x)[0]])
  averages = [v for v in tf.global_variables() if "moving" in v.name]
  with tf.Session() as session:
    session.run(tf.global_variables_initializer())
    given, added = session.run(outputs)
    session.run(normalization.update_moving_averages())
    for average, value in zip(averages, session.run(averages)):
      (given if average.name.startswith("given") else added).append(value)
  assert len(given) == len(added) == (4 if kind == "batch" else 2)
  for a, b in zip(given, added):
    np.testing.assert_allclose(a, b, 1e-4, 1e-4)


def test_none_is_nothing():
  x = tf.constant(X)
  assert _normalize(x, "none") is x
  assert not tf.global_variables()


def test_unknown_kind_is_an_error():
  with pytest.raises(ValueError, match="one of batch, group, none, got 'bath'"):
    _normalize(tf.constant(X), "bath")


def _model_fn(features, mode):
  training = mode == tf.estimator.ModeKeys.TRAIN
  y = _normalize(features, training=training)
  loss = tf.reduce_mean(tf.square(y))
  if mode == tf.estimator.ModeKeys.PREDICT:
    return tf.estimator.EstimatorSpec(mode, predictions={"y": y})
  with tf.control_dependencies(normalization.update_moving_averages()):
    step = tf.assign_add(tf.train.get_global_step(), 1)
  return tf.estimator.EstimatorSpec(mode, loss=loss, train_op=step)


def _input_fn():
  return tf.data.Dataset.from_tensors(X).repeat()


def test_estimator_trains_evaluates_predicts_and_restores(tmp_path):
  """After n steps on one batch, the averages are 1 - 0.9^n of the way."""
  num_steps = 4
  config = tf.estimator.RunConfig(
    str(tmp_path), session_config=session_lib.config()
  )
  tf.estimator.Estimator(_model_fn, config=config).train(
    _input_fn, steps=num_steps
  )
  restored = tf.estimator.Estimator(_model_fn, config=config)
  kept = 0.9**num_steps
  mean = (1.0 - kept) * MEAN
  variance = kept + (1.0 - kept) * VARIANCE * COUNT / (COUNT - 1)
  np.testing.assert_allclose(
    restored.get_variable_value("model/normalization/moving_mean"),
    mean,
    TOLERANCE,
  )
  np.testing.assert_allclose(
    restored.get_variable_value("model/normalization/moving_variance"),
    variance,
    TOLERANCE,
  )
  theirs = (X - mean) / np.sqrt(variance + 1e-5)
  loss = restored.evaluate(_input_fn, steps=2)["loss"]
  np.testing.assert_allclose(loss, np.square(theirs).mean(), 1e-4)
  predicted = next(restored.predict(_input_fn))["y"]
  np.testing.assert_allclose(predicted, theirs[0], 1e-4, 1e-5)
  # Neither evaluation nor prediction has changed what is remembered.
  np.testing.assert_allclose(
    restored.get_variable_value("model/normalization/moving_mean"),
    mean,
    TOLERANCE,
  )
