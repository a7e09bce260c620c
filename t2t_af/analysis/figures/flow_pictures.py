"""What a flow does to frames, as pictures (Fig. 1, 4b, 6, 11, 12).

Rows, time to the right: frames x, then of each transform its shift, its scale
and the noise y it leaves. How numbers became greys or colours is in each row's
label, and is the same for all frames of a row:

  x, and the shift of x:  black 0, full 1, as the frames are
  scale                   black 0, full at the 99th percentile
  noise, and its shift    grey 0, full at plus, black at minus the 99th
                          percentile of its size

Where nothing is defined the frame is crossed out.
"""

from collections.abc import Sequence
from typing import Optional

import numpy as np
from PIL import Image

from t2t_af.analysis import formats
from t2t_af.analysis.charts import pictures
from t2t_af.analysis.results import flow_arrays

MAX_FRAMES, GIVEN_FRAMES = 12, 3
PERCENTILE = 99.0
_CROSSED, _CROSS = 225, 170


def strip(flow: flow_arrays.Flow, sequence: int = 0) -> Image.Image:
  """Frames and every transform of one sequence of a video."""
  shown = _shown(flow)
  rows = [_frames(flow, sequence)]
  for transform in flow.transforms:
    rows += _rows(transform, sequence, shown, len(flow.transforms))
  return pictures.strip(rows, flow.num_cond - shown.start)


def noise_strip(flow: flow_arrays.Flow, sequence: int = 0) -> Image.Image:
  """Frames, and the noise that the last transform leaves (Fig. 1, middle)."""
  shown = _shown(flow)
  noise = _signed("noise y", flow.transforms[-1].noise[sequence, shown])
  return pictures.strip(
    [_frames(flow, sequence), noise], flow.num_cond - shown.start
  )


def one_step(flow: flow_arrays.Flow, sequence: int = 0) -> Image.Image:
  """The first transform of one frame (Fig. 4b): the one with most noise."""
  transform = flow.transforms[0]
  size = _mean_size(transform.noise[sequence])
  if not np.isfinite(size).any():
    raise ValueError(f"no step of sequence {sequence} has noise")
  step = int(np.nanargmax(size))
  shown = slice(step, step + 1)
  rows = [pictures.FrameRow("frame x", flow.x[sequence, shown])]
  rows += _rows(transform, sequence, shown, 1)
  return pictures.strip(
    rows, 0, scale=max(1, round(2 * pictures.FRAME_TARGET / flow.x.shape[2]))
  )


def latent_strip(
  flow: flow_arrays.Flow, sequence: int = 0, channel: Optional[int] = None
) -> Image.Image:
  """Frames, and z, alpha, beta, u of every level of VideoFlow.

  Args:
    flow: of video, with latent levels.
    sequence: which one.
    channel: which channel of the latent maps; None: the mean over channels.
  """
  shown = _shown(flow)
  size = max([flow.x.shape[2]] + [latent.z.shape[2] for latent in flow.latents])
  frames = _frames(flow, sequence)
  rows = [frames._replace(frames=_enlarged(frames.frames, size))]
  of = "mean of channels" if channel is None else f"channel {channel}"
  for latent in flow.latents:
    z, shift, scale, noise = (
      _one_channel(values[sequence, shown], channel)
      for values in (latent.z, latent.shift, latent.scale, latent.noise)
    )
    high = _high(np.concatenate([z, shift]))
    level = f"level {latent.level}, {of}:"
    rows += [
      row._replace(frames=_enlarged(row.frames, size))
      for row in (
        _signed(f"{level} z", z, high),
        _signed("shift alpha", shift, high),
        _positive("scale beta", scale),
        _signed("noise u", noise),
      )
    ]
  return pictures.strip(rows, flow.num_cond - shown.start)


def caption(flow: flow_arrays.Flow) -> str:
  """How to read the strips."""
  words = (
    "Time goes to the right. Greys and colours are scaled as the labels "
    "say, alike for all frames of a row. Crossed out: not defined, as "
    "the flow conditions on these steps alone."
  )
  if flow.num_cond:
    words += (
      f" The first {formats.plural(flow.num_cond, 'frame')} of a "
      "sequence are conditioned on and not scored; they have an orange "
      "border."
    )
  return words


def _shown(flow: flow_arrays.Flow) -> slice:
  """At most MAX_FRAMES frames, at most GIVEN_FRAMES of them not scored."""
  first = max(0, flow.num_cond - GIVEN_FRAMES)
  if flow.x.shape[1] <= MAX_FRAMES:
    first = 0
  return slice(first, first + MAX_FRAMES)


def _frames(flow: flow_arrays.Flow, sequence: int) -> pictures.FrameRow:
  shown = _shown(flow)
  since = f" from {shown.start + 1} on" if shown.start else ""
  return pictures.FrameRow(f"frames x{since}", flow.x[sequence, shown])


def _rows(
  transform: flow_arrays.Transform,
  sequence: int,
  shown: slice,
  num_transforms: int,
) -> list[pictures.FrameRow]:
  """Shift, scale and noise of one transform."""
  number = str(transform.number) if num_transforms > 1 else ""
  shift, scale, noise = (
    values[sequence, shown]
    for values in (transform.shift, transform.scale, transform.noise)
  )
  name = f"shift {number}".strip()
  return [
    _as_frames(name, shift) if transform.number == 1 else _signed(name, shift),
    _positive(f"scale {number}".strip(), scale),
    _signed(f"noise y{number}", noise),
  ]


def _as_frames(name: str, values: np.ndarray) -> pictures.FrameRow:
  """Values of x in [0, 1): 0 black, 1 full."""
  return pictures.FrameRow(f"{name}: 0 to 1", _levels(values))


def _positive(name: str, values: np.ndarray) -> pictures.FrameRow:
  high = _high(values)
  return pictures.FrameRow(
    f"{name}: 0 to {formats.significant(high)}", _levels(values / high)
  )


def _signed(
  name: str, values: np.ndarray, high: Optional[float] = None
) -> pictures.FrameRow:
  high = high or _high(values)
  return pictures.FrameRow(
    f"{name}: ± {formats.significant(high)}", _levels(0.5 + 0.5 * values / high)
  )


def _high(values: np.ndarray) -> float:
  """The 99th percentile of the size of what is defined; 1 if that is 0."""
  size = np.abs(values[np.isfinite(values)])
  return float(np.percentile(size, PERCENTILE)) or 1.0 if size.size else 1.0


def _levels(values: np.ndarray) -> np.ndarray:
  """0..1 -> uint8, cut off beyond; frames that are nowhere defined crossed."""
  defined = np.isfinite(values)
  shown = np.where(defined, values, 0.0)
  frames = np.clip(shown * 255.0 + 0.5, 0, 255).astype(np.uint8)
  for frame, known in zip(frames, defined):
    if not known.any():
      _cross_out(frame)
  return frames


def _cross_out(frame: np.ndarray) -> None:
  """Both diagonals of [height, width, channels], in place."""
  frame[:] = _CROSSED
  height, width = frame.shape[:2]
  across = np.arange(width)
  down = across * height // width
  frame[down, across] = _CROSS
  frame[down, width - 1 - across] = _CROSS


def _one_channel(values: np.ndarray, channel: Optional[int]) -> np.ndarray:
  """[time, height, width, channels] -> [time, height, width, 1]."""
  if channel is None:
    return values.mean(axis=-1, keepdims=True)
  return values[..., channel : channel + 1]


def _enlarged(frames: np.ndarray, size: int) -> np.ndarray:
  """Nearest neighbour, to a height of `size`; of grey, so that rows mix."""
  factor = size // frames.shape[1]
  return frames.repeat(factor, axis=1).repeat(factor, axis=2)


def _mean_size(values: np.ndarray) -> Sequence[float]:
  """Mean absolute value per step [time]; NaN where nothing is defined."""
  defined = np.isfinite(values)
  axes = tuple(range(1, values.ndim))
  count = defined.sum(axis=axes)
  total = np.where(defined, np.abs(values), 0.0).sum(axis=axes)
  return np.where(count > 0, total / np.maximum(count, 1), np.nan)
