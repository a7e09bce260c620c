"""Tables 1 to 4: the paper's values beside ours, from records alone.

A column of the paper has one beside it for our runs of the same architecture
on the same data set; all other runs (other data, small sets) have columns of
their own that name them. Noise of another kind makes another column: its
likelihoods are on another scale. Within a column, a row's number comes from
the newest records of one protocol: set, overrides, training steps and steps
scored are never mixed; what was left out is told.

  error: over seeds, each seed one value; of several splits of a data set, over
  the splits, each the mean of its seeds.
"""

import collections
from collections.abc import Sequence
import math
from typing import NamedTuple, Optional

from t2t_af.analysis import formats
from t2t_af.analysis.formats import is_number
from t2t_af.analysis.results import paper_values
from t2t_af.analysis.results import units
from t2t_af.analysis.results.found_runs import Found
from t2t_af.analysis.tables import paper_protocols
from t2t_af.records import likelihood
from t2t_af.records import records

PAPER, OURS = "paper", "ours"


class Cell(NamedTuple):
  """A number, or `status`, why there is none."""

  value: Optional[float] = None
  text: str = ""  # the number alone
  is_bound: bool = False
  stderr: float = math.nan  # over seeds or splits; NaN for one
  stderr_text: str = ""
  stderr_sequences: float = math.nan  # mean over runs of each one's
  num_runs: int = 0
  status: str = ""
  is_best: bool = False  # lowest of the column, among ours
  not_finite: tuple = ()  # seeds


class Column(NamedTuple):
  """`group` heads one or more columns: the data set."""

  group: str
  name: str
  source: str  # PAPER or OURS


class Row(NamedTuple):
  name: str
  label: str
  cells: list  # one per column


class Table(NamedTuple):
  number: int
  title: str
  columns: list
  rows: list
  notes: list  # sentences: protocols, the paper's remarks, what is missing


class _Key(NamedTuple):
  """What a column of ours is of."""

  problem: str
  variant: str
  noise: str


def build(number: int, found: Found) -> Table:
  """Table `number` of the paper, with whatever was found.

  Raises:
    KeyError: if the paper has no such table.
  """
  paper = paper_values.TABLES[number]
  pools = (
    _parameter_pools(paper, found)
    if paper.unit == paper_values.PARAMETERS
    else _likelihood_pools(paper, found)
  )
  chosen = {place: newest_group(pool) for place, pool in pools.items()}
  columns = _columns(paper, sorted({key for _, key in chosen}))
  rows = []
  for name in _row_names(paper, [name for name, _ in chosen]):
    cells = [
      _paper_cell(paper, name, column)
      if key is None
      else _our_cell(paper, chosen.get((name, key), []))
      for column, key in columns
    ]
    rows.append(
      Row(
        "/".join(map(str, filter(None, name))),
        paper_protocols.row_label(name),
        cells,
      )
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


def _title(paper: paper_values.PaperTable) -> str:
  if paper.unit == paper_values.PARAMETERS:
    return paper.title
  return (
    f"{paper.title}, in {paper.unit} (lower is better; "
    f"{formats.BOUND.strip()}: an upper bound)"
  )


def _likelihood_pools(paper, found: Found) -> dict:
  """{((row, samples of a bound), _Key): [records]}, of the table's split."""
  is_series = paper.unit == paper_values.NATS_PER_STEP
  pools = collections.defaultdict(list)
  for run in found.runs:
    for record in run.records["likelihood"]:
      if (
        record.get("split") == paper.split
        and _is_named(record)
        and record.get("train_fraction", 1.0) == 1.0
        and units.of("", [record]).is_series == is_series
      ):
        pools[_place(record)].append(record)
  return dict(pools)


def _parameter_pools(paper, found: Found) -> dict:
  counted = found.parameters + [
    dict(
      hparams_set=run.hparams_set,
      hparams=run.hparams,
      problem=run.problem,
      seed=run.seed,
      num_parameters=run.num_parameters,
    )
    for run in found.runs
    if run.num_parameters
  ]
  pools = collections.defaultdict(list)
  for record in counted:
    if (
      _is_named(record)
      and record["problem"].startswith("video_")
      and paper_values.row_of(record["hparams_set"])
    ):
      pools[_place(dict(record, dequantization=""))].append(record)
  return dict(pools)


def _is_named(record: dict) -> bool:
  """Whether it tells what it is of."""
  return bool(record.get("hparams_set") and record.get("problem"))


def _place(record: dict) -> tuple:
  """The row and the column of ours that a record belongs to."""
  name = record["hparams_set"]
  samples = record.get("num_samples") or 1
  row = (
    paper_values.row_of(name) or name,
    samples if record.get("bound") and samples > 1 else 0,
  )
  problem, _ = paper_values.without_split(record["problem"])
  return row, _Key(
    problem, paper_values.variant_of(name), record.get("dequantization") or ""
  )


def newest_group(pool: Sequence[dict]) -> list[dict]:
  """Of the protocol of the newest record, the newest of each run."""
  protocol = paper_protocols.protocol_of(max(pool, key=_time))
  group = [r for r in pool if paper_protocols.protocol_of(r) == protocol]
  return list(records.newest(group, ("problem", "seed")).values())


def _time(record: dict) -> str:
  return record.get("time") or ""


def _row_names(paper, found: Sequence[tuple]) -> list[tuple]:
  """The paper's rows, then what we have beside them, a bound's after it."""
  order = list(
    dict.fromkeys(
      [*paper.rows, *paper_values.LABELS, *sorted(row for row, _ in found)]
    )
  )
  names = {(row, 0) for row in paper.rows} | set(found)
  return sorted(names, key=lambda name: (order.index(name[0]), name[1]))


def _columns(paper, keys: Sequence[_Key]) -> list[tuple]:
  """[(Column, _Key; None of the paper's)]."""
  columns, left = [], list(keys)
  for name, problem in paper.columns.items():
    columns.append((Column(name, PAPER, PAPER), None))
    same = [
      key
      for key in keys
      if key.problem == problem and paper_values.is_papers(key.variant, problem)
    ]
    left = [key for key in left if key not in same]
    for key in same or [_Key(problem, "", "")]:
      several = f", {key.noise} noise" if len(same) > 1 else ""
      columns.append((Column(name, OURS + several, OURS), key))
  for key in left:
    noise = f", {key.noise} noise" if key.noise == "gaussian" else ""
    columns.append(
      (Column(f"{key.problem} ({key.variant}{noise})", OURS, OURS), key)
    )
  return columns


def _paper_cell(paper, name: tuple, column: Column) -> Cell:
  value = None if name[1] else paper.values.get((name[0], column.group))
  if value is None:
    return Cell(status=formats.ABSENT)
  return Cell(
    value.number, value.text.replace("-", formats.MINUS), value.is_bound
  )


def _our_cell(paper, group: Sequence[dict]) -> Cell:
  """The mean over runs, with its error."""
  if not group:
    return Cell(status=formats.NOT_RUN)
  if paper.unit == paper_values.PARAMETERS:
    value = max(group, key=_time)["num_parameters"]
    return Cell(value, formats.thousands(value))
  values = {_run_of(r): _in_unit(r, r.get("nll_nats_per_dim")) for r in group}
  finite = {run: v for run, v in values.items() if is_number(v)}
  bad = tuple(sorted(seed for _, seed in set(values) - set(finite)))
  if not finite:
    return Cell(status="not finite", not_finite=bad)
  mean, stderr = over_runs(finite)
  within = [_in_unit(r, r.get("nll_nats_per_dim_stderr")) for r in group]
  within = [error for error in within if is_number(error)]
  decimals = _decimals(mean, stderr)
  return Cell(
    mean,
    formats.number(mean, decimals),
    any(r.get("bound") for r in group),
    stderr,
    formats.number(stderr, decimals) if is_number(stderr) else "",
    sum(within) / len(within) if within else math.nan,
    len(finite),
    not_finite=bad,
  )


def _run_of(record: dict) -> tuple:
  """(split of the data set, seed)."""
  return (
    paper_values.without_split(record["problem"])[1],
    record.get("seed") or 0,
  )


def _in_unit(record: dict, nats_per_dim) -> Optional[float]:
  if not is_number(nats_per_dim):
    return None
  return nats_per_dim * units.of("", [record]).scale


def over_runs(values: dict) -> likelihood.MeanAndStderr:
  """Of {(split, seed): value}; over splits if there are several, each the mean
  of its seeds.
  """
  of_split = collections.defaultdict(list)
  for (split, _), value in values.items():
    of_split[split].append(value)
  if len(of_split) > 1:
    return likelihood.mean_and_stderr(
      [sum(v) / len(v) for v in of_split.values()]
    )
  return likelihood.mean_and_stderr(list(values.values()))


def _decimals(mean: float, stderr: float) -> int:
  if abs(mean) >= 100:
    return 1
  return 2 if abs(mean) >= 10 else formats.digits_for(stderr)


def _with_best(rows, columns, chosen) -> list[Row]:
  """Marks the lowest likelihood of each column of ours, if all scored alike."""
  best = {}
  for i, (_, key) in enumerate(columns):
    values = [
      row.cells[i].value
      for row in rows
      if row.cells[i].num_runs and is_number(row.cells[i].value)
    ]
    if len(values) > 1 and _scored_alike(
      [r for (_, k), group in chosen.items() if k == key for r in group]
    ):
      best[i] = min(values)
  return [
    row._replace(
      cells=[
        cell._replace(is_best=i in best and cell.value == best[i])
        for i, cell in enumerate(row.cells)
      ]
    )
    for row in rows
  ]


def _scored_alike(found: Sequence[dict]) -> bool:
  """Whether all records of a problem scored as many sequences and steps."""
  return len(
    {
      (r["problem"], r.get("num_sequences"), r.get("num_scored_steps"))
      for r in found
    }
  ) == len({r["problem"] for r in found})


def _not_finite(rows: Sequence[Row], columns) -> list[str]:
  return [
    f"{row.label}, {column.group}: not finite, so left out: seeds "
    f"{', '.join(map(str, cell.not_finite))}."
    for row in rows
    for cell, (column, _) in zip(row.cells, columns)
    if cell.not_finite
  ]
