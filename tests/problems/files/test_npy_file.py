"""Reading .npy files: the right ones, and every wrong one by name."""

import os
import pickle
import re

import numpy as np
import pytest

from problems.files import npy_file
from t2t_af.errors import UserError
from tests.fixtures import mnist_files

SHAPE = [20, 2, 64, 64]


@pytest.fixture(name="path")
def _path(tmp_path):
  path = str(tmp_path / "some.npy")
  np.save(path, mnist_files.sequences(2))
  return path


def _with_header(path, text, data=b"", version=(1, 0)):
  header = text.encode("latin1") + b"\n"
  size = len(header).to_bytes(2 if version[0] == 1 else 4, "little")
  mnist_files.write(path, b"\x93NUMPY" + bytes(version) + size + header + data)


def _refusal(path, dtype=np.uint8, shape=SHAPE):
  with pytest.raises(UserError) as caught:
    npy_file.open_array(path, dtype, shape)
  assert path in str(caught.value)
  return str(caught.value)


@pytest.mark.parametrize("shape", [SHAPE, [20, None, 64, 64]])
def test_array_is_mapped_and_read_only(path, shape):
  array = npy_file.open_array(path, np.uint8, shape)
  assert isinstance(array, np.memmap) and not array.flags.writeable
  np.testing.assert_array_equal(array, mnist_files.sequences(2))


def test_longer_header_of_version_2_is_read(tmp_path):
  path = str(tmp_path / "v2.npy")
  values = np.arange(6, dtype=np.float32).reshape(2, 3)
  with open(path, "wb") as out:
    np.lib.format.write_array(out, values, version=(2, 0))
  np.testing.assert_array_equal(
    npy_file.open_array(path, np.float32, [2, 3]), values
  )


def test_published_layout_has_a_header_of_96_or_128_bytes(path):
  """The published file was written with the shorter one; both are read."""
  with open(path, "rb") as stream:
    content = stream.read()
  assert len(content) == 128 + 20 * 2 * 64 * 64
  text = content[10:128].decode().strip()
  _with_header(path, text.ljust(96 - 11), content[128:])
  assert os.path.getsize(path) == 96 + 20 * 2 * 64 * 64
  np.testing.assert_array_equal(
    npy_file.open_array(path, np.uint8, SHAPE), mnist_files.sequences(2)
  )


@pytest.mark.parametrize(
  "dtype,shape,expected,found",
  [
    (
      np.uint8,
      [20, 10000, 64, 64],
      "uint8 [20, 10000, 64, 64]",
      "uint8 [20, 2, 64, 64]",
    ),
    (np.float32, SHAPE, "float32 [20, 2, 64, 64]", "uint8 [20, 2, 64, 64]"),
    (np.uint8, [None, 64, 64], "uint8 [any, 64, 64]", "uint8 [20, 2, 64, 64]"),
  ],
)
def test_other_type_or_shape_is_refused(path, dtype, shape, expected, found):
  assert f"expected {expected}, found {found}" in _refusal(path, dtype, shape)


@pytest.mark.parametrize("change,word", [(-1, "truncated"), (1, "too long")])
def test_wrong_length_is_reported_in_bytes(path, change, word):
  size = os.path.getsize(path)
  os.truncate(path, size + change)
  message = _refusal(path)
  assert f"expected {size} bytes" in message
  assert f"found {size + change}: it is {word}" in message


class _Evil:
  """Leaves a file behind if it is ever unpickled."""

  def __init__(self, path):
    self._path = path

  def __reduce__(self):
    return os.mkdir, (self._path,)


def test_pickled_objects_are_refused_and_not_run(tmp_path):
  path, trace = str(tmp_path / "evil.npy"), str(tmp_path / "trace")
  np.save(path, np.array([_Evil(trace)], object), allow_pickle=True)
  assert "pickled Python objects" in _refusal(path, np.uint8, [1])
  mnist_files.write(path, pickle.dumps(_Evil(trace)))
  assert "not an .npy file" in _refusal(path)
  assert not os.path.exists(trace)


@pytest.mark.parametrize(
  "content,reason",
  [
    (b"", "not an .npy file"),
    (b"PK\x03\x04 a zip", "not an .npy file, .*NUMPY', got b'PK"),
    (b"\x93NUMPY", "expected 8 bytes got 6"),
    (b"\x93NUMPY\x09\x00" + bytes(100), "format version .9, 0.; 1.0 and 2"),
    (b"\x93NUMPY\x01\x00\x76", "header is damaged .*length"),
    (b"\x93NUMPY\x01\x00\x76\x00{'descr'", "expected 118 bytes got 8"),
  ],
  ids=["empty", "zip", "magic only", "version", "no length", "cut"],
)
def test_something_else_or_cut_in_its_header_is_refused(
  tmp_path, content, reason
):
  path = str(tmp_path / "wrong.npy")
  mnist_files.write(path, content)
  assert re.search(reason, _refusal(path))


@pytest.mark.parametrize(
  "header,reason",
  [
    (
      "{'descr': '|u1', 'fortran_order': True, 'shape': (20, 2, 64, 64), }",
      "column by column",
    ),
    ("{'descr': '|u1', 'fortran_order': False}", "header is damaged"),
    (
      "{'descr': 'nonsense', 'fortran_order': False, 'shape': (2,), }",
      "header is damaged",
    ),
    ("__import__('os').mkdir('trace')", "header is damaged"),
    ("(" * 9000, "header is damaged"),
    (" " * 20000, "header is damaged"),
    (
      "{'descr': '|u1', 'fortran_order': False, 'shape': (20, -2, 64, 64), }",
      "found uint8 [20, -2, 64, 64]",
    ),
  ],
  ids=[
    "by columns",
    "no shape",
    "no type",
    "code",
    "brackets",
    "long",
    "negative",
  ],
)
def test_damaged_or_hostile_header_is_refused(tmp_path, header, reason):
  path = str(tmp_path / "wrong.npy")
  _with_header(path, header)
  assert reason in _refusal(path, shape=[20, None, 64, 64])


def test_huge_announced_shape_is_refused_without_memory(tmp_path):
  path = str(tmp_path / "huge.npy")
  _with_header(
    path,
    "{'descr': '|u1', 'fortran_order': False, "
    "'shape': (20, 4611686018427387904, 64, 64), }",
  )
  assert "truncated" in _refusal(path, shape=[20, None, 64, 64])


def test_missing_file_is_named(tmp_path):
  assert "cannot be read" in _refusal(str(tmp_path / "none.npy"))
