"""Command lines of the fault tests, and what they print."""

import argparse
from collections.abc import Mapping, Sequence
import sys


def parse(
  doc: str, argv: Sequence[str], points: int, shares: Mapping[str, float]
) -> argparse.Namespace:
  """Adds `points_of`, how many each case gets, and `again`, the command."""
  parser = argparse.ArgumentParser(
    description=doc, formatter_class=argparse.RawDescriptionHelpFormatter
  )
  parser.add_argument("--seed", type=int, default=0)
  parser.add_argument("--points", type=int, default=points)
  parser.add_argument("cases", nargs="*", metavar="CASE")
  args = parser.parse_args(argv)
  args.cases = args.cases or list(shares)
  for name in args.cases:
    if name not in shares:
      parser.error(f"{name} is none of {', '.join(shares)}")
  whole = sum(shares[name] for name in args.cases)
  args.points_of = {
    name: max(1, round(args.points * shares[name] / whole))
    for name in args.cases
  }
  module = doc.partition("python -m ")[2].split()[0]
  names = "".join(f" {name}" for name in args.cases)
  everything = list(shares) == args.cases
  args.again = (
    f"Again: python -m {module} --seed={args.seed} --points={args.points}"
    + ("" if everything else names)
  )
  return args


def say(*lines: str) -> None:
  """Prints at once: a person waits."""
  for number, line in enumerate(lines):
    sys.stdout.write(f"{'  ' if number else ''}{line}\n")
  sys.stdout.flush()
