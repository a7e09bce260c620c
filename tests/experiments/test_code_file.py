"""The file of a code: whatever is done to its bytes is told in a line."""

import zlib

import pytest

from t2t_af import errors
from t2t_af.experiments.asking import code_file

_HEADER = code_file.Header("0" * 64, 12, [16, 16, 1], 3, 2**32 - 1)
_BODY = b"abcdefg"
_START = len(code_file.MAGIC)


def _sealed(rest):
  return code_file.MAGIC + zlib.crc32(rest).to_bytes(4, "little") + rest


def test_header_and_body_come_back():
  data = code_file.write(_HEADER, _BODY)
  assert code_file.read(data, "x") == (_HEADER, _BODY)
  assert _sealed(data[_START + 4 :]) == data


def test_a_file_of_any_shorter_length_is_told():
  """Also of the magic alone: the checksum of nothing is 0."""
  data = code_file.write(_HEADER, _BODY)
  for length in range(len(data)):
    with pytest.raises(errors.UserError, match="^x.t2taf.* cut short"):
      code_file.read(data[:length], "x.t2taf")


def test_every_flipped_bit_is_told():
  data = code_file.write(_HEADER, _BODY)
  for place in range(8 * len(data)):
    flipped = bytearray(data)
    flipped[place // 8] ^= 1 << place % 8
    with pytest.raises(errors.UserError, match="^x.t2taf.* (damaged|made by)"):
      code_file.read(bytes(flipped), "x.t2taf")


@pytest.mark.parametrize(
  "header", [b"", b"3", b"{}", b"\xff", b'{"version": 1}', b'{"version": 1, "a']
)
def test_a_header_that_is_none_is_told_whatever_its_checksum(header):
  rest = len(header).to_bytes(4, "little") + header
  with pytest.raises(errors.UserError, match="x is damaged: it has no header"):
    code_file.read(_sealed(rest), "x")


def test_zeros_are_no_file():
  for count in range(12):
    with pytest.raises(errors.UserError, match="damaged"):
      code_file.read(code_file.MAGIC + bytes(count), "x")
