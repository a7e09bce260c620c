"""Frames in and out of PNG, and work on threads."""

import numpy as np
import pytest

from problems.core import png


def test_map_in_order_keeps_order_and_looks_only_a_little_ahead():
  taken = []

  def _items():
    for i in range(100):
      taken.append(i)
      yield i

  results = png.map_in_order(lambda i: i * i, _items(), workers=2)
  assert [next(results) for _ in range(3)] == [0, 1, 4]
  assert len(taken) < 12
  assert list(results) == [i * i for i in range(3, 100)]


def test_map_in_order_passes_errors_on():
  with pytest.raises(ZeroDivisionError):
    list(png.map_in_order(lambda i: 1 // i, [1, 0, 1], workers=2))


@pytest.mark.parametrize("channels", [1, 3])
def test_png_keeps_every_pixel(channels):
  frames = np.random.default_rng(0).integers(
    0, 256, [3, 5, 7, channels], dtype=np.uint8
  )
  np.testing.assert_array_equal(
    png.decode(png.encode(frames), channels), frames
  )
