"""Several charts as one SVG file that needs no page around it.

Colours, dark mode and print are style.py's, as in the report.
"""

from collections.abc import Sequence
import html
import re
from typing import NamedTuple

from t2t_af.analysis.charts import plots
from t2t_af.analysis.charts import style

TITLE_HEIGHT, LEGEND_HEIGHT, GAP = 34.0, 26.0, 24.0
_SVG = "http://www.w3.org/2000/svg"
# A file is scaled as a whole: text does not grow on small screens.
_CSS = style.CSS + "svg text { font-size: 15px !important; }"


class Panel(NamedTuple):
  """One chart, what stands above it, and what its colours mean."""

  title: str
  svg: str  # of plots.chart
  legend: dict[int, str] = {}  # colour -> label


def sheet(panels: Sequence[Panel], title: str, columns: int) -> str:
  """The panels in rows of `columns`, as a file of its own.

  Raises:
    ValueError: if two charts share a clip path: their titles must differ.
  """
  clips = re.findall(r'<clipPath id="([^"]+)"', "".join(p.svg for p in panels))
  if len(set(clips)) < len(clips):
    raise ValueError("the charts of a sheet need titles that differ")
  height = (
    TITLE_HEIGHT
    + plots.HEIGHT
    + GAP
    + LEGEND_HEIGHT * max(len(panel.legend) for panel in panels)
  )
  width = plots.WIDTH + GAP
  rows = -(-len(panels) // columns)
  parts = [
    f'<g transform="translate({i % columns * width:.0f} '
    f'{i // columns * height:.0f})">{_panel(panel)}</g>'
    for i, panel in enumerate(panels)
  ]
  box = f"0 0 {width * columns - GAP:.0f} {height * rows - GAP:.0f}"
  return (
    f'<svg xmlns="{_SVG}" viewBox="{box}" role="img" '
    'font-family="system-ui, sans-serif">'
    f"<title>{html.escape(title)}</title><style>{_CSS}</style>"
    '<rect width="100%" height="100%" style="fill: var(--page)"/>'
    f"{''.join(parts)}</svg>\n"
  )


def _panel(panel: Panel) -> str:
  """Title, chart, legend, from the origin down."""
  middle = (plots.LEFT + plots.WIDTH - plots.RIGHT) / 2
  below = TITLE_HEIGHT + plots.HEIGHT
  # Out of its own <svg>, whose size is a page's affair.
  chart = re.sub(r"^<svg[^>]*>|</svg>$", "", panel.svg)
  parts = [
    f'<text x="{middle}" y="22" text-anchor="middle" '
    f'font-weight="650">{html.escape(panel.title)}</text>'
    f'<g transform="translate(0 {TITLE_HEIGHT})">{chart}</g>'
  ]
  for row, (color, label) in enumerate(panel.legend.items()):
    y = below + LEGEND_HEIGHT * row
    swatch = plots.swatch(color).replace(
      "<svg ", f'<svg x="{plots.LEFT}" y="{y + 3}" width="30" height="16" '
    )
    parts.append(
      f'{swatch}<text x="{plots.LEFT + 38}" y="{y + 16}">'
      f"{html.escape(label)}</text>"
    )
  return "".join(parts)
