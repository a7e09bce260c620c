"""The one table of all benches: as text, and as Markdown for a page."""

from collections.abc import Iterable, Sequence
from typing import Callable

from t2t_af.analysis import formats
from t2t_af.analysis.results.benches import Row
from t2t_af.analysis.tables import text_layout

_HEADS = ("what", "unit", "theirs", "ours", "ours/theirs", "wanted", "reached")
_AT_MOST, _AT_LEAST = "≤ ", "≥ "


def text(rows: Sequence[Row]) -> str:
  """For a terminal: a block of lines per bench, then where it was measured."""
  lines = [_HEADS]
  blocks = {}
  for row in rows:
    blocks.setdefault(row.bench, []).append(_cells(row))
  for body in blocks.values():
    lines += body
  widths = text_layout.widths_of(lines)
  out = [text_layout.line(_HEADS, widths), text_layout.rule(widths)]
  for bench, body in blocks.items():
    out += [bench, *(text_layout.line(cells, widths) for cells in body)]
  return "\n".join([*out, "", summary(rows), *_places(rows)])


def markdown(rows: Sequence[Row]) -> str:
  """The same for a page."""
  heads = ("bench", *_HEADS)
  lines = [_piped(heads), _piped(["---"] * len(heads))]
  lines += [_piped((row.bench, *_cells(row))) for row in rows]
  return "\n".join([*lines, "", " ".join([summary(rows), *_places(rows)])])


FORMS: dict[str, Callable[[Sequence[Row]], str]] = {
  "text": text,
  "markdown": markdown,
}


def summary(rows: Sequence[Row]) -> str:
  """How many of what is wanted were reached."""
  said = [row.is_reached for row in rows if row.is_reached is not None]
  return f"{sum(said)} of {len(said)} that are wanted are reached."


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


def _number(value) -> str:
  """Three digits; all of a large whole number."""
  if formats.is_number(value) and abs(value) >= 1000:
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
