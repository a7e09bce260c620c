"""Charts by matplotlib: SVG inside a page; SVG, PDF or PNG as a file.

No pyplot and nothing of the reader's matplotlibrc: the same data gives the
same bytes. Text of an SVG stays text, which can be searched, read aloud and
edited; a PDF carries its letters along. In a page the colours are those of its
style sheet, so that a chart is dark where the page is.
"""

from collections.abc import Iterator, Mapping, Sequence
import contextlib
import html
import io
import re
import textwrap
from typing import Any, Union
import warnings

import numpy as np
from PIL import Image

from t2t_af.analysis import formats
from t2t_af.analysis.charts import plots
from t2t_af.analysis.formats import is_number

Panel = Union[plots.Panel, plots.BarPanel]

# Okabe and Ito's colours, the light ones darker: told apart by the colour-
# blind, and on white paper. Markers differ too, for who sees no colours.
COLORS = ("#0072b2", "#d55e00", "#009e73", "#b0528a", "#3c3f44", "#c08600")
DATA = 4  # the grey one: what is true, not a model's
_MARKERS = "os^D"
_INK, _SOFT, _RULE = "#1c1f23", "#5a626c", "#d5d9de"
_PAGE, _GIVEN = "#ffffff", "#fceccc"
_VARIABLES = {
  **{color: f"var(--c{i})" for i, color in enumerate(COLORS)},
  _INK: "var(--ink)",
  _SOFT: "var(--soft)",
  _RULE: "var(--rule)",
  _GIVEN: "var(--given)",
  _PAGE: "var(--page)",
}
_WIDTH, _HEIGHT, _BAR, _ROW = 4.2, 2.7, 0.27, 0.17  # inches
_DOTS = 110  # per inch of a PNG
_TITLE_LETTERS, _LEGEND_LETTERS = 52, 56  # of a line
_SETTINGS = {
  "font.family": "sans-serif",
  "font.sans-serif": ["DejaVu Sans"],  # comes with matplotlib
  "font.size": 9.0,
  "axes.titlesize": 9.5,
  "axes.labelsize": 9.0,
  "legend.fontsize": 9.0,
  "text.color": _INK,
  "axes.labelcolor": _INK,
  "axes.edgecolor": _SOFT,
  "axes.facecolor": "none",
  "xtick.color": _SOFT,
  "ytick.color": _SOFT,
  "xtick.labelcolor": _INK,
  "ytick.labelcolor": _INK,
  "axes.spines.top": False,
  "axes.spines.right": False,
  "axes.axisbelow": True,
  "grid.color": _RULE,
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
    shown = _figure(panels, min(columns, len(panels)))
    if heading:
      shown.suptitle(heading, fontsize=_SETTINGS["font.size"])
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
  """Ours, whatever the reader's are; `salt` is of the names in an SVG."""
  # Here, not above: half a second that who draws nothing does not wait.
  import matplotlib

  with matplotlib.rc_context(), warnings.catch_warnings():
    # A file's name in letters that the font lacks: a viewer has another font.
    warnings.filterwarnings("ignore", message="Glyph .* missing from")
    matplotlib.rcdefaults()
    matplotlib.rcParams.update(_SETTINGS, **{"svg.hashsalt": salt})
    yield


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
  panels: Sequence[Panel], columns: int, with_titles: bool = True
) -> Any:
  from matplotlib.figure import Figure

  rows = [panels[i : i + columns] for i in range(0, len(panels), columns)]
  shared = len(panels) > 1 and all(p.legend == panels[0].legend for p in panels)
  heights = [
    max(_height(panel, with_titles, not shared) for panel in row)
    for row in rows
  ]
  legend = panels[0].legend if shared else {}
  extra = _legend_height(legend, columns)
  shown = Figure(
    figsize=(columns * _WIDTH, sum(heights) + extra), layout="constrained"
  )
  shown.get_layout_engine().set(w_pad=0.06, h_pad=0.04, hspace=0.0)
  if len(panels) == 1:
    places = np.array([[shown]], object)
  else:
    places = shown.subfigures(
      len(rows), columns, height_ratios=heights, squeeze=False
    )
  for place, panel in zip(places.flat, panels):
    axes = place.subplots()
    (_draw_bars if isinstance(panel, plots.BarPanel) else _draw_lines)(
      axes, panel
    )
    if with_titles:
      axes.set_title(
        textwrap.fill(panel.title, _TITLE_LETTERS), loc="left", weight="bold"
      )
    if panel.legend and not shared:
      _add_legend(place, panel, 1)
  if legend:
    _add_legend(shown, panels[0], columns)
  return shown


def _height(panel: Panel, with_title: bool, with_legend: bool) -> float:
  """Inches."""
  height = _HEIGHT
  if isinstance(panel, plots.BarPanel):
    height = 0.75 + _BAR * len(panel.bars)
  title = _ROW * (1 + len(panel.title) // _TITLE_LETTERS)
  legend = _legend_height(panel.legend, 1)
  return height + with_title * title + with_legend * legend


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


def _add_legend(place: Any, panel: plots.Panel, columns: int) -> None:
  """Below the axes; each colour as its lines are drawn."""
  place.legend(
    [_handle(panel.lines, color) for color in panel.legend],
    [_wrapped(label) for label in panel.legend.values()],
    loc="outside lower center",
    ncols=_legend_columns(panel.legend, columns),
    frameon=False,
    borderaxespad=0.0,
    borderpad=0.1,
    labelspacing=0.25,
    handlelength=2.6,
  )


def _handle(lines: Sequence[plots.Line], color: int) -> tuple:
  from matplotlib.lines import Line2D
  from matplotlib.patches import Patch

  styles = {line.style for line in lines if line.color == color}
  parts = [Patch(color=_color(color), alpha=0.2)] if "band" in styles else []
  looks = dict(color=_color(color), **_look("thick"))
  if "thick" not in styles:
    looks.update(_look("dashed" if "dashed" in styles else "thin"))
  if "points" in styles:
    looks.update(_marker(color))
    if not styles & {"thick", "thin", "dashed"}:
      looks.update(linestyle="")
  return (*parts, Line2D([], [], **looks))


def _color(color: int) -> str:
  return COLORS[color % len(COLORS)]


def _look(style: str) -> Mapping[str, Any]:
  return {
    "thick": dict(linewidth=1.8, linestyle="-"),
    "thin": dict(linewidth=1.0, alpha=0.65),
    "dashed": dict(linewidth=1.5, linestyle=(0, (4, 2.5))),
  }[style]


def _marker(color: int) -> Mapping[str, Any]:
  return dict(
    marker=_MARKERS[color % len(_MARKERS)],
    markersize=5.0,
    markeredgecolor=_PAGE,
    markeredgewidth=0.6,
  )


def _draw_lines(axes: Any, panel: plots.Panel) -> None:
  axes.margins(0.03, 0.06)
  for i, line in enumerate(panel.lines):
    _draw_line(axes, line, 2.0 + i / len(panel.lines))
  if panel.num_given:
    left, right = axes.get_xlim()
    axes.axvspan(left, panel.num_given + 0.5, color=_GIVEN, zorder=0)
    axes.set_xlim(left, right)
  if panel.y_range:
    axes.set_ylim(panel.y_range)
  axes.set(xlabel=panel.x_label, ylabel=panel.y_label)
  axes.locator_params("x", nbins=6, steps=(1, 2, 5, 10), integer=panel.whole_x)
  axes.locator_params("y", nbins=6, steps=(1, 2, 2.5, 5, 10))
  axes.ticklabel_format(axis="y", style="plain", useOffset=False)
  axes.xaxis.set_major_formatter(
    lambda value, _: f"{value:,.10g}".replace("-", formats.MINUS)
  )
  axes.grid(axis="y")


def _draw_line(axes: Any, line: plots.Line, order: float) -> None:
  x, y = np.asarray(line.x, np.float64), plots.floats(line.y)
  color = _color(line.color)
  if line.style == "zero":
    axes.axhline(y[0], color=_INK, linewidth=1.0, zorder=order)
  elif line.style == "band":
    half = plots.floats(line.stderr)
    axes.fill_between(
      x, y - half, y + half, color=color, alpha=0.2, linewidth=0, zorder=order
    )
  elif line.style == "points":
    error = plots.floats(line.stderr) if len(line.stderr) else None
    axes.errorbar(
      *(x, y, error),
      color=color,
      linestyle="",
      elinewidth=1.2,
      zorder=order,
      **_marker(line.color),
    )
  else:
    axes.plot(x, y, color=color, zorder=order, **_look(line.style))


def _draw_bars(axes: Any, panel: plots.BarPanel) -> None:
  values = plots.floats([bar.value for bar in panel.bars])
  errors = plots.floats([bar.stderr for bar in panel.bars])
  places = np.arange(len(values))
  axes.barh(places, values, 0.62, color=[_color(b.color) for b in panel.bars])
  axes.errorbar(
    *(values, places),
    xerr=np.where(errors > 0, errors, np.nan),
    color=_INK,
    linestyle="",
    elinewidth=1.1,
  )
  axes.axvline(0.0, color=_SOFT, linewidth=1.0)
  for place, bar in enumerate(panel.bars):
    shown = round(bar.value, 3) + 0.0 if is_number(bar.value) else None
    axes.annotate(
      formats.number(shown),
      (1.02, place),
      xycoords=axes.get_yaxis_transform(),
      verticalalignment="center",
      annotation_clip=False,
    )
  axes.set_yticks(places, [bar.label for bar in panel.bars])
  axes.tick_params("y", length=0)
  axes.set_ylim(len(values) - 0.4, -0.6)
  axes.set_xlabel(panel.x_label)
  axes.locator_params("x", nbins=5, steps=(1, 2, 5, 10))
  axes.grid(axis="x")
  axes.spines[["left"]].set_visible(False)
