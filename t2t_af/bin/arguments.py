"""The parser of a verb's command line."""

import argparse


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
