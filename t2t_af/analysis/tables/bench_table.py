"""The one table of all benches: as text, and as Markdown for a page."""

from collections.abc import Iterable, Sequence
import itertools
from typing import Callable, Optional

from t2t_af.analysis import formats
from t2t_af.analysis.results.benches import Row
from t2t_af.analysis.results.growth import Point
from t2t_af.analysis.tables import growth_table
from t2t_af.analysis.tables import text_layout

_HEADS = ("what", "unit", "theirs", "ours", "ours/theirs", "wanted", "reached")
_AT_MOST, _AT_LEAST = "≤ ", "≥ "


def text(rows: Sequence[Row], points: Sequence[Point] = ()) -> str:
  """For a terminal: a block of lines per pair of sides, then where it was.

  Args:
    rows: comparisons.
    points: of `bench growth`; a table of their own below.
  """
  blocks: dict[str, list[tuple[str, ...]]] = {}
  for row in rows:
    heading = f"{row.bench}: {row.sides}"
    blocks.setdefault(heading, []).append(_cells(row))
  widths = text_layout.widths_of([_HEADS, *itertools.chain(*blocks.values())])
  out = [text_layout.line(_HEADS, widths), text_layout.rule(widths)]
  for heading, body in blocks.items():
    out += [heading, *(text_layout.line(cells, widths) for cells in body)]
  parts = ["\n".join([*out, "", *_below(rows)])] if rows else []
  parts += [growth_table.text(points)] if points else []
  return "\n\n".join(parts)


def markdown(rows: Sequence[Row], points: Sequence[Point] = ()) -> str:
  """The same for a page."""
  heads = ("bench", "ours / theirs", *_HEADS)
  lines = [_piped(heads), _piped(["---"] * len(heads))]
  lines += [_piped((row.bench, row.sides, *_cells(row))) for row in rows]
  parts = ["\n".join([*lines, "", " ".join(_below(rows))])] if rows else []
  parts += [growth_table.markdown(points)] if points else []
  return "\n\n".join(parts)


FORMS: dict[str, Callable[[Sequence[Row], Sequence[Point]], str]] = {
  "text": text,
  "markdown": markdown,
}


def _below(rows: Sequence[Row]) -> list[str]:
  """How many of what is wanted were reached, and where it was measured."""
  said = [row.is_reached for row in rows if row.is_reached is not None]
  reached = f"{sum(said)} of {len(said)} that are wanted are reached."
  return [reached, *_places(rows)]


def _cells(row: Row) -> tuple[str, ...]:
  sign = _AT_MOST if row.lower_is_better else _AT_LEAST
  wanted = row.wanted_ratio
  return (
    row.what,
    row.unit,
    _number(row.theirs),
    _number(row.ours),
    _number(row.ratio),
    formats.ABSENT if wanted is None else sign + _number(wanted),
    {True: "yes", False: "no", None: formats.ABSENT}[row.is_reached],
  )


def _number(value: Optional[float]) -> str:
  """Three digits; all of a large whole number."""
  if value is not None and abs(value) >= 1000:
    return formats.thousands(value)
  return formats.significant(value)


def _piped(cells: Iterable[str]) -> str:
  return "| " + " | ".join(cell.replace("|", r"\|") for cell in cells) + " |"


def _places(rows: Sequence[Row]) -> list[str]:
  """Which machines, how many rounds, and whether the code was one."""
  machines = list(dict.fromkeys(row.cpu for row in rows))
  counts = sorted({row.rounds for row in rows})
  rounds = formats.listing([str(count) for count in counts])
  told = [
    f"Medians of {rounds} {'round' if counts == [1] else 'rounds'}, "
    f"measured on: {'; '.join(machines)}."
  ]
  codes = {row.code for row in rows}
  if len(codes) > 1:
    told.append(f"Of {len(codes)} states of the code.")
  return told
