"""Tables 1 to 4: the paper's values beside ours, from records alone.

A column of the paper has one beside it for our runs of the same architecture
on the same data set; all other runs (other data, small sets) have columns of
their own that name them. Noise of another kind makes another column: its
likelihoods are on another scale. Within a column, a row's number comes from
the newest records of one protocol: set, overrides, training steps and steps
scored are never mixed; what was left out is said.

  error: over seeds, each seed one value; of one seed, and of several splits of
  a data set, over recordings.
"""

from collections.abc import Mapping, Sequence
import math
from typing import NamedTuple, Optional

from t2t_af.analysis import formats
from t2t_af.analysis.formats import is_number
from t2t_af.analysis.results import estimates
from t2t_af.analysis.results import paper_values
from t2t_af.analysis.results import selection
from t2t_af.analysis.results.folders import Results
from t2t_af.analysis.results.rows import Row
from t2t_af.analysis.results.units import unit_of
from t2t_af.analysis.tables import paper_pools
from t2t_af.analysis.tables import paper_protocols
from t2t_af.analysis.tables.paper_pools import Column
from t2t_af.analysis.tables.paper_pools import Key


class WindowSpread(NamedTuple):
  """How far few windows decide a mean; means over runs, in the table's unit."""

  median: float
  worst_percent: float  # what the worst 1 % of the windows add to the mean
  stderr_windows: float  # as if windows were independent, which they are not


class PaperCell(NamedTuple):
  """A number, or `status`, why there is none.

  Attributes:
    text: the number alone.
    stderr: over seeds, or, of one seed or of several splits, over recordings;
      NaN if neither is known.
    spread: of the windows behind a mean over a series; None of anything else.
    num_splits: of the data set, that it is a mean over.
    of_splits: how many other rows of its column have.
    is_best: whether it is the lowest of the column, among ours of all splits.
    not_finite: seeds whose number is not.
  """

  value: Optional[float] = None
  text: str = ""
  is_bound: bool = False
  stderr: float = math.nan
  stderr_text: str = ""
  stderr_recordings: float = math.nan
  spread: Optional[WindowSpread] = None
  num_runs: int = 0
  num_splits: int = 0
  of_splits: int = 0
  status: str = ""
  is_best: bool = False
  not_finite: tuple = ()


class PaperRow(NamedTuple):
  """A model; `cells`: one per column."""

  name: str
  label: str
  cells: list[PaperCell]


class Table(NamedTuple):
  """`notes`: sentences, of protocols, the paper's remarks, what is missing."""

  number: int
  title: str
  columns: list[Column]
  rows: list[PaperRow]
  notes: list[str]


def build(number: int, results: Results) -> Table:
  """Table `number` of the paper, with whatever there is of ours.

  Raises:
    KeyError: if the paper has no such table.
  """
  paper = paper_values.TABLES[number]
  pools = paper_pools.pools_of(paper, results)
  chosen = {
    place: selection.newest_group(pool) for place, pool in pools.items()
  }
  columns = paper_pools.columns_of(paper, sorted({key for _, key in chosen}))
  splits = _splits_of_columns(chosen)
  rows = []
  for row in paper_pools.rows_of(paper, [row for row, _ in chosen]):
    cells = [
      _paper_cell(paper, row, column)
      if key is None
      else _our_cell(paper, chosen.get((row, key), []), splits.get(key, 0))
      for column, key in columns
    ]
    rows.append(
      PaperRow("/".join(map(str, filter(None, row))), row.label, cells)
    )
  rows = _with_best(rows, columns, chosen)
  notes = [
    *paper_protocols.sentences(columns, chosen, paper),
    *paper_protocols.left_out(pools, chosen),
    *_not_finite(rows, columns),
  ]
  notes += [*paper.remarks, f"Paper: Marino et al. 2021, {paper.source}."]
  return Table(
    number, _title(paper), [column for column, _ in columns], rows, notes
  )


def _title(paper: paper_values.PrintedTable) -> str:
  if paper.unit == paper_values.PARAMETERS:
    return paper.title
  return (
    f"{paper.title}, in {paper.unit} (lower is better; "
    f"{formats.BOUND.strip()}: an upper bound)"
  )


def _paper_cell(paper, row: Row, column: Column) -> PaperCell:
  is_papers = row == Row(row.name)
  value = paper.values.get((row.name, column.group)) if is_papers else None
  if value is None:
    return PaperCell(status=formats.ABSENT)
  return PaperCell(
    value.number, value.text.replace("-", formats.MINUS), value.is_bound
  )


def _splits_of_columns(chosen: Mapping) -> dict[Key, int]:
  """Of each column of ours the most splits that a row has."""
  most = {}
  for (_, key), group in chosen.items():
    splits = {split for split, _ in selection.by_run(group)}
    most[key] = max(most.get(key, 0), len(splits))
  return most


def _our_cell(paper, group: Sequence[dict], of_splits: int) -> PaperCell:
  """The mean over runs, with its error."""
  if not group:
    return PaperCell(status=formats.NOT_RUN)
  if paper.unit == paper_values.PARAMETERS:
    value = selection.newest(group)["num_parameters"]
    return PaperCell(value, formats.thousands(value))
  runs = selection.by_run(group)
  estimate = estimates.over_runs(runs)
  finite = estimate.per_run if estimate else {}
  bad = tuple(sorted(seed for _, seed in set(runs) - set(finite)))
  if estimate is None:
    return PaperCell(status="not finite", not_finite=bad)
  scale = unit_of(group).scale
  estimate = estimate.times(scale)
  mean, stderr = estimate.mean, estimate.stderr
  decimals = _decimals(mean, stderr)
  return PaperCell(
    mean,
    formats.number(mean, decimals),
    any(r.get("bound") for r in group),
    stderr,
    formats.number(stderr, decimals) if is_number(stderr) else "",
    estimate.stderr_recordings,
    _spread(group, scale) if unit_of(group).is_series else None,
    len(finite),
    len({split for split, _ in finite}),
    of_splits,
    not_finite=bad,
  )


def _spread(group: Sequence[dict], scale: float) -> Optional[WindowSpread]:
  """None where a record does not say it, or is not finite."""
  spread = WindowSpread(
    *(
      estimates.mean_over_runs(group, estimates.NLL + suffix) * scale
      for suffix in ("_median", "_worst_percent", "_window_stderr")
    )
  )
  return spread if is_number(spread.median) else None


def _decimals(mean: float, stderr: float) -> int:
  if abs(mean) >= 100:
    return 1
  return 2 if abs(mean) >= 10 else formats.digits_for(stderr)


def _with_best(rows, columns, chosen) -> list[PaperRow]:
  """Marks the lowest likelihood of each column of ours, if all scored alike."""
  best = {}
  for i, (_, key) in enumerate(columns):
    values = [
      row.cells[i].value for row in rows if _is_of_all_splits(row.cells[i])
    ]
    if len(values) > 1 and _scored_alike(
      [r for (_, k), group in chosen.items() if k == key for r in group]
    ):
      best[i] = min(values)
  return [
    row._replace(
      cells=[
        cell._replace(
          is_best=_is_of_all_splits(cell) and cell.value == best.get(i)
        )
        for i, cell in enumerate(row.cells)
      ]
    )
    for row in rows
  ]


def _is_of_all_splits(cell: PaperCell) -> bool:
  """Whether it is a number of ours that others of its column compare with."""
  return bool(
    cell.num_runs
    and is_number(cell.value)
    and cell.num_splits == cell.of_splits
  )


def _scored_alike(records: Sequence[dict]) -> bool:
  """Whether all records of a problem scored the same windows and noise."""
  first = {}
  return not any(
    estimates.differing(r, first.setdefault(r["problem"], r))
    or r.get("num_sequences") != first[r["problem"]].get("num_sequences")
    for r in records
  )


def _not_finite(rows: Sequence[PaperRow], columns) -> list[str]:
  return [
    f"{row.label}, {column.group}: not finite, so left out: seeds "
    f"{', '.join(map(str, cell.not_finite))}."
    for row in rows
    for cell, (column, _) in zip(row.cells, columns)
    if cell.not_finite
  ]
