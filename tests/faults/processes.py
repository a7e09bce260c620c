"""Commands in processes forked from one that has imported everything.

A start of Python with TensorFlow costs seconds; a fork, milliseconds. It may be
made only while no TensorFlow session was: its threads would not come along.
"""

import contextlib
import os
import pickle
import signal
import sys
import tempfile
import time
import traceback
from typing import Any, Callable, NamedTuple

LIMIT_SECONDS = 300  # Longer than anything here takes; what hangs is a fault.
_DYING_SECONDS = 10  # After kill -9 of all; a zombie may stay on.


class Ended(NamedTuple):
  """How a process ended.

  Attributes:
    code: its exit code, or minus the signal that ended it.
    told: what it wrote to stdout and stderr.
  """

  code: int
  told: str

  @property
  def last_line(self) -> str:
    """Of what it wrote."""
    return (self.told.strip().splitlines() or [""])[-1]


def run(action: Callable[[], Any]) -> Ended:
  """Runs an action in a process group of its own, which ends with it."""
  with tempfile.TemporaryFile() as told:
    sys.stdout.flush()
    sys.stderr.flush()
    pid = os.fork()
    if not pid:
      os.setsid()
      os._exit(_exit_code(action, told.fileno()))
    code = _wait(pid)
    told.seek(0)
    return Ended(code, told.read().decode("utf-8", "replace"))


def value_of(function: Callable[[], Any]) -> Any:
  """What a function returns, which runs in a process of its own.

  What it imports and which graphs it makes is gone afterwards.
  """
  reading, writing = os.pipe()
  pid = os.fork()
  if not pid:
    os.close(reading)
    code = 1
    try:
      with os.fdopen(writing, "wb") as stream:
        pickle.dump(function(), stream)
      code = 0
    except BaseException:
      traceback.print_exc()
    finally:
      sys.stderr.flush()
      os._exit(code)
  os.close(writing)
  with os.fdopen(reading, "rb") as stream:
    content = stream.read()
  os.waitpid(pid, 0)
  if not content:
    raise RuntimeError("a process of a fault test ended without a result")
  return pickle.loads(content)


def _exit_code(action: Callable[[], Any], told: int) -> int:
  """Of the action, run here, as Python would end with it."""
  os.dup2(told, 1)
  os.dup2(told, 2)
  sys.stdout = os.fdopen(1, "w", closefd=False)
  sys.stderr = os.fdopen(2, "w", closefd=False)
  try:
    code = action() or 0
  except SystemExit as exit_:
    code = exit_.code or 0
  except BaseException:
    traceback.print_exc()
    code = 1
  sys.stdout.flush()
  sys.stderr.flush()
  return code


def _wait(pid: int) -> int:
  end = time.monotonic() + LIMIT_SECONDS
  while True:
    ended, status = os.waitpid(pid, os.WNOHANG)
    if ended:
      _wait_for_group(pid)
      return os.waitstatus_to_exitcode(status)
    if time.monotonic() > end:
      os.killpg(pid, signal.SIGKILL)
      end += LIMIT_SECONDS
    time.sleep(0.005)


def _wait_for_group(pid: int) -> None:
  """Until its children are gone too, whose locks are gone no sooner."""
  end = time.monotonic() + _DYING_SECONDS
  with contextlib.suppress(ProcessLookupError):
    while time.monotonic() < end:
      os.killpg(pid, signal.SIGKILL)
      time.sleep(0.005)
