"""Pictures, one in a file or several, as they are meant to be seen.

Pillow reads them. Of a PNG every checksum is compared, which Pillow does of
some; a JPEG has none.
"""

from collections.abc import Iterator
import contextlib
from typing import BinaryIO, NamedTuple, Optional
import zlib

import numpy as np
from PIL import Image
from PIL import ImageOps

from problems.files import levels
from t2t_af.errors import UserError

EXTENSIONS = (
  ".png",
  ".jpg",
  ".jpeg",
  ".bmp",
  ".tif",
  ".tiff",
  ".webp",
  ".pgm",
  ".ppm",
)
# Pillow's readers of these; others would start programs.
_FORMATS = ("PNG", "JPEG", "BMP", "TIFF", "WEBP", "PPM")
_PNG = b"\x89PNG\r\n\x1a\n"
_MAX_PIXELS = 2**26


class Picture(NamedTuple):
  """uint8 [height, width, 3], and for how long it is shown; 0: nobody says."""

  pixels: np.ndarray
  seconds: float


def size(path: str, where: str) -> tuple[int, int]:
  """Width and height of a picture as it is seen, by its header.

  Raises:
    UserError: it cannot be read.
  """
  with _opened(path, where) as image:
    turned = image.getexif().get(0x0112, 1) >= 5
    return image.size[::-1] if turned else image.size


def read(
  path: str, where: str, chosen: Optional[tuple[float, float]] = None
) -> np.ndarray:
  """uint8 [height, width, 3], turned as its camera says.

  Args:
    path: the file.
    where: what an error calls it.
    chosen: which values are black and white, of more than 256 levels.

  Raises:
    UserError: it cannot be read, is damaged, or has several pictures in it; or
      it has more than 256 levels, and nobody says which are black and white.
  """
  with _opened(path, where) as image:
    return _pixels(image, where, chosen)


def count(path: str, where: str) -> int:
  """How many pictures are in a file.

  Raises:
    UserError: it cannot be read.
  """
  with _opened(path, where, is_stack=True) as image:
    return _num_pictures(image)


def stack(
  path: str, where: str, chosen: Optional[tuple[float, float]] = None
) -> Iterator[Picture]:
  """All pictures of a file; the arguments are those of `read`.

  Raises:
    UserError: as in `read`; or they are of several sizes.
  """
  with _opened(path, where, is_stack=True) as image:
    size_of_all = image.size
    for k in range(_num_pictures(image)):
      image.seek(k)
      if image.size != size_of_all:
        raise ValueError(f"picture {k + 1} is of another size than the first")
      pixels = _pixels(image, where, chosen)
      yield Picture(pixels, image.info.get("duration", 0) / 1000)


def _pixels(
  image: Image.Image, where: str, chosen: Optional[tuple[float, float]]
) -> np.ndarray:
  image.load()
  upright = ImageOps.exif_transpose(image)
  if upright.mode.startswith("I") or upright.mode == "F":
    return _from_deep(np.asarray(upright), where, chosen)
  if upright.has_transparency_data:
    over = Image.new("RGBA", upright.size, "white")
    upright = Image.alpha_composite(over, upright.convert("RGBA"))
  return np.asarray(upright.convert("RGB"))


@contextlib.contextmanager
def _opened(
  path: str, where: str, is_stack: bool = False
) -> Iterator[Image.Image]:
  """A picture; errors of reading it, and of the block, as ours."""
  try:
    with open(path, "rb") as stream:
      _check_png(stream)
      with Image.open(stream, formats=_FORMATS) as image:
        _check(image, is_stack)
        yield image
  except UserError:
    raise
  except Exception as error:  # whatever Pillow's readers stumble over
    if isinstance(error, Image.UnidentifiedImageError):
      reason = "it is no picture"
    elif isinstance(error, OSError) and error.strerror:
      reason = error.strerror
    else:
      reason = (str(error).splitlines() or [type(error).__name__])[0]
    raise UserError(f"{where}: cannot be read ({reason})") from error


def _num_pictures(image: Image.Image) -> int:
  # MPO is a phone's JPEG that has a second view in it.
  return 1 if image.format == "MPO" else getattr(image, "n_frames", 1)


def _check(image: Image.Image, is_stack: bool) -> None:
  width, height = image.size
  if width * height > _MAX_PIXELS:
    raise ValueError(f"{width}x{height} pixels are too many")
  if _num_pictures(image) > 1 and not is_stack:
    raise ValueError("several pictures in one file")


def _check_png(stream: BinaryIO) -> None:
  """Compares the checksum of every chunk; leaves the stream at its start."""
  if stream.read(len(_PNG)) == _PNG:
    name = b""
    while name != b"IEND":
      length = int.from_bytes(stream.read(4), "big")
      name = stream.read(4)
      data = stream.read(length)
      if stream.read(4) != zlib.crc32(name + data).to_bytes(4, "big"):
        raise ValueError("it is truncated or damaged")
  stream.seek(0)


def _from_deep(
  values: np.ndarray, where: str, chosen: Optional[tuple[float, float]]
) -> np.ndarray:
  if chosen is None:
    raise UserError(
      f"{where}: has {values.dtype} levels from {values.min():g} to "
      f"{values.max():g}; say which of them is black and which is white with "
      "--levels=BLACK,WHITE"
    )
  grey = levels.to_bytes(values, chosen, where)
  return np.repeat(grey[..., None], 3, axis=-1)
