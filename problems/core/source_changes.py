"""What changed in a source since data was made from it."""

from collections.abc import Mapping, Sequence
import os
import re

_NAMES_IN_A_MESSAGE = 8


def describe(
  before: Mapping[str, str], now: Mapping[str, str], may_go: bool
) -> str:
  """E.g. "2 files are new (a, b); 1 file is gone (c)"; "" for no change.

  Args:
    before, now: {name: sha256} of the source's files.
    may_go: files that are gone are no change.
  """
  found = {
    "new": sorted(set(now) - set(before)),
    "gone": [] if may_go else sorted(set(before) - set(now)),
    "changed": sorted(n for n in now if before.get(n, now[n]) != now[n]),
  }
  return "; ".join(
    f"{len(names)} {'file is' if len(names) == 1 else 'files are'} {what} "
    f"({some(names)})"
    for what, names in found.items()
    if names
  )


def some(names: Sequence[str]) -> str:
  """Not too many names, for a message."""
  more = len(names) - _NAMES_IN_A_MESSAGE
  return ", ".join(map(shown, names[:_NAMES_IN_A_MESSAGE])) + (
    f" and {more} more" if more > 0 else ""
  )


def shown(name: str) -> str:
  """A file's name as text that can be written and read anywhere.

  Bytes that are no UTF-8 and control characters become escapes.
  """
  text = os.fsencode(name).decode("utf-8", "backslashreplace")
  return re.sub(r"[\x00-\x1f\x7f]", lambda c: f"\\x{ord(c[0]):02x}", text)
