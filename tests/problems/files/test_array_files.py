"""Videos in .npy and .npz files."""

import itertools
import re
import zipfile

import numpy as np
import pytest

from problems.files import array_files
from problems.files import frame_format
from problems.files import video_inputs
from t2t_af.errors import UserError
from tests.fixtures import av_videos

FORMAT = frame_format.Format(64, 96)
VIDEO = av_videos.numbered(7)
GREY = VIDEO[..., 0]
MANY = np.stack([av_videos.numbered(7, seed) for seed in range(6)])


def _save(path, array):
  with open(path, "wb") as stream:
    np.save(stream, array)
  return str(path)


def _decode(path, **changes):
  frames = video_inputs.decode(str(path), FORMAT._replace(**changes))
  return np.stack(list(frames))


@pytest.mark.parametrize(
  "array",
  [
    GREY,
    VIDEO,
    GREY[..., None],
    np.asfortranarray(VIDEO),
    GREY.astype(np.float32),
    GREY.astype(np.float64) / 255,
    (GREY / 255).astype(">f4"),
  ],
)
def test_one_video_of_bytes_or_of_levels_that_are_certain(tmp_path, array):
  path = _save(tmp_path / "clip.NPY", array)
  assert array_files.members(path, FORMAT) == [""]
  assert video_inputs.scan(path, FORMAT) == (7, ())
  np.testing.assert_array_equal(_decode(path), VIDEO)


def test_black_and_white_are_levels(tmp_path):
  path = _save(tmp_path / "clip.npy", GREY > 120)
  np.testing.assert_array_equal(_decode(path), 255 * (VIDEO > 120))


def test_of_five_axes_the_first_is_of_videos(tmp_path):
  path = _save(tmp_path / "many.npy", MANY)
  assert array_files.members(path, FORMAT) == [f"/{k}" for k in range(6)]
  for k in range(6):
    np.testing.assert_array_equal(_decode(f"{path}/{k}"), MANY[k])
  with pytest.raises(UserError, match="has 6 videos in it: say which"):
    _decode(path)
  with pytest.raises(UserError, match="there is no video 6 in it"):
    _decode(f"{path}/6")


@pytest.mark.parametrize(
  "axes", ["NTHW", "TNHW", "NTHWC", "NTCHW", "TCHW", "HWT"]
)
def test_axes_may_be_said(tmp_path, axes):
  array = MANY if "N" in axes else MANY[0]
  if "C" not in axes:
    array = array[..., 0]
  ours = "".join(axis for axis in "NTHWC" if axis in axes)
  path = _save(
    tmp_path / "a.npy", array.transpose([ours.index(axis) for axis in axes])
  )
  member = "/2" if "N" in axes else ""
  expected = MANY[2] if "N" in axes else MANY[0]
  np.testing.assert_array_equal(
    _decode(path + member, array_axes=axes), expected
  )


@pytest.mark.parametrize(
  "shape",
  [(20, 10, 64, 64), (10, 3, 64, 64), (64, 64, 3), (64, 64), (2, 7, 3, 64, 64)],
)
def test_axes_that_are_not_certain_are_asked_for(tmp_path, shape):
  path = _save(tmp_path / "a.npy", np.zeros(shape, np.uint8))
  told = re.escape(f"{path}: is [{', '.join(map(str, shape))}]; say which axis")
  with pytest.raises(UserError, match=f"{told}.*--array_axes"):
    array_files.members(path, FORMAT)
  with pytest.raises(UserError, match="which --array_axes=N is not"):
    array_files.members(path, FORMAT._replace(array_axes="N"))


@pytest.mark.parametrize(
  "array, told",
  [
    (GREY / 255 - 0.5, "from -0.14[0-9]* to 0.12[0-9]*; say which .*--levels"),
    (GREY * 1.5, "say which of them is black .*--levels"),
    (GREY.astype(np.uint16), "values of uint16; .*--levels"),
    (GREY.astype(np.int64), "values of int64; .*--levels"),
    (np.where(GREY > 100, np.nan, 0.5), "values that are not finite"),
    (np.where(GREY > 100, np.inf, 0.5), "values that are not finite"),
    (GREY.astype(complex), "--levels"),
    (np.zeros([7, 64, 96, 2], np.uint8), "say which axis"),
  ],
)
def test_levels_that_are_not_certain_are_asked_for(tmp_path, array, told):
  path = _save(tmp_path / "a.npy", array)
  with pytest.raises(UserError, match=f"{path}: .*{told}"):
    video_inputs.scan(path, FORMAT)


def test_levels_may_be_said(tmp_path):
  path = _save(tmp_path / "a.npy", GREY.astype(np.int16) * 10 - 500)
  np.testing.assert_array_equal(_decode(path, levels=(-500.0, 2050.0)), VIDEO)
  with pytest.raises(UserError, match="outside of --levels=900,2050"):
    _decode(path, levels=(900.0, 2050.0))


def test_of_several_arrays_one_is_chosen_or_all(tmp_path):
  path = str(tmp_path / "a.npz")
  np.savez_compressed(path, left=VIDEO, right=VIDEO[::-1])
  told = "has the arrays left, right; .*--array_key"
  with pytest.raises(UserError, match=told):
    array_files.members(path, FORMAT)
  np.testing.assert_array_equal(_decode(path, array_key="left"), VIDEO)
  every = FORMAT._replace(array_key="all")
  assert array_files.members(path, every) == ["/left", "/right"]
  np.testing.assert_array_equal(
    _decode(f"{path}/right", array_key="all"), VIDEO[::-1]
  )
  np.savez(path, frames=VIDEO)
  np.testing.assert_array_equal(_decode(path), VIDEO)


def test_nothing_is_unpickled(tmp_path):
  class _Trap:
    def __reduce__(self):
      return (open, (str(tmp_path / "trapped"), "w"))

  objects = np.array([_Trap()], object)
  np.save(tmp_path / "a.npy", objects, allow_pickle=True)
  np.savez(tmp_path / "b.npz", frames=objects)
  objects.dump(tmp_path / "c.npy")
  for name in ("a.npy", "b.npz", "c.npy"):
    with pytest.raises(UserError, match=f"{name}.*never loaded"):
      video_inputs.members(str(tmp_path / name), FORMAT)
  assert not (tmp_path / "trapped").exists()


@pytest.mark.parametrize("name", ["a.npy", "a.npz"])
def test_a_file_that_was_cut_is_named(tmp_path, name):
  whole, path = tmp_path / f"whole_{name}", tmp_path / name
  save = np.save if name.endswith("y") else np.savez_compressed
  save(whole, VIDEO)
  data = whole.read_bytes()
  for length in itertools.chain([0, 1, 5], range(100, len(data), 20011)):
    path.write_bytes(data[:length])
    with pytest.raises(UserError, match=f"{path}: "):
      video_inputs.members(str(path), FORMAT)


def test_a_second_array_behind_the_first_is_not_lost(tmp_path):
  path = tmp_path / "two.npy"
  with open(path, "wb") as stream:
    np.save(stream, VIDEO)
    np.save(stream, VIDEO)
  with pytest.raises(UserError, match=f"{path}: .*expected .* bytes, found"):
    video_inputs.members(str(path), FORMAT)


def test_a_member_that_is_no_array_is_told(tmp_path):
  """NumPy gives its bytes."""
  with zipfile.ZipFile(tmp_path / "clip.npz", "w") as archive:
    archive.writestr("video.npy", b"no array")
  with pytest.raises(UserError, match="clip.npz.*no array"):
    array_files.members(str(tmp_path / "clip.npz"), FORMAT)
