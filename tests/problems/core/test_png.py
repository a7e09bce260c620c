"""Frames in and out of PNG."""

import numpy as np
import pytest

from problems.core import png


@pytest.mark.parametrize("channels", [1, 3])
def test_png_keeps_every_pixel(channels):
  frames = np.random.default_rng(0).integers(
    0, 256, [3, 5, 7, channels], dtype=np.uint8
  )
  np.testing.assert_array_equal(
    png.decode(png.encode(frames), channels), frames
  )
