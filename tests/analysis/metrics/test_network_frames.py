"""Frames for networks: three channels, [-1, 1], large enough."""

import numpy as np
import pytest

from t2t_af.analysis.metrics import network_frames


def test_grey_is_tripled_and_colour_stays():
  grey = np.arange(4, dtype=np.uint8).reshape(1, 2, 2, 1)
  tripled = network_frames.rgb(grey)
  assert tripled.shape == (1, 2, 2, 3)
  for channel in range(3):
    np.testing.assert_array_equal(tripled[..., channel], grey[..., 0])
  assert network_frames.rgb(tripled) is tripled
  with pytest.raises(ValueError, match="but have 2"):
    network_frames.rgb(tripled[..., :2])


def test_black_is_minus_one_and_white_is_one():
  values = network_frames.signed(np.array([0, 51, 255], np.uint8))
  assert values.dtype == np.float32
  np.testing.assert_allclose(values, [-1.0, -0.6, 1.0], atol=1e-6)


def test_enlarging_interpolates_between_pixel_centres():
  # Of torch 2.8: interpolate(size=(4, 4), mode="bilinear",
  # align_corners=False) of [[0, 1], [4, 5]].
  frame = np.array([[0.0, 1.0], [4.0, 5.0]], np.float32)[..., None]
  found = network_frames.enlarged(frame, 4)[..., 0]
  np.testing.assert_allclose(
    found,
    [
      [0.0, 0.25, 0.75, 1.0],
      [1.0, 1.25, 1.75, 2.0],
      [3.0, 3.25, 3.75, 4.0],
      [4.0, 4.25, 4.75, 5.0],
    ],
    atol=1e-6,
  )


def test_enlarging_keeps_channels_apart_and_the_proportion():
  frames = np.broadcast_to(np.float32([-1.0, 0.0, 0.5]), (2, 24, 40, 3))
  found = network_frames.enlarged(frames, 64)
  assert found.shape == (2, 64, 107, 3)
  assert network_frames.enlarged_size(24, 40, 64) == (64, 107)
  np.testing.assert_allclose(
    found, np.broadcast_to(frames[0, 0, 0], found.shape), atol=1e-6
  )


def test_large_frames_stay_as_they_are():
  frames = np.zeros((1, 64, 80, 3), np.float32)
  assert network_frames.enlarged(frames, 64) is frames
