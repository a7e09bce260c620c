"""Numbers as text: one place that decides digits, signs and absences."""

import math
from typing import Any, Optional

NOT_RUN = "not run"
ABSENT = "–"
BOUND = "≤ "  # before an upper bound of an NLL
MINUS = "−"  # The sign, wide as "+", so that columns line up.


def is_number(value: Any) -> bool:
  """Whether `value` is a finite number (and not a bool)."""
  return (
    isinstance(value, (int, float))
    and not isinstance(value, bool)
    and math.isfinite(value)
  )


def number(value: Optional[float], decimals: int = 3) -> str:
  """1.2345 -> "1.234"; None or not finite -> "–"."""
  if not is_number(value):
    return ABSENT
  return f"{value:.{decimals}f}".replace("-", MINUS)


def signed(value: Optional[float], decimals: int = 3) -> str:
  """0.01 -> "+0.010"."""
  if not is_number(value):
    return ABSENT
  return f"{value:+.{decimals}f}".replace("-", MINUS)


def with_error(
  value: Optional[float],
  stderr: Optional[float],
  decimals: int = 3,
  sign: bool = False,
) -> str:
  """ "1.234 ± 0.005"; without the error where there is none."""
  decimals = max(decimals, digits_for(stderr))
  text = (signed if sign else number)(value, decimals)
  if text == ABSENT or not is_number(stderr):
    return text
  return f"{text} ± {number(stderr, decimals)}"


def digits_for(stderr: Optional[float]) -> int:
  """Decimals that show the first digit of a standard error: 3 or 4."""
  if not is_number(stderr) or stderr <= 0:
    return 3
  return min(4, max(3, math.ceil(-math.log10(stderr))))


def thousands(value: Optional[float]) -> str:
  """871236 -> "871,236"."""
  return f"{value:,.0f}" if is_number(value) else ABSENT


def significant(value: Optional[float], digits: int = 3) -> str:
  """0.01234 -> "0.0123"; never an exponent in the sizes that occur here."""
  if not is_number(value):
    return ABSENT
  if value == 0:
    return "0"
  decimals = digits - 1 - math.floor(math.log10(abs(value)))
  return number(round(value, decimals), max(0, min(decimals, 9)))


def plural(count: int, noun: str) -> str:
  """(1, "seed") -> "1 seed"; (3, "seed") -> "3 seeds"."""
  return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def listing(parts: list[str]) -> str:
  """["a", "b", "c"] -> "a, b and c"."""
  if len(parts) < 2:
    return "".join(parts)
  return f"{', '.join(parts[:-1])} and {parts[-1]}"
