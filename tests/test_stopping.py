"""Ctrl-C and SIGTERM: at once, or noted; a second one ends at once."""

import os
import signal
import subprocess
import sys
import time

import pytest

from t2t_af import stopping

# TensorFlow's steps are like this: C, where Python handles no signal.
_BUSY = """
import hashlib, os, sys
from t2t_af import stopping
with stopping.handled():
  stopping.defer("stopping")
  print("busy", flush=True)
  hashlib.pbkdf2_hmac("sha256", b"", b"", 10**9)
"""


@pytest.mark.parametrize(
  "number, error",
  [(signal.SIGINT, KeyboardInterrupt), (signal.SIGTERM, stopping.Terminated)],
)
def test_a_signal_ends_at_once_or_where_it_is_asked_for(number, error, capsys):
  with stopping.handled():
    with pytest.raises(error):
      os.kill(os.getpid(), number)
      time.sleep(10)
    assert not stopping.requested()
    stopping.defer("saving first")
    os.kill(os.getpid(), number)
    time.sleep(0.1)  # For the thread that says so.
    assert stopping.requested()
    stopping.undefer()
    with pytest.raises(error):
      stopping.stop_if_requested()
  assert capsys.readouterr().err == (
    "\nsaving first; Ctrl-C again ends at once\n"
  )


def test_a_signal_stops_nothing_after_the_block_it_came_in():
  with stopping.handled():
    stopping.defer("saving first")
    os.kill(os.getpid(), signal.SIGINT)
    assert stopping.requested()
  assert not stopping.requested()
  stopping.stop_if_requested()


def test_the_handlers_from_before_come_back():
  before = [signal.getsignal(number) for number in stopping.SIGNALS]
  with stopping.handled():
    assert [signal.getsignal(n) for n in stopping.SIGNALS] != before
  assert [signal.getsignal(n) for n in stopping.SIGNALS] == before


@pytest.mark.parametrize(
  "number, code", [(signal.SIGINT, 130), (signal.SIGTERM, 143)]
)
def test_a_second_signal_ends_what_python_cannot_interrupt(number, code):
  with subprocess.Popen(
    [sys.executable, "-c", _BUSY],
    stdout=subprocess.PIPE,
    stderr=subprocess.PIPE,
    text=True,
  ) as process:
    assert process.stdout.readline() == "busy\n"
    process.send_signal(number)
    assert process.stderr.readline() == "\n"
    assert "again ends at once" in process.stderr.readline()
    process.send_signal(number)  # The same one, which a parent handed on.
    time.sleep(stopping.SECONDS_OF_ONE_SIGNAL + 0.1)
    assert process.poll() is None
    process.send_signal(number)
    assert process.wait(timeout=5) == code
