"""How time and memory grow: a line per point, and what power of x it is."""

from collections.abc import Iterator, Sequence

from t2t_af.analysis import formats
from t2t_af.analysis.results import growth
from t2t_af.analysis.results.growth import Point
from t2t_af.analysis.tables import text_layout

_HEADS = (
  "what grows, of what",
  "x",
  "start, processor s",
  "a run, processor s",
  "peak, MiB",
)


def text(points: Sequence[Point]) -> str:
  """For a terminal."""
  lines = [_HEADS, *_lines(points)]
  widths = text_layout.widths_of(lines)
  out = [text_layout.line(line, widths) for line in lines]
  return "\n".join([out[0], text_layout.rule(widths), *out[1:]])


def markdown(points: Sequence[Point]) -> str:
  """For a page."""
  lines = [_HEADS, ["---"] * len(_HEADS), *_lines(points)]
  return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def _lines(points: Sequence[Point]) -> Iterator[tuple[str, ...]]:
  for (part, hparams_set), curve in growth.curves(points).items():
    for point in curve:
      yield (
        f"{part}: {point.what} of {hparams_set}",
        f"{point.x:g}",
        formats.significant(point.start_cpu),
        formats.significant(point.run_cpu),
        formats.thousands(point.memory),
      )
    if len(curve) > 1:
      powers = [
        f"x^{formats.number(growth.exponent(curve, field), 2)}"
        for field in ("start_cpu", "run_cpu", "memory")
      ]
      yield (f"{part}: {hparams_set} grows as", "", *powers)
