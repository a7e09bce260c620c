"""Frames as they are meant to be seen: upright, round, in their colours."""

import fractions

import av
import numpy as np
import pytest

from problems.files import frame_format
from problems.files import video_files
from t2t_af.errors import UserError
from tests.fixtures import av_videos

FORMAT = frame_format.Format(64, 96)


def _decode(path, **changes):
  return np.stack(
    list(video_files.decode(str(path), FORMAT._replace(**changes)))
  )


@pytest.mark.parametrize(
  "aspect", [fractions.Fraction(2), fractions.Fraction(10, 11)]
)
@pytest.mark.parametrize("shape", ["crop", "pad"])
def test_a_circle_is_round_whatever_the_pixels_are(tmp_path, aspect, shape):
  width = round(96 / aspect)
  path = av_videos.write(
    tmp_path / "dv.mp4",
    av_videos.circle(5, 64, width, aspect),
    pix_fmt="yuv444p",
    sample_aspect_ratio=aspect,
  )
  frame = _decode(path, height=64, width=64, aspect=shape)[0]
  assert abs(av_videos.roundness(frame) - 1) < 0.05
  [note] = video_files.scan(path, FORMAT).notes
  assert "no squares" in note


@pytest.mark.parametrize(
  "matrix, turned",
  [
    ((0, 1, -1, 0), lambda v: np.rot90(v, -1, (1, 2))),
    ((0, -1, 1, 0), lambda v: np.rot90(v, 1, (1, 2))),
    ((-1, 0, 0, -1), lambda v: v[:, ::-1, ::-1]),
    ((-1, 0, 0, 1), lambda v: v[:, :, ::-1]),
    ((0, 1, 1, 0), lambda v: v.swapaxes(1, 2)),
  ],
)
def test_a_phone_held_otherwise_is_turned_upright(tmp_path, matrix, turned):
  path = av_videos.write(tmp_path / "phone.mp4", av_videos.numbered(5))
  source = _decode(path)
  expected = turned(source)
  av_videos.turn(path, matrix)
  height, width = expected.shape[1:3]
  np.testing.assert_array_equal(
    _decode(path, height=height, width=width), expected
  )
  [note] = video_files.scan(path, FORMAT).notes
  assert "turned" in note


def test_pixels_of_a_turned_video_are_turned_too(tmp_path):
  path = av_videos.write(
    tmp_path / "phone.mp4",
    av_videos.circle(5, 64, 48, 2),
    pix_fmt="yuv444p",
    sample_aspect_ratio=fractions.Fraction(2),
  )
  av_videos.turn(path, (0, 1, -1, 0))
  frame = _decode(path, height=64, width=64, aspect="pad")[0]
  assert abs(av_videos.roundness(frame) - 1) < 0.05


def test_of_an_interlaced_video_one_instant_is_shown(tmp_path):
  """Every second line is of a bar that has moved on."""
  source = np.zeros([5, 64, 96, 3], np.uint8)
  source[:, ::2, 20:40] = 255
  source[:, 1::2, 60:80] = 255
  path = av_videos.write(
    tmp_path / "tv.mpg",
    source,
    "mpeg2video",
    "yuv422p",
    options={"flags": "+ilme+ildct", "qscale": "1", "b": "20M"},
  )
  if not video_files.scan(path, FORMAT).notes:
    pytest.skip("PyAV does not mark frames as interlaced")
  row = _decode(path)[2].max(-1).mean(0)
  assert row[25:35].min() > 200 and row[65:75].max() < 60


@pytest.mark.parametrize("transfer", [16, 18])
def test_hdr_is_told(tmp_path, transfer):
  path = av_videos.write(
    tmp_path / "phone.mp4",
    av_videos.numbered(5),
    "libx265",
    "yuv420p10le",
    color_trc=transfer,
  )
  [note] = video_files.scan(path, FORMAT).notes
  assert "HDR" in note


def test_what_is_transparent_is_white(tmp_path):
  source = np.zeros([5, 64, 96, 4], np.uint8)
  source[..., 0] = 255  # red, and not to be seen
  source[:, 16:48, 32:64] = [0, 255, 0, 255]
  path = av_videos.write(
    tmp_path / "overlay.mov", source, "png", "rgba", frame_format="rgba"
  )
  frame = _decode(path)[0]
  assert (frame[0, 0] == 255).all()
  np.testing.assert_array_equal(frame[32, 48], [0, 255, 0])
  [note] = video_files.scan(path, FORMAT).notes
  assert "transparent" in note


def test_depth_needs_its_levels(tmp_path):
  depth = np.arange(64 * 96, dtype=np.uint16).reshape(64, 96) % 4001
  path = av_videos.write(
    tmp_path / "depth.mkv",
    np.stack([depth] * 5),
    "ffv1",
    "gray16le",
    frame_format="gray16le",
  )
  with pytest.raises(UserError, match=f"{path}: uses .* --levels"):
    _decode(path)
  video = _decode(path, levels=(0.0, 4000.0), num_channels=1)
  np.testing.assert_array_equal(
    video[0, ..., 0], np.floor(depth * (255 / 4000) + 0.5)
  )
  with pytest.raises(
    UserError, match="from 0 to 4000, outside of --levels=0,9"
  ):
    _decode(path, levels=(0.0, 9.0))


def test_colours_are_those_that_the_file_says(tmp_path):
  """BT.709, and the full range in a format that does not tell by its name."""
  source = np.broadcast_to(np.uint8([40, 160, 90]), [5, 64, 96, 3]).copy()
  for name, codec, colours in (
    ("bt709.mp4", "libx264", {"colorspace": 1, "color_range": 1}),
    ("full.webm", "libvpx-vp9", {"colorspace": 5, "color_range": 2}),
  ):
    path = str(tmp_path / name)
    with av.open(path, "w") as out:
      stream = out.add_stream(codec, rate=25)
      stream.height, stream.width, stream.pix_fmt = 64, 96, "yuv420p"
      stream.options = {"crf": "5", "b": "0"}
      for key, value in colours.items():
        setattr(stream.codec_context, key, value)
      for pixels in source:
        frame = av.VideoFrame.from_ndarray(pixels).reformat(
          format="yuv420p",
          src_colorspace=5,
          dst_colorspace=colours["colorspace"],
          src_color_range=2,
          dst_color_range=colours["color_range"],
        )
        out.mux(stream.encode(frame))
      out.mux(stream.encode())
    assert np.abs(_decode(path).astype(int) - source).max() <= 6, name
