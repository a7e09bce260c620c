"""Horizontal bars as SVG: names to the left, values to the right."""

import html
from typing import NamedTuple, Optional, Sequence

from t2t_af.analysis import formats
from t2t_af.analysis import plots
from t2t_af.analysis import style
from t2t_af.analysis.comparison import is_number

WIDTH, LEFT, RIGHT = 640., 250., 96.
BAR, GAP, GROUP_GAP, TOP, BOTTOM = 22., 6., 34., 8., 62.


class Bar(NamedTuple):
  """One bar; `stderr` may be NaN."""
  label: str
  value: Optional[float]
  stderr: float
  color: int


class Group(NamedTuple):
  """Bars under one heading."""
  heading: str
  bars: Sequence[Bar]


def chart(groups: Sequence[Group], x_label: str, title: str) -> str:
  """The chart as an <svg> element, or "" without a number to draw."""
  values = [end for group in groups for bar in group.bars
            if is_number(bar.value) for end in _ends(bar)]
  if not values:
    return ""
  low, high = min(0., *values), max(0., *values)
  high = high if high > low else low + 1.
  height = TOP + BOTTOM + sum(
      GROUP_GAP + (BAR + GAP) * len(group.bars) for group in groups)

  def place(value: float) -> float:
    return LEFT + (value - low) / (high - low) * (WIDTH - LEFT - RIGHT)

  parts = [_axis(place, low, high, height, x_label)]
  y = TOP
  for group in groups:
    parts.append(f'<text x="{LEFT - 10}" y="{y + 22}" text-anchor="end" '
                 f'font-weight="650">{html.escape(group.heading)}</text>')
    y += GROUP_GAP
    for bar in group.bars:
      parts.append(_bar(place, bar, y, high))
      y += BAR + GAP
  return (f'<svg class="chart" viewBox="0 0 {WIDTH:.0f} {height:.0f}" '
          f'role="img"><title>{html.escape(title)}</title>'
          f'{"".join(parts)}</svg>')


def as_file(svg: str) -> str:
  """A chart as an SVG file that needs no page around it."""
  return svg.replace(
      '<svg class="chart" ', '<svg class="chart" font-family="system-ui, '
      'sans-serif" xmlns="http://www.w3.org/2000/svg" ', 1).replace(
          "</title>", f"</title><style>{style.CSS}svg text "
          '{ font-size: 15px !important; }</style><rect width="100%" '
          'height="100%" style="fill: var(--page)"/>', 1) + "\n"


def _ends(bar: Bar) -> tuple:
  error = bar.stderr if is_number(bar.stderr) else 0.
  return bar.value - error, bar.value + error


def _axis(place, low: float, high: float, height: float, label: str) -> str:
  bottom = height - BOTTOM
  parts = []
  for value in plots.ticks(low, high):
    x = place(value)
    parts.append(f'<line class="grid" x1="{x:.1f}" y1="{TOP}" x2="{x:.1f}" '
                 f'y2="{bottom}"/><text x="{x:.1f}" y="{bottom + 20}" '
                 f'text-anchor="middle">{_tick(value)}</text>')
  parts.append(f'<line class="axis" x1="{place(0.):.1f}" y1="{TOP}" '
               f'x2="{place(0.):.1f}" y2="{bottom}"/>'
               f'<text x="{(LEFT + WIDTH - RIGHT) / 2}" y="{height - 12}" '
               f'text-anchor="middle">{html.escape(label)}</text>')
  return "".join(parts)


def _tick(value: float) -> str:
  return f"{value + 0.:.4g}".replace("-", formats.MINUS)


def _bar(place, bar: Bar, y: float, high: float) -> str:
  """Name, bar, error and number; what has no number says so."""
  middle = y + BAR / 2
  name = (f'<text x="{LEFT - 10}" y="{middle}" dy="0.35em" '
          f'text-anchor="end">{html.escape(bar.label)}</text>')
  if not is_number(bar.value):
    return name + (f'<text x="{place(0.) + 6:.1f}" y="{middle}" dy="0.35em">'
                   f"{formats.ABSENT}</text>")
  left, right = sorted((place(0.), place(bar.value)))
  parts = [f'<rect class="marker" x="{left:.1f}" y="{y}" '
           f'width="{right - left:.1f}" height="{BAR}"/>']
  if is_number(bar.stderr) and bar.stderr > 0:
    start, end = map(place, _ends(bar))
    parts.append(f'<path class="error" style="stroke: var(--ink)" '
                 f'd="M{start:.1f} {middle}H{end:.1f}"/>')
  return (f'{name}<g class="c{bar.color % plots.NUM_COLORS}">'
          f'{"".join(parts)}</g><text x="{place(high) + 8:.1f}" '
          f'y="{middle}" dy="0.35em">'
          f"{formats.number(round(bar.value, 3) + 0.)}</text>")
