"""How time and memory grow: what power of the size, and which curves."""

import math

import pytest

from t2t_af.analysis.figures import growth_figure
from t2t_af.analysis.results import growth
from t2t_af.analysis.tables import growth_table


def _record(x, run_cpu, part="batch", hparams_set="af1_tiny", memory=100.0):
  return dict(
    bench="growth",
    part=part,
    what="training step",
    hparams_set=hparams_set,
    x=x,
    start_cpu=[3.0],
    run_cpu=run_cpu,
    run=[1.0],
    memory=[memory],
  )


_RECORDS = [
  _record(8, [4.0, 8.0, 90.0], memory=400.0),
  _record(2, [2.0], memory=200.0),
  _record(2, [7.0], hparams_set="slvm_tiny"),
  _record(1, [0.5], part="depth"),
]


def test_a_power_is_between_the_ends_of_a_curve():
  points = growth.points(_RECORDS)
  curve = growth.curves(points)["batch", "af1_tiny"]
  assert [point.x for point in curve] == [2, 8]
  assert growth.exponent(curve, "run_cpu") == pytest.approx(1.0)  # 4 x, 4 x
  assert growth.exponent(curve, "memory") == pytest.approx(0.5)
  assert math.isnan(growth.exponent(curve[:1], "memory"))


def test_a_point_that_is_measured_again_counts_once():
  points = growth.points([*_RECORDS, _record(2, [3.0])])
  assert [p.run_cpu for p in points if p.x == 2] == [3.0, 7.0]


def test_the_table_has_a_line_per_point_and_the_powers():
  lines = growth_table.text(growth.points(_RECORDS)).splitlines()
  assert len(lines) == 2 + 3 + 2  # two curves have one point
  assert lines[4].split()[-3:] == ["x^0.00", "x^1.00", "x^0.50"]
  assert growth_table.markdown(growth.points(_RECORDS)).count("\n") == 6


def test_charts_begin_at_zero_and_show_every_curve():
  panels = growth_figure.panels(growth.points(_RECORDS))
  assert [panel.title for panel in panels] == ["batch"] * 2 + ["depth"] * 2
  assert panels[0].legend == {0: "af1_tiny", 1: "slvm_tiny"}
  assert panels[0].y_range[0] == 0.0 and panels[0].y_range[1] > 8.0
  assert growth_figure.file(growth.points(_RECORDS), "svg").count(b"af1_tiny")
