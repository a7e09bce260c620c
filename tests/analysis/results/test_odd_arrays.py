"""Files of arrays that no run wrote end in one line, whatever is in them."""

import logging
import zipfile

import numpy as np
import pytest

from t2t_af.analysis.results import flow_arrays
from t2t_af.analysis.results import samples
from t2t_af.errors import UserError

_X = np.zeros([2, 5, 3], np.float32)
_FLOW = dict(x=_X, num_cond=np.array(3), shift_1=_X, scale_1=_X, y_1=_X)
_SAMPLES = dict(
  inputs=_X[:, :3], targets=_X[:, 3:], outputs=np.zeros([2, 4, 2, 3])
)
_ODD = (
  np.array("text"),
  np.array(["a", "b"]),
  np.array(1.0 + 2.0j),
  np.array([object()], object),
  np.zeros([2, 5, 3], "i4,f4"),
  np.zeros([0, 5, 3], np.float32),
  np.zeros([2, 5], np.float32),
  np.zeros([2, 5, 3, 2, 1, 1], np.float32),
  np.array(-1),
  np.array([3, 4]),
  np.array("2020-01-01", "M8[D]"),
)


def _damages(path):
  """The file, damaged in many ways."""
  whole = path.read_bytes()
  for end in range(0, len(whole), 97):
    yield whole[:end]
  rng = np.random.default_rng(0)
  for _ in range(150):
    content = bytearray(whole)
    content[rng.integers(len(content))] ^= 1 << rng.integers(8)
    yield bytes(content)


def test_whole_files_are_read(tmp_path):
  np.savez(tmp_path / "flow.npz", **_FLOW)
  np.savez(tmp_path / "samples.npz", **_SAMPLES)
  assert flow_arrays.read(str(tmp_path / "flow.npz")).num_cond == 3
  assert samples.read(str(tmp_path / "samples.npz"), 2).outputs.shape[1] == 4


@pytest.mark.parametrize("name", _FLOW)
@pytest.mark.parametrize("odd", _ODD, ids=range(len(_ODD)))
def test_odd_array_of_a_flow_is_told(tmp_path, name, odd):
  path = tmp_path / "flow.npz"
  np.savez(path, **dict(_FLOW, **{name: odd}))
  with pytest.raises(UserError, match="flow.npz"):
    flow_arrays.read(str(path))


@pytest.mark.parametrize("name", _SAMPLES)
@pytest.mark.parametrize("odd", _ODD, ids=range(len(_ODD)))
def test_odd_array_of_samples_is_told(tmp_path, caplog, name, odd):
  path = tmp_path / "samples.npz"
  np.savez(path, **dict(_SAMPLES, **{name: odd}))
  with caplog.at_level(logging.WARNING):
    assert samples.read(str(path), 2) is None
  assert "samples.npz cannot be read" in caplog.text


@pytest.mark.parametrize("name", ["mean", "std", "names"])
@pytest.mark.parametrize("odd", _ODD, ids=range(len(_ODD)))
def test_odd_scale_is_none(tmp_path, name, odd):
  whole = dict(mean=np.zeros(3), std=np.ones(3), names=np.array(list("abc")))
  path = tmp_path / "samples.npz"
  np.savez(path, **whole)
  assert samples.read_scale(str(path)).names == ["a", "b", "c"]
  np.savez(path, **dict(whole, **{name: odd}))
  assert samples.read_scale(str(path)) is None


def test_damaged_file_is_told_or_read(tmp_path):
  """Bits of what is no number, such as a date, may change unseen."""
  for write in (np.savez, np.savez_compressed):
    path = tmp_path / "whole.npz"
    write(path, **_FLOW)
    damaged, told = tmp_path / "flow.npz", 0
    for content in _damages(path):
      damaged.write_bytes(content)
      try:
        flow_arrays.read(str(damaged))
      except UserError:
        told += 1
    assert told > 70


def test_damaged_samples_are_told_or_read(tmp_path):
  path = tmp_path / "whole.npz"
  np.savez_compressed(path, **_SAMPLES)
  damaged = tmp_path / "samples.npz"
  nothing = 0
  for content in _damages(path):
    damaged.write_bytes(content)
    nothing += samples.read(str(damaged), 2) is None
  assert nothing > 70


def test_locked_zip_is_told(tmp_path):
  path = tmp_path / "flow.npz"
  np.savez(path, **_FLOW)
  content = bytearray(path.read_bytes())
  with zipfile.ZipFile(path) as archive:
    for info in archive.infolist():
      content[info.header_offset + 6] |= 1
  start = content.find(b"PK\x01\x02")
  while start >= 0:
    content[start + 8] |= 1
    start = content.find(b"PK\x01\x02", start + 4)
  path.write_bytes(content)
  with pytest.raises(UserError, match="cannot be read: .*(encrypt|password)"):
    flow_arrays.read(str(path))


def test_a_member_that_is_no_array_is_told(tmp_path):
  """NumPy gives its bytes."""
  np.savez(tmp_path / "flow.npz", **_FLOW)
  with zipfile.ZipFile(tmp_path / "flow.npz", "a") as archive:
    archive.writestr("base_loc.npy", b"no array")
  with pytest.raises(UserError, match="base_loc is no array"):
    flow_arrays.read(str(tmp_path / "flow.npz"))
  scale = dict(mean=np.zeros(3), std=np.ones(3))
  np.savez(tmp_path / "scale.npz", **scale)
  with zipfile.ZipFile(tmp_path / "scale.npz", "a") as archive:
    archive.writestr("names.npy", b"abc")
  assert samples.read_scale(str(tmp_path / "scale.npz")) is None
