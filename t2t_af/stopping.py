"""Ctrl-C and SIGTERM: at once, or after what must be finished first.

A signal raises KeyboardInterrupt or Terminated, which end a command. Between
`defer` and `undefer` the first one is only noted, and said; whoever works there
asks `requested` where it can stop. A second one ends the process at once, even
while TensorFlow runs a step, where Python hears nothing.
"""

from collections.abc import Iterator
import contextlib
import os
import signal
import sys
import threading
import time
from typing import Any, Optional

SIGNALS = (signal.SIGINT, signal.SIGTERM)
# A terminal sends Ctrl-C to all processes of a command, and a parent hands on
# what it gets: two signals closer together than this are one.
SECONDS_OF_ONE_SIGNAL = 0.5


class Terminated(BaseException):
  """SIGTERM: as KeyboardInterrupt, nothing but the end of a command."""


class _State:
  """Of this process; its main thread changes it, and the one that listens."""

  said: Optional[str] = None  # While deferred: what is said.
  requested: Optional[int] = None  # The signal that came then.
  since: Optional[float] = None  # time.monotonic() of it.

  @classmethod
  def forget(cls) -> None:
    """As before any signal."""
    cls.said = cls.requested = cls.since = None


@contextlib.contextmanager
def handled() -> Iterator[None]:
  """Handles both signals for a `with` block, in the main thread alone."""
  if threading.current_thread() is not threading.main_thread():
    yield
    return
  _State.forget()
  reading, writing = os.pipe()
  os.set_blocking(writing, False)
  listener = threading.Thread(target=_listen, args=[reading], daemon=True)
  listener.start()
  before = {
    number: signal.signal(number, _handle)
    for number in SIGNALS
    # A shell script has its jobs in the background ignore Ctrl-C.
    if signal.getsignal(number) != signal.SIG_IGN
  }
  fd_before = signal.set_wakeup_fd(writing, warn_on_full_buffer=False)
  try:
    yield
  finally:
    signal.set_wakeup_fd(fd_before)
    for number, handler in before.items():
      signal.signal(number, handler)
    os.close(writing)
    listener.join()
    os.close(reading)
    _State.forget()  # What ends here is no reason for the next to stop.


def defer(said: str) -> None:
  """From now on the first signal is only noted, and `said` to a person."""
  _State.said = said


def undefer() -> None:
  """Ends what `defer` began, if it did."""
  _State.said = None


def requested() -> bool:
  """Whether a signal was noted: what runs is to come to an end."""
  return _State.requested is not None


def stop_if_requested() -> None:
  """Raises KeyboardInterrupt or Terminated where a signal was noted."""
  if _State.requested is not None:
    _stop(_State.requested)


def _stop(number: int) -> None:
  raise KeyboardInterrupt if number == signal.SIGINT else Terminated


def _handle(number: int, frame: Any) -> None:
  """In the main thread, once Python runs there again."""
  del frame
  if _State.said is None:
    _stop(number)
  _State.requested = _State.requested or number


def _listen(reading: int) -> None:
  """In a thread of its own, as soon as a signal comes."""
  while True:
    number = os.read(reading, 1)
    if not number:
      return
    if number[0] in SIGNALS and _State.said is not None:
      _note(number[0])


def _note(number: int) -> None:
  now = time.monotonic()
  if _State.since is None:
    _State.requested, _State.since = _State.requested or number, now
    sys.stderr.write(f"\n{_State.said}; Ctrl-C again ends at once\n")
  elif now - _State.since > SECONDS_OF_ONE_SIGNAL:
    sys.stderr.write("\nended at once\n")
    sys.stderr.flush()
    os._exit(128 + number)
