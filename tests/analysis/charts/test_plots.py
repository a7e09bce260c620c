"""Charts put points where the axes say, and leave gaps where nothing is."""

import math
import re
import xml.etree.ElementTree as ElementTree

import pytest

from t2t_af.analysis.charts import plots


def _parsed(lines, **kwargs):
  svg = plots.chart(lines, "x", "y", "A chart", **kwargs)
  return ElementTree.fromstring(svg)


def _circles(root):
  return [(float(c.get("cx")), float(c.get("cy"))) for c in root.iter("circle")]


def _tick_places(root):
  """{label: (x, y)} of the axis labels."""
  return {
    t.text: (float(t.get("x")), float(t.get("y")))
    for t in root.iter("text")
    if t.get("x") and t.text
  }


def test_points_lie_at_their_ticks():
  root = _parsed([plots.Line([0, 10, 20], [1.0, 2.0, 3.0], 0, "points")])
  ticks = _tick_places(root)
  (x0, y0), (x1, y1), (x2, y2) = _circles(root)
  for x, label in ((x0, "0"), (x1, "10"), (x2, "20")):
    assert x == pytest.approx(ticks[label][0], abs=0.11)
  for y, label in ((y0, "1.0"), (y1, "2.0"), (y2, "3.0")):
    assert y == pytest.approx(ticks[label][1], abs=0.11)
  assert y0 > y1 > y2  # SVG counts downwards; larger values lie higher.


def test_values_that_are_no_numbers_break_the_line():
  root = _parsed(
    [plots.Line([0, 1, 2, 3, 4], [1.0, 2.0, None, 3.0, math.nan], 0)]
  )
  path = next(
    p.get("d") for p in root.iter("path") if p.get("class") == "thick"
  )
  assert [
    len(re.findall("[ML]", piece)) for piece in re.findall(r"M[^M]*", path)
  ] == [2, 1]


def test_nothing_to_draw_is_an_empty_string():
  assert plots.chart([], "x", "y", "t") == ""
  assert plots.chart([plots.Line([1], [None], 0)], "x", "y", "t") == ""


def test_error_bars_reach_one_standard_error_each_way():
  root = _parsed(
    [plots.Line([0, 1], [1.0, 2.0], 0, "points", [0.5, math.nan])],
    y_range=(0.0, 4.0),
  )
  bars = [p.get("d") for p in root.iter("path") if p.get("class") == "error"]
  ((x, top, bottom),) = [
    map(float, re.match(r"M([\d.]+) ([\d.]+)V([\d.]+)", bar).groups())
    for bar in bars
  ]
  height = plots.HEIGHT - plots.TOP - plots.BOTTOM
  assert abs(top - bottom) == pytest.approx(height / 4, abs=0.2)
  assert (top + bottom) / 2 == pytest.approx(_circles(root)[0][1], abs=0.1)
  assert x == pytest.approx(_circles(root)[0][0], abs=0.1)


def test_labels_are_escaped():
  svg = plots.chart(
    [plots.Line([0], [1.0], 0, title="a < b & c")], "<x>", "y", "t"
  )
  ElementTree.fromstring(svg)
  assert "a &lt; b &amp; c" in svg and "&lt;x&gt;" in svg


@pytest.mark.parametrize(
  "low,high,whole,expected",
  [
    (0.0, 10.0, False, [0, 2, 4, 6, 8, 10]),
    (1.32, 1.46, False, [1.35, 1.40, 1.45]),
    (4.0, 6.0, True, [4, 5, 6]),
    (3.0, 3.0, False, [3]),
  ],
)
def test_ticks_are_round_numbers_inside_the_range(low, high, whole, expected):
  assert plots.ticks(low, high, whole=whole) == pytest.approx(expected)


def test_sets_differ_by_marker_as_well_as_by_color():
  swatches = [plots.swatch(i) for i in range(4)]
  shapes = [
    re.search(r'<(circle|path) class="marker"[^>]*>', s).group()
    for s in swatches
  ]
  assert len(set(shapes)) == 4
  assert len({re.search(r"swatch (c\d)", s).group(1) for s in swatches}) == 4
