"""Work on threads: in order, errors passed on, a little ahead and no more."""

import os

import pytest

from problems.core import threads
from t2t_af.errors import UserError


def test_map_in_order_keeps_order_and_looks_only_a_little_ahead():
  taken = []

  def _items():
    for i in range(100):
      taken.append(i)
      yield i

  results = threads.map_in_order(lambda i: i * i, _items(), workers=2)
  assert [next(results) for _ in range(3)] == [0, 1, 4]
  assert len(taken) < 12
  assert list(results) == [i * i for i in range(3, 100)]


def test_map_in_order_passes_errors_on():
  with pytest.raises(ZeroDivisionError):
    list(threads.map_in_order(lambda i: 1 // i, [1, 0, 1], workers=2))


def test_iterators_are_chained_in_order_and_not_used_up_at_once():
  taken = []

  def _items(k):
    for i in range(3):
      taken.append((k, i))
      yield k, i

  chained = threads.chain_ahead(_items(k) for k in range(100))
  first = [next(chained) for _ in range(4)]
  assert first == [(0, 0), (0, 1), (0, 2), (1, 0)]
  assert len(taken) <= 6 + 2 * (os.cpu_count() or 1)
  assert first + list(chained) == [(k, i) for k in range(100) for i in range(3)]


def test_error_in_a_chained_iterator_is_raised():

  def _broken():
    yield 1
    raise UserError("broken")

  chained = threads.chain_ahead([_broken()])
  assert next(chained) == 1
  with pytest.raises(UserError, match="broken"):
    next(chained)
