"""What the paper claims of its models, held against records of ours.

A claim names two rows of the paper's tables, of which the first has the lower
NLL. On a data set it is

  confirmed  the 95 % interval of the difference lies below zero
  refuted    it lies above
  open       it holds zero, or nothing says how wide it is; or each model was
             trained once, and another seed may turn it; or it lies above, but
             the first's NLL is a bound and the other's is exact

The difference is taken run by run, on the same windows. Of several splits of a
data set, whose recordings are different ones, the half widths of the intervals
are added as the errors of a mean: sqrt(sum of squares) / number of splits.
"""

import collections
from collections.abc import Mapping, Sequence
import math
import os
from typing import NamedTuple, Optional

from t2t_af.analysis import formats
from t2t_af.analysis.results import estimates
from t2t_af.analysis.results import paper_values
from t2t_af.analysis.results import selection
from t2t_af.analysis.results.folders import Results
from t2t_af.analysis.results.units import Unit
from t2t_af.analysis.results.units import unit_of
from t2t_af.records import records as records_lib

VERDICTS = ("confirmed", "refuted", "open")
_CLAIMS = (  # rows whose NLL is lower, and those it is lower than
  ("slvm_af1", "slvm"),
  ("slvm_af1", "slvm_dx"),
  ("slvm_af1", "af1"),
  ("af2", "af1"),
  ("video_flow_af", "video_flow"),
)

# Of records alike in these the newest of a run counts.
_SCORED = ("problem", "hparams_set", "seed", "dequantization")


class Claim(NamedTuple):
  """One claim on one data set.

  Attributes:
    verdict: of VERDICTS.
    words: e.g. "SLVM + 1-AF has a lower NLL than SLVM".
    data: the data set and the size of the models.
    numbers: the difference with its interval, and the unit.
    paper: the same differences in the paper's table, by its columns: of this
      data set, or where it has not this one, of its other videos.
    remark: what the interval is over, and which values are bounds.
    seeds: and splits.
    records: folders of the runs.
  """

  verdict: str
  words: str
  data: str
  numbers: str
  paper: str
  remark: str
  seeds: str
  records: str


class _Place(NamedTuple):
  """What records must share to be compared."""

  data_set: str
  variant: str
  noise: str
  steps: int  # of training


def of(results: Results) -> list[Claim]:
  """The claims that both rows have a test NLL for: confirmed ones first."""
  pools, folder_of = _pools(results)
  found = []
  for ours, theirs in _CLAIMS:
    for place in sorted({place for place, _ in pools}):
      sides = [pools.get((place, row)) for row in (ours, theirs)]
      if all(sides):
        runs = [
          selection.by_run(selection.newest_group(pool)) for pool in sides
        ]
        found.append(_claim((ours, theirs), place, runs, folder_of))
  known = [claim for claim in found if claim]
  return sorted(known, key=lambda claim: VERDICTS.index(claim.verdict))


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
    f"{claim.verdict}: {claim.words} on {claim.data}: {claim.numbers}, "
    f"{claim.seeds}" + (f"; the paper: {claim.paper}" if claim.paper else "")
    for claim in claims
  ]


def _pools(results: Results) -> tuple[dict, dict]:
  """({(place, row): test records}, {id of a record: folder of its run})."""
  pools, folder_of = collections.defaultdict(list), {}
  for run in results.runs:
    if run.row and run.uses_all_training_data:
      for r in records_lib.newest(run.scores("test"), _SCORED).values():
        if r.get("hparams_set") and r.get("problem"):
          place = _Place(
            paper_values.without_split(r["problem"])[0],
            paper_values.variant_of(r["hparams_set"]),
            r.get("dequantization") or "",
            r.get("chosen_of_steps") or r.get("step") or 0,
          )
          pools[place, run.row].append(r)
          folder_of[id(r)] = run.folder
  return dict(pools), folder_of


def _claim(
  rows: tuple[str, str], place: _Place, runs: Sequence[dict], folder_of: Mapping
) -> Optional[Claim]:
  """None where no run of both was scored alike."""
  ours, theirs = runs
  difference = _over_splits(ours, theirs)
  if difference is None:
    return None
  unit = unit_of(list(ours.values()))
  first, second = (paper_values.LABELS[row] for row in rows)
  return Claim(
    _verdict(difference, *map(_is_bound, runs)),
    f"{first} has a lower NLL than {second}",
    f"{place.data_set} ({place.variant}, {formats.thousands(place.steps)} "
    "steps)",
    _numbers(difference.times(unit.scale), unit),
    _in_paper(rows, place.data_set),
    _remark(difference, [first, second], runs),
    _seeds(difference),
    "; ".join(
      _braced([folder_of[id(side[run])] for run in difference.per_run])
      for side in runs
    ),
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


def _braced(folders: Sequence[str]) -> str:
  """One path for all, as a shell writes it: "a/b_{1,2}" is "a/b_1", "a/b_2"."""
  paths = [os.path.relpath(folder).split(os.sep) for folder in folders]
  if len({len(path) for path in paths}) > 1:
    return ", ".join(map(os.sep.join, paths))
  parts = []
  for names in map(list, zip(*paths)):
    names = list(dict.fromkeys(names))
    shared = os.path.commonprefix(names)
    ends = [name[len(shared) :] for name in names]
    parts.append(shared + (f"{{{','.join(ends)}}}" if len(ends) > 1 else ""))
  return os.sep.join(parts)


def _over_splits(
  ours: Mapping, theirs: Mapping
) -> Optional[estimates.Difference]:
  """Over all runs; of each split by itself first."""
  found = []
  for split in sorted({split for split, _ in ours}):
    alone = [
      {run: r for run, r in side.items() if run[0] == split}
      for side in (ours, theirs)
    ]
    found.append(estimates.difference(*alone))
  found = [difference for difference in found if difference]
  if len(found) < 2:
    return found[0] if found else None
  mean = sum(difference.mean for difference in found) / len(found)
  interval = None
  if all(difference.interval for difference in found):
    halves = [(d.interval[1] - d.interval[0]) / 2 for d in found]
    half = math.hypot(*halves) / len(found)
    interval = (mean - half, mean + half)
  return estimates.Difference(
    {run: value for d in found for run, value in d.per_run.items()},
    mean,
    math.hypot(*(d.stderr for d in found)) / len(found),
    found[0].basis,
    interval,
  )


def _verdict(
  difference: estimates.Difference, is_bound: bool, is_other_bound: bool
) -> str:
  if difference.interval is None or len(difference.per_run) < 2:
    return "open"
  low, high = difference.interval
  if high < 0:
    return "confirmed"
  # A bound may lie above what it bounds, so far that the claim holds.
  may_be_lower = is_bound and not is_other_bound
  return "refuted" if low > 0 and not may_be_lower else "open"


def _is_bound(side: Mapping) -> bool:
  return any(r.get("bound") for r in side.values())


def _numbers(difference: estimates.Difference, unit: Unit) -> str:
  text = formats.signed(difference.mean)
  if difference.interval:
    low, high = map(formats.signed, difference.interval)
    text += f" [{low}, {high}]"
  return f"{text} {unit.name}"


def _remark(
  difference: estimates.Difference, labels: Sequence[str], runs: Sequence[dict]
) -> str:
  over = f"interval over {difference.basis}"
  if difference.basis != "seeds":
    over += ", of one seed"  # what another would change was not measured
  if difference.interval is None:
    over = "no interval is known"
  bounds = [label for label, side in zip(labels, runs) if _is_bound(side)]
  if bounds:
    over += f"; an upper bound: {formats.listing(bounds)}"
  return over


def _seeds(difference: estimates.Difference) -> str:
  """E.g. "seeds 0, 1, 2", "seed 0, splits 0, 1, 2"."""
  splits, seeds = (sorted(set(part)) for part in zip(*difference.per_run))
  text = f"seed{'s' * (len(seeds) > 1)} {', '.join(map(str, seeds))}"
  if len(splits) > 1:
    text += f", splits {', '.join(map(str, splits))}"
  return text
