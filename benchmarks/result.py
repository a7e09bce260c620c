"""What a bench measured: two rates, alternating, as lines and as records."""

import argparse
from typing import NamedTuple, Optional

import numpy as np

from t2t_af.records import environment
from t2t_af.records import json_lines


class Result(NamedTuple):
  """One comparison; the ratio says how many times `ours` is the better.

  Attributes:
    bench: its name, e.g. "generation".
    what: what was measured, on what.
    unit: of both lists, e.g. "ms per frame".
    ours, theirs: names of the two columns.
    ours_rounds, theirs_rounds: one number a round, in order.
    lower_is_better: whether `unit` is a time.
    wanted: the ratio that we aim for.
  """

  bench: str
  what: str
  unit: str
  ours: str
  theirs: str
  ours_rounds: list[float]
  theirs_rounds: list[float]
  lower_is_better: bool
  wanted: float

  @property
  def ratio(self) -> float:
    """theirs / ours of the medians of a time; ours / theirs of a rate."""
    ours, theirs = np.median(self.ours_rounds), np.median(self.theirs_rounds)
    return float(theirs / ours if self.lower_is_better else ours / theirs)


def add_arguments(parser: argparse.ArgumentParser) -> None:
  """The flags that every bench of data has."""
  parser.add_argument("--rounds", type=int, default=3)
  parser.add_argument("--json", help="also appends a record to this file")


def text(results: list[Result]) -> str:
  """A table: a line per result, medians, with the range over rounds below."""
  lines = []
  for r in results:
    lines.append(f"{r.what}: {r.unit}, median of {len(r.ours_rounds)} rounds")
    for name, rounds in ((r.theirs, r.theirs_rounds), (r.ours, r.ours_rounds)):
      lines.append(
        f"  {name:<44}{np.median(rounds):>12.4g}   "
        f"({min(rounds):.4g} to {max(rounds):.4g})"
      )
    reached = "reached" if r.ratio >= r.wanted else "NOT reached"
    lines.append(
      f"  {'ratio':<44}{r.ratio:>12.1f}   (wanted: {r.wanted:g}, {reached})"
    )
  return "\n".join(lines)


def report(results: list[Result], json_path: Optional[str]) -> None:
  """Prints the table; appends the records where a path is given."""
  print(text(results), flush=True)
  if not json_path:
    return
  for r in results:
    json_lines.append(
      json_path,
      {
        "kind": "bench",
        **r._asdict(),
        "ratio": r.ratio,
        "hardware": environment.hardware(),
        "versions": environment.versions(),
        "time": environment.now(),
      },
    )
