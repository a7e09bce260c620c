"""Frames in another size and colour."""

import numpy as np
import pytest

from problems.files import frame_format

_WIDE = np.zeros([4, 8, 3], np.uint8)
_WIDE[:, 2:4, 0] = 255
_WIDE[:, 4:6, 1] = 255


@pytest.mark.parametrize(
  "aspect,frame,row",
  [
    ("crop", _WIDE, ["red", "red", "green", "green"]),
    ("stretch", _WIDE, ["black", "red", "green", "black"]),
    ("crop", _WIDE.swapaxes(0, 1), ["red", "red", "green", "green"]),
    ("stretch", _WIDE.swapaxes(0, 1), ["black", "red", "green", "black"]),
  ],
)
def test_aspect_says_what_becomes_of_a_frame(aspect, frame, row):
  """Nearest colours of a row, or of a column of an upright frame."""
  out = frame_format.convert(frame, frame_format.Format(4, 4, 3, aspect))
  line = out[1] if frame.shape[1] > 4 else out[:, 1]
  colours = {"black": (0, 0, 0), "red": (255, 0, 0), "green": (0, 255, 0)}
  nearest = [
    min(
      colours, key=lambda c, p=pixel: np.abs(p.astype(int) - colours[c]).sum()
    )
    for pixel in line
  ]
  assert nearest == row


def test_padding_keeps_the_whole_frame_between_black_bars():
  white = np.full([40, 80, 3], 255, np.uint8)
  out = frame_format.convert(white, frame_format.Format(64, 64, 1, "pad"))[
    ..., 0
  ]
  assert (out[:16] == 0).all() and (out[48:] == 0).all()
  assert (out[16:48] == 255).all()
  upright = frame_format.convert(
    white.swapaxes(0, 1), frame_format.Format(64, 64, 1, "pad")
  )[..., 0]
  np.testing.assert_array_equal(upright, out.T)


@pytest.mark.parametrize("aspect", ["crop", "pad", "stretch"])
@pytest.mark.parametrize("height,width", [(1, 1), (3, 1000), (37, 64)])
def test_any_size_becomes_the_size_asked_for(aspect, height, width):
  frame = np.full([height, width, 3], 7, np.uint8)
  out = frame_format.convert(frame, frame_format.Format(20, 30, 3, aspect))
  assert out.shape == (20, 30, 3)
  assert aspect == "pad" or (out == 7).all()


def test_shrinking_averages_over_all_pixels():
  """Lines one pixel wide become grey; picking pixels would keep some."""
  lines = np.zeros([128, 128, 3], np.uint8)
  lines[::2] = 200
  out = frame_format.convert(lines, frame_format.Format(16, 16, 1))
  assert np.abs(out.astype(int) - 100).max() < 15
