"""Folding time into batch, and windows over time."""

import numpy as np
import pytest
import tensorflow.compat.v1 as tf

from t2t_af import time_axis

X = np.arange(2 * 5 * 3, dtype=np.float32).reshape([2, 5, 3])


def _value(tensor):
  with tf.Session() as session:
    return session.run(tensor)


def _x(static):
  return (
    tf.constant(X)
    if static
    else tf.placeholder_with_default(X, [None, None, 3])
  )


@pytest.mark.parametrize("static", [True, False])
def test_fold_and_unfold_are_inverse(static):
  x = _x(static)
  folded = time_axis.fold(x)
  np.testing.assert_array_equal(_value(folded), X.reshape([10, 3]))
  assert folded.shape.as_list() == [10 if static else None, 3]
  np.testing.assert_array_equal(_value(time_axis.unfold(folded, x)), X)


def test_unfold_takes_another_number_of_steps():
  x = _x(True)
  y = time_axis.fold(x[:, 1:])
  np.testing.assert_array_equal(
    _value(time_axis.unfold(y, x, num_steps=4)), X[:, 1:]
  )


@pytest.mark.parametrize("static", [True, False])
def test_length_is_a_number_where_it_is_known(static):
  length = time_axis.length(_x(static))
  assert isinstance(length, int) == static
  assert (length if static else _value(length)) == 5


@pytest.mark.parametrize("static", [True, False])
@pytest.mark.parametrize("num_steps", [1, 3, 5])
def test_windows_are_the_steps_beside_each_other(static, num_steps):
  expected = [x[j : j + num_steps] for x in X for j in range(5 - num_steps + 1)]
  windows = time_axis.windows(_x(static), num_steps)
  np.testing.assert_array_equal(_value(windows), expected)


def test_shifted_slices_begin_one_step_later_each():
  first, second = _value(time_axis.shifted(_x(True), 2))
  np.testing.assert_array_equal(first, X[:, :4])
  np.testing.assert_array_equal(second, X[:, 1:])


def test_static_shapes_are_kept():
  for part in time_axis.shifted(_x(True), 3):
    assert part.shape.as_list() == [2, 3, 3]
  for part in time_axis.shifted(_x(False), 3):
    assert part.shape.as_list() == [None, None, 3]


def test_a_windows_gradient_counts_how_often_a_step_is_seen():
  x = _x(True)
  (gradient,) = tf.gradients(tf.reduce_sum(time_axis.windows(x, 3)), x)
  np.testing.assert_array_equal(
    _value(gradient)[0, :, 0], [1.0, 2.0, 3.0, 2.0, 1.0]
  )


def test_sizes_are_integers_where_static():
  assert time_axis.sizes(_x(True)) == [2, 5]
  batch, steps = time_axis.sizes(tf.placeholder_with_default(X, [None, 5, 3]))
  assert (_value(batch), steps) == (2, 5)


@pytest.mark.parametrize("static", [True, False])
def test_swapping_twice_is_nothing(static):
  swapped = time_axis.swap(_x(static))
  np.testing.assert_array_equal(_value(swapped), X.transpose([1, 0, 2]))
  np.testing.assert_array_equal(_value(time_axis.swap(swapped)), X)


@pytest.mark.parametrize("static", [True, False])
def test_a_window_slid_along_is_the_next_window(static):
  x = _x(static)
  slid = time_axis.slide(x[:, :3], x[:, 3])
  np.testing.assert_array_equal(_value(slid), X[:, 1:4])
