"""Charts as data: what there is to draw, and bars side by side."""

import math

import numpy as np
import pytest

from t2t_af.analysis.charts import plots


@pytest.mark.parametrize(
  "lines, has_data",
  [
    ([], False),
    ([plots.Line([1], [None], 0)], False),
    ([plots.Line([1, 2], [math.nan, math.inf], 0)], False),
    ([plots.Line([1], [0.0], 0, "zero")], False),
    ([plots.Line([1, 2], [None, 3.0], 0)], True),
  ],
)
def test_a_chart_has_data_where_a_line_has_a_number(lines, has_data):
  assert plots.Panel("t", lines, "x", "y").has_data is has_data


@pytest.mark.parametrize(
  "value, has_data", [(1.0, True), (None, False), (math.nan, False)]
)
def test_bars_have_data_where_one_has_a_number(value, has_data):
  panel = plots.BarPanel("t", [plots.Bar("a", value, 0.0, 0)], "x")
  assert panel.has_data is has_data


def test_bars_of_models_stand_beside_each_other_around_their_step():
  places = [plots.dodged([4, 5], i, 3, 0.6) for i in range(3)]
  np.testing.assert_allclose(places[1], [4, 5])
  np.testing.assert_allclose(places[2] - places[1], 0.2)
  np.testing.assert_allclose(np.mean(places, axis=0), [4, 5])
  np.testing.assert_array_equal(plots.dodged([4], 0, 1, 0.6), [4.0])
