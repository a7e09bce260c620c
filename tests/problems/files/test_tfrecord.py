"""TFRecord framing: TensorFlow's files, stretches of bigger ones, and cuts."""

import io
import struct

import pytest
import tensorflow.compat.v1 as tf

from problems.files import tfrecord
from t2t_af.errors import UserError

RECORDS = [b"", b"one", bytes(range(256)) * 40]


@pytest.fixture(name="content", scope="module")
def _content(tmp_path_factory):
  """A file as TensorFlow writes it."""
  path = tmp_path_factory.mktemp("records") / "some.tfrecords"
  with tf.python_io.TFRecordWriter(str(path)) as writer:
    for record in RECORDS:
      writer.write(record)
  return path.read_bytes()


def _read(content, **kwargs):
  return list(tfrecord.read(io.BytesIO(content), "f", **kwargs))


def test_checksum_is_the_published_one_of_the_nine_digits():
  """CRC-32C of "123456789" is E3069283 (RFC 3720), here rotated and shifted."""
  crc = 0xE3069283
  masked = ((crc >> 15 | crc << 17) + 0xA282EAD8) & 0xFFFFFFFF
  assert tfrecord.masked_crc32c(b"123456789") == masked


def test_records_and_their_places_are_those_that_tensorflow_wrote(content):
  records = _read(content)
  assert [r.data for r in records] == RECORDS
  assert [r.offset for r in records] == [0, 16, 35]


def test_a_stretch_of_a_bigger_file_is_read_alone(content):
  bigger = b"before" + content + b"after, which is no record"
  records = _read(bigger, start=6, size=len(content))
  assert [r.data for r in records] == RECORDS
  assert not _read(bigger, start=6, size=0)


@pytest.mark.parametrize(
  "num_bytes,where",
  [
    (5, "file ends inside TFRecord header at byte 0"),
    (14, "the record at byte 0 should take 16 bytes"),
    (20, "file ends inside TFRecord header at byte 16"),
    (34, "the record at byte 16 should take 19 bytes"),
    (-1, "the record at byte 35 should take 10256 bytes"),
  ],
)
def test_cut_file_is_named_with_the_byte(content, num_bytes, where):
  with pytest.raises(UserError, match=f"f: {where}.*truncated"):
    _read(content[:num_bytes])


def test_shifted_file_is_not_read(content):
  with pytest.raises(UserError, match="f: no TFRecord header at byte 1"):
    _read(content, start=1)


def test_length_beyond_the_stretch_is_not_read():
  """A valid header that announces 2**60 bytes asks for no memory."""
  length = struct.pack("<Q", 2**60)
  header = length + struct.pack("<I", tfrecord.masked_crc32c(length))
  assert tfrecord.data_length(header) == 2**60
  with pytest.raises(UserError, match="the record at byte 0 should take 1152"):
    _read(header + b"few", size=15)


def test_header_of_a_wrong_length_or_checksum_has_no_length():
  length = struct.pack("<Q", 3)
  crc = tfrecord.masked_crc32c(length)
  assert tfrecord.data_length(length + struct.pack("<I", crc ^ 1)) is None
  assert tfrecord.data_length(length) is None
