"""Samples are read from the front of a file that may not fit in memory."""

import logging

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
