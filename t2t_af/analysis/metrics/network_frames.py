"""8-bit frames as networks that were trained on photographs want them.

Grey is tripled to red, green and blue. Values x of 0..255 become x / 127.5 - 1.
Small frames are enlarged by bilinear interpolation between pixel centres, the
border repeated: torch's interpolate(mode="bilinear", align_corners=False).
"""

import numpy as np


def rgb(frames: np.ndarray) -> np.ndarray:
  """[..., height, width, 1 or 3] -> [..., height, width, 3].

  Raises:
    ValueError: if there are neither one nor three channels.
  """
  channels = frames.shape[-1]
  if channels not in (1, 3):
    raise ValueError(f"frames must have 1 or 3 channels, but have {channels}")
  return frames if channels == 3 else np.repeat(frames, 3, axis=-1)


def signed(frames: np.ndarray) -> np.ndarray:
  """uint8 -> float32 in [-1, 1]."""
  return frames.astype(np.float32) / np.float32(127.5) - np.float32(1.0)


def enlarged_size(height: int, width: int, min_side: int) -> tuple[int, int]:
  """The size whose shorter side is at least `min_side`, in proportion."""
  scale = max(1.0, min_side / min(height, width))
  return round(height * scale), round(width * scale)


def enlarged(frames: np.ndarray, min_side: int) -> np.ndarray:
  """float32 [..., height, width, channels]; as they are if large enough."""
  height, width = frames.shape[-3:-1]
  size = enlarged_size(height, width, min_side)
  if size == (height, width):
    return frames
  rows, columns = _weights(height, size[0]), _weights(width, size[1])
  planes = np.moveaxis(frames, -1, -3)  # [..., channels, height, width]
  return np.moveaxis(rows @ planes @ columns.T, -3, -1)


def _weights(old: int, new: int) -> np.ndarray:
  """[new, old]: what each old pixel adds to a new one; rows sum to one."""
  centres = (np.arange(new) + 0.5) * old / new - 0.5  # in old pixels
  centres = np.clip(centres, 0, old - 1)
  distance = np.abs(centres[:, None] - np.arange(old))
  return np.maximum(0.0, 1.0 - distance).astype(np.float32)
