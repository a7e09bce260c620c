"""Frames as pictures: strips, animations, PNG files. Pillow only.

Frames are uint8 [time, height, width, channels] with 1 or 3 channels. They are
enlarged by whole factors without smoothing, so one pixel stays one square. A
coloured border marks the frames that a model was given (conditioning frames).
"""

from collections.abc import Sequence
import functools
import io
import os
from typing import Any, NamedTuple, Optional

import numpy as np
from PIL import Image
from PIL import ImageDraw
from PIL import ImageFont

from t2t_af import whole_file

BACKGROUND = (255, 255, 255)
INK = (34, 34, 34)
CONDITIONING = (230, 159, 0)  # Orange of Okabe and Ito: safe for colour-blind.
PLAIN = (200, 200, 200)
BORDER, GAP, LABEL_SIZE, LABEL_WIDTH = 2, 3, 13, 170
_PAGE_WIDTH = 1000  # A page shows a wider strip smaller, and its labels too.
FRAME_TARGET = 96  # Pixels; small frames are enlarged to about this.
PANEL_TARGET = 160  # The same, in an animation.


class FrameRow(NamedTuple):
  """A labelled sequence; `frames`: uint8 [time, height, width, channels]."""

  label: str
  frames: np.ndarray


def strip(
  rows: Sequence[FrameRow], num_cond_steps: int, scale: Optional[int] = None
) -> Image.Image:
  """One row per sequence, time to the right; the first row is the truth.

  Args:
    rows: sequences of one frame size; shorter ones leave their end empty.
    num_cond_steps: how many first frames get the conditioning border.
    scale: whole factor of enlargement; None: frames of about 96 pixels.
  """
  height, width = _frame_size(rows)
  scale = scale or _scale(height, FRAME_TARGET)
  cell_h, cell_w = _cell(height, scale), _cell(width, scale)
  num_frames = max(len(row.frames) for row in rows)
  size = _label_size(num_frames * (cell_w + GAP), cell_h)
  labels = [
    _wrap(row.label, LABEL_WIDTH * size // LABEL_SIZE, size) for row in rows
  ]
  left = max(text_width(label, size) for label in labels) + 3 * GAP
  header = size + 2 * GAP
  canvas = Image.new(
    "RGB",
    (left + num_frames * (cell_w + GAP), header + len(rows) * (cell_h + GAP)),
    BACKGROUND,
  )
  for t in range(num_frames):
    text(
      canvas,
      (left + t * (cell_w + GAP) + cell_w // 2, header // 2),
      str(t + 1),
      "mm",
      size,
    )
  for i, row in enumerate(rows):
    top = header + i * (cell_h + GAP)
    text(canvas, (GAP, top + cell_h // 2), labels[i], "lm", size)
    for t, frame in enumerate(row.frames):
      canvas.paste(
        _framed(frame, scale, t < num_cond_steps),
        (left + t * (cell_w + GAP), top),
      )
  return canvas


def animation(
  panels: Sequence[FrameRow],
  num_cond_steps: int,
  scale: Optional[int] = None,
  columns: int = 4,
  milliseconds: int = 200,
) -> bytes:
  """A GIF that loops for ever: sequences side by side, in step.

  All frames share one palette of 256 colours, made from all of them, so that
  colours do not flicker. The last frame stays four times as long. A sequence
  that ends earlier holds its last frame.
  """
  height, width = _frame_size(panels)
  scale = scale or _scale(height, PANEL_TARGET)
  num_frames = max(len(panel.frames) for panel in panels)
  pages = [
    _page(panels, t, num_cond_steps, num_frames, scale, columns)
    for t in range(num_frames)
  ]
  palette = _shared_palette(pages)
  pages = [
    page.quantize(palette=palette, dither=Image.Dither.NONE) for page in pages
  ]
  durations = [milliseconds] * (num_frames - 1) + [4 * milliseconds]
  stream = io.BytesIO()
  # Without `optimize`, Pillow would still merge equal pages: their durations
  # add up, so the animation looks the same.
  pages[0].save(
    stream,
    format="GIF",
    save_all=True,
    append_images=pages[1:],
    duration=durations,
    loop=0,
    disposal=1,
  )
  return stream.getvalue()


def png(image: Image.Image) -> bytes:
  """The image as a PNG file's bytes."""
  stream = io.BytesIO()
  # `optimize` would take four times as long for one byte in forty.
  image.save(stream, format="PNG")
  return stream.getvalue()


def write_frames(
  folder: str, frames: np.ndarray, prefix: str = "frame", first: int = 1
) -> list[str]:
  """Writes each frame unscaled as `<prefix>_<number>.png`; returns paths."""
  os.makedirs(folder, exist_ok=True)
  digits = max(4, len(str(first + len(frames) - 1)))
  paths = []
  for number, frame in enumerate(frames, start=first):
    path = os.path.join(folder, f"{prefix}_{number:0{digits}d}.png")
    stream = io.BytesIO()
    _image(frame).save(stream, format="PNG")
    paths.append(whole_file.write(path, stream.getvalue()))
  return paths


def _page(panels, t, num_cond_steps, num_frames, scale, columns):
  """Time step t of an animation as one image."""
  height, width = _frame_size(panels)
  columns = min(columns, len(panels))
  labels = [_wrap(panel.label, _cell(width, scale)) for panel in panels]
  cell_w = max(_cell(width, scale), *map(text_width, labels)) + 4 * GAP
  label_h = max(label.count("\n") + 1 for label in labels) * (LABEL_SIZE + 4)
  cell_h = label_h + 2 * GAP + _cell(height, scale)
  rows = -(-len(panels) // columns)
  footer = LABEL_SIZE + 2 * GAP
  canvas = Image.new(
    "RGB", (columns * cell_w, rows * cell_h + footer), BACKGROUND
  )
  given = t < num_cond_steps
  for i, panel in enumerate(panels):
    left, top = i % columns * cell_w, i // columns * cell_h
    frame = panel.frames[min(t, len(panel.frames) - 1)]
    text(
      canvas, (left + cell_w // 2, top + GAP + label_h // 2), labels[i], "mm"
    )
    canvas.paste(
      _framed(frame, scale, given),
      (left + (cell_w - _cell(width, scale)) // 2, top + label_h + GAP),
    )
  kind = "given" if given else "predicted"
  text(
    canvas,
    (canvas.width // 2, rows * cell_h + footer // 2),
    f"{t + 1} / {num_frames}  {kind}",
    "mm",
  )
  return canvas


def _shared_palette(pages: Sequence[Image.Image]) -> Image.Image:
  """256 colours for all pages, from one tall sheet of every other pixel."""
  small = [np.asarray(page)[::2, ::2] for page in pages]
  sheet = Image.fromarray(
    np.concatenate(
      small + [np.full((4, small[0].shape[1], 3), CONDITIONING, np.uint8)]
    )
  )
  return sheet.quantize(colors=256, method=Image.Quantize.MEDIANCUT)


def _framed(frame: np.ndarray, scale: int, given: bool) -> Image.Image:
  """One frame, enlarged, with its border."""
  image = _image(frame).convert("RGB")
  image = image.resize(
    (image.width * scale, image.height * scale), Image.Resampling.NEAREST
  )
  framed = Image.new(
    "RGB",
    (image.width + 2 * BORDER, image.height + 2 * BORDER),
    CONDITIONING if given else PLAIN,
  )
  framed.paste(image, (BORDER, BORDER))
  return framed


def _image(frame: np.ndarray) -> Image.Image:
  """uint8 [height, width, 1 or 3] -> a grey or RGB image."""
  if frame.dtype != np.uint8 or frame.ndim != 3 or frame.shape[2] not in (1, 3):
    raise ValueError(
      "a frame must be uint8 [height, width, 1 or 3], but this one is "
      f"{frame.dtype} {list(frame.shape)}"
    )
  return Image.fromarray(frame[..., 0] if frame.shape[2] == 1 else frame)


def _frame_size(rows: Sequence[FrameRow]) -> tuple[int, int]:
  sizes = {tuple(row.frames.shape[1:3]) for row in rows}
  if len(sizes) != 1:
    raise ValueError(f"rows must share one frame size, but have {sizes}")
  return sizes.pop()


def _scale(height: int, target: int) -> int:
  return max(1, round(target / height))


def _cell(size: int, scale: int) -> int:
  return size * scale + 2 * BORDER


def _label_size(width: int, cell_height: int) -> int:
  """Of letters that can still be read where a page shrinks the strip."""
  wanted = LABEL_SIZE * width // _PAGE_WIDTH
  return max(LABEL_SIZE, min(wanted, cell_height // 4))


@functools.cache
def _font(size: int) -> Any:
  # The charts' font: that of Pillow has no Δ.
  import matplotlib

  folder = os.path.join(matplotlib.get_data_path(), "fonts", "ttf")
  return ImageFont.truetype(os.path.join(folder, "DejaVuSans.ttf"), size)


def text_width(words: str, size: int = LABEL_SIZE) -> int:
  """Pixels that the longest line of `words` takes."""
  return max(int(_font(size).getlength(line)) + 1 for line in words.split("\n"))


def _wrap(words: str, width: int, size: int = LABEL_SIZE) -> str:
  """Breaks a label at spaces into lines of at most `width` pixels."""
  lines = [""]
  for word in words.split():
    longer = f"{lines[-1]} {word}".strip()
    if lines[-1] and text_width(longer, size) > width:
      lines.append(word)
    else:
      lines[-1] = longer
  return "\n".join(lines)


def text(
  canvas: Image.Image, position, words: str, anchor: str, size: int = LABEL_SIZE
) -> None:
  """At `position`: `anchor` "mm" centres, "lm" starts, "rm" ends there."""
  ImageDraw.Draw(canvas).multiline_text(
    position,
    words,
    fill=INK,
    font=_font(size),
    anchor=anchor,
    spacing=3,
    align="center" if anchor == "mm" else "left",
  )
