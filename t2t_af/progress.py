"""Progress bars with a time of arrival, on stderr."""

import sys
from typing import Any, Iterable, Optional

import tqdm

# Seconds between two lines where stderr is a file: a log of an hour's work
# stays short enough to read.
_SECONDS_BETWEEN_LINES = 10.
_BAR = "{desc}: {percentage:3.0f}% |{bar}| {n_fmt}/{total_fmt} {unit} " \
    "[{elapsed}, {remaining} left, {rate_fmt}{postfix}]"
_LINE = _BAR.replace(" |{bar}|", "")


class _Lines:
  """A stderr that is no terminal: whole lines, no carriage returns."""

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


def bar(iterable: Optional[Iterable[Any]] = None, *,
        total: Optional[float] = None, label: str = "", unit: str = "it",
        initial: float = 0) -> tqdm.tqdm:
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
  layout = _BAR if terminal else _LINE
  return tqdm.tqdm(
      iterable, total=total, desc=label or None, unit=unit, initial=initial,
      unit_scale=unit == "B", unit_divisor=1000,
      file=sys.stderr if terminal else _Lines(sys.stderr),
      mininterval=0.2 if terminal else _SECONDS_BETWEEN_LINES,
      # tqdm's thread redraws slow bars; on lines it would repeat them.
      dynamic_ncols=terminal, bar_format=layout if total else None)
