"""Reading idx files: MNIST's own where they are at hand, and wrong ones."""

import gzip
import struct

import numpy as np
import pytest

from problems.files import idx_file
from t2t_af.errors import UserError
from tests.fixtures import mnist_files
from tests.fixtures import real_data

IMAGES = mnist_files.digits(7, 3)
WHOLE = mnist_files.idx(IMAGES)


def _refusal(tmp_path, content, item_shape=(28, 28)):
  path = str(tmp_path / "some-idx3-ubyte.gz")
  mnist_files.write(path, content)
  with pytest.raises(UserError) as caught:
    idx_file.read(path, item_shape)
  assert path in str(caught.value)
  return str(caught.value)


@pytest.mark.parametrize("name", ["a-idx3-ubyte.gz", "a.idx3-ubyte"])
@pytest.mark.parametrize("pack", [gzip.compress, bytes])
def test_number_of_images_comes_from_the_header(tmp_path, name, pack):
  path = str(tmp_path / name)  # the content tells what is gzipped
  mnist_files.write(path, pack(WHOLE))
  found = idx_file.read(path, [28, 28])
  assert found.dtype == np.uint8
  np.testing.assert_array_equal(found, IMAGES)


def test_labels_have_no_item_shape(tmp_path):
  path = str(tmp_path / "labels")
  mnist_files.write(path, mnist_files.idx(np.arange(5)))
  np.testing.assert_array_equal(idx_file.read(path, []), range(5))


@pytest.mark.parametrize("part,num_digits", [("train", 60000), ("t10k", 10000)])
def test_real_mnist(part, num_digits):
  images = idx_file.read(
    real_data.path(f"mnist/{part}-images-idx3-ubyte.gz"), [28, 28]
  )
  labels = idx_file.read(
    real_data.path(f"mnist/{part}-labels-idx1-ubyte.gz"), []
  )
  assert images.shape == (num_digits, 28, 28) and labels.shape == (num_digits,)
  assert images.max() == 255 and set(np.unique(labels)) == set(range(10))


@pytest.mark.parametrize("kept", [0, 3, 10, 15, 16, 100, len(WHOLE) - 1])
def test_truncated_file_is_reported_with_its_byte(tmp_path, kept):
  message = _refusal(tmp_path, WHOLE[:kept])
  if kept < 4:
    assert "expected magic number 2051 at byte 0, found None" in message
  elif kept < 16:
    assert f"expected 16 bytes, found {kept}" in message
  else:
    assert f"expected {len(WHOLE)} bytes for 7 items, found {kept}" in message


@pytest.mark.parametrize("kept", [0.02, 0.3, 0.99])
def test_truncated_gzip_is_reported_with_its_byte(tmp_path, kept):
  packed = gzip.compress(WHOLE)
  message = _refusal(tmp_path, packed[: int(kept * len(packed))])
  assert "truncated or damaged gzip data after" in message
  assert "unpacked bytes" in message


@pytest.mark.parametrize("where", [20, -6])
def test_flipped_byte_in_gzip_is_found(tmp_path, where):
  """In the data, and in the checksum after it."""
  packed = bytearray(gzip.compress(WHOLE, mtime=0))
  packed[where] ^= 0xFF
  assert "damaged gzip data" in _refusal(tmp_path, bytes(packed))


@pytest.mark.parametrize(
  "content",
  [
    WHOLE + b"x",
    gzip.compress(WHOLE + b"x"),
    gzip.compress(WHOLE) + gzip.compress(b"more"),
  ],
  ids=["plain", "gzipped", "gzipped twice"],
)
def test_bytes_after_the_last_item_are_refused(tmp_path, content):
  message = _refusal(tmp_path, content)
  assert f"7 items, which end at byte {len(WHOLE)}" in message


def test_foreign_bytes_after_the_gzip_data_are_refused(tmp_path):
  assert "damaged gzip data" in _refusal(
    tmp_path, gzip.compress(WHOLE) + b"foreign"
  )


@pytest.mark.parametrize(
  "content,item_shape,reason",
  [
    (b"<html>403 Forbidden</html>", (28, 28), "expected magic number 2051"),
    (mnist_files.idx(np.arange(5)), (28, 28), "2051 at byte 0, found 2049"),
    (WHOLE, (), "2049 at byte 0, found 2051"),
    (b"\x00\x00\x0d\x03" + WHOLE[4:], (28, 28), "found 3331"),
    (
      mnist_files.idx(IMAGES[:, 1:]),
      (28, 28),
      "expected items of [28, 28], found [27, 28]",
    ),
  ],
  ids=["html", "labels", "images", "floats", "narrower"],
)
def test_other_content_is_reported_with_what_was_expected(
  tmp_path, content, item_shape, reason
):
  assert reason in _refusal(tmp_path, content, item_shape)


@pytest.mark.parametrize("num_items", [2**31 - 1, 1_000_001, -1])
def test_absurd_number_of_items_is_refused_before_unpacking(
  tmp_path, num_items
):
  header = struct.pack(">4i", 2051, num_items, 28, 28)
  message = _refusal(tmp_path, gzip.compress(header + bytes(10**6)))
  assert f"announces {num_items} items" in message


def test_gzip_bomb_is_not_unpacked(tmp_path, monkeypatch):
  """30 MB of zeros behind a small file's header: one byte more is read."""
  read = []
  plain = gzip.GzipFile.read
  monkeypatch.setattr(
    gzip.GzipFile,
    "read",
    lambda self, size: read.append(size) or plain(self, size),
  )
  bomb = gzip.compress(WHOLE + bytes(3 * 10**7))
  assert "too long" in _refusal(tmp_path, bomb)
  assert sum(read) == len(WHOLE) + 1


def test_missing_file_is_named(tmp_path):
  with pytest.raises(UserError, match="none: cannot be read"):
    idx_file.read(str(tmp_path / "none"), [28, 28])
