"""What workers do together, on servers of one process."""

import numpy as np
import pytest
import tensorflow.compat.v1 as tf

from problems.core import training_order
from t2t_af import session as session_lib
from t2t_af import workers
from t2t_af.models import noise
from tests import local_workers


@pytest.fixture
def two(monkeypatch):
  return local_workers.LocalWorkers(monkeypatch, 2)


def _initialized(session, fetches):
  session.run(session_lib.initializer())
  return session.run(fetches)


def test_the_mean_is_over_all_and_the_same_for_all(two, monkeypatch):
  monkeypatch.setattr(workers, "_ELEMENTS_AT_ONCE", 5)  # Two pieces.

  def build():
    mine = float(workers.here().index)
    tensors = [tf.fill([2, 2], mine), tf.constant(4 * mine), tf.fill([3], mine)]
    return workers.mean(tensors)

  for matrix, scalar, vector in two.run(build, _initialized):
    np.testing.assert_array_equal(matrix, np.full([2, 2], 0.5))
    assert scalar == 2.0
    np.testing.assert_array_equal(vector, [0.5] * 3)


def test_all_start_as_the_chief(two):
  def build():
    v = tf.get_variable("v", initializer=10 + workers.here().index)
    return v, workers.set_as_chief([v])

  def run(session, built):
    v, as_chief = built
    _initialized(session, [])
    session.run(as_chief)
    return session.run(v)

  assert two.run(build, run) == [10, 10]


@pytest.mark.parametrize("axis", [0, 1])
def test_noise_is_that_of_the_whole_batch(two, axis):
  def build(rows):
    shape = [3, 4]
    shape[axis] = rows
    drawn = noise.StepNoise().normal(tf.constant(shape), batch_axis=axis)
    assert drawn.shape.as_list() == shape
    return drawn

  parts = two.run(lambda: build(2), _initialized)
  whole = local_workers.alone(lambda: build(4), _initialized)
  np.testing.assert_array_equal(np.concatenate(parts, axis=axis), whole)


def test_examples_of_a_step_are_dealt_out_in_order():
  def six(share):
    # From the middle of the third epoch of five examples on.
    order = training_order.Order((1, 2), 12, repeats=True, share=share)
    batches = training_order.examples(5, order).batch(6)
    return tf.data.make_one_shot_iterator(batches).get_next()

  shares = [training_order.Share(2, worker, 3) for worker in range(3)]
  with tf.Session(config=session_lib.config()) as session:
    whole, *parts = session.run([six(s) for s in (training_order.ALL, *shares)])
  for of_whole, *of_parts in zip(whole, *parts):
    np.testing.assert_array_equal(
      np.concatenate([part[:2] for part in of_parts]), of_whole
    )
