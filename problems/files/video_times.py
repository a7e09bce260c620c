"""When frames are shown: at another rate, and whether they come evenly."""

from collections.abc import Iterable, Iterator, Sequence
import statistics
from typing import Any, NamedTuple, Optional

import numpy as np

from t2t_af.errors import UserError

# Containers round times, to a millisecond or finer.
_COARSEST_ROUNDING = 1e-3
# A screen that nobody touches is recorded as one frame; but a time that jumps
# further ahead than this is no pause, seconds.
_LONGEST_PAUSE = 600.0
# Steps this close are the same (a 30th of a second in milliseconds: 33 or 34).
_SAME_STEP = 0.25
# A time this much earlier than the one before is no rounding, seconds.
_MAX_BACK = 0.5
# Two rates this close are the same one (30 and 29.97).
_SAME_RATE = 1.01


class Timed(NamedTuple):
  """A frame, when it is first shown and for how long, seconds.

  The duration is that of the file; it counts for the last frame alone. None or
  0 where the file does not say.
  """

  frame: Any
  time: Optional[float]
  duration: Optional[float] = None


def at_rate(
  timed: Iterable[Timed], rate: float, tick: float, where: str
) -> Iterator[Any]:
  """The frames that are shown at 0, 1 / rate, 2 / rate ... after the first.

  Args:
    timed: frames in the order in which they are shown.
    rate: frames per second.
    tick: what times are multiples of, seconds.
    where: the file, for errors.

  Yields:
    Frames; one again where none newer is shown yet.

  Raises:
    UserError: a frame has no time; time jumps back, or far ahead.
  """
  # A frame's time may be rounded to a later one.
  rounding = min(tick, _COARSEST_ROUNDING)
  last = start = None
  wanted = 0  # the next frame, shown at start + wanted / rate
  steps = []
  for now in timed:
    if now.time is None:
      raise unknown(where, rate)
    if last is None:
      start = now.time
    else:
      now = _later(now, last, where)
      steps.append(now.time - last.time)
      until = now.time - start - rounding
      yield from _shown(last, wanted, until, rate, where)
      wanted = max(wanted, _count(until, rate))
    last = now
  if last is not None:
    length = last.duration or (statistics.median(steps) if steps else 0.0)
    until = last.time - start + (length or 1 / rate) - rounding
    yield from _shown(last, wanted, until, rate, where)


def unknown(where: str, rate: float) -> UserError:
  """That a video without times cannot be brought to another rate."""
  return UserError(
    f"{where}: does not say when its frames are shown, so it cannot be "
    f"brought to {rate:g} frames a second; leave out --frame_rate"
  )


def is_even(times: Sequence[float], tick: float) -> bool:
  """Whether frames come at one rate.

  Args:
    times: in order, seconds, multiples of `tick`.
    tick: seconds.
  """
  steps = np.diff(times)
  if len(steps) < 2:
    return True
  middle = float(np.median(steps))
  allowed = max(_SAME_STEP * middle, 1.01 * min(tick, middle / 2))
  return bool(np.ptp(steps) <= allowed)


def is_just_below(times: Sequence[float], tick: float, rate: float) -> bool:
  """Whether frames come evenly, at a rate that is meant by `rate`.

  29.97 frames a second are meant by 30: none is repeated then.
  """
  if len(times) < 2 or not is_even(times, tick):
    return False
  own_rate = (len(times) - 1) / (times[-1] - times[0])
  return own_rate <= rate <= own_rate * _SAME_RATE


def _later(now: Timed, last: Timed, where: str) -> Timed:
  if now.time >= last.time:
    return now
  if last.time - now.time > _MAX_BACK:
    raise UserError(
      f"{where}: time jumps back by {last.time - now.time:g} seconds at "
      f"{last.time:g} s; cut it there, or leave out --frame_rate"
    )
  return now._replace(time=last.time)


def _count(until: float, rate: float) -> int:
  """How many of 0, 1 / rate ... come before `until`."""
  return max(0, int(np.ceil(until * rate - 1e-6)))


def _shown(
  last: Timed, wanted: int, until: float, rate: float, where: str
) -> Iterator[Any]:
  repeats = _count(until, rate) - wanted
  if repeats > _LONGEST_PAUSE * rate:
    raise UserError(
      f"{where}: time jumps at {last.time:g} s: a frame would be repeated "
      f"{repeats} times; cut the video there, or leave out --frame_rate"
    )
  for _ in range(repeats):
    yield last.frame
