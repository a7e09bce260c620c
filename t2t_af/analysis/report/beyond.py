"""What is not in the paper, each held against the same model without it.

A switch buys something where the 95 % interval of the difference of test NLLs
lies below zero, costs where it lies above, and is open where it holds zero or
each model was trained once. A bound of more samples is no other model: where it
is lower, it is tighter.
"""

import collections
from collections.abc import Sequence
from typing import NamedTuple, Optional

from t2t_af.analysis import formats
from t2t_af.analysis.report import pairs
from t2t_af.analysis.report.pairs import Pair
from t2t_af.analysis.results.folders import Results
from t2t_af.analysis.results.rows import Row

VERDICTS = ("buys", "tighter", "costs", "open")
_VERDICT_OF = {-1: "buys", 1: "costs", 0: "open"}
# Rows that the paper has not, and what they are without what is added.
_WITHOUT = {
  "af1_t": "af1",
  "af2_t": "af2",
  "slvm_t": "slvm",
  "slvm_dx_t": "slvm_dx",
  "slvm_af1_t": "slvm_af1",
  "slvm_af2": "slvm_af1",
  "video_flow_af_residual": "video_flow_af",
  "video_flow_af_matched": "video_flow",
}


class Switch(NamedTuple):
  """One model beyond the paper on one data set; `verdict`: of VERDICTS."""

  verdict: str
  words: str  # e.g. "1-AF, flow_mask=learned, than 1-AF"
  pair: Pair


def of(results: Results) -> list[Switch]:
  """Those whose test NLL there is with and without: what buys comes first."""
  pooled = pairs.pools(results)
  found = []
  for place in pooled.places():
    for row in pooled.rows(place):
      base = _without(row)
      pair = base and pairs.pair(pooled, place, row, base)
      if pair:
        words = f"{row.label}, than {base.label}"
        found.append(Switch(_verdict(row, pair), words, pair))
  return sorted(found, key=lambda s: (VERDICTS.index(s.verdict), s.words))


def summary(switches: Sequence[Switch]) -> str:
  """How many of each verdict, and what a verdict says."""
  counts = collections.Counter(switch.verdict for switch in switches)
  told = [f"{counts[verdict]} {verdict}" for verdict in VERDICTS]
  return (
    "Models beyond the paper, each held against the same without: "
    f"{formats.listing(told)}. Below zero the NLL is lower with it; where one "
    "seed or an interval that holds zero leaves it open, nothing is bought "
    "yet. A bound of more samples is of the same model, and tighter."
  )


def _verdict(row: Row, pair: Pair) -> str:
  verdict = _VERDICT_OF[pair.sign]
  return "tighter" if row.num_samples and verdict == "buys" else verdict


def _without(row: Row) -> Optional[Row]:
  """What it is compared with; None of what the paper has."""
  if row.num_samples:
    return row._replace(num_samples=0)
  if row.changes:
    return row._replace(changes="")
  name = _WITHOUT.get(row.name)
  return Row(name) if name else None
