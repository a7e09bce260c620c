"""What the benches found, as bars: how many times ours is the better."""

from collections.abc import Sequence

from t2t_af.analysis.charts import drawing
from t2t_af.analysis.charts import plots
from t2t_af.analysis.results.benches import Row

_COLOR = {True: 0, False: 1, None: plots.DATA}
_HEADING = (
  "Times as good as what it is compared with "
  "(blue: as wanted, orange: not as wanted, grey: nothing is wanted)"
)
_MAX_LETTERS = 44  # of a bar's name


def panels(rows: Sequence[Row]) -> list[plots.BarPanel]:
  """One of each bench that compares anything."""
  by_bench = {}
  for row in rows:
    if row.times_better is not None:
      by_bench.setdefault(row.bench, []).append(row)
  return [
    plots.BarPanel(bench, [_bar(row) for row in of_bench], "times as good")
    for bench, of_bench in by_bench.items()
  ]


def file(rows: Sequence[Row], kind: str) -> bytes:
  """A chart of all benches.

  Args:
    rows: at least one of them compares.
    kind: "svg", "pdf" or "png".
  """
  return drawing.file(panels(rows), kind, columns=1, heading=_HEADING)


def _bar(row: Row) -> plots.Bar:
  what = row.what.partition(";")[0]
  if len(what) > _MAX_LETTERS:
    what = what[: _MAX_LETTERS - 1] + "…"
  return plots.Bar(what, row.times_better, float("nan"), _COLOR[row.is_reached])
