"""Frames in another size and colour, by Pillow."""

from typing import NamedTuple, Optional

import numpy as np
from PIL import Image


class Format(NamedTuple):
  """What is made of the frames of a video.

  Attributes:
    height, width: pixels.
    num_channels: 3, or 1 for grey (luma as of ITU-R BT.601).
    aspect: what happens to a frame of another shape. "crop": its middle,
      "pad": all of it between black bars, "stretch": all of it, distorted.
    frame_rate: frames per second; a faster video loses frames evenly. None
      keeps every frame.
  """

  height: int
  width: int
  num_channels: int = 3
  aspect: str = "crop"
  frame_rate: Optional[float] = None


def convert(frame: np.ndarray, video_format: Format) -> np.ndarray:
  """One frame in another size and colour.

  Args:
    frame: uint8 [any height, any width, 3], RGB.
    video_format: see there.

  Returns:
    uint8 [height, width, num_channels].
  """
  image = Image.fromarray(frame)
  if video_format.num_channels == 1:
    image = image.convert("L")
  size = video_format.width, video_format.height
  # Pillow's bilinear filter averages over all pixels when it shrinks.
  if video_format.aspect == "pad":
    image = _padded(image, size)
  elif video_format.aspect == "crop":
    image = image.resize(size, Image.BILINEAR, box=_middle(image, size))
  else:
    image = image.resize(size, Image.BILINEAR)
  return np.asarray(image).reshape(
    video_format.height, video_format.width, video_format.num_channels
  )


def _padded(image: Image.Image, size: tuple[int, int]) -> Image.Image:
  """All of the image in the middle of a black one of (width, height)."""
  scale = min(size[0] / image.width, size[1] / image.height)
  fitted = image.resize(
    [max(1, round(image.width * scale)), max(1, round(image.height * scale))],
    Image.BILINEAR,
  )
  canvas = Image.new(image.mode, size)
  canvas.paste(fitted, tuple((s - f) // 2 for s, f in zip(size, fitted.size)))
  return canvas


def _middle(
  image: Image.Image, size: tuple[int, int]
) -> tuple[float, float, float, float]:
  """The largest box (left, upper, right, lower) of the shape of `size`."""
  scale = max(size[0] / image.width, size[1] / image.height)
  left = max(0.0, (image.width - size[0] / scale) / 2)
  upper = max(0.0, (image.height - size[1] / scale) / 2)
  return left, upper, image.width - left, image.height - upper
