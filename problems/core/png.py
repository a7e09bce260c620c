"""PNG in and out, many at once."""

import collections
from collections.abc import Iterable, Iterator
from concurrent import futures
import io
import os
from typing import Callable, TypeVar

import numpy as np
from PIL import Image

_Item = TypeVar("_Item")
_Result = TypeVar("_Result")


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


def map_in_order(
  fn: Callable[[_Item], _Result], items: Iterable[_Item], workers: int = 0
) -> Iterator[_Result]:
  """`map(fn, items)` on threads, in order, looking only a few items ahead.

  Pillow lets go of the interpreter's lock while it compresses, so threads
  suffice. (`Executor.map` would take in all items at once.)
  """
  workers = workers or os.cpu_count() or 1
  pending = collections.deque()
  with futures.ThreadPoolExecutor(workers) as pool:
    try:
      for item in items:
        pending.append(pool.submit(fn, item))
        if len(pending) > 2 * workers:
          yield pending.popleft().result()
      while pending:
        yield pending.popleft().result()
    finally:
      for future in pending:
        future.cancel()
