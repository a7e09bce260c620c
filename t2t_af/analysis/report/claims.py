"""What the paper claims of its models, held against records of ours.

A claim names two rows of the paper's tables, of which the first has the lower
NLL. On a data set it is

  confirmed  the 95 % interval of the difference lies below zero
  refuted    it lies above
  open       it holds zero, or nothing says how wide it is; or each model was
             trained once, and another seed may turn it; or it lies above, but
             the first's NLL is a bound and the other's is exact
"""

import collections
from collections.abc import Sequence
from typing import NamedTuple

from t2t_af.analysis import formats
from t2t_af.analysis.report import pairs
from t2t_af.analysis.report.pairs import Pair
from t2t_af.analysis.results import paper_values
from t2t_af.analysis.results import rows
from t2t_af.analysis.results.folders import Results
from t2t_af.analysis.results.rows import Row
from t2t_af.records import override_text

VERDICTS = ("confirmed", "refuted", "open")
_VERDICT_OF = {-1: "confirmed", 1: "refuted", 0: "open"}
# An override of one of these sets what the rows of a claim differ in.
_OF_ROWS = ("data_flow", "latent_dynamics", "num_transforms")
_CLAIMS = (  # rows whose NLL is lower, and those it is lower than
  ("slvm_af1", "slvm"),
  ("slvm_af1", "slvm_dx"),
  ("slvm_af1", "af1"),
  ("af2", "af1"),
  ("video_flow_af", "video_flow"),
)


class Claim(NamedTuple):
  """One claim on one data set.

  Attributes:
    verdict: of VERDICTS.
    words: e.g. "SLVM + 1-AF has a lower NLL than SLVM".
    paper: the same differences in the paper's table, by its columns: of this
      data set, or where it has not this one, of its other videos.
    pair: the two models' records.
  """

  verdict: str
  words: str
  paper: str
  pair: Pair


def of(results: Results) -> list[Claim]:
  """The claims that both rows have a test NLL for: confirmed ones first."""
  pooled = pairs.pools(results)
  found = []
  for names in _CLAIMS:
    for place in pooled.places():
      for changes in _changes(pooled.rows(place)):
        ours, theirs = (
          Row(name, changes=rows.read_by(name, changes)) for name in names
        )
        pair = pairs.pair(pooled, place, ours, theirs)
        if pair:
          found.append(_claim(names, place.data_set, pair))
  return sorted(found, key=lambda claim: VERDICTS.index(claim.verdict))


def _changes(of: Sequence[Row]) -> list[str]:
  """Those under which the rows of a claim are still what they are called."""
  return sorted(
    changes
    for changes in {row.changes for row in of}
    if not override_text.parts(changes).keys() & set(_OF_ROWS)
  )


def summary(claims: Sequence[Claim]) -> str:
  """How many of each verdict, and what a verdict says."""
  if not claims:
    return (
      "None of the paper's comparisons of models has a test NLL of both sides."
    )
  counts = collections.Counter(claim.verdict for claim in claims)
  told = [f"{counts[verdict]} {verdict}" for verdict in VERDICTS]
  return (
    f"Claims of the paper, here: {formats.listing(told)}. Confirmed or "
    "refuted where the 95 % interval of the difference leaves out zero, of at "
    "least two trainings of each model, each by itself. Of other data and "
    "sizes than the paper's these say nothing of its own numbers."
  )


def lines(claims: Sequence[Claim]) -> list[str]:
  """For a terminal: the summary, then a line for each."""
  return [summary(claims)] + [
    f"{claim.verdict}: {claim.words} on {claim.pair.data}: "
    f"{claim.pair.numbers}, {claim.pair.seeds}"
    + (f"; the paper: {claim.paper}" if claim.paper else "")
    for claim in claims
  ]


def _claim(names: tuple[str, str], data_set: str, pair: Pair) -> Claim:
  return Claim(
    _VERDICT_OF[pair.sign],
    f"{pair.ours.row.label} has a lower NLL than {pair.theirs.row.label}",
    _in_paper(names, data_set),
    pair,
  )


def _in_paper(rows: tuple[str, str], data_set: str) -> str:
  """E.g. "−0.03 (BAIR)"; "" where the paper has no such difference."""
  is_video = data_set.startswith("video_")
  table = paper_values.TABLES[1 if is_video else 2]
  problem, _ = paper_values.without_rule(data_set)
  columns = [name for name, of in table.columns.items() if of == problem]
  found = []
  for column in columns or (table.columns if is_video else []):
    first, second = (table.values.get((row, column)) for row in rows)
    if first and second:
      found.append(
        f"{formats.signed(first.number - second.number, 2)} ({column})"
      )
  return ", ".join(found)
