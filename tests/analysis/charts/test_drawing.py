"""What matplotlib is asked to draw, and the files that it leaves."""

import gc
import io
import itertools
import math
import re
from xml.etree import ElementTree

import matplotlib
import numpy as np
from PIL import Image
import pytest

from t2t_af.analysis.charts import drawing
from t2t_af.analysis.charts import plots

_LINES = [
  plots.Line([0, 1], [1.0, 2.0], 0, "band", [0.5, 0.25]),
  plots.Line([0, 1], [1.0, 2.0], 0),
  plots.Line([0, 1, 2], [1.0, None, 3.0], 1, "points", [0.5, 0.1, math.nan]),
]
_LEGEND = {0: "one < two & three", 1: "a label that is wider than a chart " * 3}
_CHART = plots.Panel("A $title$", _LINES, "step", "y, nats", _LEGEND)
_BARS = plots.BarPanel(
  "Bars",
  [
    plots.Bar("data x", 0.8, 0.1, plots.DATA),
    plots.Bar("below", -0.2, math.nan, 0),
    plots.Bar("none", None, 0.0, 1),
  ],
  "correlation",
)


def _axes(*panels, columns=2):
  return drawing.figure(panels, columns).axes


def test_lines_have_the_data_and_leave_gaps():
  (axes,) = _axes(_CHART)
  thick, points = axes.lines
  np.testing.assert_array_equal(thick.get_xydata(), [[0, 1], [1, 2]])
  np.testing.assert_array_equal(points.get_ydata(), [1.0, np.nan, 3.0])
  assert (axes.get_xlabel(), axes.get_ylabel()) == ("step", "y, nats")


def test_bands_and_bars_reach_what_they_say():
  (axes,) = _axes(_CHART)
  band, bars = axes.collections
  corners = band.get_paths()[0].get_extents()
  assert (corners.ymin, corners.ymax) == (0.5, 2.25)
  first, *_ = bars.get_segments()
  assert first[:, 1].tolist() == [0.5, 1.5]


def test_models_differ_by_colour_and_marker():
  lines = [plots.Line([0], [1.0], i, "points") for i in range(4)]
  (axes,) = _axes(plots.Panel("t", lines, "x", "y"))
  assert len({line.get_color() for line in axes.lines}) == 4
  assert len({line.get_marker() for line in axes.lines}) == 4


def test_no_model_has_the_colour_of_what_is_true():
  every = [plots.DATA, *range(12)]
  lines = [plots.Line([0], [1.0], i, "points") for i in every]
  (axes,) = _axes(plots.Panel("t", lines, "x", "y"))
  of_data, *of_models = [line.get_color() for line in axes.lines]
  assert of_data not in of_models


def test_range_ticks_and_ground_are_as_told():
  (axes,) = _axes(_CHART._replace(y_range=(-1.0, 4.0), num_given=1, legend={}))
  assert axes.get_ylim() == (-1.0, 4.0)
  assert all(tick == int(tick) for tick in axes.get_xticks())
  (ground,) = axes.patches
  assert ground.get_x() + ground.get_width() == 1.5


def test_bars_have_lengths_signs_and_their_values_beside_them():
  (axes,) = _axes(_BARS)
  widths = [patch.get_width() for patch in axes.patches]
  assert widths[:2] == [0.8, -0.2] and math.isnan(widths[2])
  assert [text.get_text() for text in axes.texts] == ["0.800", "−0.200", "–"]
  labels = [label.get_text() for label in axes.get_yticklabels()]
  assert labels == ["data x", "below", "none"]
  low, high = axes.get_ylim()
  assert low > high, "the first on top"


@pytest.mark.parametrize("count", [1, 3])
def test_nothing_covers_the_data_or_anything_else(count):
  """Legends, titles, labels: all outside the axes and of each other."""
  long = _CHART._replace(title="A title as wide as " * 4)
  shown = drawing.figure([long, _BARS, _CHART][:count])
  shown.draw_without_rendering()
  boxes = [axes.get_window_extent() for axes in shown.axes]
  boxes += [legend.get_window_extent() for legend in shown.legends]
  for axes in shown.axes:
    boxes.append(axes.xaxis.label.get_window_extent())
    boxes.append(axes._left_title.get_window_extent())
    boxes += [text.get_window_extent() for text in axes.texts]
  for one, other in itertools.combinations(boxes, 2):
    assert not one.overlaps(other), (one, other)
  for box in boxes:
    assert box.x0 >= 0 and box.x1 <= shown.bbox.width


def test_a_legend_that_all_share_stands_once():
  panel = _CHART._replace(legend={0: "a", 1: "b"})
  shown = drawing.figure([panel, panel])
  assert len(shown.legends) == 1
  other = drawing.figure([panel, panel._replace(legend={0: "a"})])
  assert len(other.legends) == 2


def test_a_chart_of_a_page_refers_to_nothing_and_has_its_colours():
  svg = drawing.inline(_CHART)
  root = ElementTree.fromstring(svg)
  assert root.get("aria-label") == "A $title$"
  assert not re.search(
    r"https?:|url\((?!#)|<style|<metadata|#[0-9a-f]{6}\b", svg
  )
  assert "var(--c1)" in svg and "var(--ink)" in svg
  texts = [text.text for text in root.iter("text")]
  assert "one < two & three" in texts and "y, nats" in texts
  names = [e.get("id") for e in root.iter() if e.get("id")]
  assert len(set(names)) == len(names)


def test_charts_of_a_page_share_no_names():
  names = [
    set(re.findall(r'id="([^"]+)"', drawing.inline(panel)))
    for panel in (_CHART, _CHART._replace(title="Another"))
  ]
  assert names[0] and not names[0] & names[1]


@pytest.mark.parametrize("kind, start", [("svg", b"<?xml"), ("pdf", b"%PDF")])
def test_files_are_the_same_bytes_every_time(kind, start):
  first, second = (drawing.file([_CHART], kind) for _ in range(2))
  assert first == second and first.startswith(start)
  assert b"2026" not in first


def test_readers_settings_change_nothing():
  first = drawing.inline(_BARS)
  with matplotlib.rc_context({"font.size": 30, "lines.linewidth": 9}):
    assert drawing.inline(_BARS) == first
    assert matplotlib.rcParams["font.size"] == 30


def test_a_pdf_carries_its_letters():
  content = drawing.file([_CHART], "pdf")
  assert b"/FontFile2" in content and b"/Type3" not in content


def test_charts_stand_in_rows():
  def size(count):
    content = drawing.file([_CHART] * count, "png")
    return Image.open(io.BytesIO(content)).size

  one, three = size(1), size(3)
  assert three[0] == 2 * one[0] and three[1] > 1.5 * one[1]


@pytest.mark.parametrize("kind", ["svg", "pdf"])
def test_a_picture_is_a_file_of_another_kind(kind):
  stream = io.BytesIO()
  Image.new("RGB", (220, 110), (200, 10, 10)).save(stream, "PNG")
  content = drawing.picture(stream.getvalue(), kind)
  if kind == "svg":
    root = ElementTree.fromstring(content)
    assert root.get("width") == "144pt" and b"data:image/png" in content
  else:
    assert b"/Width 220" in content


def test_a_name_in_letters_that_the_font_lacks_is_no_warning(recwarn):
  drawing.file([_CHART._replace(title="漢字 $5")], "svg")
  assert not recwarn.list


def test_a_bar_far_beyond_the_others_does_not_hide_them():
  values = (0.2, 7756.81, 0.1)
  bars = [plots.Bar(str(v), v, 0.02, i) for i, v in enumerate(values)]
  (axes,) = _axes(plots.BarPanel("t", bars, "x", {0: "a", 1: "b"}))
  assert axes.get_xlim() == pytest.approx((0.0, 1.2 * 0.22))
  assert axes.patches[1].get_width() == pytest.approx(1.2 * 0.22)
  assert [text.get_text() for text in axes.texts][1] == "7,757 →"
  assert len(axes.figure.legends[0].get_patches()) == 2
  (axes,) = _axes(plots.BarPanel("t", bars[::2], "x"))
  assert not any("→" in text.get_text() for text in axes.texts)


def test_bars_that_cannot_be_compared_are_drawn():
  for values in ([None, None], [0.0, 0.0], [5.0], [5.0, None]):
    bars = [plots.Bar("a", value, math.nan, 0) for value in values]
    (axes,) = _axes(plots.BarPanel("t", bars, "x"))
    assert len(axes.texts) == len(values)


@pytest.mark.parametrize("is_on", [True, False])
def test_garbage_is_collected_afterwards_as_before(is_on):
  was_on = gc.isenabled()
  try:
    gc.enable() if is_on else gc.disable()
    drawing.inline(_BARS)
    assert gc.isenabled() == is_on
    with pytest.raises(ValueError):
      drawing.file([_BARS], "no kind")
    assert gc.isenabled() == is_on
  finally:
    gc.enable() if was_on else gc.disable()
