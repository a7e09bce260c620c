"""Errors that a person can act on, in one sentence."""

from collections.abc import Iterable
import difflib


class UserError(Exception):
  """Bad input from a person: what was wrong, where, and what to do.

  The commands print `error: <message>` to stderr and leave with exit code 2,
  without a traceback.
  """


def suggest(name: str, known: Iterable[str], what: str) -> str:
  """Says that `name` is unknown and names at most three close known names.

  Args:
    name: what the person wrote.
    known: every name that would have been right.
    what: what sort of name it is, e.g. "problem".

  Returns:
    e.g. 'unknown problem "video_bear". Did you mean "video_bair"?'
  """
  known = sorted(set(known))
  close = difflib.get_close_matches(name, known, n=3, cutoff=0.6)
  if not close:  # a part of a name is a better guess than none
    close = [k for k in known if name and (name in k or k in name)][:3]
  message = f'unknown {what} "{name}".'
  if close:
    return f"{message} Did you mean {_either(close)}?"
  if len(known) <= 8:
    return f"{message} Known: {', '.join(known) or 'none'}."
  return f"{message} None of the {len(known)} known names is close to it."


def _either(names: list) -> str:
  quoted = [f'"{name}"' for name in names]
  if len(quoted) == 1:
    return quoted[0]
  return f"{', '.join(quoted[:-1])} or {quoted[-1]}"
