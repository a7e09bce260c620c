"""The parser of a verb's command line."""

import argparse
from collections.abc import Callable


def parser(verb: str, doc: str) -> argparse.ArgumentParser:
  """A parser whose help is the docstring `doc`, in its own lines.

  Args:
    verb: what follows `t2t-af`, e.g. "compare" or "bench flow".
    doc: docstring of the verb's module.
  """
  return argparse.ArgumentParser(
    f"t2t-af {verb}",
    description=doc,
    formatter_class=argparse.RawDescriptionHelpFormatter,
  )


def add_split(add: Callable) -> None:
  """Adds --split; what tensor2tensor calls "eval" is "dev" in every record."""
  add(
    "--split",
    default="test",
    choices=["test", "dev"],
    type=lambda name: "dev" if name == "eval" else name,
  )
