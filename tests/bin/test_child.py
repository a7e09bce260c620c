"""A command that runs another ends with it, and as it does."""

import signal
import subprocess
import sys

import pytest

from t2t_af.bin import child

_CHILD = """
import sys
from t2t_af import stopping
from t2t_af.bin import outcome
def work():
  stopping.defer("stopping")
  print("busy", flush=True)
  while not stopping.requested():
    pass
  stopping.undefer()
  print("saved", flush=True)
  stopping.stop_if_requested()
sys.exit(outcome.exit_code_of(work))
"""
_PARENT = """
import sys
from t2t_af.bin import child, outcome
call = lambda: child.call([sys.executable, "-c", sys.argv[1]])
sys.exit(outcome.exit_code_of(call))
"""


@pytest.mark.parametrize(
  "number, code", [(signal.SIGINT, 130), (signal.SIGTERM, 143)]
)
def test_a_command_hands_signals_on_and_waits(number, code):
  with subprocess.Popen(
    [sys.executable, "-c", _PARENT, _CHILD],
    stdout=subprocess.PIPE,
    stderr=subprocess.PIPE,
    text=True,
  ) as process:
    assert process.stdout.readline() == "busy\n"
    process.send_signal(number)
    out, told = process.communicate(timeout=30)
    assert out == "saved\n"
    assert told.count("stopped: ") == 2  # Of both.
    assert process.returncode == code


def test_the_exit_code_of_a_command_is_handed_back():
  assert child.call([sys.executable, "-c", "raise SystemExit(3)"]) == 3
