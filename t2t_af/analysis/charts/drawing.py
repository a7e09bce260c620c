"""Charts by matplotlib: SVG inside a page; SVG, PDF or PNG as a file.

No pyplot and nothing of the reader's matplotlibrc: the same data gives the
same bytes. Text of an SVG stays text, which can be searched, read aloud and
edited; a PDF carries its letters along. In a page the colours are those of its
style sheet, so that a chart is dark where the page is.
"""

from collections.abc import Iterator, Mapping, Sequence
import contextlib
import gc
import html
import io
import re
import textwrap
from typing import Any, Union
import warnings

import numpy as np
from PIL import Image

from t2t_af.analysis.charts import axes as axes_lib
from t2t_af.analysis.charts import plots

Panel = Union[plots.Panel, plots.BarPanel]

_VARIABLES = {  # of the page's style sheet
  **{color: f"var(--c{i})" for i, color in enumerate(axes_lib.COLORS)},
  axes_lib.INK: "var(--ink)",
  axes_lib.SOFT: "var(--soft)",
  axes_lib.RULE: "var(--rule)",
  axes_lib.GIVEN: "var(--given)",
  axes_lib.PAGE: "var(--page)",
}
_WIDTH, _HEIGHT, _BAR, _ROW = 4.2, 2.7, 0.27, 0.17  # inches
_BOTTOM, _PAD = 0.46, 0.06  # of the axes, without a legend
_RIGHT = {False: 0.2, True: 0.65}  # {of bars: with room for their values}
_DOTS, _POINTS = 110, 72  # per inch: of a PNG, of all else
_TITLE_LETTERS, _LEGEND_LETTERS = 52, 56  # of a line
_SETTINGS = {
  "font.family": "sans-serif",
  "font.sans-serif": ["DejaVu Sans"],  # comes with matplotlib
  "font.size": 9.0,
  "axes.titlesize": 9.5,
  "axes.labelsize": 9.0,
  "legend.fontsize": 9.0,
  "text.color": axes_lib.INK,
  "axes.labelcolor": axes_lib.INK,
  "axes.edgecolor": axes_lib.SOFT,
  "axes.facecolor": "none",
  "xtick.color": axes_lib.SOFT,
  "ytick.color": axes_lib.SOFT,
  "xtick.labelcolor": axes_lib.INK,
  "ytick.labelcolor": axes_lib.INK,
  "axes.spines.top": False,
  "axes.spines.right": False,
  "axes.axisbelow": True,
  "grid.color": axes_lib.RULE,
  "grid.linewidth": 0.7,
  "text.parse_math": False,  # a "$" in a file's name is a dollar
  "svg.fonttype": "none",
  "pdf.fonttype": 42,
}


def inline(panel: Panel) -> str:
  """A chart as an <svg> element of a page, which has the title above it."""
  with _settings(panel.title):
    svg = _saved(_figure([panel], 1, with_titles=False), "svg").decode("utf-8")
  svg = svg[svg.index("<svg") :]
  # Namespaces, sizes and styles are the page's; names are unique on it.
  svg = re.sub(r"<(metadata|style)\b.*?</\1>", "", svg, flags=re.S)
  svg = re.sub(
    r' (xmlns(:\w+)?|version|width|height)="[^"]*"', "", svg, count=5
  )
  svg = re.sub(r' id="[\w.]+_\d+"', "", svg).replace("xlink:href", "href")
  svg = re.sub(r">\s+<", "><", svg)
  for color, variable in _VARIABLES.items():
    svg = svg.replace(color, variable)
  title = html.escape(panel.title)
  return svg.replace(
    "<svg ", f'<svg class="chart" role="img" aria-label="{title}" ', 1
  )


def file(
  panels: Sequence[Panel], kind: str, columns: int = 2, heading: str = ""
) -> bytes:
  """Charts in rows of at most `columns`, as a file.

  Args:
    panels: at least one. A legend that all share stands once, below them.
    kind: "svg", "pdf" or "png".
    columns: of charts.
    heading: above all.
  """
  with _settings("chart"):
    shown = _figure(panels, min(columns, len(panels)), heading=heading)
    return _saved(shown, kind)


def picture(content: bytes, kind: str) -> bytes:
  """A PNG as a file of another kind, each pixel as it is."""
  with _settings("picture"):
    from matplotlib.figure import Figure

    pixels = np.asarray(Image.open(io.BytesIO(content)).convert("RGB"))
    height, width = pixels.shape[:2]
    shown = Figure(figsize=(width / _DOTS, height / _DOTS), dpi=_DOTS)
    shown.figimage(pixels)
    return _saved(shown, kind)


def figure(panels: Sequence[Panel], columns: int = 2) -> Any:
  """The matplotlib Figure of a file."""
  with _settings("chart"):
    return _figure(panels, min(columns, len(panels)))


@contextlib.contextmanager
def _settings(salt: str) -> Iterator[None]:
  """Ours, whatever the reader's are; `salt` is of the names in an SVG.

  A chart is many small objects that live until it is saved: to look for
  garbage among them meanwhile takes a tenth of the time.
  """
  # Here, not above: half a second that who draws nothing does not wait.
  import matplotlib

  with matplotlib.rc_context(), warnings.catch_warnings():
    # A file's name in letters that the font lacks: a viewer has another font.
    warnings.filterwarnings("ignore", message="Glyph .* missing from")
    matplotlib.rcdefaults()
    matplotlib.rcParams.update(_SETTINGS, **{"svg.hashsalt": salt})
    was_enabled = gc.isenabled()
    gc.disable()
    try:
      yield
    finally:
      if was_enabled:
        gc.enable()


def _saved(shown: Any, kind: str) -> bytes:
  stream = io.BytesIO()
  date = "CreationDate" if kind == "pdf" else "Date"
  shown.savefig(
    stream,
    format=kind,
    dpi=_DOTS,
    # A chart has the page's ground; a file has a white one.
    metadata=None if kind == "png" else {date: None},
  )
  return stream.getvalue()


def _figure(
  panels: Sequence[Panel],
  columns: int,
  with_titles: bool = True,
  heading: str = "",
) -> Any:
  """Every chart in its cell, with margins that are alike for all.

  They are fixed but for names and numbers at the left, which are measured: an
  engine of matplotlib's would measure everything, twice, for a third of the
  time of a page.
  """
  from matplotlib.backends import backend_svg
  from matplotlib.figure import Figure

  rows = [panels[i : i + columns] for i in range(0, len(panels), columns)]
  shared = len(panels) > 1 and all(p.legend == panels[0].legend for p in panels)
  heights = [
    max(_height(panel, with_titles, not shared) for panel in row)
    for row in rows
  ]
  legend = panels[0].legend if shared else {}
  above = 2 * _ROW * bool(heading)
  below = _legend_height(legend, columns)
  size = columns * _WIDTH, above + sum(heights) + below
  shown = Figure(figsize=size, dpi=_POINTS)
  backend_svg.FigureCanvasSVG(shown)  # measures letters
  if heading:
    shown.suptitle(heading, y=1 - 0.5 * _ROW / size[1], fontsize="medium")
  drawn = [_draw(shown, panel) for panel in panels]
  left = min(max(map(_left, drawn)) + _PAD, 0.7 * _WIDTH)
  for i, (axes, panel) in enumerate(zip(drawn, panels)):
    row, column = divmod(i, columns)
    corner = column * _WIDTH, size[1] - above - sum(heights[: row + 1])
    title = textwrap.fill(panel.title, _TITLE_LETTERS) if with_titles else ""
    own = {} if shared else panel.legend
    low = _BOTTOM + _legend_height(own, 1)
    width = _WIDTH - left - _RIGHT[isinstance(panel, plots.BarPanel)]
    height = heights[row] - low - _PAD - with_titles * _title_height(panel)
    box = np.array((corner[0] + left, corner[1] + low, width, height))
    axes.set_position(box / (size * 2))
    # Of the whole cell's width, which a long one needs.
    axes.set_title(title, loc="left", weight="bold", x=(_PAD - left) / width)
    if own:
      _add_legend(shown, panel, 1, (corner[0] + 0.5 * _WIDTH, corner[1]))
  if legend:
    _add_legend(shown, panels[0], columns, (0.5 * size[0], 0.0))
  return shown


def _draw(shown: Any, panel: Panel) -> Any:
  axes = shown.add_axes((0, 0, 1, 1), label=str(len(shown.axes)))
  if isinstance(panel, plots.BarPanel):
    axes_lib.draw_bars(axes, panel)
  else:
    axes_lib.draw_lines(axes, panel)
  return axes


def _left(axes: Any) -> float:
  """Inches that names and numbers take beside the axes."""
  return (axes.bbox.x0 - axes.yaxis.get_tightbbox().x0) / _POINTS


def _height(panel: Panel, with_title: bool, with_legend: bool) -> float:
  """Inches."""
  height = _HEIGHT
  if isinstance(panel, plots.BarPanel):
    height = 0.75 + _BAR * len(panel.bars)
  legend = _legend_height(panel.legend, 1)
  return height + with_title * _title_height(panel) + with_legend * legend


def _title_height(panel: Panel) -> float:
  """Inches."""
  return _PAD + _ROW * (1 + len(panel.title) // _TITLE_LETTERS)


def _legend_height(legend: Mapping[int, str], columns: int) -> float:
  """Inches, over so many charts beside each other."""
  lines = [_wrapped(label).count("\n") + 1 for label in legend.values()]
  return _ROW * -(-sum(lines) // _legend_columns(legend, columns))


def _legend_columns(legend: Mapping[int, str], columns: int) -> int:
  """Two of each chart where the labels are short."""
  longest = max(map(len, legend.values()), default=0)
  return columns * (1 + (2 * longest < _LEGEND_LETTERS - 8))


def _wrapped(label: str) -> str:
  return textwrap.fill(label, _LEGEND_LETTERS)


def _add_legend(
  shown: Any, panel: Panel, columns: int, place: tuple[float, float]
) -> None:
  """Each colour as its lines are drawn; `place`: middle and bottom, inches."""
  shown.legend(
    [axes_lib.handle(panel, color) for color in panel.legend],
    [_wrapped(label) for label in panel.legend.values()],
    loc="lower center",
    bbox_to_anchor=place,
    bbox_transform=shown.dpi_scale_trans,
    ncols=_legend_columns(panel.legend, columns),
    frameon=False,
    borderaxespad=0.0,
    borderpad=0.1,
    labelspacing=0.25,
    handlelength=2.6,
  )
