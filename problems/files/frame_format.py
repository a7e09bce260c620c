"""Frames in another size and colour, by Pillow."""

from typing import NamedTuple, Optional

import numpy as np
from PIL import Image

from t2t_af.errors import UserError

# An aspect that no flag has: frames must be of the size that is wanted.
UNCHANGED = "unchanged"


class OtherSize(UserError):
  """A frame is not of the size that is wanted."""


class Format(NamedTuple):
  """What is made of the frames of a video.

  Attributes:
    height, width: pixels.
    num_channels: 3, or 1 for grey (luma as of ITU-R BT.601).
    aspect: what happens to a frame of another shape. "crop": its middle,
      "pad": all of it between black bars, "stretch": all of it, distorted.
    frame_rate: frames per second: those that are shown at these instants.
      None keeps every frame.
    levels: which values are black and white, of arrays and of pictures with
      more than 256 levels of grey; None where that is certain.
    array_axes: the axes of arrays in their order, of N (videos), T (time), H,
      W, C (colours), e.g. "TNHW"; None where that is certain.
    array_key: which array of an .npz file the frames are; "all": each is a
      video. None where there is one.
  """

  height: int
  width: int
  num_channels: int = 3
  aspect: str = "crop"
  frame_rate: Optional[float] = None
  levels: Optional[tuple[float, float]] = None
  array_axes: Optional[str] = None
  array_key: Optional[str] = None


def describe(video_format: Format) -> str:
  """In words, for a log."""
  colour = "grey" if video_format.num_channels == 1 else "in colour"
  rate = video_format.frame_rate
  return (
    f"frames become {video_format.width}x{video_format.height} {colour} "
    f"(--aspect={video_format.aspect}), "
    + ("all of them" if rate is None else f"{rate:g} of them a second")
  )


def convert(
  frame: np.ndarray, video_format: Format, pixel_aspect: float = 1.0
) -> np.ndarray:
  """One frame in another size and colour.

  Args:
    frame: uint8 [any height, any width, 3], RGB.
    video_format: see there.
    pixel_aspect: the width of a pixel of `frame` over its height.

  Returns:
    uint8 [height, width, num_channels].

  Raises:
    OtherSize: the aspect is UNCHANGED, and the frame of another size.
  """
  image = Image.fromarray(frame)
  if video_format.num_channels == 1:
    image = image.convert("L")
  size = video_format.width, video_format.height
  if video_format.aspect == UNCHANGED and image.size != size:
    raise OtherSize(
      f"its frames are {image.width}x{image.height}, and {size[0]}x{size[1]} "
      "are wanted"
    )
  # Pillow's bilinear filter averages over all pixels when it shrinks.
  if video_format.aspect == "pad":
    image = _padded(image, size, pixel_aspect)
  elif video_format.aspect == "crop":
    image = image.resize(
      size, Image.BILINEAR, box=_middle(image, size, pixel_aspect)
    )
  else:
    image = image.resize(size, Image.BILINEAR)
  return np.asarray(image).reshape(
    video_format.height, video_format.width, video_format.num_channels
  )


def _padded(
  image: Image.Image, size: tuple[int, int], pixel_aspect: float
) -> Image.Image:
  """All of the image in the middle of a black one of (width, height)."""
  width, height = image.width * pixel_aspect, image.height
  scale = min(size[0] / width, size[1] / height)
  fitted = image.resize(
    [max(1, round(width * scale)), max(1, round(height * scale))],
    Image.BILINEAR,
  )
  canvas = Image.new(image.mode, size)
  canvas.paste(fitted, tuple((s - f) // 2 for s, f in zip(size, fitted.size)))
  return canvas


def _middle(
  image: Image.Image, size: tuple[int, int], pixel_aspect: float
) -> tuple[float, float, float, float]:
  """The largest box (left, upper, right, lower) of the shape of `size`."""
  width, height = size[0] / pixel_aspect, size[1]  # in pixels of the image
  scale = max(width / image.width, height / image.height)
  left = max(0.0, (image.width - width / scale) / 2)
  upper = max(0.0, (image.height - height / scale) / 2)
  return left, upper, image.width - left, image.height - upper
