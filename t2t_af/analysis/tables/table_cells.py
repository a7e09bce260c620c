"""A paper's table as one row of numbers per cell: CSV and JSON."""

import csv
import io
import math
from typing import Any, Optional

from t2t_af.analysis import formats
from t2t_af.analysis.formats import is_number
from t2t_af.analysis.tables.paper_tables import PaperCell
from t2t_af.analysis.tables.paper_tables import Table
from t2t_af.records import json_lines

COLUMNS = (
  "table",
  "row",
  "model",
  "column",
  "source",
  "value",
  "bound",
  "stderr",
  "stderr_recordings",
  "stderr_windows",
  "median",
  "worst_percent",
  "num_runs",
  "num_splits",
  "status",
  "best",
)


def csv_text(table: Table) -> str:
  """One line per cell, numbers in full; empty where there is none."""
  stream = io.StringIO()
  writer = csv.writer(stream, lineterminator="\n")
  writer.writerow(COLUMNS)
  for cell in _cells(table):
    writer.writerow(["" if v is None else _ten_digits(v) for v in cell])
  return stream.getvalue()


def json_text(table: Table) -> str:
  """The same cells, and the notes below the table, as a JSON object."""
  cells = [dict(zip(COLUMNS, cell)) for cell in _cells(table)]
  return json_lines.dumps(
    dict(table=table.number, title=table.title, cells=cells, notes=table.notes)
  )


def spread_of(cell: PaperCell) -> tuple[float, float, float]:
  """(stderr over windows, median, worst 1 %); NaN where there is none."""
  if cell.spread is None:
    return (math.nan,) * 3
  return (
    cell.spread.stderr_windows,
    cell.spread.median,
    cell.spread.worst_percent,
  )


def _cells(table: Table) -> list[tuple]:
  """Of each what `COLUMNS` says; None where there is none."""
  return [
    (
      table.number,
      row.name,
      row.label,
      column.group,
      column.name,
      _number(cell.value),
      "<=" if cell.is_bound else None,
      _number(cell.stderr),
      _number(cell.stderr_recordings),
      *map(_number, spread_of(cell)),
      cell.num_runs or None,
      cell.num_splits or None,
      cell.status.replace(formats.ABSENT, "") or None,
      int(cell.is_best) or None,
    )
    for row in table.rows
    for column, cell in zip(table.columns, row.cells)
  ]


def _number(value: Optional[float]) -> Optional[float]:
  return value if is_number(value) else None


def _ten_digits(value: Any) -> Any:
  """As a mean's last bits are noise."""
  return f"{value:.10g}" if isinstance(value, float) else value
