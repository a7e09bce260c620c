"""Bars: lengths, errors, headings."""

import math
import re
from xml.etree import ElementTree

import pytest

from t2t_af.analysis.charts import bars
from t2t_af.analysis.charts import plots


def test_bars_have_lengths_in_proportion_and_signs():
  svg = bars.chart(
    [
      bars.Group(
        "set",
        [
          bars.Bar("all", 0.8, 0.1, 0),
          bars.Bar("half", 0.4, math.nan, 1),
          bars.Bar("below", -0.2, math.nan, 2),
          bars.Bar("none", None, 0.0, 3),
        ],
      )
    ],
    "correlation",
    "Bars",
  )
  found = [(float(x), float(w)) for x, w in _rects(svg)]
  (x0, w0), (x1, w1), (x2, w2) = found
  assert w1 == pytest.approx(w0 / 2, abs=0.1)
  assert w2 == pytest.approx(w0 / 4, abs=0.1)
  assert x0 == x1 and x2 + w2 == pytest.approx(x0, abs=0.1)
  assert "−0.200" in svg and svg.count('class="error"') == 1
  assert bars.chart([], "correlation", "Bars") == ""


def test_bars_without_a_heading_have_no_room_for_one():
  bar = bars.Bar("all", 0.8, 0.1, 0)
  tall, low = (
    float(
      re.search(
        r'viewBox="0 0 \d+ (\d+)"',
        bars.chart([bars.Group(heading, [bar])], "x", "Bars"),
      )[1]
    )
    for heading in ("set", "")
  )
  assert tall - low == bars.GROUP_GAP


def _rects(svg):
  return re.findall(
    r'<rect class="marker" x="([\d.]+)"[^>]*? '
    r'width="([\d.]+)"',
    svg,
  )


def _chart(*shown, heading=""):
  return bars.chart([bars.Group(heading, list(shown))], "x", "A title")


def test_error_reaches_one_standard_error_each_way():
  svg = _chart(bars.Bar("a", 1.0, 0.5, 0))
  ((left, width),) = [(float(x), float(w)) for x, w in _rects(svg)]
  start, end = map(
    float, re.search(r'd="M([\d.]+) [\d.]+H([\d.]+)"', svg).groups()
  )
  assert start == pytest.approx(left + 0.5 * width, abs=0.2)
  assert end == pytest.approx(left + 1.5 * width, abs=0.2)


@pytest.mark.parametrize("stderr", [0.0, math.nan, None])
def test_no_error_is_no_line(stderr):
  assert 'class="error"' not in _chart(bars.Bar("a", 1.0, stderr, 0))


@pytest.mark.parametrize("value", [None, math.nan, math.inf])
def test_what_is_no_number_has_a_dash_and_no_bar(value):
  svg = _chart(bars.Bar("a", 1.0, 0.1, 0), bars.Bar("b", value, 0.1, 1))
  assert len(_rects(svg)) == 1 and ">–</text>" in svg
  assert _chart(bars.Bar("b", value, 0.1, 1)) == ""


def test_bars_of_zero_have_an_axis():
  svg = _chart(bars.Bar("a", 0.0, math.nan, 0))
  assert ">0.000</text>" in svg and ">1</text>" in svg


def test_colours_repeat_after_the_last():
  svg = _chart(bars.Bar("a", 1.0, 0.0, plots.NUM_COLORS + 1))
  assert 'class="c1"' in svg


def test_words_are_escaped_and_the_file_is_xml():
  svg = _chart(bars.Bar("a < b", 1.0, 0.1, 0), heading="<h> & c")
  root = ElementTree.fromstring(bars.as_file(svg))
  texts = [t.text for t in root.iter("{http://www.w3.org/2000/svg}text")]
  assert "a < b" in texts and "<h> & c" in texts
  assert root.find("{http://www.w3.org/2000/svg}style") is not None


def test_every_group_is_a_chart_of_its_own_on_a_page():
  groups = [
    bars.Group(name, [bars.Bar("a", value, 0.0, 0)])
    for name, value in (("one", 1.0), ("two", 2.0))
  ]
  one, two = bars.panels_of(groups, "x")
  assert (one.title, two.title) == ("one", "two")
  # The heading stands above the chart, and each has a scale of its own.
  assert "font-weight" not in one.svg
  assert _rects(one.svg) == _rects(two.svg)
