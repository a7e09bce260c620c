"""Samples are read from the front of a file that may not fit in memory."""

import io
import logging
import zipfile

import numpy as np
import pytest

from t2t_af.analysis.results import samples

SHAPES = {
  "inputs": (4, 3, 2, 2, 1),
  "targets": (4, 5, 2, 2, 1),
  "outputs": (4, 2, 5, 2, 2, 1),
}


def _arrays():
  rng = np.random.default_rng(0)
  return {
    name: rng.integers(0, 256, shape, dtype=np.uint8)
    for name, shape in SHAPES.items()
  }


@pytest.mark.parametrize("save", [np.savez, np.savez_compressed])
@pytest.mark.parametrize("count", [1, 3, 9])
def test_first_contexts_equal_those_of_numpy(tmp_path, save, count):
  arrays, path = _arrays(), str(tmp_path / "samples.npz")
  save(path, **arrays)
  found = samples.read(path, count)
  for name, expected in arrays.items():
    np.testing.assert_array_equal(getattr(found, name), expected[:count])


def test_an_absent_file_is_none_without_a_warning(tmp_path, caplog):
  assert samples.read(str(tmp_path / "samples.npz"), 1) is None
  assert not caplog.records


def test_broken_files_are_none_with_a_warning(tmp_path, caplog):
  arrays, path = _arrays(), tmp_path / "samples.npz"
  np.savez(path, inputs=arrays["inputs"])
  with caplog.at_level(logging.WARNING):
    assert samples.read(str(path), 1) is None  # targets are missing
    np.savez(path, **arrays)
    path.write_bytes(path.read_bytes()[:200])
    assert samples.read(str(path), 1) is None
  assert len(caplog.records) == 2


def _write_npz(path, **members):
  """Each member: bytes of an .npy."""
  with zipfile.ZipFile(path, "w") as archive:
    for name, content in members.items():
      archive.writestr(name + ".npy", content)


def _npy(array, version=(1, 0)):
  stream = io.BytesIO()
  np.lib.format.write_array(stream, array, version)
  return stream.getvalue()


@pytest.mark.parametrize("version", [(1, 0), (2, 0)])
def test_both_versions_of_npy_are_read(tmp_path, version):
  array = np.arange(12, dtype=np.int16).reshape(4, 3)
  path = str(tmp_path / "a.npz")
  _write_npz(path, inputs=_npy(array, version))
  np.testing.assert_array_equal(
    samples.read_first(path, "inputs", 2), array[:2]
  )


@pytest.mark.parametrize(
  "array", [np.asfortranarray(np.zeros((2, 3))), np.float64(1.0)]
)
def test_what_has_no_rows_one_after_another_is_refused(tmp_path, array):
  path = str(tmp_path / "a.npz")
  _write_npz(path, inputs=_npy(np.asanyarray(array)))
  with pytest.raises(ValueError, match="not a plain array in C order"):
    samples.read_first(path, "inputs", 1)


def test_an_array_of_objects_is_refused_unread(tmp_path):
  path = str(tmp_path / "a.npz")
  np.savez(path, inputs=np.array([{}], object))
  with pytest.raises(ValueError, match="not a plain array"):
    samples.read_first(path, "inputs", 1)


def test_an_array_that_ends_early_is_refused(tmp_path):
  path = str(tmp_path / "a.npz")
  _write_npz(path, inputs=_npy(np.zeros((4, 3)))[:-8])
  assert samples.read_first(path, "inputs", 3).shape == (3, 3)
  with pytest.raises(EOFError, match="inputs ends early"):
    samples.read_first(path, "inputs", 4)


def test_only_what_is_asked_for_is_read(tmp_path, monkeypatch):
  """Else 100 samples of 256 contexts would be 3 GiB in memory."""
  path = str(tmp_path / "a.npz")
  np.savez_compressed(path, inputs=np.zeros((1000, 64, 64), np.uint8))
  sizes = []
  read = zipfile.ZipExtFile.read

  def counted(stream, count=-1):
    content = read(stream, count)
    sizes.append(len(content))
    return content

  monkeypatch.setattr(zipfile.ZipExtFile, "read", counted)
  samples.read_first(path, "inputs", 2)
  assert sum(sizes) < 2 * 64 * 64 + 256


def test_scale_leads_to_raw_values(tmp_path):
  path = str(tmp_path / "a.npz")
  mean, std = np.array([10.0, 0.0]), np.array([2.0, 0.5])
  np.savez(path, mean=mean, std=std, names=np.array(["a", "b"]))
  scale = samples.read_scale(path)
  assert scale.names == ["a", "b"] and scale.unit == "raw units"
  x = np.array([[[1.0, 2.0]]], np.float32)
  raw = scale.to_raw(x)
  assert raw.dtype == np.float64
  np.testing.assert_array_equal(raw, [[[12.0, 1.0]]])


@pytest.mark.parametrize("content", [None, b"half", {"mean": np.zeros(2)}])
def test_without_a_scale_there_is_none(tmp_path, content):
  path = tmp_path / "a.npz"
  if isinstance(content, bytes):
    path.write_bytes(content)
  elif content:
    np.savez(path, **content)
  assert samples.read_scale(str(path)) is None


def test_a_scale_that_is_not_known_leaves_values_as_they_are():
  scale = samples.standardised(2)
  x = np.array([[0.5, -1.0]])
  np.testing.assert_array_equal(scale.to_raw(x), x)
  assert scale.names == ["feature 1", "feature 2"]
  assert scale.unit == "standardised"
