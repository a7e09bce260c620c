"""The noise of evaluations is each window's own, of training a step's."""

import numpy as np
import pytest
import scipy.stats
import tensorflow.compat.v1 as tf

from t2t_af import windows
from t2t_af.models import noise

IDS = ["walk/0", "walk/0", "walk/1", "run"]
STARTS = [0, 10, 0, 0]


def _keys(ids=tuple(IDS), starts=tuple(STARTS)):
  return noise.window_keys(
    {
      windows.SEQUENCE_ID: tf.constant(list(ids)),
      windows.START: tf.constant(list(starts), tf.int32),
    }
  )


def _drawn(make, *arguments, seed=0, **keywords):
  with tf.Graph().as_default(), tf.Session() as session:
    tf.set_random_seed(seed)
    return session.run(make(*arguments, **keywords))


def _normal(draw=0, stream=noise.DATA, **of_keys):
  keys = _keys(**of_keys)
  return (
    noise.WindowNoise(keys, draw)
    .stream(stream)
    .normal([tf.shape(keys)[0], 7, 5])
  )


def test_windows_have_different_keys_and_those_without_a_place_are_numbered():
  assert len(set(_drawn(_keys))) == len(IDS)
  numbered = _drawn(
    lambda: noise.window_keys({"targets": tf.zeros([3, 2])}), seed=1
  )
  assert numbered.tolist() == [0, 1, 2]


def test_noise_follows_from_the_window_alone():
  every = _drawn(_normal)
  np.testing.assert_array_equal(every, _drawn(_normal, seed=5))
  for order in ([2, 0], [3], [1, 1, 2]):
    some = _drawn(
      _normal, ids=[IDS[i] for i in order], starts=[STARTS[i] for i in order]
    )
    np.testing.assert_array_equal(some, every[order])


def test_windows_draws_and_streams_share_nothing():
  noises = [
    row
    for draw in (0, 1)
    for stream in (noise.DATA, noise.POSTERIOR, noise.POSTERIOR + 1)
    for row in _drawn(_normal, draw, stream).reshape([len(IDS), -1])
  ]
  correlations = np.corrcoef(noises) - np.eye(len(noises))
  # 35 numbers each: one standard deviation is 0.17.
  assert np.abs(correlations).max() < 0.8
  assert np.abs(correlations).mean() < 0.25


@pytest.mark.parametrize(
  "name, distribution", [("uniform", "uniform"), ("normal", "norm")]
)
def test_noise_has_its_distribution(name, distribution):
  values = _drawn(
    lambda: getattr(noise.WindowNoise(_keys()), name)([4, 500])
  ).ravel()
  assert scipy.stats.kstest(values, distribution).pvalue > 1e-3


def _of_steps(steps, seed=0, number=0, stream=noise.DATA, name="normal"):
  """[steps, 40] of training steps, in the order in which they are run."""
  with tf.Graph().as_default(), tf.Session() as session:
    tf.set_random_seed(seed)
    for _ in range(number):
      noise.of_step()
    drawn = getattr(noise.of_step().stream(stream), name)([40])
    step = tf.train.get_global_step()
    session.run(step.initializer)
    found = []
    for value in steps:
      step.load(value, session)
      found.append(session.run(drawn))
    return np.array(found)


def test_noise_of_a_step_follows_from_it_and_the_seed():
  every = _of_steps(range(5))
  np.testing.assert_array_equal(_of_steps([4, 2]), every[[4, 2]])
  others = [
    _of_steps([3], seed=1),
    _of_steps([3], number=1),
    _of_steps([3], stream=noise.POSTERIOR),
    _of_steps([3], stream=noise.CROP),
  ]
  rows = np.concatenate([every, *others])
  # 40 numbers each: one standard deviation is 0.16.
  assert np.abs(np.corrcoef(rows) - np.eye(len(rows))).max() < 0.7


@pytest.mark.parametrize(
  "name, distribution", [("uniform", "uniform"), ("normal", "norm")]
)
def test_noise_of_steps_has_its_distribution(name, distribution):
  values = _of_steps(range(50), name=name).ravel()
  assert scipy.stats.kstest(values, distribution).pvalue > 1e-3
