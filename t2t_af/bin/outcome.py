"""How a command ends: exit codes, and errors as one line for people."""

import io
import os
import re
import sys
from typing import Callable, Optional

from t2t_af import stopping
from t2t_af.bin import system_errors
from t2t_af.bin import threads
from t2t_af.errors import UserError

EXIT_OK, EXIT_ERROR, EXIT_USER_ERROR = 0, 1, 2
EXIT_INTERRUPTED, EXIT_TERMINATED = 130, 143  # 128 and the signal's number.

# A model that stops on purpose (a NaN loss) raises inside a TensorFlow op, and
# TensorFlow adds pages to it; the line meant for people starts with this.
_OUR_LINE = re.compile(r"t2t_af: (.*)")


def exit_code_of(
  action: Callable[[], Optional[int]],
  interrupted: Callable[[], str] = lambda: "nothing was left half written",
  user_errors: tuple = (),
) -> int:
  """Runs `action` and returns the exit code of the command.

  Args:
    action: returns an exit code, or None for success.
    interrupted: what is said on Ctrl-C and SIGTERM; called only then.
    user_errors: exceptions, besides UserError, whose text is enough.

  What the system or TensorFlow says of files, disks and memory becomes a line
  too; with --debug, a traceback.
  """
  _say_anything()
  with threads.heard() as of_threads:
    return _exit_code_of(action, interrupted, user_errors, of_threads)


def _exit_code_of(action, interrupted, user_errors, of_threads: list) -> int:
  try:
    with stopping.handled():
      code = action() or EXIT_OK
    # What a thread could not write is missing, whatever the others did.
    lost = of_threads and code == EXIT_OK
    return _fail(of_threads[0], EXIT_USER_ERROR) if lost else code
  except (KeyboardInterrupt, stopping.Terminated) as signal:
    sys.stderr.write(f"\nstopped: {interrupted()}\n")
    interrupt = isinstance(signal, KeyboardInterrupt)
    return EXIT_INTERRUPTED if interrupt else EXIT_TERMINATED
  except BrokenPipeError:  # `| head` has read enough
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return EXIT_ERROR
  except (UserError, *user_errors) as error:
    return _fail(str(error), EXIT_USER_ERROR)
  except Exception as error:
    line = _OUR_LINE.search(str(error))
    if line:
      return _fail(line.group(1).strip(), EXIT_ERROR)
    message = _damaged_data(error) or system_errors.sentence(error)
    message = message or next(iter(of_threads), None)
    if not message or system_errors.is_debugging():
      raise
    return _fail(message, EXIT_USER_ERROR)


def _say_anything() -> None:
  """Has a terminal that lacks a letter show its number instead of an error."""
  for stream in (sys.stdout, sys.stderr):
    if isinstance(stream, io.TextIOWrapper) and stream.errors == "strict":
      stream.reconfigure(errors="backslashreplace")


def _damaged_data(error: Exception) -> Optional[str]:
  """Which file of data is damaged, if TensorFlow has found that one is."""
  # Both by name: some commands run, and end, without TensorFlow. Who has read
  # data has this module.
  shards = sys.modules.get("problems.core.shards")
  if shards is None or type(error).__name__ != "DataLossError":
    return None
  return shards.find_damage()


def _fail(message: str, code: int) -> int:
  sys.stderr.write(f"error: {message}\n")
  return code
