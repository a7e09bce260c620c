"""PNG in and out."""

from collections.abc import Iterable
import io

import numpy as np
from PIL import Image


def encode(frames: np.ndarray) -> list[bytes]:
  """PNG bytes of each frame: uint8 [time, height, width, 1 or 3]."""
  return [_encode_one(frame) for frame in frames]


def decode(encoded: Iterable[bytes], num_channels: int) -> np.ndarray:
  """uint8 [time, height, width, num_channels] from PNG bytes."""
  frames = [np.asarray(Image.open(io.BytesIO(png))) for png in encoded]
  # Pillow drops the axis of a single channel.
  return np.stack(frames).reshape(
    len(frames), *frames[0].shape[:2], num_channels
  )


def _encode_one(frame: np.ndarray) -> bytes:
  out = io.BytesIO()
  if frame.shape[-1] == 1:
    frame = frame[..., 0]
  # Level 1: camera noise hardly compresses; higher levels only take longer.
  Image.fromarray(frame).save(out, "PNG", compress_level=1)
  return out.getvalue()
