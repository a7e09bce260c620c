"""Which of our records belong to which cell of a paper's table.

A place is (row, what a column of ours is of); a pool is all records of a place,
whatever their protocol.
"""

import collections
from collections.abc import Sequence
from typing import NamedTuple

from t2t_af.analysis.results import paper_values
from t2t_af.analysis.results import rows
from t2t_af.analysis.results.folders import Results
from t2t_af.analysis.results.rows import Row
from t2t_af.analysis.results.units import unit_of

PAPER, OURS = "paper", "ours"


class Column(NamedTuple):
  """`group` heads one or more columns: the data set."""

  group: str
  name: str
  source: str  # PAPER or OURS


class Key(NamedTuple):
  """What a column of ours is of."""

  problem: str
  variant: str
  noise: str


def pools_of(paper: paper_values.PrintedTable, results: Results) -> dict:
  """{place: records}, of likelihoods or of numbers of parameters."""
  if paper.unit == paper_values.PARAMETERS:
    return _parameter_pools(results)
  return _likelihood_pools(paper, results)


def rows_of(paper: paper_values.PrintedTable, ours: Sequence[Row]) -> list[Row]:
  """The paper's rows, then what we have beside them, a bound's after it."""
  order = list(
    dict.fromkeys(
      [*paper.rows, *paper_values.LABELS, *sorted(row.name for row in ours)]
    )
  )
  return sorted(
    {Row(name) for name in paper.rows} | set(ours),
    key=lambda row: (order.index(row.name), row.changes, row.num_samples),
  )


def columns_of(
  paper: paper_values.PrintedTable, keys: Sequence[Key]
) -> list[tuple]:
  """[(Column, Key; None of the paper's)]."""
  columns, left = [], list(keys)
  for name, problem in paper.columns.items():
    columns.append((Column(name, PAPER, PAPER), None))
    same = [
      key
      for key in keys
      if paper_values.without_rule(key.problem)[0] == problem
      and paper_values.is_papers(key.variant, problem)
    ]
    left = [key for key in left if key not in same]
    several = len({key.noise for key in same}) > 1
    for key in same or [Key(problem, "", "")]:
      _, rule = paper_values.without_rule(key.problem)
      noise = f"{key.noise} noise" if several else ""
      ours = ", ".join(filter(None, (OURS, rule and f"{rule} split", noise)))
      columns.append((Column(name, ours, OURS), key))
  for key in left:
    noise = f", {key.noise} noise" if key.noise == "gaussian" else ""
    columns.append(
      (Column(f"{key.problem} ({key.variant}{noise})", OURS, OURS), key)
    )
  return columns


def _likelihood_pools(
  paper: paper_values.PrintedTable, results: Results
) -> dict:
  """{(row, Key): [records]}, of the table's split."""
  is_series = paper.unit == paper_values.NATS_PER_STEP
  pools = collections.defaultdict(list)
  for run in results.runs:
    for record in run.records["likelihood"]:
      if (
        record.get("split") == paper.split
        and _is_named(record)
        and run.uses_all_training_data
        and unit_of([record]).is_series == is_series
      ):
        pools[_place(record)].append(record)
  return dict(pools)


def _parameter_pools(results: Results) -> dict:
  counted = results.parameters + [
    dict(
      hparams_set=run.hparams_set,
      hparams=run.hparams,
      problem=run.problem,
      seed=run.seed,
      num_parameters=run.num_parameters,
    )
    for run in results.runs
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
  """Whether it says what it is of."""
  return bool(record.get("hparams_set") and record.get("problem"))


def _place(record: dict) -> tuple[Row, Key]:
  """The row and the column of ours that a record belongs to."""
  problem, _ = paper_values.without_split(record["problem"])
  return rows.of(record), Key(
    problem,
    paper_values.variant_of(record["hparams_set"]),
    record.get("dequantization") or "",
  )
