"""The parser of a verb's command line, and what verbs share beside it."""

import argparse
from collections.abc import Callable
import contextvars
import copy
from typing import Any, Optional

from t2t_af.records import json_lines


def parser(verb: str, doc: str) -> argparse.ArgumentParser:
  """A parser whose help is the docstring `doc`, in its own lines.

  Args:
    verb: what follows `t2t-af`, e.g. "compare" or "bench flow".
    doc: docstring of the verb's module.
  """
  return _Parser(
    f"t2t-af {verb}", description=doc, formatter_class=_HelpFormatter
  )


def parser_of(main: Callable[[list[str]], int]) -> argparse.ArgumentParser:
  """The parser that a verb's `main` makes of its command line."""
  token = _IS_WANTED.set(True)
  try:
    main([])
  except _Made as made:
    return made.parser
  finally:
    _IS_WANTED.reset(token)
  raise AssertionError(f"{main.__module__} parses nothing")


_IS_WANTED = contextvars.ContextVar("_IS_WANTED", default=False)


class _Made(Exception):
  """A parser is complete, and nothing is to be parsed."""

  def __init__(self, parser: argparse.ArgumentParser) -> None:
    super().__init__()
    self.parser = parser


class _Parser(argparse.ArgumentParser):
  """Hands itself to `parser_of` instead of parsing for it."""

  def parse_known_args(self, args: Any = None, namespace: Any = None) -> Any:
    if _IS_WANTED.get():
      raise _Made(self)
    return super().parse_known_args(args, namespace)


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


def add_json(add: Callable) -> None:
  """Adds --json, of verbs that print tables and numbers (`print_json`)."""
  add("--json", action="store_true", help="one JSON object instead of lines")


STDOUT = "-"


def add_json_or_file(add: Callable) -> None:
  """Adds --json and --json=FILE, of benches (`print_or_append`)."""
  add(
    "--json",
    nargs="?",
    const=STDOUT,
    metavar="FILE",
    help="one JSON object instead of lines; with FILE its records are appended "
    "there, and the lines are printed too",
  )


def print_or_append(json_to: Optional[str], records: list[dict]) -> None:
  """What `add_json_or_file` asks for; None: nothing."""
  if json_to == STDOUT:
    print_json(records=records)
  elif json_to:
    for record in records:
      json_lines.append(json_to, record)


def print_json(**fields: Any) -> None:
  """What --json asks for: the numbers of the lines, unrounded, on stdout.

  Strict JSON on one line: what is not finite is null, and "non_finite" says
  what it was (`json_lines`).
  """
  print(json_lines.dumps(fields), flush=True)
