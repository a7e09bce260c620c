"""Work on threads whose results come in order, looking only a little ahead.

Pillow and PyAV let go of the interpreter's lock, so threads suffice.
"""

import collections
from collections.abc import Iterable, Iterator
from concurrent import futures
import itertools
import os
from typing import Callable, Optional, TypeVar

_Item = TypeVar("_Item")
_Result = TypeVar("_Result")


def map_in_order(
  fn: Callable[[_Item], _Result], items: Iterable[_Item], workers: int = 0
) -> Iterator[_Result]:
  """`map(fn, items)` on threads, in order, looking only a few items ahead.

  Pillow lets go of the interpreter's lock while it compresses, so threads
  suffice. (`Executor.map` would take in all items at once.)
  """
  workers = workers or os.cpu_count() or 1
  pending: collections.deque[futures.Future[_Result]] = collections.deque()
  with futures.ThreadPoolExecutor(workers) as pool:
    try:
      for item in items:
        pending.append(pool.submit(fn, item))
        if len(pending) > 2 * workers:
          yield pending.popleft().result()
      while pending:
        yield pending.popleft().result()
    finally:
      for future in pending:
        future.cancel()


def chain_ahead(iterators: Iterable[Iterator[_Item]]) -> Iterator[_Item]:
  """All items of all iterators, in order; on threads, a little ahead.

  As many iterators as there are cores are asked for one item each before it is
  wanted; so videos are decoded side by side, but none of them as a whole.
  """
  waiting = iter(iterators)
  workers = os.cpu_count() or 1
  with futures.ThreadPoolExecutor(workers) as pool:

    def _ask(
      iterator: Iterator[_Item],
    ) -> tuple[Iterator[_Item], futures.Future[Optional[_Item]]]:
      return iterator, pool.submit(next, iterator, None)

    asked = collections.deque(
      _ask(iterator) for iterator in itertools.islice(waiting, workers)
    )
    while asked:
      iterator, future = asked.popleft()
      item = future.result()
      if item is not None:
        asked.appendleft(_ask(iterator))
        yield item
      else:
        asked.extend(_ask(i) for i in itertools.islice(waiting, 1))
