"""A data set at a glance: which columns, steps and frames."""

import numpy as np
import pytest

from t2t_af.analysis.charts import contact_sheet
from t2t_af.analysis.charts import drawing
from t2t_af.analysis.charts import pictures


@pytest.mark.parametrize(
  "count, at_most, expected",
  [
    (1, 12, [0]),
    (3, 12, [0, 1, 2]),
    (12, 12, list(range(12))),
    (100, 3, [0, 50, 99]),
    (5, 1, [0]),
  ],
)
def test_columns_are_spread_from_first_to_last(count, at_most, expected):
  assert contact_sheet.some_columns(count, at_most) == expected


def _panels(values, names, ids=None, unit="raw units"):
  ids = ids or [str(i) for i in range(len(values))]
  return contact_sheet.series_panels(ids, values, names, unit)


def test_series_have_a_chart_per_column_and_a_line_per_sequence():
  values = [np.arange(8.0).reshape(4, 2), np.ones((5, 2))]
  panels = _panels(values, ["height", "speed"], ["a", "b"], "metres")
  assert [panel.title for panel in panels] == ["height", "speed"]
  for column, panel in enumerate(panels):
    for line, expected in zip(panel.lines, values):
      np.testing.assert_array_equal(line.y, expected[:, column])
  assert panels[0].y_label == "metres" and panels[0].legend == {0: "a", 1: "b"}


def test_long_series_are_cut_and_wide_ones_thinned():
  steps = contact_sheet.MAX_STEPS + 50
  names = [f"x{i}" for i in range(30)]
  panels = _panels([np.zeros((steps, 30))], names)
  assert len(panels) == contact_sheet.MAX_COLUMNS
  assert len(panels[0].lines[0].y) == contact_sheet.MAX_STEPS
  assert panels[-1].title == "x29"


def test_picture_of_a_series_says_how_many_of_its_columns_it_shows(monkeypatch):
  seen = {}
  monkeypatch.setattr(
    drawing, "file", lambda *args, **kwargs: seen.update(kwargs) or b"PNG"
  )
  names = [f"x{i}" for i in range(30)]
  assert contact_sheet.series(["a"], [np.zeros((5, 30))], names) == b"PNG"
  assert seen["heading"] == "12 of 30 columns, raw units"


def test_video_shows_the_first_frames_without_a_border_of_given_ones(
  monkeypatch,
):
  seen = []
  real = pictures.strip
  monkeypatch.setattr(
    pictures,
    "strip",
    lambda rows, *args: (seen.append((rows, *args)), real(rows, *args))[1],
  )
  frames = np.random.default_rng(0).integers(0, 256, (20, 4, 4, 1), np.uint8)
  contact_sheet.video(["a", "b"], [frames, frames[:3]])
  ((rows, given),) = seen
  assert given == 0 and [row.label for row in rows] == ["a", "b"]
  np.testing.assert_array_equal(
    rows[0].frames, frames[: contact_sheet.MAX_FRAMES]
  )
  assert len(rows[1].frames) == 3
