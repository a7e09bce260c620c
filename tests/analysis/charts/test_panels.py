"""A sheet of charts is a file that stands alone."""

from xml.etree import ElementTree

import pytest

from t2t_af.analysis.charts import panels
from t2t_af.analysis.charts import plots

_SVG = "{http://www.w3.org/2000/svg}"


def _panel(title):
  line = plots.Line([0, 1], [0.0, 2.0], 1)
  return panels.Panel(
    f"{title} & more",
    plots.chart([line], "x", "y", title),
    {0: "a < b", 1: "c"},
  )


def test_sheet_is_one_svg_with_titles_legends_and_colours():
  sheet = panels.sheet([_panel(t) for t in "pqr"], "Three", 2)
  root = ElementTree.fromstring(sheet)
  texts = [t.text for t in root.iter(f"{_SVG}text")]
  assert [t for t in texts if "more" in t] == [f"{t} & more" for t in "pqr"]
  assert texts.count("a < b") == 3
  assert "--c0" in root.find(f"{_SVG}style").text
  places = [g.get("transform") for g in root.findall(f"{_SVG}g")]
  assert len(set(places)) == 3 and places[0] == "translate(0 0)"
  width, height = map(float, root.get("viewBox").split()[2:])
  assert width > 2 * plots.WIDTH and height > 2 * plots.HEIGHT
  assert "http" not in sheet.replace("http://www.w3.org/2000/svg", "")


def test_charts_that_share_a_clip_path_are_refused():
  with pytest.raises(ValueError, match="differ"):
    panels.sheet([_panel("p"), _panel("p")], "Two", 2)
