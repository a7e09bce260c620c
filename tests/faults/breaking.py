"""A command is broken at one point, started again, and compared."""

import argparse
from collections.abc import Iterator, Mapping
import contextlib
import importlib
import os
import shutil
import sys
import tempfile
import time
from typing import Any, Callable, NamedTuple, Optional

import numpy as np

from tests.faults import cases
from tests.faults import file_layer
from tests.faults import processes

# Two runs add up in another order where they use other threads.
TOLERANCE = dict(rtol=1e-5, atol=1e-6)


class Broken(NamedTuple):
  """How it went.

  Attributes:
    first: how the broken command ended.
    was_right: whether it left what it leaves unbroken.
    fault: what is lost or wrong after the second; "" for nothing.
  """

  first: processes.Ended
  was_right: bool
  fault: str


class Met(NamedTuple):
  """What one command met with; `result` as its `of_case` gives it."""

  name: str
  points: int
  result: Any
  seconds: float


def each(
  args: argparse.Namespace, of_case: Callable[[cases.Case, int, int], Any]
) -> Iterator[Met]:
  """`of_case(case, seed, points)` of each command that is asked for in turn."""
  with tempfile.TemporaryDirectory() as made:
    every = cases.all_of(made)
    for name in args.cases:
      points, start = args.points_of[name], time.monotonic()
      result = processes.value_of(
        lambda name=name, points=points: of_case(every[name], args.seed, points)
      )
      yield Met(name, points, result, time.monotonic() - start)


class Bench:
  """A command whose unbroken end is known.

  To be made in a process of its own: the commands' flags do not mix.
  """

  def __init__(self, case: cases.Case) -> None:
    case.load()
    self._case = case
    self._folder = os.path.join(tempfile.mkdtemp(prefix="faults_"), "here")

  def __enter__(self) -> "Bench":
    self._expected, self.told = self._unbroken()
    return self

  def __exit__(self, *error: object) -> None:
    shutil.rmtree(os.path.dirname(self._folder), ignore_errors=True)

  def _unbroken(self) -> tuple[dict, str]:
    names = os.path.join(os.path.dirname(self._folder), "modules")
    ended = self._run(names_of_modules=names)
    if ended.code:
      raise RuntimeError(f"fails unbroken:\n{ended.told}")
    with open(names, encoding="utf-8") as stream:
      for name in stream.read().split():
        # What a command imports late costs more than the rest of it.
        with contextlib.suppress(Exception):
          importlib.import_module(name)
    return self._result(), ended.told

  def count(self, fault: file_layer.Fault) -> int:
    """How many places there are for a fault that never happens."""
    self._run(fault)
    return fault.count

  def broken(self, fault: file_layer.Fault) -> Broken:
    """Runs it with the fault, and again."""
    first = self._run(fault)
    # Only who says that it is done must have done it.
    was_right = first.code == 0 and not self._difference()
    again = self._run(anew=False)
    wrong = (
      f"lost: started again, it says {again.last_line!r}"
      if again.code
      else self._difference()
    )
    return Broken(first, was_right, wrong)

  def _difference(self) -> str:
    try:
      return difference(self._result(), self._expected)
    except RuntimeError:
      return "lost: what it leaves cannot be read"

  def _run(
    self,
    fault: Optional[file_layer.Fault] = None,
    anew: bool = True,
    names_of_modules: str = "",
  ) -> processes.Ended:
    if anew:
      shutil.rmtree(self._folder, ignore_errors=True)
      os.makedirs(self._folder)
      self._case.prepare(self._folder)

    def action() -> int:
      if fault:
        file_layer.install(fault)
      code = self._case.run(self._folder)
      if names_of_modules:
        with open(names_of_modules, "w", encoding="utf-8") as stream:
          stream.write("\n".join(sys.modules))
      return code

    return processes.run(action)

  def _result(self) -> dict:
    return processes.value_of(lambda: self._case.result(self._folder))


def difference(found: Mapping, expected: Mapping) -> str:
  """What of a result is lost or wrong; "" for nothing."""
  for name, value in expected.items():
    if name not in found:
      return f"lost: {name}"
    if isinstance(value, np.ndarray) and value.dtype.kind in "fiu":
      same = value.shape == found[name].shape and np.allclose(
        value, found[name], equal_nan=True, **TOLERANCE
      )
    else:
      same = np.array_equal(value, found[name])
    if not same:
      return f"wrong: {name}"
  more = set(found) - set(expected)
  return (
    f"wrong: {sorted(more)[0]} is more than there should be" if more else ""
  )
