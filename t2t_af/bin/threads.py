"""Errors that end another thread than a command's own, kept as lines."""

from collections.abc import Iterator
import contextlib
import threading

from t2t_af.bin import system_errors


@contextlib.contextmanager
def heard() -> Iterator[list[str]]:
  """The list that fills with what ended other threads, a line for each.

  TensorFlow writes its event files in a thread of its own, whose traceback
  Python would print. What no line can say, and all with --debug, is printed.
  """
  lines: list[str] = []
  before = threading.excepthook

  def keep(args: threading.ExceptHookArgs) -> None:
    line = args.exc_value and system_errors.sentence(args.exc_value)
    if not line or system_errors.is_debugging():
      before(args)
    else:
      lines.append(line)

  threading.excepthook = keep
  try:
    yield lines
  finally:
    threading.excepthook = before
