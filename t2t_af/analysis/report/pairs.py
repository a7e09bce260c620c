"""Test NLLs of two models on one data set, held against each other.

The difference is taken run by run, on the same windows; its interval is over
seeds or over recordings, whichever is wider (`estimates.difference`).
"""

import collections
from collections.abc import Collection, Mapping, Sequence
import math
import os
from typing import NamedTuple, Optional

from t2t_af.analysis import formats
from t2t_af.analysis.results import estimates
from t2t_af.analysis.results import paper_values
from t2t_af.analysis.results import rows
from t2t_af.analysis.results import selection
from t2t_af.analysis.results.folders import FOLDER
from t2t_af.analysis.results.folders import Results
from t2t_af.analysis.results.folders import Run
from t2t_af.analysis.results.rows import Row
from t2t_af.analysis.results.units import Unit
from t2t_af.analysis.results.units import unit_of
from t2t_af.records import records as records_lib

# Of records alike in these the newest of a run counts.
_SCORED = (
  *("problem", "hparams_set", "seed", "num_samples", "precision"),
  *("dequantization", "noise_std", "scale_floor"),
)
# What a place holds without a word, as one version of ours has it alike.
_HELD = ("noise_std", "scale_floor", "log_scale_clip", "flow_log_scale_bound")


class Place(NamedTuple):
  """What the records of two models must share.

  Attributes:
    data_set: the problem without its split.
    variant: of the hparams set, e.g. "tiny".
    noise: that was added.
    steps: of training.
    overrides: of training.
    unusual: of training and scoring, in words.
    held: what of both is else alike.
  """

  data_set: str
  variant: str
  noise: str
  steps: int
  overrides: str
  unusual: str
  held: tuple


class Pools(NamedTuple):
  """Test records of all runs, {(place, row): [records]}."""

  records: dict

  def rows(self, place: Place) -> list[Row]:
    """Those with a record there."""
    return sorted(row for of, row in self.records if of == place)

  def places(self) -> list[Place]:
    """Each once, in alphabetical order."""
    return sorted({place for place, _ in self.records})

  def side(self, place: Place, row: Row) -> Optional["Side"]:
    """The newest runs of one protocol; None where there are none."""
    pool = self.records.get((place, row))
    if not pool:
      return None
    return Side(row, selection.by_run(selection.newest_group(pool)))


class Side(NamedTuple):
  """A model's runs, {(split, seed): record}."""

  row: Row
  runs: Mapping

  @property
  def is_bound(self) -> bool:
    """Whether its NLL is an upper bound."""
    return any(r.get("bound") for r in self.runs.values())


class Pair(NamedTuple):
  """NLL of `ours` minus `theirs`, in words.

  Attributes:
    difference: in nats per dimension.
    data: the data set, the size of the models, how recordings were split.
    numbers: the difference with its interval, and the unit.
    remark: what the interval is over, and which values are bounds.
    seeds: and splits.
    records: folders of the runs.
  """

  ours: Side
  theirs: Side
  difference: estimates.Difference
  data: str
  numbers: str
  remark: str
  seeds: str
  records: str

  @property
  def sign(self) -> int:
    """-1: `ours` is lower, 1: higher, 0: nothing settles it.

    It is settled where the 95 % interval leaves out zero and each model was
    trained twice or more: another seed may turn what one says. A bound above an
    exact NLL may be so far above what it bounds that it says nothing.
    """
    interval = self.difference.interval
    if interval is None or len(self.difference.per_run) < 2:
      return 0
    if interval[1] < 0:
      return -1
    may_be_lower = self.ours.is_bound and not self.theirs.is_bound
    return int(interval[0] > 0 and not may_be_lower)


def pools(results: Results) -> Pools:
  """Test records of all models that were trained on all training data."""
  found = collections.defaultdict(list)
  for run in results.runs:
    if run.row and run.uses_all_training_data:
      for r in _scores(run):
        found[_place(r), rows.of(r)].append(r)
  return Pools(dict(found))


def _place(r: dict) -> Place:
  unusual = [
    "warm start" if r.get("warm_start_from") else "",
    f"precision={r['precision']}" if r.get("precision") else "",
    "best on dev" if r.get("chosen_of_steps") else "",
  ]
  return Place(
    paper_values.without_split(r["problem"])[0],
    paper_values.variant_of(r["hparams_set"]),
    r.get("dequantization") or "",
    r.get("chosen_of_steps") or r.get("step") or 0,
    rows.training(r.get("hparams")),
    ", ".join(filter(None, unusual)),
    tuple(str(r.get(name) or 0) for name in _HELD),
  )


def pair(pooled: Pools, place: Place, ours: Row, theirs: Row) -> Optional[Pair]:
  """None where no run of both was scored alike.

  Args:
    pooled: of all runs.
    place: of `ours`; of `theirs` without overrides that it cannot read.
    ours, theirs: the models.
  """
  overrides = rows.read_by(theirs.name, place.overrides)
  first = pooled.side(place, ours)
  second = pooled.side(place._replace(overrides=overrides), theirs)
  difference = (
    first and second and estimates.difference(first.runs, second.runs)
  )
  if not difference:
    return None
  records = list(first.runs.values())
  unit = unit_of(records)
  size = [place.variant, f"{formats.thousands(place.steps)} steps"]
  size += filter(None, (place.overrides, place.unusual))
  size += [f"{place.noise} noise"] if place.noise not in ("", "none") else []
  size += sorted(
    {r["split_protocol"] for r in records if "split_protocol" in r}
  )
  return Pair(
    first,
    second,
    difference,
    f"{place.data_set} ({', '.join(size)})",
    _numbers(difference.times(unit.scale), unit),
    _remark(difference, (first, second)),
    _seeds(difference),
    "; ".join(
      _braced([side.runs[run][FOLDER] for run in difference.per_run])
      for side in (first, second)
    ),
  )


def _scores(run: Run) -> list[dict]:
  """The newest of each kind on the test split."""
  found = [
    r
    for r in run.records["likelihood"]
    if r.get("split") == "test" and r.get("hparams_set") and r.get("problem")
  ]
  return list(records_lib.newest(found, _SCORED).values())


def _numbers(difference: estimates.Difference, unit: Unit) -> str:
  text = formats.signed(difference.mean)
  if difference.interval:
    low, high = map(formats.signed, difference.interval)
    text += f" [{low}, {high}]"
  return f"{text} {unit.name}"


def _remark(difference: estimates.Difference, sides: Sequence[Side]) -> str:
  over = f"interval over {difference.basis}"
  num_splits = len({split for split, _ in difference.per_run})
  if num_splits > 1:
    over += f", of {num_splits} splits"
  elif len(difference.per_run) == 1:
    over += ", of one seed"  # what another would change was not measured
  if difference.interval is None:
    over = "no interval is known"
  bounds = [side.row.label for side in sides if side.is_bound]
  if bounds:
    over += f"; an upper bound: {formats.listing(bounds)}"
  return over


def _seeds(difference: estimates.Difference) -> str:
  """E.g. "seeds 0, 1, 2", "seed 0, splits 0, 1, 2".

  Where splits have other seeds: "split 0: seeds 0, 1; split 1: seed 0".
  """
  of_split = collections.defaultdict(list)
  for split, seed in sorted(difference.per_run):
    of_split[split].append(seed)
  words = {split: _listed("seed", seeds) for split, seeds in of_split.items()}
  if len(set(words.values())) > 1:
    return "; ".join(f"split {split}: {words[split]}" for split in words)
  text = next(iter(words.values()))
  return text if len(words) == 1 else f"{text}, {_listed('split', words)}"


def _listed(noun: str, numbers: Collection[int]) -> str:
  return f"{noun}{'s' * (len(numbers) > 1)} {', '.join(map(str, numbers))}"


def _braced(folders: Sequence[str]) -> str:
  """One path for all, as a shell writes it: "a/b_{1,2}" is "a/b_1", "a/b_2".

  Where not every path that this would be is one of them, one for each folder
  that they are in.
  """
  paths = [os.path.relpath(folder).split(os.sep) for folder in folders]
  levels = [list(dict.fromkeys(names)) for names in zip(*paths)]
  is_grid = math.prod(map(len, levels)) == len(paths)
  if not is_grid or len({len(path) for path in paths}) > 1:
    within = collections.defaultdict(list)
    for folder in folders:
      within[os.path.dirname(folder)].append(folder)
    if len(within) == 1:
      return ", ".join(map(os.path.relpath, folders))
    return ", ".join(map(_braced, within.values()))
  parts = []
  for names in levels:
    shared = os.path.commonprefix(names)
    ends = [name[len(shared) :] for name in names]
    parts.append(shared + (f"{{{','.join(ends)}}}" if len(ends) > 1 else ""))
  return os.sep.join(parts)
