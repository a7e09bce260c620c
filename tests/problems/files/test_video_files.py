"""Video files: decoding, resizing, resampling; and what is no whole video."""

import os

import numpy as np
import pytest

from problems.files import frame_format
from problems.files import video_files
from t2t_af.errors import UserError
from tests.fixtures import kth_videos

FORMAT = frame_format.Format(64, 64)
# Levels by which compression and colour conversion may be off.
LOSS = 12


def _decode(path, video_format=FORMAT):
  return np.stack(list(video_files.decode(str(path), video_format)))


def _numbers(video):
  return [kth_videos.number(frame) for frame in video]


@pytest.fixture(name="clip", scope="module")
def _clip(tmp_path_factory):
  """A DivX AVI of 30 frames, 25 a second; not to be changed."""
  path = str(tmp_path_factory.mktemp("clip") / "clip.avi")
  return kth_videos.write_video(path, kth_videos.frames(30, [1]))


def _content(path):
  with open(path, "rb") as stream:
    return stream.read()


@pytest.mark.parametrize(
  "extension,codec",
  [
    (".avi", "DIVX"),
    (".avi", "MJPG"),
    (".mp4", "mp4v"),
    (".mov", "mp4v"),
    (".mkv", "MJPG"),
  ],
)
def test_every_frame_of_every_container_is_decoded(tmp_path, extension, codec):
  source = kth_videos.frames(21, [2])
  path = kth_videos.write_video(
    str(tmp_path / ("clip" + extension)), source, codec=codec
  )
  assert video_files.scan(path, FORMAT) == (21, ())
  video = _decode(path, frame_format.Format(120, 160))
  assert video.dtype == np.uint8 and video.shape == source.shape
  assert np.abs(video.astype(int) - source).mean() < LOSS
  assert _numbers(video) == list(range(21))


def test_colours_are_in_their_order(tmp_path):
  source = np.zeros([5, 120, 160, 3], np.uint8)
  source[..., 0] = 200
  source[..., 1] = 90
  path = kth_videos.write_video(str(tmp_path / "clip.avi"), source)
  video = _decode(path).astype(int)
  assert np.abs(video - [200, 90, 0]).max() < LOSS
  grey = _decode(path, FORMAT._replace(num_channels=1)).astype(int)
  assert grey.shape == (5, 64, 64, 1)
  assert np.abs(grey - (0.299 * 200 + 0.587 * 90)).max() < LOSS


def test_levels_are_not_stretched(tmp_path):
  """The darkest and the brightest level of a dull frame stay dull."""
  source = np.full([3, 120, 160, 3], 110, np.uint8)
  source[:, 30:90, 40:120] = 140
  video = _decode(kth_videos.write_video(str(tmp_path / "clip.avi"), source))
  assert 100 < video.min() < 115 and 135 < video.max() < 150


def test_content_is_decoded_as_the_file_is_and_leaves_no_copy(
  clip, monkeypatch, tmp_path
):
  monkeypatch.setattr(video_files.tempfile, "tempdir", str(tmp_path))
  found = video_files.decode_bytes(_content(clip), FORMAT, "a.zip: clip.avi")
  np.testing.assert_array_equal(found, _decode(clip))
  assert not os.listdir(tmp_path)


# A frame of 4 x 8 pixels: black, red, green, black columns, two of each.


@pytest.mark.parametrize(
  "rate,numbers",
  [
    (25, list(range(30))),
    (25.1, list(range(30))),
    (12.5, list(range(0, 30, 2))),
    (5, list(range(0, 30, 5))),
    (10, [0, 2, 5, 7, 10, 12, 15, 17, 20, 22, 25, 27]),
  ],
)
def test_frame_rate_takes_the_frame_that_is_seen_at_each_instant(
  clip, rate, numbers
):
  video_format = FORMAT._replace(frame_rate=rate)
  assert _numbers(_decode(clip, video_format)) == numbers
  assert video_files.scan(clip, video_format) == (len(numbers), ())


def test_slower_videos_repeat_frames_and_say_so(clip):
  faster = FORMAT._replace(frame_rate=50)
  assert _numbers(_decode(clip, faster)) == [k // 2 for k in range(60)]
  found = video_files.scan(clip, faster)
  assert found.num_frames == 60
  assert [note for note in found.notes if "frames are repeated" in note]


@pytest.mark.parametrize(
  "change,reason",
  [
    (lambda d: b"", "is empty"),
    (lambda d: d[:2000], "is truncated: expected at least"),
    (lambda d: d[: len(d) // 2], "is truncated: expected at least"),
    (lambda d: b"RIFX" + d[4:8] + b"WAVE" + d[12:], "no video file"),
    (lambda d: b"a text\n" * 1000, "no video file .it begins with b'a text"),
    # FFmpeg would fetch what a playlist names.
    (lambda d: b"#EXTM3U\nhttp://127.0.0.1/a.ts\n", "no video file"),
    (lambda d: b"\x1a\x45\xdf\xa3" + b"rubbish" * 100, "cannot be decoded"),
    # As much as the header of the container promises, but no frames.
    (
      lambda d: d[:4] + (1000).to_bytes(4, "little") + d[8:5000] + bytes(9999),
      "has no frame|cannot be decoded",
    ),
    (
      lambda d: d[:4] + (1000).to_bytes(4, "little") + d[8 : len(d) // 2],
      "is truncated: expected at least 1[0-9]* bytes, found",
    ),
  ],
)
def test_what_is_no_whole_video_is_named(clip, tmp_path, change, reason):
  path = tmp_path / "bad.avi"
  path.write_bytes(change(_content(clip)))
  with pytest.raises(UserError, match=f"{path}: .*({reason})"):
    _decode(path)


def test_video_without_frames_is_an_error(tmp_path):
  path = kth_videos.write_video(
    str(tmp_path / "none.avi"), np.zeros([0, 120, 160, 3], np.uint8)
  )
  with pytest.raises(UserError, match=f"{path}: has no frame"):
    _decode(path)


@pytest.mark.parametrize("name", ["none.mp4", "."])
def test_file_that_cannot_be_read_is_named(tmp_path, name):
  with pytest.raises(UserError, match="cannot be read"):
    _decode(tmp_path / name)


def test_bad_files_say_nothing_else_on_stderr(clip, tmp_path, capfd):
  """Neither OpenCV nor FFmpeg, whose lines name no file."""
  for data in (_content(clip)[:-3000], b"\x1a\x45\xdf\xa3" + b"rubbish" * 99):
    path = tmp_path / "bad.avi"
    path.write_bytes(data[:4] + (1000).to_bytes(4, "little") + data[8:])
    try:
      _decode(path)
    except UserError:
      pass
  assert not capfd.readouterr().err
