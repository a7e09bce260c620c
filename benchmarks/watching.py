"""A training in a process of its own: when its first step is done."""

import os
import re
import signal
import subprocess
import sys
import threading
import time
from typing import IO, NamedTuple, Optional

_FIRST_STEP = re.compile(r"training.*step")  # the bar begins with it
_TICKS = os.sysconf("SC_CLK_TCK")


class Reached(NamedTuple):
  """How far a training came; None where it did not come so far.

  Attributes:
    to_first_step: seconds from the command to the first step done.
    cpu_to_first_step: those of the processor, in all its threads.
    first_step_at: when that was, by time.time().
    memory: GiB of the process at its peak.
    exit_code: negative where a signal ended it.
  """

  to_first_step: Optional[float]
  cpu_to_first_step: Optional[float]
  first_step_at: Optional[float]
  memory: float
  exit_code: int


def watch(
  command: list[str], limit: float, ends_there: bool = False
) -> Reached:
  """Runs a training; notes when its bar is first shown, and its memory.

  Args:
    command: of the training.
    limit: seconds after which it is stopped.
    ends_there: it is killed when its first step is done, and at the limit,
      where a training that is asked to stop first finishes that step.
  """
  start = time.time()
  process = subprocess.Popen(
    command, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True
  )
  stop = signal.SIGKILL if ends_there else signal.SIGINT
  end = threading.Timer(limit, process.send_signal, [stop])
  end.start()
  try:
    with _PeakMemory(process.pid) as peak:
      tail = _read_to_first_step(process.stderr)
      at = time.time() if _is_first_step(tail) else None
      cpu = _processor_seconds(process.pid) if at else None
      if at and ends_there:
        process.kill()
      tail += process.stderr.read()
      process.wait()
  finally:
    end.cancel()
  if process.returncode and at is None:
    sys.stderr.write(tail[-2000:])
  return Reached(at and at - start, cpu, at, peak.gib, process.returncode)


def _read_to_first_step(stderr: IO[str]) -> str:
  """What it says until then, or until its end; the last of it."""
  text = ""
  while not _is_first_step(text) and (part := stderr.read(1)):
    text = (text + part)[-2000:]
  return text


def _is_first_step(text: str) -> bool:
  return bool(_FIRST_STEP.search(text.rsplit("\n", 1)[-1]))


def _processor_seconds(pid: int) -> float:
  """Of a process that runs, in all its threads."""
  with open(f"/proc/{pid}/stat", encoding="ascii") as stream:
    fields = stream.read().rpartition(")")[2].split()
  return (int(fields[11]) + int(fields[12])) / _TICKS


class _PeakMemory:
  """Of a process, in GiB, as the kernel keeps it; looked up twice a second.

  Not what `wait4` tells: that counts this process too, at its fork.
  """

  def __init__(self, pid: int) -> None:
    self._status = f"/proc/{pid}/status"
    self._is_over = threading.Event()
    self._thread = threading.Thread(target=self._follow, daemon=True)
    self.gib = 0.0

  def __enter__(self) -> "_PeakMemory":
    self._thread.start()
    return self

  def __exit__(self, *unused) -> None:
    self._is_over.set()
    self._thread.join()

  def _follow(self) -> None:
    while not self._is_over.wait(0.5):
      try:
        with open(self._status, encoding="ascii") as stream:
          found = re.search(r"VmHWM:\s+(\d+) kB", stream.read())
      except OSError:  # it has just ended
        return
      if found:  # else it has ended, and nobody has waited for it yet
        self.gib = max(self.gib, int(found.group(1)) / 2**20)
