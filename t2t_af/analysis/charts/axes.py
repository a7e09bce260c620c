"""Lines and bars on matplotlib's Axes: colours, markers, ticks."""

from collections.abc import Mapping
from typing import Any, Optional, Union

import numpy as np

from t2t_af.analysis import formats
from t2t_af.analysis.charts import plots
from t2t_af.analysis.formats import is_number

# Okabe and Ito's colours, the light ones darker: told apart by the colour-
# blind, and on white paper. Markers differ too, for who sees no colours. The
# last, grey, is DATA's alone.
COLORS = (
  *("#0072b2", "#d55e00", "#009e73", "#b0528a", "#c08600", "#3a9bd9"),
  "#3c3f44",
)
_MARKERS = "os^Dvp"
_FAR = 10.0  # times the next bar: cut off
INK, SOFT, RULE = "#1c1f23", "#5a626c", "#d5d9de"
PAGE, GIVEN = "#ffffff", "#fceccc"


def handle(panel: Union[plots.Panel, plots.BarPanel], color: int) -> tuple:
  """What stands for a colour in a legend: as it is drawn."""
  from matplotlib.lines import Line2D
  from matplotlib.patches import Patch

  if isinstance(panel, plots.BarPanel):
    return (Patch(color=_color(color)),)
  styles = {line.style for line in panel.lines if line.color == color}
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
  *of_models, of_data = COLORS
  return of_data if color == plots.DATA else of_models[color % len(of_models)]


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
    markeredgecolor=PAGE,
    markeredgewidth=0.6,
  )


def draw_lines(axes: Any, panel: plots.Panel) -> None:
  """On matplotlib's Axes, with labels, ticks and range."""
  axes.margins(0.03, 0.06)
  for i, line in enumerate(panel.lines):
    _draw_line(axes, line, 2.0 + i / len(panel.lines))
  if panel.num_given:
    left, right = axes.get_xlim()
    axes.axvspan(left, panel.num_given + 0.5, color=GIVEN, zorder=0)
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
    axes.axhline(y[0], color=INK, linewidth=1.0, zorder=order)
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


def draw_bars(axes: Any, panel: plots.BarPanel) -> None:
  """On matplotlib's Axes, names at the left and values at the right."""
  values = plots.floats([bar.value for bar in panel.bars])
  errors = plots.floats([bar.stderr for bar in panel.bars])
  places, end = np.arange(len(values)), _end(values, errors)
  shown = np.clip(values, -end, end)
  axes.barh(places, shown, 0.62, color=[_color(b.color) for b in panel.bars])
  axes.errorbar(
    *(shown, places),
    xerr=np.where((errors > 0) & (shown == values), errors, np.nan),
    color=INK,
    linestyle="",
    elinewidth=1.1,
  )
  axes.axvline(0.0, color=SOFT, linewidth=1.0)
  if end < np.inf:
    axes.set_xlim(-end if (values < 0).any() else 0.0, end)
  for place, bar in enumerate(panel.bars):
    axes.annotate(
      _bar_value(bar.value, end),
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


def _end(values: np.ndarray, errors: np.ndarray) -> float:
  """Where the axis ends: a bar far beyond all others would hide them."""
  sizes = np.abs(values)
  order = np.argsort(np.where(np.isfinite(sizes), sizes, -1.0))
  others, last = order[:-1], order[-1]
  highest = np.nanmax(sizes[others], initial=0.0)
  if not 0.0 < _FAR * highest < sizes[last]:
    return np.inf
  return 1.2 * np.nanmax((sizes + np.nan_to_num(errors))[others])


def _bar_value(value: Optional[float], end: float) -> str:
  """Of whole thousands no decimals; an arrow where the bar is cut off."""
  if not is_number(value):
    return formats.ABSENT
  text = formats.number(round(value, 3) + 0.0)
  if abs(value) >= 1e3:
    text = formats.thousands(value).replace("-", formats.MINUS)
  return f"{text} →" if abs(value) > end else text
