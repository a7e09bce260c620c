"""Charts of series: lines where the values are, gaps, marks, headings."""

import numpy as np
from PIL import Image
import pytest

from t2t_af.analysis.charts import contact_sheet
from t2t_af.analysis.charts import line_pictures as lp

RED = (255, 0, 0)


def _chart(values, num_cond=0, **kwargs):
  line = lp.StepLine(np.asarray(values, float), RED, 2, **kwargs)
  return np.asarray(lp.charts([lp.LinePanel("p", [line])], num_cond)).astype(
    int
  )


def _is_red(image):
  return (image[..., 0] > 180) & (image[..., 1:].max(-1) < 110)


def _columns(image):
  """Where in the plot, from 0 at its left to 1, there is red."""
  found = np.flatnonzero(_is_red(image).any(axis=0))
  return (found - lp.LEFT) / lp.WIDTH


def test_a_line_goes_from_its_first_value_to_its_last():
  image = _chart(np.linspace(0.0, 1.0, 11))
  rows, columns = np.nonzero(_is_red(image))
  assert columns.min() == pytest.approx(lp.LEFT, abs=2)
  assert columns.max() == pytest.approx(lp.LEFT + lp.WIDTH, abs=2)
  left, right = rows[columns.argmin()], rows[columns.argmax()]
  height = lp.HEIGHT / 1.1  # 5 % of room on either side
  assert left - right == pytest.approx(height, abs=4)  # upward


def test_values_that_are_no_number_leave_a_gap():
  values = np.linspace(0.0, 1.0, 11)
  values[4:7] = np.nan
  columns = _columns(_chart(values))
  assert not ((columns > 0.32) & (columns < 0.68)).any()
  assert (columns < 0.3).any() and (columns > 0.7).any()


def test_given_steps_have_a_ground():
  given = np.array(lp.GIVEN)
  image = _chart(np.zeros(11), num_cond=4)
  ground = np.flatnonzero((image == given).all(-1).any(axis=0))
  assert ground.max() == pytest.approx(lp.LEFT + 0.35 * lp.WIDTH, abs=4)
  assert not (_chart(np.zeros(11)) == given).all(-1).any()


def test_a_single_value_and_no_value_can_be_drawn():
  assert _is_red(_chart([1.0])).any()
  assert not _is_red(_chart([np.nan, np.nan])).any()


def test_panels_are_laid_out_in_rows():
  panel = lp.LinePanel("p", [lp.StepLine(np.arange(3.0), RED)])
  one, five = lp.charts([panel]), lp.charts([panel] * 5)
  assert five.size == (2 * one.width, 3 * one.height)


def test_a_contact_sheet_leaves_columns_and_frames_out_evenly():
  assert contact_sheet.some_columns(3) == [0, 1, 2]
  shown = contact_sheet.some_columns(300)
  assert len(shown) == 12 and shown[0] == 0 and shown[-1] == 299
  image = contact_sheet.series(
    ["a", "b"],
    [np.zeros((5, 300)), np.ones((9, 300))],
    [str(i) for i in range(300)],
  )
  assert isinstance(image, Image.Image)
  frames = np.zeros((40, 8, 8, 1), np.uint8)
  assert (
    contact_sheet.video(["a"], [frames]).size
    == contact_sheet.video(["a"], [frames[:12]]).size
  )
