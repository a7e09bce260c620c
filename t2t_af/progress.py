"""Progress bars with a time of arrival, on stderr."""

from collections.abc import Iterable
import os
import sys
from typing import Any, Optional

import tqdm

# Seconds between two lines where stderr is a file: a log of an hour's work
# stays short enough to read.
_SECONDS_BETWEEN_LINES = 10.0
_BAR = (
  "{desc}: {percentage:3.0f}% |{bar}| {n_fmt}/{total_fmt} {unit} "
  "[{elapsed}, {remaining} left, {rate_fmt}{postfix}]"
)
_LINE = _BAR.replace(" |{bar}|", "")


class _Lines:
  """A stderr that is no terminal: complete lines, no carriage returns."""

  def __init__(self, stream):
    self._stream = stream
    self._last = None

  def write(self, text: str) -> None:
    text = text.replace("\r", "").strip(" \n")
    if text and text != self._last:  # closing a bar draws it again
      self._last = text
      self._stream.write(text + "\n")

  def flush(self) -> None:
    self._stream.flush()


def bar(
  iterable: Optional[Iterable[Any]] = None,
  *,
  total: Optional[float] = None,
  label: str = "",
  unit: str = "it",
  initial: float = 0,
) -> tqdm.tqdm:
  """A tqdm bar with our defaults; periodic lines if stderr is no terminal.

  Args:
    iterable: what to go through, or None to call `.update(n)` by hand.
    total: how many units there are in all; None if unknown.
    label: what is being done, e.g. "downloading".
    unit: what is counted; "B" counts bytes (shown as kB, MB, GB).
    initial: units already done before this process, e.g. after a resume.
  """
  terminal = sys.stderr.isatty()
  if total is None and hasattr(iterable, "__len__"):
    total = len(iterable)
  return tqdm.tqdm(
    iterable,
    total=total,
    desc=label or None,
    unit=unit,
    initial=initial,
    unit_scale=unit == "B",
    unit_divisor=1000,
    file=sys.stderr if terminal else _Lines(sys.stderr),
    mininterval=0.2 if terminal else _SECONDS_BETWEEN_LINES,
    bar_format=(_BAR if terminal else _LINE) if total else None,
    # In a log a bar within another one is not drawn below it.
    **(_size_of_terminal() if terminal else {"position": 0}),
  )


def write(line: str) -> None:
  """A line on stderr, above the bars that are drawn there."""
  tqdm.tqdm.write(line, file=sys.stderr)


def _size_of_terminal() -> dict:
  """tqdm follows the terminal's size; without one it would show nothing."""
  if min(os.get_terminal_size(sys.stderr.fileno())) > 0:
    return {"dynamic_ncols": True}
  return {"ncols": 80, "nrows": 24}  # a container that reports no size
