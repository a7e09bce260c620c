"""Line charts as SVG, drawn here: no plotting library, no script.

Colours are CSS classes (`c0`, `c1` ...), so that style.py can give the page a
light and a dark form; markers differ too, for readers and printers who do not
see colours.
"""

from collections.abc import Sequence
import html
import math
from typing import NamedTuple, Optional

from t2t_af.analysis import formats
from t2t_af.analysis.formats import is_number

WIDTH, HEIGHT = 640.0, 400.0
LEFT, RIGHT, TOP, BOTTOM = 102.0, 30.0, 16.0, 72.0
NUM_COLORS = 6
MARKER = 5.5


class Line(NamedTuple):
  """One line of a chart; points that are not numbers leave a gap."""

  x: Sequence[float]
  y: Sequence[Optional[float]]
  color: int  # index of the set: colour and marker
  # "thick", "thin" (one seed), "dashed", "points", "zero", "band" (y +- stderr)
  style: str = "thick"
  stderr: Sequence[float] = ()  # error bars or half widths, as long as y
  title: str = ""  # what a pointer held over it shows


def chart(
  lines: Sequence[Line],
  x_label: str,
  y_label: str,
  title: str,
  y_range: Optional[tuple[float, float]] = None,
  whole_x: bool = True,
) -> str:
  """The chart as an <svg> element, or "" if there is nothing to draw.

  Args:
    lines: in drawing order, the last on top.
    x_label, y_label: with units.
    title: for readers who hear the page.
    y_range: axis range; parts of lines outside it are cut off. None: all.
    whole_x: ticks of x at whole numbers only.
  """
  points = [(x, y) for line in lines for x, y in _points(line)]
  if not points:
    return ""
  x_range = _padded(min(x for x, _ in points), max(x for x, _ in points), 0.02)
  y_range = y_range or _y_range(lines)
  frame = _Frame(x_range, y_range)
  parts = [
    _axes(frame, x_label, y_label, whole_x),
    f'<clipPath id="{_id(title)}"><rect x="{LEFT}" y="{TOP}" '
    f'width="{WIDTH - LEFT - RIGHT}" '
    f'height="{HEIGHT - TOP - BOTTOM}"/></clipPath>',
    f'<g clip-path="url(#{_id(title)})">',
  ]
  parts += [_draw(frame, line) for line in lines]
  parts.append("</g>")
  return (
    f'<svg class="chart" viewBox="0 0 {WIDTH:.0f} {HEIGHT:.0f}" '
    f'role="img"><title>{html.escape(title)}</title>'
    f"{''.join(parts)}</svg>"
  )


def swatch(color: int) -> str:
  """The colour and marker of a set, for a legend."""
  return (
    f'<svg class="swatch c{color % NUM_COLORS}" viewBox="0 0 30 16" '
    'aria-hidden="true"><line class="thick" x1="1" y1="8" x2="29" '
    f'y2="8"/>{_marker(15.0, 8.0, color)}</svg>'
  )


def ticks(
  low: float, high: float, count: int = 5, whole: bool = False
) -> list[float]:
  """Round numbers (1, 2 or 5 times a power of ten) within [low, high]."""
  if not high > low:
    return [low]
  raw = (high - low) / count
  power = 10.0 ** math.floor(math.log10(raw))
  step = next(
    m * power for m in (1.0, 2.0, 5.0, 10.0) if m * power >= raw * 0.999
  )
  if whole:
    step = max(1.0, round(step))
  first = math.ceil(low / step - 1e-9)
  last = math.floor(high / step + 1e-9)
  return [i * step for i in range(first, last + 1)]


class _Frame(NamedTuple):
  """From data to places in the picture."""

  x_range: tuple[float, float]
  y_range: tuple[float, float]

  def x(self, value: float) -> float:
    low, high = self.x_range
    return LEFT + (value - low) / (high - low) * (WIDTH - LEFT - RIGHT)

  def y(self, value: float) -> float:
    low, high = self.y_range
    return TOP + (high - value) / (high - low) * (HEIGHT - TOP - BOTTOM)


def _points(line: Line) -> list[tuple[float, float]]:
  return [(x, y) for x, y in zip(line.x, line.y) if is_number(y)]


def _padded(low: float, high: float, share: float) -> tuple[float, float]:
  """The range, wider by `share` on each side, never of width zero."""
  if high == low:
    return low - 0.5, high + 0.5
  return low - share * (high - low), high + share * (high - low)


def _y_range(lines: Sequence[Line]) -> tuple[float, float]:
  values = [y for line in lines for _, y in _points(line)]
  for line in lines:
    values += [
      y + sign * e
      for y, e in zip(line.y, line.stderr)
      if is_number(y) and is_number(e)
      for sign in (-1, 1)
    ]
  return _padded(min(values), max(values), 0.06)


def _axes(frame: _Frame, x_label: str, y_label: str, whole_x: bool) -> str:
  bottom, right = HEIGHT - BOTTOM, WIDTH - RIGHT
  parts = []
  y_ticks = ticks(*frame.y_range)
  step = y_ticks[1] - y_ticks[0] if len(y_ticks) > 1 else 1.0
  decimals = max(0, math.ceil(-math.log10(step) - 1e-9))
  for value in y_ticks:
    y = frame.y(value)
    label = formats.number(value + 0.0, decimals)  # + 0. turns -0 into 0.
    parts.append(
      f'<line class="grid" x1="{LEFT}" y1="{y:.1f}" '
      f'x2="{right}" y2="{y:.1f}"/><text x="{LEFT - 8}" '
      f'y="{y:.1f}" dy="0.35em" text-anchor="end">{label}</text>'
    )
  for value in ticks(*frame.x_range, whole=whole_x):
    x = frame.x(value)
    parts.append(
      f'<line class="axis" x1="{x:.1f}" y1="{bottom}" '
      f'x2="{x:.1f}" y2="{bottom + 5}"/><text x="{x:.1f}" '
      f'y="{bottom + 8}" dy="0.9em" text-anchor="middle">'
      f"{value:,.10g}</text>"
    )
  parts.append(
    f'<path class="axis" d="M{LEFT} {TOP}V{bottom}H{right}"/>'
    f'<text x="{(LEFT + right) / 2}" y="{HEIGHT - 8}" '
    f'text-anchor="middle">{html.escape(x_label)}</text>'
    f'<text transform="translate(22 {(TOP + bottom) / 2}) rotate(-90)" '
    f'text-anchor="middle">{html.escape(y_label)}</text>'
  )
  return "".join(parts)


def _draw(frame: _Frame, line: Line) -> str:
  title = f"<title>{html.escape(line.title)}</title>" if line.title else ""
  if line.style == "zero":
    y = frame.y(line.y[0])
    return (
      f'<line class="zero" x1="{LEFT}" y1="{y:.1f}" '
      f'x2="{WIDTH - RIGHT}" y2="{y:.1f}"/>'
    )
  parts = [title]
  if line.style in ("thick", "thin"):
    parts.append(f'<path class="{line.style}" d="{_path(frame, line)}"/>')
  if line.style == "dashed":
    parts.append(
      f'<path class="thick" stroke-dasharray="7 5" d="{_path(frame, line)}"/>'
    )
  if line.style == "band":
    parts.append(
      '<path class="marker" style="stroke: none; opacity: 0.25" '
      f'd="{_band(frame, line)}"/>'
    )
    line = line._replace(stderr=())
  for x, y, error in _with_errors(line):
    if is_number(error) and error > 0:
      parts.append(
        f'<path class="error" d="M{frame.x(x):.1f} '
        f'{frame.y(y - error):.1f}V{frame.y(y + error):.1f}"/>'
      )
  if line.style == "points":
    parts += [
      _marker(frame.x(x), frame.y(y), line.color) for x, y in _points(line)
    ]
  return f'<g class="c{line.color % NUM_COLORS}">{"".join(parts)}</g>'


def _with_errors(line: Line):
  return [
    (x, y, e) for x, y, e in zip(line.x, line.y, line.stderr) if is_number(y)
  ]


def _path(frame: _Frame, line: Line) -> str:
  """M and L commands; a value that is no number starts a new piece."""
  parts, pen = [], "M"
  for x, y in zip(line.x, line.y):
    if not is_number(y):
      pen = "M"
      continue
    parts.append(f"{pen}{frame.x(x):.1f} {frame.y(y):.1f}")
    pen = "L"
  return "".join(parts)


def _band(frame: _Frame, line: Line) -> str:
  """A closed shape per stretch without gaps: above, then back below."""
  stretches = [[]]
  for x, y, error in zip(line.x, line.y, line.stderr):
    if is_number(y) and is_number(error):
      stretches[-1].append((x, y, error))
    else:
      stretches.append([])
  parts = []
  for stretch in filter(None, stretches):
    edge = [(x, y + error) for x, y, error in stretch]
    edge += [(x, y - error) for x, y, error in reversed(stretch)]
    parts.append(
      "M"
      + "L".join(f"{frame.x(x):.1f} {frame.y(y):.1f}" for x, y in edge)
      + "Z"
    )
  return "".join(parts)


def _marker(x: float, y: float, color: int) -> str:
  """Circle, square, triangle, diamond, in turn."""
  r = MARKER
  shapes = (
    f'<circle class="marker" cx="{x:.1f}" cy="{y:.1f}" r="{r}"/>',
    f'<path class="marker" d="M{x - r:.1f} {y - r:.1f}h{2 * r}v{2 * r}'
    f'h{-2 * r}z"/>',
    f'<path class="marker" d="M{x:.1f} {y - 1.2 * r:.1f}l{1.2 * r:.1f} '
    f'{2.2 * r:.1f}h{-2.4 * r:.1f}z"/>',
    f'<path class="marker" d="M{x:.1f} {y - 1.3 * r:.1f}l{1.3 * r:.1f} '
    f"{1.3 * r:.1f}l{-1.3 * r:.1f} {1.3 * r:.1f}l{-1.3 * r:.1f} "
    f'{-1.3 * r:.1f}z"/>',
  )
  return shapes[color % len(shapes)]


def _id(title: str) -> str:
  """A name for the clip region, the same on every run."""
  return "clip-" + "".join(c if c.isalnum() else "-" for c in title.lower())
