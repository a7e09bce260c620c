"""A command that runs another one, and ends with it."""

from collections.abc import Sequence
import signal
import subprocess

from t2t_af import stopping
from t2t_af.bin import outcome


def call(command: Sequence[str]) -> int:
  """Runs a command to its end. Returns its exit code.

  A signal is handed on, and what the command does about it waited for:
  `subprocess.call` would kill it a quarter of a second later.

  Raises:
    KeyboardInterrupt, stopping.Terminated: the command was stopped.
  """
  with subprocess.Popen(command) as process:
    while True:
      try:
        code = process.wait()
        break
      except KeyboardInterrupt:
        process.send_signal(signal.SIGINT)
      except stopping.Terminated:
        process.terminate()
  if code in (outcome.EXIT_INTERRUPTED, -signal.SIGINT):
    raise KeyboardInterrupt
  if code in (outcome.EXIT_TERMINATED, -signal.SIGTERM):
    raise stopping.Terminated
  return code
