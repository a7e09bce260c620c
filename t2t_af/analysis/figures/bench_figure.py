"""What the benches found, as bars: how many times ours is the better."""

from collections.abc import Sequence
import textwrap

from t2t_af.analysis.charts import drawing
from t2t_af.analysis.charts import plots
from t2t_af.analysis.results.benches import Row

_COLOR = {True: 0, False: 1, None: plots.DATA}
_HEADING = "Times as good (blue: as wanted; orange: not yet)"
_MAX_LETTERS = 40  # of a bar's name


def panels(rows: Sequence[Row]) -> list[plots.BarPanel]:
  """One of each bench and what it compares."""
  found: dict[str, list[plots.Bar]] = {}
  for row in rows:
    if row.times_better is not None:
      found.setdefault(f"{row.bench}: {row.sides}", []).append(_bar(row))
  return [
    plots.BarPanel(title, bars, "times as good")
    for title, bars in found.items()
  ]


def file(rows: Sequence[Row], kind: str) -> bytes:
  """A chart of all benches.

  Args:
    rows: at least one of them compares.
    kind: "svg", "pdf" or "png".
  """
  return drawing.file(panels(rows), kind, columns=1, heading=_HEADING)


def _bar(row: Row) -> plots.Bar:
  what = row.what if row.what.endswith(row.unit) else f"{row.what}, {row.unit}"
  what = textwrap.shorten(what, _MAX_LETTERS, placeholder=" …")
  return plots.Bar(what, row.times_better, float("nan"), _COLOR[row.is_reached])
