"""How time and memory grow, as lines: two charts per thing that grows."""

from collections.abc import Sequence

from t2t_af.analysis.charts import drawing
from t2t_af.analysis.charts import plots
from t2t_af.analysis.results import growth
from t2t_af.analysis.results.growth import Point

_FIELDS = (("run_cpu", "processor s a run"), ("memory", "peak memory, MiB"))


def panels(points: Sequence[Point]) -> list[plots.Panel]:
  """Time and memory beside each other, a row per thing that grows."""
  curves = growth.curves(points)
  sets = list(dict.fromkeys(point.hparams_set for point in points))
  shown = []
  for part in dict.fromkeys(point.part for point in points):
    own = {s: curve for (p, s), curve in curves.items() if p == part}
    for field, label in _FIELDS:
      lines = [
        plots.Line(
          [point.x for point in curve],
          [getattr(point, field) for point in curve],
          sets.index(hparams_set),
          style,
        )
        for hparams_set, curve in own.items()
        for style in ("thick", "points")
      ]
      legend = {sets.index(hparams_set): hparams_set for hparams_set in own}
      shown.append(
        plots.Panel(
          part, lines, part, label, legend, y_range=(0.0, 1.08 * _top(lines))
        )
      )
  return shown


def file(points: Sequence[Point], kind: str) -> bytes:
  """A chart of all; `kind` is "svg", "pdf" or "png"."""
  return drawing.file(panels(points), kind)


def _top(lines: Sequence[plots.Line]) -> float:
  return max(max(plots.floats(line.y)) for line in lines)
