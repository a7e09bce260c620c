"""What the bytes of a file say of its kind and of its end."""

import struct

from PIL import Image
import pytest

from problems.files import video_bytes
from t2t_af.errors import UserError
from tests.fixtures import av_videos


def _box(name, size, more=b""):
  return struct.pack(">I4s", size, name) + more


def _ogg(*segments):
  header = b"OggS\0\0" + bytes(20) + bytes([len(segments)]) + bytes(segments)
  return header + bytes(sum(segments))


def _packets(length, at, count):
  return b"".join(
    bytes(at) + b"\x47" + bytes(length - 1 - at) for _ in range(count)
  )


def _matroska(size):
  return b"\x1a\x45\xdf\xa3\x84webm\x18\x53\x80\x67" + size


def _asf(length, size):
  """A header of ASF whose file is `size` long, in one that is `length`."""
  header = b"\x30\x26\xb2\x75" + bytes(26)
  header += bytes.fromhex("a1dcab8c47a9cf118ee400c00c205365") + bytes(24)
  return (header + struct.pack("<Q", size)).ljust(length, b"\0")


_MP4 = _box(b"ftyp", 16, bytes(8)) + _box(b"mdat", 1008, bytes(1000))
_AVI = b"RIFF" + struct.pack("<I", 1012) + b"AVI LIST"
_AVI += struct.pack("<I", 1000) + b"movi" + bytes(996)


@pytest.mark.parametrize(
  "data",
  [
    _MP4,
    # 64 bits; a recorder that was switched off; bytes of nobody's behind it.
    _box(b"ftyp", 16, bytes(8))
    + _box(b"mdat", 1, struct.pack(">Q", 116))
    + bytes(100),
    _box(b"ftyp", 16, bytes(8)) + _box(b"mdat", 0, bytes(100)),
    _MP4 + b"\xff" * 100,
    _AVI,
    _AVI + b"junk" * 9,
    _ogg(255, 3) + _ogg(9),
    _packets(188, 0, 9),
    _packets(192, 4, 9),
    _packets(188, 0, 9)[100:],  # from the middle of a broadcast
    _asf(200, 200),
    _asf(200, 0),  # a broadcast
    _matroska(b"\x84") + bytes(4),
    _matroska(b"\x08" + struct.pack(">I", 100)) + bytes(100),
    _matroska(b"\x01" + b"\xff" * 7) + bytes(9),  # whose end was not known
  ],
)
def test_a_whole_file_is_taken_for_one(tmp_path, data):
  path = tmp_path / "clip"
  path.write_bytes(data)
  video_bytes.check(str(path), "clip")


@pytest.mark.parametrize(
  "data",
  [
    _MP4[:-1],
    _AVI[:-1],
    _ogg(255, 3) + _ogg(9)[:-1],
    _packets(188, 0, 9)[:-1],
    _packets(192, 4, 9)[:-1],
    _asf(199, 200),
    _matroska(b"\x84") + bytes(3),
    _matroska(b"\x08" + struct.pack(">I", 100)) + bytes(99),
  ],
)
def test_one_byte_less_is_too_little(tmp_path, data):
  path = tmp_path / "clip"
  path.write_bytes(data)
  with pytest.raises(UserError, match="clip: is truncated: expected at least"):
    video_bytes.check(str(path), "clip")


def test_a_gif_is_whole_between_two_pictures_alone(tmp_path):
  path = tmp_path / "clip.gif"
  frames = [Image.fromarray(f) for f in av_videos.numbered(3)]
  frames[0].save(path, save_all=True, append_images=frames[1:], comment=b"c")
  data = path.read_bytes()
  whole = []
  for length in range(14, len(data) + 1):
    path.write_bytes(data[:length])
    try:
      video_bytes.check(str(path), "clip")
    except UserError as error:
      assert "is truncated" in str(error)
    else:
      whole.append(length)
  assert len(whole) < 20 and whole[-2:] == [len(data) - 1, len(data)]
  path.write_bytes(data + b"more")
  video_bytes.check(str(path), "clip")


@pytest.mark.parametrize("data", [b"G", b"GGGG", b"a text", bytes(999)])
def test_what_begins_as_no_video_is_none(tmp_path, data):
  path = tmp_path / "clip"
  path.write_bytes(data)
  with pytest.raises(UserError, match="clip: is no video file .it begins with"):
    video_bytes.check(str(path), "clip")
