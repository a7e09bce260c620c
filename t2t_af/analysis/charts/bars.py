"""Horizontal bars as SVG: names above, values to the right.

Names have a line of their own, so that the longest fits on a phone too, where
the page's letters are larger.
"""

from collections.abc import Sequence
import html
from typing import NamedTuple, Optional

from t2t_af.analysis import formats
from t2t_af.analysis.charts import panels
from t2t_af.analysis.charts import plots
from t2t_af.analysis.charts import style
from t2t_af.analysis.formats import is_number

WIDTH, LEFT, RIGHT = 640.0, 14.0, 96.0
NAME, BAR, GAP, GROUP_GAP, TOP, BOTTOM = 24.0, 16.0, 6.0, 34.0, 8.0, 62.0


class Bar(NamedTuple):
  """One bar; `stderr` may be NaN."""

  label: str
  value: Optional[float]
  stderr: float
  color: int


class Group(NamedTuple):
  """Bars under one heading, which may be ""."""

  heading: str
  bars: Sequence[Bar]


def chart(groups: Sequence[Group], x_label: str, title: str) -> str:
  """The chart as an <svg> element, or "" without a number to draw."""
  values = [
    end
    for group in groups
    for bar in group.bars
    if is_number(bar.value)
    for end in _ends(bar)
  ]
  if not values:
    return ""
  low, high = min(0.0, *values), max(0.0, *values)
  high = high if high > low else low + 1.0

  def place(value: float) -> float:
    return LEFT + (value - low) / (high - low) * (WIDTH - LEFT - RIGHT)

  y, parts = TOP, []
  for group in groups:
    if group.heading:
      parts.append(
        f'<text x="{LEFT}" y="{y + 24}" font-weight="650">'
        f"{html.escape(group.heading)}</text>"
      )
      y += GROUP_GAP
    for bar in group.bars:
      parts.append(
        f'<text x="{LEFT}" y="{y + NAME - 6}">'
        f"{html.escape(bar.label)}</text>"
        f"{_bar(place, bar, y + NAME, high)}"
      )
      y += NAME + BAR + GAP
  height = y + BOTTOM
  return (
    f'<svg class="chart" viewBox="0 0 {WIDTH:.0f} {height:.0f}" '
    f'role="img"><title>{html.escape(title)}</title>'
    f"{_axis(place, low, high, height, x_label)}{''.join(parts)}</svg>"
  )


def panels_of(groups: Sequence[Group], x_label: str) -> list[panels.Panel]:
  """A chart per group, its heading above it."""
  return [
    panels.Panel(
      group.heading, chart([group._replace(heading="")], x_label, group.heading)
    )
    for group in groups
  ]


def as_file(svg: str) -> str:
  """A chart as an SVG file that needs no page around it."""
  return (
    svg.replace(
      '<svg class="chart" ',
      '<svg class="chart" font-family="system-ui, '
      'sans-serif" xmlns="http://www.w3.org/2000/svg" ',
      1,
    ).replace(
      "</title>",
      f"</title><style>{style.CSS}svg text "
      '{ font-size: 15px !important; }</style><rect width="100%" '
      'height="100%" style="fill: var(--page)"/>',
      1,
    )
    + "\n"
  )


def _ends(bar: Bar) -> tuple:
  error = bar.stderr if is_number(bar.stderr) else 0.0
  return bar.value - error, bar.value + error


def _axis(place, low: float, high: float, height: float, label: str) -> str:
  bottom = height - BOTTOM
  parts = []
  for value in plots.ticks(low, high):
    x = place(value)
    parts.append(
      f'<line class="grid" x1="{x:.1f}" y1="{TOP}" x2="{x:.1f}" '
      f'y2="{bottom}"/><text x="{x:.1f}" y="{bottom + 20}" '
      f'text-anchor="middle">{_tick(value)}</text>'
    )
  parts.append(
    f'<line class="axis" x1="{place(0.0):.1f}" y1="{TOP}" '
    f'x2="{place(0.0):.1f}" y2="{bottom}"/>'
    f'<text x="{(LEFT + WIDTH - RIGHT) / 2}" y="{height - 12}" '
    f'text-anchor="middle">{html.escape(label)}</text>'
  )
  return "".join(parts)


def _tick(value: float) -> str:
  return f"{value + 0.0:.4g}".replace("-", formats.MINUS)


def _bar(place, bar: Bar, y: float, high: float) -> str:
  """Bar, error and number; what has no number says so."""
  middle = y + BAR / 2
  if not is_number(bar.value):
    return (
      f'<text x="{place(0.0) + 6:.1f}" y="{middle}" dy="0.35em">'
      f"{formats.ABSENT}</text>"
    )
  left, right = sorted((place(0.0), place(bar.value)))
  parts = [
    f'<rect class="marker" x="{left:.1f}" y="{y}" '
    f'width="{right - left:.1f}" height="{BAR}"/>'
  ]
  if is_number(bar.stderr) and bar.stderr > 0:
    start, end = map(place, _ends(bar))
    parts.append(
      f'<path class="error" style="stroke: var(--ink)" '
      f'd="M{start:.1f} {middle}H{end:.1f}"/>'
    )
  return (
    f'<g class="c{bar.color % plots.NUM_COLORS}">'
    f'{"".join(parts)}</g><text x="{place(high) + 8:.1f}" '
    f'y="{middle}" dy="0.35em">'
    f"{formats.number(round(bar.value, 3) + 0.0)}</text>"
  )
