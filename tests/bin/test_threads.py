"""What ends another thread of a command."""

import sys
import threading

import pytest

from t2t_af.bin import outcome
from tests import conftest

# No file may grow, not even to the version that an event file begins with.
_EVENTS = """
import resource, sys
from t2t_af import mended
import tensorflow.compat.v1 as tf
from t2t_af.bin import outcome

def write():
  resource.setrlimit(resource.RLIMIT_FSIZE, (8, 8))
  with tf.Graph().as_default():
    writer = tf.summary.FileWriter("events")
    loss = tf.Summary.Value(tag="loss", simple_value=1.0)
    for step in range(3):
      writer.add_summary(tf.Summary(value=[loss]), step)
      writer.flush()

sys.exit(outcome.exit_code_of(write))
"""


def test_event_file_that_cannot_grow_is_one_line(run_python):
  done = run_python("-c", _EVENTS, path=[conftest.ROOT])
  assert done.returncode == outcome.EXIT_USER_ERROR
  assert "Traceback" not in done.stderr
  last = done.stderr.splitlines()[-1]
  assert last.startswith("error: events/events.out") and "ulimit" in last


def _in_thread(action):
  thread = threading.Thread(target=action)
  thread.start()
  thread.join()


def _full():
  raise OSError(28, "No space left on device", "runs/events")


@pytest.mark.parametrize("fails", [False, True])
def test_command_whose_thread_could_not_write_has_failed(capsys, fails):
  def action():
    _in_thread(_full)
    if fails:
      raise RuntimeError("what the thread should have written is missing")

  assert outcome.exit_code_of(action) == outcome.EXIT_USER_ERROR
  assert capsys.readouterr().err == (
    "error: runs/events: no space left on device. "
    "Free some space; the same command then goes on.\n"
  )


@pytest.mark.parametrize("debug", [False, True])
def test_faults_of_ours_and_debug_keep_their_traceback(monkeypatch, debug):
  seen = []
  monkeypatch.setattr(threading, "excepthook", seen.append)
  monkeypatch.setattr(sys, "argv", ["t2t-eval", *["--debug"] * debug])
  action = _full if debug else lambda: 1 // 0
  assert outcome.exit_code_of(lambda: _in_thread(action)) == outcome.EXIT_OK
  assert len(seen) == 1
