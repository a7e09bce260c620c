"""Times of steps: their unit, and whether they are even."""

from collections.abc import Sequence
import re
from typing import Any, Optional

import numpy as np

from t2t_af.errors import UserError

# A step may differ so much from the usual one and be called even. Rounded
# stamps (30 frames a second in milliseconds) may differ by their last place.
JITTER = 0.1
_GAP = 1.5  # usual steps; from here on some are missing
_EVEN_SHARE = 0.9

_UNITS = {
  "ns": 1e-9,
  "us": 1e-6,
  "µs": 1e-6,
  "ms": 1e-3,
  "s": 1.0,
  "sec": 1.0,
  "seconds": 1.0,
  "min": 60.0,
  "h": 3600.0,
}
# Seconds since 1970 of the years 2001 to 2286 lie between these powers of ten.
_EPOCHS = {9: 1.0, 12: 1e-3, 15: 1e-6, 18: 1e-9}
_NAMED_UNIT = re.compile(
  r"(?:.*[\[( _])?(ns|us|µs|ms|s|sec|seconds|min|h)[\])]?"
)


def unit_of(name: str, value: float) -> Optional[float]:
  """Seconds that a column of numbers counts in; None where nothing tells."""
  for power, unit in _EPOCHS.items():
    if 10**power <= value < 10 ** (power + 1):
      return unit
  named = _NAMED_UNIT.fullmatch(name)
  return _UNITS[named.group(1)] if named else None


def seconds(text: str) -> Optional[float]:
  """Of a step such as "0.1s", "20ms" or "50Hz"; None for a bare number.

  Raises:
    UserError: it is no step of time above 0.
  """
  found = re.fullmatch(r"([0-9.eE+-]+) ?([a-zA-Zµ]*)", text)
  try:
    number = float(found.group(1)) if found else 0.0
  except ValueError:
    number = 0.0
  unit = found.group(2) if found else ""
  if not 0 < number < 1e12 or unit not in ("", "Hz", *_UNITS):
    raise UserError(
      f"--resample={text} is no step of time such as 0.1s, 20ms or 50Hz, or a "
      "number in the unit of the column of times"
    )
  if unit == "Hz":
    return 1 / number
  return number * _UNITS[unit] if unit else None


def are_even(times: Sequence[float]) -> bool:
  """Whether times rise by one step, but for gaps and a little jitter."""
  steps = np.diff(np.asarray(times, np.float64))
  if not len(steps) or not (steps > 0).all():
    return False
  usual = np.median(steps)
  within = np.abs(steps - usual) <= tolerance(times, float(usual))
  return bool(within.mean() >= _EVEN_SHARE and (within | is_gap(steps)).all())


def is_gap(steps: np.ndarray) -> np.ndarray:
  """bool: the steps that leave some out, judged by the usual one."""
  return steps >= _GAP * np.median(steps)


def tolerance(times: Any, usual: float) -> float:
  """By how much a step of [rows] may differ from the usual one and be even."""
  scale = max(abs(float(times[0])), abs(float(times[-1])), usual)
  place = _last_place(np.asarray(times, np.float64), usual)
  return max(JITTER * usual, place) * (1 + 1e-9) + 8e-16 * scale


def _last_place(times: np.ndarray, usual: float) -> float:
  """What stamps are rounded to; 0 where that is too coarse to allow for."""
  for power in range(-9, 3):
    place = 10.0**power
    if 2 * place > usual:
      return 0.0
    # Coarsest first would take 0.1 for 100.
    if _is_multiple(times, place) and not _is_multiple(times, 10 * place):
      return place
  return 0.0


def _is_multiple(times: np.ndarray, place: float) -> bool:
  scaled = times / place
  scale = np.abs(scaled).max()
  return bool((np.abs(scaled - np.round(scaled)) <= 1e-6 + 4e-16 * scale).all())
