"""The parser of a verb's command line."""

import argparse
from collections.abc import Callable
import copy


def parser(verb: str, doc: str) -> argparse.ArgumentParser:
  """A parser whose help is the docstring `doc`, in its own lines.

  Args:
    verb: what follows `t2t-af`, e.g. "compare" or "bench flow".
    doc: docstring of the verb's module.
  """
  return argparse.ArgumentParser(
    f"t2t-af {verb}", description=doc, formatter_class=_HelpFormatter
  )


class _HelpFormatter(argparse.RawDescriptionHelpFormatter):
  """The help of every flag ends with its default, if it has one."""

  def _format_action(self, action: argparse.Action) -> str:
    given = action.default
    told = action.help or ""
    is_told = "default:" in told or given in ("", argparse.SUPPRESS)
    if given is None or isinstance(given, bool) or is_told:
      return super()._format_action(action)
    shown = copy.copy(action)
    if isinstance(given, (list, tuple)):
      given = ",".join(map(str, given))
    # A % in it would be read as the start of a name.
    default = f"(default: {given})".replace("%", "%%")
    shown.help = f"{told} {default}".strip()
    return super()._format_action(shown)


def add_split(add: Callable) -> None:
  """Adds --split; what tensor2tensor calls "eval" is "dev" in every record."""
  add(
    "--split",
    default="test",
    choices=["test", "dev"],
    type=lambda name: "dev" if name == "eval" else name,
  )
