"""What other lossless coders make of frames, to stand beside ours."""

import io
from typing import Optional

import numpy as np
from PIL import Image

_RATE = 25  # frames a second: no size depends on it


def png(frames: np.ndarray) -> int:
  """Bytes of all frames [time, height, width, channels] as PNG."""
  total = 0
  for frame in frames:
    stream = io.BytesIO()
    image = frame[..., 0] if frame.shape[-1] == 1 else frame
    Image.fromarray(image).save(stream, "PNG", optimize=True)
    total += stream.tell()
  return total


def ffv1(frames: np.ndarray) -> Optional[int]:
  """Bytes of the packets of FFV1 (FFmpeg's); None where PyAV is not there."""
  try:
    import av
  except ImportError:
    return None
  is_grey = frames.shape[-1] == 1
  total = 0
  with av.open(io.BytesIO(), "w", format="matroska") as container:
    stream = container.add_stream("ffv1", rate=_RATE)
    stream.height, stream.width = frames.shape[1:3]
    stream.pix_fmt = "gray" if is_grey else "bgr0"
    for frame in frames:
      picture = av.VideoFrame.from_ndarray(
        np.ascontiguousarray(frame[..., 0] if is_grey else frame),
        format="gray" if is_grey else "rgb24",
      ).reformat(format=stream.pix_fmt)
      total += sum(packet.size for packet in stream.encode(picture))
    total += sum(packet.size for packet in stream.encode(None))
  return total
