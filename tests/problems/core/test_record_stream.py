"""Reading sequences: the parts that differ from problem to problem."""

import numpy as np
import pytest
import tensorflow.compat.v1 as tf

from t2t_af.errors import UserError
from tests.contracts import generation_contract


def _first_pixels(found):
  """[examples, time] of batches."""
  return generation_contract.windows(found)[:, :, 0, 0, 0]


def test_longer_sequences_are_used_to_their_own_end(problem, data_dir):
  """Frames 6 and 7 exist in some sequences only: a window of 6 reaches 7."""
  hparams = generation_contract.make_hparams(data_dir, 23, targets=3)
  found = _first_pixels(
    generation_contract.batches(
      problem, tf.estimator.ModeKeys.TRAIN, hparams, 20, seed=5
    )
  )
  starts = {k: set() for k in range(23)}
  for window in found.astype(int):
    k, start = (window[0] // 10) % 26, window[0] % 10
    assert list(window % 10) == list(range(start, start + 6))
    starts[k].add(start)
  assert all(starts[k] == set(range(1 + k % 3)) for k in starts)


def test_workers_read_disjoint_parts(problem, data_dir):
  hparams = generation_contract.make_hparams(data_dir, 1, targets=3)
  parts = []
  for worker in range(2):

    class Context:  # of tf.distribute
      num_input_pipelines = 2
      input_pipeline_id = worker

    with tf.Graph().as_default(), tf.Session() as session:
      tf.set_random_seed(1)
      input_fn = problem.make_estimator_input_fn(
        "train", hparams, prevent_repeat=True
      )
      iterator = tf.data.make_initializable_iterator(
        input_fn(None, None, input_context=Context)
      )
      session.run(iterator.initializer)
      following = iterator.get_next()[0]["inputs"][0, 0, 0, 0, 0] // 10
      parts.append([session.run(following) for _ in range(11)])
  assert not set(parts[0]) & set(parts[1])
  assert len(set(parts[0] + parts[1])) == 22


def test_operations_before_the_input_do_not_change_the_order(problem, data_dir):
  orders = []
  for operations in (0, 5):
    with tf.Graph().as_default(), tf.Session() as session:
      tf.set_random_seed(1)
      for _ in range(operations):
        tf.constant(0)
      hparams = generation_contract.make_hparams(data_dir, 20, targets=3)
      iterator = tf.data.make_initializable_iterator(
        problem.input_fn("train", hparams)
      )
      session.run(iterator.initializer)
      orders.append(session.run(iterator.get_next())[0]["inputs"])
  np.testing.assert_array_equal(*orders)


@pytest.mark.parametrize(
  "kwargs,count",
  [
    (dict(dataset_split="eval"), 3),  # a single file
    (dict(shuffle_buffer_size=1), 23),  # which needs no buffer
    (dict(max_records=4), 4),  # the first four, as nobody else is read
  ],
)
def test_both_files_and_their_sequences_are_shuffled(
  problem, data_dir, kwargs, count
):
  hparams = generation_contract.make_hparams(data_dir, 1, targets=3)
  found = _first_pixels(
    generation_contract.batches(
      problem, "train", hparams, 8 * count, seed=6, **kwargs
    )
  )
  epochs = (found[:, 0] // 10).reshape(8, count)
  assert {tuple(sorted(epoch)) for epoch in epochs} == {tuple(range(count))}
  assert len({tuple(epoch) for epoch in epochs}) > 1


def test_read_sequences_limits_and_refuses(problem, data_dir):
  frames, ids = problem.read_sequences(data_dir, "train", 6, max_sequences=4)
  assert frames.shape == (4, 6, 4, 6, 1) and len(ids) == 4
  with pytest.raises(UserError, match="7 frames asked for, but .*train/0"):
    problem.read_sequences(data_dir, "train", 7)
