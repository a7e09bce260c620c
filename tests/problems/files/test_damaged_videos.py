"""Videos that were cut or changed: named, or right as far as they go.

What a codec without checksums decodes from changed bytes may look like any
other picture; so of changed bytes it is only asked that nothing falls over.
"""

import signal

import numpy as np
import pytest

from problems.files import frame_format
from problems.files import video_files
from t2t_af.errors import UserError
from tests.fixtures import av_videos

FORMAT = frame_format.Format(64, 96)
_SECONDS = 20
_KINDS = [
  ("a.mp4", "libx264", {"options": {"bf": "2"}}),
  ("front.mp4", "libx264", {"container_options": {"movflags": "faststart"}}),
  ("a.mkv", "libx264", {}),
  ("a.webm", "libvpx-vp9", {}),
  ("a.avi", "mpeg4", {}),
  ("a.ts", "mpeg2video", {}),
  ("a.mov", "mjpeg", {"pix_fmt": "yuvj420p"}),
  ("a.gif", "gif", {"pix_fmt": "rgb8"}),
]


@pytest.fixture(autouse=True)
def _time_limit():
  def _give_up(*unused):
    raise TimeoutError(f"a file took more than {_SECONDS} seconds")

  before = signal.signal(signal.SIGALRM, _give_up)
  yield
  signal.alarm(0)
  signal.signal(signal.SIGALRM, before)


def _read(path):
  """The frames, or None for a file that is named as damaged."""
  signal.alarm(_SECONDS)
  try:
    video_files.scan(str(path), FORMAT)
    return np.stack(list(video_files.decode(str(path), FORMAT)))
  except UserError as error:
    assert str(path) in str(error)
    return None


def _check(folder, kind, num_cuts, num_flips):
  name, codec, more = kind
  path = av_videos.write(folder / name, av_videos.numbered(20), codec, **more)
  right = _read(path)
  with open(path, "rb") as stream:
    data = stream.read()
  rng = np.random.default_rng(len(name))
  bad = folder / ("bad_" + name)
  for length in rng.integers(0, len(data), num_cuts):
    bad.write_bytes(data[:length])
    found = _read(bad)
    # At the end of a part a cut does not show; what is there is right.
    if found is not None:
      assert len(found) < len(right)
      np.testing.assert_array_equal(found, right[: len(found)])
  for _ in range(num_flips):
    changed = bytearray(data)
    for at in rng.integers(len(data), size=rng.choice([1, 3, 30])):
      changed[at] ^= 1 << rng.integers(8)
    bad.write_bytes(changed)
    _read(bad)


@pytest.mark.parametrize("kind", _KINDS, ids=[kind[0] for kind in _KINDS])
def test_damage_is_named(tmp_path, kind):
  _check(tmp_path, kind, num_cuts=8, num_flips=8)


@pytest.mark.slow
@pytest.mark.parametrize("kind", _KINDS, ids=[kind[0] for kind in _KINDS])
def test_a_lot_of_damage_is_named(tmp_path, kind):
  _check(tmp_path, kind, num_cuts=200, num_flips=200)


@pytest.mark.parametrize(
  "name, codec, where",
  [
    ("a.mp4", "libx264", 0.3),
    ("a.ts", "libx264", 0.5),
    ("a.mkv", "libx264", 0.7),
  ],
)
def test_a_hole_in_the_middle_is_named(tmp_path, name, codec, where):
  path = av_videos.write(tmp_path / name, av_videos.numbered(30), codec)
  with open(path, "rb") as stream:
    data = bytearray(stream.read())
  at = int(len(data) * where)
  data[at : at + 400] = bytes(400)
  with open(path, "wb") as stream:
    stream.write(data)
  with pytest.raises(UserError, match=f"{path}: is truncated or damaged"):
    list(video_files.decode(path, FORMAT))


def test_frames_that_an_avi_lost_are_told(tmp_path):
  """FFmpeg goes on behind a hole between frames, without a word."""
  path = av_videos.write(tmp_path / "a.avi", av_videos.numbered(30), "mpeg4")
  with open(path, "rb") as stream:
    data = bytearray(stream.read())
  at = data.index(b"movi") + 600
  data[at : at + 400] = bytes(400)
  with open(path, "wb") as stream:
    stream.write(data)
  [note] = video_files.scan(path, FORMAT).notes
  assert "announces more frames than there are" in note
