"""Windows of a series evenly apart."""

import types

import pytest
import tensorflow.compat.v1 as tf

from t2t_af.experiments import spread_windows


def _hparams(num_windows):
  def total(files, num_inputs, num_targets):
    assert (files, num_inputs, num_targets) == ("there/test", 3, 4)
    return num_windows

  return types.SimpleNamespace(
    data_dir="there",
    batch_size=2,
    video_num_input_frames=3,
    video_num_target_frames=4,
    problem=types.SimpleNamespace(
      split_files=lambda data_dir, split: f"{data_dir}/{split}",
      num_windows=total,
    ),
  )


@pytest.mark.parametrize(
  "total, count, expected",
  [
    (11, 5, 2),
    (10, 5, 2),
    (9, 5, 1),
    (3, 5, 1),  # fewer windows than asked for
    (11, 1, 11),
    (11, 0, 11),
    (11, -1, 1),
  ],
)
def test_stride_lets_as_many_windows_through(total, count, expected):
  assert spread_windows.stride(_hparams(total), "test", count) == expected


def _read(input_fn):
  batch = tf.data.make_one_shot_iterator(input_fn(None, None)).get_next()
  batches = []
  with tf.Session() as session:
    while True:
      try:
        batches.append(session.run(batch).tolist())
      except tf.errors.OutOfRangeError:
        return batches


@pytest.mark.parametrize(
  "count, expected",
  [
    (3, [[0, 3], [6]]),
    (5, [[0, 2], [4, 6], [8]]),
    (-1, [[0, 1, 2], [3, 4, 5], [6, 7, 8], [9, 10]]),  # as they come
  ],
)
def test_windows_are_evenly_apart_and_in_batches(count, expected):
  def all_windows(params, config):
    del params, config
    return tf.data.Dataset.range(11).batch(3)

  assert (
    _read(spread_windows.input_fn(_hparams(11), "test", count, all_windows))
    == expected
  )
