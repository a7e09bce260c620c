"""The order of training examples follows from the seed and a number alone."""

import collections

import numpy as np
import pytest
import tensorflow.compat.v1 as tf

from problems.core import training_order

KEYS = (11, 12)
N = 7


def _taken(count, num_examples=N, seed=None, **of_order):
  """[(index, number)] of the first examples."""
  with tf.Graph().as_default(), tf.Session() as session:
    tf.set_random_seed(seed)
    keys = of_order.pop("keys", KEYS)
    order = training_order.Order(keys, repeats=True, **of_order)
    dataset = training_order.examples(num_examples, order)
    following = tf.data.make_one_shot_iterator(dataset).get_next()
    return [tuple(map(int, session.run(following))) for _ in range(count)]


def test_goes_on_anywhere_as_if_it_had_never_stopped():
  unbroken = _taken(6 * N)
  for first in (1, N - 1, N, N + 3, 4 * N):
    assert _taken(6 * N - first, first=first) == unbroken[first:]


def test_every_epoch_is_all_examples_in_an_order_of_its_own():
  epochs = np.array(_taken(600 * N)).reshape([600, N, 2])
  orders = epochs[:, :, 0]
  assert (np.sort(orders, axis=1) == np.arange(N)).all()
  # Each example is first in a seventh of 600 epochs: 86 +- 9.
  counts = collections.Counter(orders[:, 0])
  assert len(counts) == N and 45 < min(counts.values())
  assert max(counts.values()) < 130
  numbers = epochs[:, :, 1]
  assert len(np.unique(numbers)) > 0.999 * numbers.size and (numbers >= 0).all()
  # A mean of uniform numbers: 4200 of them, one deviation is 0.0045.
  assert abs((numbers / 2.0**31).mean() - 0.5) < 0.02


def test_stored_order_has_random_crops_all_the_same():
  taken = np.array(_taken(2 * N, shuffled=False))
  assert taken[:, 0].tolist() == [*range(N), *range(N)]
  assert len(set(taken[:, 1])) == 2 * N


def test_one_pass_ends():
  with tf.Graph().as_default(), tf.Session() as session:
    dataset = training_order.examples(N, training_order.Order(KEYS)).batch(99)
    following = tf.data.make_one_shot_iterator(dataset).get_next()
    assert sorted(session.run(following).index) == list(range(N))
    with pytest.raises(tf.errors.OutOfRangeError):
      session.run(following)


def test_nothing_to_go_through_is_no_endless_loop():
  with pytest.raises((ValueError, tf.errors.InvalidArgumentError)):
    _taken(1, num_examples=0)


def _keys(graph_seed, seed):
  with tf.Graph().as_default():
    tf.set_random_seed(graph_seed)
    return training_order.keys(seed)


def test_keys_follow_both_seeds_and_are_new_without_one():
  assert _keys(1, None) == _keys(1, None)
  assert len({_keys(1, None), _keys(2, None), _keys(1, 3), _keys(0, 1)}) == 4
  assert _keys(None, None) != _keys(None, None)


@pytest.mark.parametrize("step", [None, 0, 100])
def test_step_is_that_of_the_newest_checkpoint(tmp_path, step):
  if step is not None:
    (tmp_path / "checkpoint").write_text(
      f'model_checkpoint_path: "model.ckpt-{step}"\n'
    )
    (tmp_path / f"model.ckpt-{step}.index").write_text("")
  assert training_order.step_of(str(tmp_path)) == (step or 0)
  assert training_order.step_of(None) == 0
