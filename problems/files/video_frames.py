"""Decoded frames as they are meant to be seen: upright, in RGB.

A file says of its frames how wide a pixel is, how they are turned, which
matrix and range their colours have; this is where it is heeded.
"""

from typing import NamedTuple, Optional

import av
import numpy as np

from problems.files import levels
from t2t_af.errors import UserError

# FFmpeg cannot convert these, and PyAV does not ask before it tries.
_UNREADABLE = ("uyyvyy411", "rgb4", "bgr4")
# Of a file without a word on its colours FFmpeg assumes this matrix.
_DEFAULT_MATRIX = 5
_MATRICES = (1, 4, 7, 9)  # BT.709, FCC, SMPTE 240M, BT.2020
_FULL_RANGE = 2
_HDR = (16, 18)  # PQ and HLG
# How transparent frames are shown: as GIFs are.
_BACKGROUND = 255


# How far a matrix may be off a quarter of a turn.
_NO_QUARTER = 0.01
# A wider or higher pixel is damage.
_MAX_PIXEL_ASPECT = 20


class Picture(NamedTuple):
  """uint8 [height, width, 3], and a pixel's width over its height."""

  pixels: np.ndarray
  pixel_aspect: float


class Frames:
  """Turns frames of one video into RGB."""

  def __init__(
    self,
    stream: av.video.stream.VideoStream,
    where: str,
    chosen: Optional[tuple[float, float]] = None,
  ) -> None:
    """Of a stream in the file `where`; `chosen`: levels of black and white."""
    self._where = where
    self._aspect = pixel_aspect(stream, where)
    self._levels = chosen
    self._reformatter = av.video.reformatter.VideoReformatter()
    self._brightest = 0
    self._deep = False

  def picture(self, frame: av.VideoFrame) -> Picture:
    """A frame upright, in RGB."""
    if frame.format is None or frame.format.name in _UNREADABLE:
      raise UserError(f"{self._where}: FFmpeg cannot convert its frames")
    if is_deep_grey(frame):
      pixels = self._from_deep_grey(frame)
    elif has_alpha(frame):
      pixels = _over_background(self._convert(frame, "rgba"))
    else:
      pixels = self._convert(frame, "rgb24")
    aspect = self._aspect
    if frame.interlaced_frame and len(pixels) > 1:
      # One field: the other one is of another instant.
      pixels, aspect = pixels[::2], aspect / 2
    turned = matrix(frame, self._where)
    if turned and turned[1]:
      aspect = 1 / aspect
    return Picture(np.ascontiguousarray(upright(pixels, turned)), aspect)

  def check(self) -> None:
    """At the end of a video.

    Raises:
      UserError: its levels are too few to be seen.
    """
    if self._deep and self._levels is None:
      levels.check_deep(self._brightest, self._where)

  def _convert(self, frame: av.VideoFrame, to: str) -> np.ndarray:
    colours = {}
    if frame.colorspace in _MATRICES or (
      frame.color_range == _FULL_RANGE
      and not frame.format.name.startswith("yuvj")
      and not frame.format.is_rgb
    ):
      is_known = frame.colorspace in _MATRICES
      colours = {
        "src_colorspace": frame.colorspace if is_known else _DEFAULT_MATRIX,
        "dst_colorspace": _DEFAULT_MATRIX,
        "src_color_range": frame.color_range,
        "dst_color_range": _FULL_RANGE,
      }
    # Bicubic where chroma has fewer pixels than luma.
    converted = self._reformatter.reformat(
      frame, format=to, interpolation="BICUBIC", **colours
    )
    return converted.to_ndarray()

  def _from_deep_grey(self, frame: av.VideoFrame) -> np.ndarray:
    pixels = frame.to_ndarray()
    bits = frame.format.components[0].bits
    if self._levels is not None:
      grey = levels.to_bytes(pixels, self._levels, self._where)
    else:
      grey = (pixels >> (bits - 8)).astype(np.uint8)
    self._deep = True
    self._brightest = max(self._brightest, int(grey.max(initial=0)))
    return np.repeat(grey[..., None], 3, axis=-1)


def notes(
  stream: av.video.stream.VideoStream, frame: av.VideoFrame, where: str
) -> list[str]:
  """What is done to frames like this one before they are resized."""
  found = []
  if pixel_aspect(stream, where) != 1:
    found.append("pixels are no squares, and are made so")
  if matrix(frame, where):
    found.append("frames are turned, as the header says")
  if stream.codec_context.color_trc in _HDR:
    found.append("frames are HDR: their levels are taken as they are")
  if frame.interlaced_frame:
    found.append("frames are interlaced: one field of each is used")
  if has_alpha(frame) and (frame.to_ndarray(format="rgba")[..., 3] < 255).any():
    found.append("frames are transparent: what is behind them is white")
  return found


def is_deep_grey(frame: av.VideoFrame) -> bool:
  """Whether frames are grey, of more than 256 levels, in integers."""
  name, components = frame.format.name, frame.format.components
  return (
    name.startswith("gray")
    and not name.startswith("grayf")
    and components[0].bits > 8
  )


def has_alpha(frame: av.VideoFrame) -> bool:
  """Whether frames can be transparent."""
  return frame.format is not None and any(
    component.is_alpha for component in frame.format.components
  )


def matrix(
  frame: av.VideoFrame, where: str
) -> Optional[tuple[int, int, int, int]]:
  """a, b, c, d of x' = a x + c y, y' = b x + d y; None: nothing is turned.

  Raises:
    UserError: it is turned by something else than a quarter.
  """
  if not frame.side_data:
    return None
  data = frame.side_data.get("DISPLAYMATRIX")
  if data is None:
    return None
  entries = np.frombuffer(bytes(data), np.int32)[[0, 1, 3, 4]].astype(float)
  entries /= np.abs(entries).max() or 1
  a, b, c, d = turned = tuple(map(int, np.round(entries)))
  if np.abs(entries - turned).max() > _NO_QUARTER or abs(a * d - b * c) != 1:
    raise UserError(
      f"{where}: is to be shown turned by {frame.rotation} degrees, which is "
      "no quarter of a turn"
    )
  return None if turned == (1, 0, 0, 1) else turned


def pixel_aspect(stream: av.video.stream.VideoStream, where: str) -> float:
  """Width over height of a pixel as stored; 1.0 where the file does not say.

  Raises:
    UserError: what it says cannot be.
  """
  ratio = stream.sample_aspect_ratio
  if not ratio:
    return 1.0
  if not 1 / _MAX_PIXEL_ASPECT <= ratio <= _MAX_PIXEL_ASPECT:
    raise UserError(f"{where}: says that a pixel is {ratio} as wide as high")
  return float(ratio)


def upright(
  pixels: np.ndarray, turned: Optional[tuple[int, int, int, int]]
) -> np.ndarray:
  """Pixels [height, width, ...] turned and mirrored as `matrix` says."""
  if turned is None:
    return pixels
  a, b, c, d = turned
  if b and c:
    return pixels.swapaxes(0, 1)[::b, ::c]
  return pixels[::d, ::a]


def _over_background(rgba: np.ndarray) -> np.ndarray:
  if rgba[..., 3].min() == 255:  # as all of most GIFs
    return rgba[..., :3]
  alpha = rgba[..., 3:].astype(np.uint32)
  mixed = rgba[..., :3] * alpha + _BACKGROUND * (255 - alpha)
  return ((mixed + 127) // 255).astype(np.uint8)
