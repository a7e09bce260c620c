"""Animated WebPs and TIFFs of several pages are videos."""

import os

import numpy as np
from PIL import Image
import pytest

from problems import video_folder
from problems.core import options
from problems.files import frame_format
from problems.files import video_inputs
from t2t_af.errors import UserError
from tests.fixtures import av_videos

FORMAT = frame_format.Format(64, 96)


def _write(path, video, **save):
  first, *rest = map(Image.fromarray, video)
  os.makedirs(os.path.dirname(path), exist_ok=True)
  first.save(path, save_all=True, append_images=rest, **save)
  return str(path)


def _decode(path, **changes):
  frames = video_inputs.decode(str(path), FORMAT._replace(**changes))
  return np.stack(list(frames))


@pytest.mark.parametrize(
  "name, save",
  [
    ("a.webp", {"lossless": True}),
    ("a.tif", {}),
    ("a.TIFF", {"compression": "tiff_lzw"}),
  ],
)
def test_every_picture_is_a_frame(tmp_path, name, save):
  video = av_videos.numbered(12)
  path = _write(tmp_path / name, video, **save)
  np.testing.assert_array_equal(_decode(path), video)
  assert video_inputs.scan(path, FORMAT) == (12, ())


def test_a_webp_is_brought_to_another_rate_by_its_times(tmp_path):
  """Each second frame of 20 a second; then one is shown for half a second."""
  durations = [50] * 11 + [500]
  path = _write(
    tmp_path / "a.webp",
    av_videos.numbered(12),
    lossless=True,
    duration=durations,
  )
  frames = _decode(path, frame_rate=10.0)
  expected = [0, 2, 4, 6, 8, 10, *[11] * 5]
  assert av_videos.numbers(frames) == expected
  found = video_inputs.scan(path, FORMAT._replace(frame_rate=10.0))
  assert found.num_frames == len(expected)
  assert "frames are repeated" in found.notes[0]
  # Without a rate the last one's duration is of no account.
  assert video_inputs.scan(path, FORMAT) == (12, ())


def test_a_tiff_has_no_times(tmp_path):
  path = _write(tmp_path / "a.tif", av_videos.numbered(4))
  for read in (video_inputs.scan, video_inputs.decode):
    with pytest.raises(UserError, match="a.tif: does not say when"):
      list(read(path, FORMAT._replace(frame_rate=10.0)))


def test_pages_of_two_sizes_are_refused(tmp_path):
  path = str(tmp_path / "a.tif")
  pages = [Image.new("L", size) for size in ((9, 9), (9, 9), (8, 9))]
  pages[0].save(path, save_all=True, append_images=pages[1:])
  with pytest.raises(UserError, match=r"a.tif: .*picture 3 is of another size"):
    _decode(path)


@pytest.mark.parametrize("name", ["a.webp", "a.tif"])
def test_a_file_that_is_cut_is_named(tmp_path, name):
  path = _write(tmp_path / name, av_videos.numbered(12))
  with open(path, "rb") as stream:
    data = stream.read()
  for length in (9, len(data) // 3, len(data) // 2, len(data) - 9):
    with open(path, "wb") as stream:
      stream.write(data[:length])
    with pytest.raises(UserError, match=f"{name}: cannot be read"):
      _decode(path)


def test_a_folder_of_them_becomes_a_data_set(tmp_path):
  for k in range(4):
    video = av_videos.numbered(20, seed=k)
    _write(tmp_path / "in" / "stacks" / f"scan{k}.tif", video)
  frame = Image.fromarray(av_videos.numbered(1)[0])
  frame.save(tmp_path / "in" / "stacks" / "poster1.png")
  for k in range(20):
    os.makedirs(tmp_path / "in" / "pages", exist_ok=True)
    frame.save(tmp_path / "in" / "pages" / f"{k}.tif")
  problem = video_folder.VideoFolder()
  with options.using(source_dir=str(tmp_path / "in"), aspect="stretch"):
    problem.generate_data(str(tmp_path / "data"), None)
  found = {
    name: av_videos.numbers(frames)
    for split in ("train", "dev", "test")
    for name, frames in problem.each_sequence(str(tmp_path / "data"), split)
  }
  expected = {f"stacks/scan{k}.tif/1-20": list(range(20)) for k in range(4)}
  assert found == {**expected, "pages/1-20": [0] * 20}
