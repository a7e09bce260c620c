"""A progress bar where there is something to wait for."""

from collections.abc import Iterable, Sequence
from typing import Any

from t2t_af import progress

_FEW = 10


def bar(items: Sequence[Any], shown: bool, label: str, unit: str) -> Iterable:
  """The items, in a bar where they are many and it is to be shown.

  Args:
    items: to go through.
    shown: whether anybody watches.
    label, unit: of `progress.bar`.
  """
  if not shown or len(items) <= _FEW:
    return items
  return progress.bar(items, label=label, unit=unit)
