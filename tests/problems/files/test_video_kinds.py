"""Videos of many kinds: every frame, in order, as it is meant to be seen."""

import fractions

import av
import numpy as np
import pytest

from problems.files import frame_format
from problems.files import video_files
from t2t_af.errors import UserError
from tests.fixtures import av_videos

FORMAT = frame_format.Format(64, 96)
# Compression is off by a few levels, a GIF of 256 colours by some more.
LOSS = 20
TICK = fractions.Fraction(1, 600)


def _decode(path, **changes):
  return np.stack(
    list(video_files.decode(str(path), FORMAT._replace(**changes)))
  )


@pytest.mark.parametrize(
  "name, codec, more",
  [
    ("b_frames.mp4", "libx264", {"options": {"bf": "3"}}),
    ("b_frames.mkv", "libx264", {"options": {"bf": "3"}}),
    ("b_frames.AVI", "mpeg4", {"options": {"bf": "2"}}),
    ("a.ts", "libx264", {"options": {"bf": "2"}}),
    ("a.m2ts", "libx264", {}),
    ("a.mts", "mpeg2video", {}),
    ("a.3gp", "mpeg4", {}),
    ("a.asf", "msmpeg4", {}),
    ("a.wmv", "wmv2", {}),
    ("a.vob", "mpeg2video", {}),
    ("a.mpg", "mpeg1video", {}),
    ("a.mxf", "mpeg2video", {}),
    ("a.y4m", "wrapped_avframe", {"container": "yuv4mpegpipe"}),
    ("a.flv", "flv", {}),
    ("a.webm", "libvpx-vp9", {}),
    ("a.ivf", "libvpx", {}),
    ("a.hevc", "libx265", {}),
    ("a.h264", "libx264", {}),
    ("a.mov", "mjpeg", {"pix_fmt": "yuvj420p"}),
    ("a.nut", "ffv1", {}),
    ("a.gif", "gif", {"pix_fmt": "rgb8"}),
    ("a.apng", "apng", {"pix_fmt": "rgb24"}),
    ("ten.mp4", "libx265", {"pix_fmt": "yuv420p10le"}),
    ("full.mp4", "libx264", {"pix_fmt": "yuvj420p"}),
    ("grey.mkv", "ffv1", {"pix_fmt": "gray"}),
    (
      "fragments.mp4",
      "libx264",
      {"container_options": {"movflags": "frag_keyframe+empty_moov"}},
    ),
    (
      "live.webm",
      "libvpx",
      {"container": "webm", "container_options": {"live": "1"}},
    ),
  ],
)
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_every_frame_is_there_once(tmp_path, name, codec, more):
  source = av_videos.numbered(25)
  try:
    path = av_videos.write(tmp_path / name, source, codec, **more)
  except (av.FFmpegError, ValueError) as error:
    pytest.skip(f"PyAV cannot write it: {error}")
  assert video_files.scan(path, FORMAT) == (25, ())
  video = _decode(path)
  assert av_videos.numbers(video) == list(range(25))
  assert np.abs(video.astype(int) - source).mean() < LOSS


def test_a_phone_that_slows_down_is_read_by_its_times(tmp_path):
  """A second at 30 frames, then three at 5."""
  times = [20 * k for k in range(30)] + [600 + 120 * k for k in range(15)]
  path = av_videos.write(
    tmp_path / "phone.mp4", av_videos.numbered(45), times=times, time_base=TICK
  )
  even = list(range(0, 30, 6)) + list(range(30, 45))
  assert av_videos.numbers(_decode(path, frame_rate=5.0)) == even
  assert video_files.scan(path, FORMAT._replace(frame_rate=5.0)) == (20, ())
  found = video_files.scan(path, FORMAT)
  assert found.num_frames == 45
  assert "uneven times" in found.notes[0] and "--frame_rate" in found.notes[0]


def test_of_an_avi_a_frame_that_was_left_out_shows_the_one_before(tmp_path):
  path = av_videos.write(
    tmp_path / "webcam.avi",
    av_videos.numbered(20),
    "mpeg4",
    times=[*range(10), *range(15, 25)],
  )
  assert av_videos.numbers(_decode(path)) == list(range(20))
  shown = [*range(10), *[9] * 5, *range(10, 20)]
  assert av_videos.numbers(_decode(path, frame_rate=25.0)) == shown
  assert av_videos.numbers(_decode(path, frame_rate=5.0)) == shown[::5]


@pytest.mark.parametrize("name", ["late.mkv", "late.mp4", "late.ts"])
def test_a_video_may_start_late(tmp_path, name):
  path = av_videos.write(
    tmp_path / name,
    av_videos.numbered(30),
    times=[3000 + 24 * k for k in range(30)],
    time_base=TICK,
  )
  assert av_videos.numbers(_decode(path, frame_rate=12.5)) == list(
    range(0, 30, 2)
  )


def test_frames_that_a_cut_hides_are_not_shown(tmp_path):
  """Cut without encoding: they stay in the file, before the edit list."""
  path = av_videos.write(
    tmp_path / "cut.mp4", av_videos.numbered(30), options={"bf": "0"}
  )
  with open(path, "rb") as stream:
    data = bytearray(stream.read())
  at = data.index(b"elst") + 8 + 4  # its first entry: duration, media time
  ticks = int.from_bytes(data[data.index(b"mdhd") + 16 :][:4], "big")
  data[at + 4 : at + 8] = (ticks * 10 // 25).to_bytes(4, "big")
  with open(path, "wb") as stream:
    stream.write(data)
  assert av_videos.numbers(_decode(path)) == list(range(10, 30))
  assert video_files.scan(path, FORMAT).num_frames == 20


@pytest.mark.parametrize("height, width", [(1, 1), (3, 5), (1, 97), (97, 1)])
def test_frames_of_any_size_are_read(tmp_path, height, width):
  source = np.full([5, height, width, 3], 77, np.uint8)
  path = av_videos.write(tmp_path / "odd.mkv", source, "ffv1", "bgr0")
  assert (_decode(path) == 77).all()


def test_of_several_videos_one_is_read(tmp_path):
  path = av_videos.write(tmp_path / "two.mkv", av_videos.numbered(9), streams=2)
  [note] = video_files.scan(path, FORMAT).notes
  assert "several videos" in note
  assert av_videos.numbers(_decode(path)) == list(range(9))


def test_sound_alone_is_no_video(tmp_path):
  path = str(tmp_path / "sound.mp4")
  with av.open(path, "w") as out:
    stream = out.add_stream("aac", rate=16000)
    frame = av.AudioFrame.from_ndarray(
      np.zeros([1, 1024], np.float32), "fltp", "mono"
    )
    frame.rate = 16000
    out.mux(stream.encode(frame))
    out.mux(stream.encode())
  with pytest.raises(
    UserError, match=f"{path}: there is no video in it, only audio"
  ):
    video_files.scan(path, FORMAT)


@pytest.mark.parametrize(
  "name",
  [
    "clip%03d.mp4",
    "-dash.mp4",
    "a:b|c.mp4",
    "smile😀.mp4",
    "new\nline.mp4",
    "[x] *?.mp4",
    "caf\udce9.mp4",
    "http:x.mp4",
  ],
)
def test_any_name_is_a_files_name(tmp_path, name):
  plain = av_videos.write(tmp_path / "plain.mp4", av_videos.numbered(3))
  path = tmp_path / name
  path.write_bytes((tmp_path / "plain.mp4").read_bytes())
  np.testing.assert_array_equal(_decode(path), _decode(plain))
