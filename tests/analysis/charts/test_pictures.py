"""Pictures hold the frames that were put in, at the places they belong."""

import io
import os

import numpy as np
from PIL import Image
from PIL import ImageSequence
import pytest

from t2t_af.analysis.charts import pictures


def _frames(num=3, size=8, channels=3, seed=0):
  rng = np.random.default_rng(seed)
  return rng.integers(0, 256, (num, size, size, channels), dtype=np.uint8)


def _contains(picture, patch):
  """Whether `patch` [h, w, 3] occurs in `picture` [H, W, 3]."""
  view = np.lib.stride_tricks.sliding_window_view(picture, patch.shape)
  return bool((view == patch).all(axis=(-3, -2, -1)).any())


def _enlarged(frame, scale):
  return np.repeat(
    np.repeat(np.broadcast_to(frame, frame.shape[:2] + (3,)), scale, axis=0),
    scale,
    axis=1,
  )


@pytest.mark.parametrize("channels", [1, 3])
def test_strip_shows_every_frame_enlarged_without_smoothing(channels):
  truth, sample = _frames(channels=channels), _frames(channels=channels, seed=1)
  image = pictures.strip(
    [pictures.FrameRow("Truth", truth), pictures.FrameRow("A model", sample)],
    1,
    scale=2,
  )
  picture = np.asarray(image)
  for frame in (*truth, *sample):
    assert _contains(picture, _enlarged(frame, 2))
  assert not _contains(
    picture, _enlarged(_frames(channels=channels, seed=2)[0], 2)
  )


def test_strip_borders_mark_the_given_frames_and_no_other():
  def orange(num_cond_steps):
    picture = np.asarray(
      pictures.strip(
        [pictures.FrameRow("Truth", np.zeros((3, 8, 8, 1), np.uint8))],
        num_cond_steps,
        scale=1,
      )
    )
    return (picture == pictures.CONDITIONING).all(axis=-1).sum()

  border = 12 * 12 - 8 * 8
  assert [orange(n) for n in range(4)] == [0, border, 2 * border, 3 * border]


def test_strip_has_a_row_for_each_and_room_for_the_longest():
  short, long = _frames(num=2), _frames(num=5)
  one = pictures.strip([pictures.FrameRow("a", long)], 1, scale=1)
  two = pictures.strip(
    [pictures.FrameRow("a", short), pictures.FrameRow("a", long)], 1, scale=1
  )
  assert two.height - one.height == 8 + 2 * pictures.BORDER + pictures.GAP
  assert two.width == one.width


def test_rows_of_different_sizes_are_refused():
  with pytest.raises(ValueError, match="frame size"):
    pictures.strip(
      [
        pictures.FrameRow("a", _frames()),
        pictures.FrameRow("b", _frames(size=4)),
      ],
      1,
    )


@pytest.mark.parametrize(
  "frame",
  [
    np.zeros((2, 2, 3)),
    np.zeros((2, 2, 2), np.uint8),
    np.zeros((2, 2), np.uint8),
  ],
)
def test_frames_of_another_kind_are_refused(frame):
  with pytest.raises(ValueError, match="a frame must be uint8"):
    pictures.strip([pictures.FrameRow("a", frame[None])], 0, scale=1)


def test_animation_loops_and_shows_all_panels_in_step():
  # Few colours, so that the shared palette is exact.
  dark = np.stack([np.full((8, 8, 3), 40 * t, np.uint8) for t in range(4)])
  light = 255 - dark
  content = pictures.animation(
    [pictures.FrameRow("Truth", dark), pictures.FrameRow("Model", light)],
    1,
    scale=1,
  )
  gif = Image.open(io.BytesIO(content))
  assert gif.info["loop"] == 0 and gif.n_frames == 4
  pages = [
    np.asarray(page.convert("RGB")).astype(int)
    for page in ImageSequence.Iterator(gif)
  ]
  for t, page in enumerate(pages):
    for frame in (dark[t], light[t]):
      near = (np.abs(page - frame[0, 0]) <= 8).all(axis=-1)
      assert near.sum() >= 64, t


def test_animation_of_still_frames_keeps_its_length():
  still = np.zeros((4, 8, 8, 1), np.uint8)
  gif = Image.open(
    io.BytesIO(
      pictures.animation(
        [pictures.FrameRow("Truth", still)], 2, scale=1, milliseconds=100
      )
    )
  )
  total = sum(page.info["duration"] for page in ImageSequence.Iterator(gif))
  assert total == 3 * 100 + 400


def test_panels_wrap_into_columns():
  row = pictures.FrameRow("a", _frames(num=1))
  wide, tall = (
    Image.open(
      io.BytesIO(pictures.animation([row] * 4, 0, scale=1, columns=columns))
    )
    for columns in (4, 2)
  )
  assert tall.width * 2 == wide.width and tall.height > wide.height


def test_long_labels_break_at_spaces():
  text = "VideoFlow + AF, residual start"
  wrapped = pictures._wrap(text, 100)
  assert wrapped.replace("\n", " ") == text
  assert 2 <= len(wrapped.split("\n")) <= 3
  assert pictures._wrap("word", 1) == "word"


@pytest.mark.parametrize("channels", [1, 3])
def test_exported_frames_are_the_frames(tmp_path, channels):
  frames = _frames(channels=channels)
  paths = pictures.write_frames(str(tmp_path / "out"), frames)
  assert [os.path.basename(p) for p in paths] == [
    "frame_0001.png",
    "frame_0002.png",
    "frame_0003.png",
  ]
  for path, frame in zip(paths, frames):
    found = np.asarray(Image.open(path)).reshape(frame.shape)
    np.testing.assert_array_equal(found, frame)


def test_png_bytes_are_the_image():
  image = pictures.strip([pictures.FrameRow("a", _frames())], 2, scale=1)
  np.testing.assert_array_equal(
    np.asarray(Image.open(io.BytesIO(pictures.png(image)))), np.asarray(image)
  )


def _drawn(words):
  canvas = Image.new("RGB", (60, 30), pictures.BACKGROUND)
  pictures.text(canvas, (2, 15), words, "lm")
  return np.asarray(canvas)


def test_labels_have_the_letters_of_model_names():
  missing = _drawn("\U0010ffff")  # what a font draws for a letter it lacks
  for letter in "Δ±≤−²":
    assert (_drawn(letter) != missing).any(), letter


@pytest.mark.parametrize("num_frames, size", [(3, 13), (20, 26)])
def test_labels_of_a_wide_strip_can_be_read_on_a_page(num_frames, size):
  row = pictures.FrameRow("a", _frames(num_frames, 96))
  strip = np.asarray(pictures.strip([row], 0))
  header = strip[: size + 2 * pictures.GAP]
  rows = np.flatnonzero((header < 128).all(axis=-1).any(axis=1))
  assert len(rows) == pytest.approx(0.75 * size, abs=2), "height of digits"
