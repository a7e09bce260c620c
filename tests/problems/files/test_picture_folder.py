"""Folders of numbered pictures, and the pictures themselves."""

import os

import numpy as np
from PIL import Image
import pytest

from problems.files import frame_format
from problems.files import picture_folder
from problems.files import video_inputs
from t2t_af.errors import UserError
from tests.fixtures import av_videos

FORMAT = frame_format.Format(64, 96)


def _write(folder, names, video=None, **save):
  video = av_videos.numbered(len(names)) if video is None else video
  os.makedirs(folder, exist_ok=True)
  for name, frame in zip(names, video):
    Image.fromarray(frame).save(os.path.join(folder, name), **save)
  return str(folder)


def _decode(folder, **changes):
  frames = video_inputs.decode(str(folder), FORMAT._replace(**changes))
  return np.stack(list(frames))


@pytest.mark.parametrize(
  "pattern, first, step",
  [
    ("frame{:04}.png", 0, 1),
    ("{}.PNG", 1, 1),  # 2 before 10
    ("cam0 frame{}.bmp", 8, 1),
    ("img_{}_left.tiff", 95, 5),  # every fifth
    ("{:03}.ppm", 0, 1),
  ],
)
def test_pictures_come_in_the_order_of_their_numbers(
  tmp_path, pattern, first, step
):
  names = [pattern.format(first + step * k) for k in range(12)]
  folder = _write(tmp_path / "clip", names)
  np.testing.assert_array_equal(_decode(folder), av_videos.numbered(12))
  assert video_inputs.scan(folder, FORMAT) == (12, ())


@pytest.mark.parametrize("extension", [".jpg", ".JPEG", ".webp"])
def test_compressed_pictures_are_read_too(tmp_path, extension):
  names = [f"{k}{extension}" for k in range(12)]
  folder = _write(tmp_path / "clip", names, quality=95)
  assert av_videos.numbers(_decode(folder)) == list(range(12))


@pytest.mark.parametrize(
  "names, told",
  [
    (["f1.png", "f2.png", "f4.png"], "after f2.png comes f4.png"),
    (["f1.png", "f01.png", "f2.png"], "have the same number"),
    (["f1.png", "f1.jpg", "f2.png"], "have the same number"),
    (["left1.png", "right1.png"], "not numbered alike"),
    (["1_1.png", "1_2.png", "2_1.png"], "differ in several numbers"),
    (["f1.png", "f2.png", "mask.png"], "not numbered alike"),
  ],
)
def test_numbering_that_is_not_certain_is_an_error(tmp_path, names, told):
  folder = _write(tmp_path / "clip", names)
  with pytest.raises(UserError, match=f"{folder}: .*{told}"):
    video_inputs.scan(folder, FORMAT)


def test_pictures_of_a_video_have_one_size(tmp_path):
  folder = _write(tmp_path / "clip", [f"{k}.png" for k in range(3)])
  _write(tmp_path / "clip", ["3.png"], av_videos.numbered(1)[:, :60])
  with pytest.raises(UserError, match="3.png is of another size than 0.png"):
    video_inputs.scan(folder, FORMAT)
  with pytest.raises(UserError, match="3.png is of another size than 0.png"):
    _decode(folder)


def test_a_camera_says_how_a_picture_is_turned(tmp_path):
  source = av_videos.numbered(2)
  turned = np.rot90(source, 1, (1, 2))  # as a sensor saw it
  exif = Image.Exif()
  exif[0x0112] = 6  # to be turned by 90 degrees, clockwise
  names = ["1.png", "2.png"]
  folder = _write(tmp_path / "clip", names, turned, exif=exif)
  np.testing.assert_array_equal(_decode(folder), source)
  assert video_inputs.scan(folder, FORMAT) == (2, ())


def test_what_is_transparent_is_white(tmp_path):
  source = np.zeros([2, 64, 96, 4], np.uint8)
  source[:, 10:20] = [0, 0, 255, 255]
  folder = _write(tmp_path / "clip", ["1.png", "2.png"], source)
  frame = _decode(folder)[0]
  assert (frame[0] == 255).all()
  assert (frame[15] == [0, 0, 255]).all()


def test_deep_pictures_need_their_levels(tmp_path):
  depth = np.arange(64 * 96, dtype=np.uint16).reshape(64, 96)
  folder = _write(tmp_path / "clip", ["1.png", "2.png"], [depth, depth])
  with pytest.raises(UserError, match="levels from 0 to 6143; .*--levels"):
    _decode(folder)
  video = _decode(folder, levels=(0.0, 6143.0), num_channels=1)
  assert video[0, 0, 0, 0] == 0 and video[0, -1, -1, 0] == 255


def test_there_is_no_rate_to_change(tmp_path):
  folder = _write(tmp_path / "clip", ["1.png", "2.png"])
  for read in (video_inputs.scan, _decode):
    with pytest.raises(UserError, match="does not say when .*--frame_rate"):
      read(folder, **{"frame_rate": 5.0}) if read is _decode else read(
        folder, FORMAT._replace(frame_rate=5.0)
      )


@pytest.mark.parametrize("seed", range(20))
def test_a_damaged_png_is_named(tmp_path, seed):
  folder = _write(tmp_path / "clip", ["1.png", "2.png"])
  path = os.path.join(folder, "2.png")
  rng = np.random.default_rng(seed)
  with open(path, "rb") as stream:
    data = bytearray(stream.read())
  if seed % 2:
    data = data[: rng.integers(1, len(data))]
  else:
    data[rng.integers(len(data))] ^= 1 << rng.integers(8)
  with open(path, "wb") as stream:
    stream.write(data)
  with pytest.raises(UserError, match=f"{path}: cannot be read"):
    _decode(folder)


def test_an_animation_is_no_picture(tmp_path):
  folder = _write(tmp_path / "clip", ["1.webp", "2.webp"])
  frames = [Image.fromarray(f) for f in av_videos.numbered(3)]
  frames[0].save(
    os.path.join(folder, "2.webp"), save_all=True, append_images=frames[1:]
  )
  with pytest.raises(UserError, match="2.webp: .*several pictures"):
    _decode(folder)


def test_which_folders_are_videos():
  found = video_inputs.find(
    [
      "a/1.png",
      "a/2.png",
      "film/clip.mp4",
      "film/poster1.jpg",
      "film/poster2.jpg",
      "plots/loss.png",
      "plots/error.png",
      "1.png",
      "2.png",
      "notes.txt",
      "takes.npz",
    ],
    root="",
  )
  assert found.sources == ["a", "film/clip.mp4", "takes.npz"]
  assert found.others == [
    "1.png",
    "2.png",
    "film/poster1.jpg",
    "film/poster2.jpg",
    "notes.txt",
    "plots/error.png",
    "plots/loss.png",
  ]
  assert picture_folder.is_picture("A.PNG")
  assert not picture_folder.is_picture("._a.png")
