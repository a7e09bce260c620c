"""A data set at a glance: which columns, steps and frames."""

import numpy as np
import pytest

from t2t_af.analysis.charts import contact_sheet
from t2t_af.analysis.charts import line_pictures
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


@pytest.fixture(name="charts")
def _charts(monkeypatch):
  """Arguments of the last picture of lines."""
  seen = {}
  real = line_pictures.charts
  monkeypatch.setattr(
    line_pictures,
    "charts",
    lambda panels, **kwargs: (
      seen.update(panels=panels, **kwargs),
      real(panels, **kwargs),
    )[1],
  )
  return seen


def test_series_have_a_chart_per_column_and_a_line_per_sequence(charts):
  values = [np.arange(8.0).reshape(4, 2), np.ones((5, 2))]
  contact_sheet.series(["a", "b"], values, ["height", "speed"], "metres")
  assert [panel.title for panel in charts["panels"]] == ["height", "speed"]
  for column, panel in enumerate(charts["panels"]):
    for line, expected in zip(panel.lines, values):
      np.testing.assert_array_equal(line.values, expected[:, column])
  assert charts["heading"] == "2 of 2 columns, metres"
  assert [name for name, _ in charts["legend"]] == ["a", "b"]
  colors = [color for _, color in charts["legend"]]
  assert colors == [line.color for line in charts["panels"][0].lines]


def test_long_series_are_cut_and_wide_ones_thinned(charts):
  steps = contact_sheet.MAX_STEPS + 50
  names = [f"x{i}" for i in range(30)]
  contact_sheet.series(["a"], [np.zeros((steps, 30))], names)
  assert len(charts["panels"]) == contact_sheet.MAX_COLUMNS
  assert len(charts["panels"][0].lines[0].values) == contact_sheet.MAX_STEPS
  assert charts["panels"][-1].title == "x29"
  assert charts["heading"] == "12 of 30 columns, raw units"


def test_more_sequences_than_colours_share_them(charts):
  count = len(line_pictures.COLORS) + 1
  contact_sheet.series(
    [str(i) for i in range(count)], [np.zeros((2, 1))] * count, ["x"]
  )
  colors = [line.color for line in charts["panels"][0].lines]
  assert colors[0] == colors[-1] and len(set(colors)) == count - 1


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
