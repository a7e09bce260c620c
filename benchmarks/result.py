"""What a bench measured: two rates, alternating, as lines and as records."""

import argparse
from typing import Any, NamedTuple, Optional

import numpy as np

from t2t_af.bin import arguments
from t2t_af.records import environment


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
  arguments.add_json_or_file(parser.add_argument)


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


def report(results: list[Result], json_to: Optional[str]) -> None:
  """Prints the table, or what --json asks for.

  Args:
    results: of a bench.
    json_to: a file to append records to; arguments.STDOUT: they are printed
      instead of the table.
  """
  if json_to != arguments.STDOUT:
    print(text(results), flush=True)
  arguments.print_or_append(
    json_to, list(map(record_of, results)) if json_to else []
  )


def record_of(result: Result) -> dict[str, Any]:
  """A comparison's record."""
  return record(**result._asdict(), ratio=result.ratio)


def record(**fields: Any) -> dict[str, Any]:
  """What was measured, with where and when."""
  return dict(
    kind="bench",
    **fields,
    code=environment.code(),
    hardware=environment.hardware(),
    versions=environment.versions(),
    time=environment.now(),
  )
