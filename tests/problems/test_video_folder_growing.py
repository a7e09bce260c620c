"""A folder of videos that grows after data was made of it."""

import json
import os
import zlib

import pytest

from problems import video_folder
from problems.core import options
from problems.core import splitting
from problems.files import video_inputs
from t2t_af.errors import UserError
from tests.fixtures import av_videos


@pytest.fixture(name="folder")
def _folder(tmp_path):
  folder = tmp_path / "videos"
  os.makedirs(folder)
  for k in range(6):
    av_videos.write(folder / f"c{k}.mp4", av_videos.numbered(20, k))
  return folder


@pytest.fixture(name="decoded")
def _decoded(monkeypatch):
  """The names of the videos that are decoded."""
  names = []
  original = video_inputs.decode

  def _decode(path, video_format):
    names.append(os.path.basename(path))
    return original(path, video_format)

  monkeypatch.setattr(video_folder.video_inputs, "decode", _decode)
  return names


def _generate(folder, data_dir, **asked):
  """{name: (split, frames as bytes)}."""
  with options.using(source_dir=str(folder), frame_size=8, **asked):
    video_folder.VideoFolder().generate_data(str(data_dir), None)
  problem = video_folder.VideoFolder()
  return {
    problem.recording(name): (split, frames.tobytes())
    for split in ("train", "dev", "test")
    for name, frames in problem.each_sequence(str(data_dir), split)
  }


def _add(folder, *names):
  for name in names:
    seed = zlib.crc32(name.encode())  # no copies of each other
    av_videos.write(folder / name, av_videos.numbered(20, seed))


def test_only_what_is_new_is_decoded_and_nothing_changes_its_split(
  folder, tmp_path, decoded, warned
):
  before = _generate(folder, tmp_path / "data")
  _add(folder, "a_new.mp4", "b_new.mp4")
  decoded.clear()
  after = _generate(folder, tmp_path / "data")
  assert decoded == ["a_new.mp4", "b_new.mp4"]
  assert {name: after[name] for name in before} == before
  assert sorted(set(after) - set(before)) == ["a_new.mp4", "b_new.mp4"]
  assert [w for w in warned if "2 files are new (a_new.mp4, b_new.mp4)" in w]
  # And again: data that grew is as any other.
  _generate(folder, tmp_path / "data")
  assert "Nothing to do" in warned[-1] and len(decoded) == 2
  _add(folder, "c_new.mp4")
  again = _generate(folder, tmp_path / "data")
  assert {name: again[name] for name in after} == after


def test_a_video_that_changed_is_read_again_and_one_that_went_is_gone(
  folder, tmp_path, decoded
):
  before = _generate(folder, tmp_path / "data")
  trained = [name for name, (split, _) in before.items() if split == "train"]
  changed, gone = trained[:2]
  os.remove(folder / gone)
  _add(folder, changed)
  decoded.clear()
  after = _generate(folder, tmp_path / "data")
  assert decoded == [changed]
  assert after[changed][0] == "train" and after[changed] != before[changed]
  assert set(before) - set(after) == {gone}


def test_a_video_under_another_name_keeps_its_split(folder, tmp_path):
  before = _generate(folder, tmp_path / "data")
  [tested] = [name for name, (split, _) in before.items() if split == "test"][
    :1
  ]
  os.rename(folder / tested, folder / "zzz.mp4")
  after = _generate(folder, tmp_path / "data")
  assert after["zzz.mp4"] == before[tested]


def test_subfolders_say_the_split_of_what_is_new(folder, tmp_path, decoded):
  for k, split in enumerate(("train", "dev", "test")):
    os.makedirs(folder / split)
    os.rename(folder / f"c{k}.mp4", folder / split / "c.mp4")
    os.remove(folder / f"c{k + 3}.mp4")
  before = _generate(folder, tmp_path / "data")
  _add(folder, "test/new.mp4")
  os.rename(folder / "dev" / "c.mp4", folder / "train" / "moved.mp4")
  _add(folder, "dev/other.mp4")
  decoded.clear()
  after = _generate(folder, tmp_path / "data")
  assert sorted(decoded) == ["moved.mp4", "new.mp4", "other.mp4"]
  assert {n: s for n, (s, _) in after.items()} == {
    "train/c.mp4": "train",
    "train/moved.mp4": "train",
    "dev/other.mp4": "dev",
    "test/c.mp4": "test",
    "test/new.mp4": "test",
  }
  assert after["test/c.mp4"] == before["test/c.mp4"]


def test_a_split_that_lost_all_its_videos_is_an_error(folder, tmp_path):
  before = _generate(folder, tmp_path / "data")
  for name, (split, _) in before.items():
    if split == "dev":
      os.remove(folder / name)
  with pytest.raises(UserError, match="nothing of the split dev is left"):
    _generate(folder, tmp_path / "data")
  assert before  # and the data is still there
  _add(folder, "new.mp4")
  assert _generate(folder, tmp_path / "data")["new.mp4"][0] == "dev"


def test_with_other_options_all_are_read_again_in_their_splits(
  folder, tmp_path, decoded
):
  before = _generate(folder, tmp_path / "data")
  _add(folder, "a_new.mp4")
  decoded.clear()
  after = _generate(folder, tmp_path / "data", grey=True)
  assert len(decoded) == 7
  assert {n: after[n][0] for n in before} == {
    n: s for n, (s, _) in before.items()
  }


def test_data_of_an_older_version_grows_too(folder, tmp_path, decoded):
  """It says neither who is in which split nor who decoded: frames are made
  anew, splits stay."""
  before = _generate(folder, tmp_path / "data")
  path = tmp_path / "data" / "video_folder.manifest.json"
  manifest = json.loads(path.read_text())
  del manifest["details"]["source_splits"]
  for split in manifest["splits"].values():
    del split["source"]["decoder"]
  path.write_text(json.dumps(manifest))
  decoded.clear()
  assert _generate(folder, tmp_path / "data") == before and not decoded
  _add(folder, "a_new.mp4")
  after = _generate(folder, tmp_path / "data")
  assert len(decoded) == 7
  assert {name: after[name] for name in before} == before


def test_a_generation_that_was_killed_goes_on_with_the_same_splits(
  folder, tmp_path, monkeypatch
):
  before = _generate(folder, tmp_path / "data")
  _add(folder, "a_new.mp4", "b_new.mp4", "c_new.mp4")
  original = video_folder.VideoFolder.generate_sequences

  def _killed(self, data_dir, tmp_dir, split):
    if split != splitting.TRAIN:
      raise KeyboardInterrupt
    return original(self, data_dir, tmp_dir, split)

  with monkeypatch.context() as patched:
    patched.setattr(video_folder.VideoFolder, "generate_sequences", _killed)
    with pytest.raises(KeyboardInterrupt):
      _generate(folder, tmp_path / "data")
  after = _generate(folder, tmp_path / "data")
  assert {name: after[name] for name in before} == before


def test_damaged_records_are_not_kept(folder, tmp_path, decoded):
  before = _generate(folder, tmp_path / "data")
  [shard] = list((tmp_path / "data").glob("video_folder-dev-*"))
  data = bytearray(shard.read_bytes())
  data[len(data) // 2] ^= 1
  shard.write_bytes(data)
  _add(folder, "a_new.mp4")
  decoded.clear()
  after = _generate(folder, tmp_path / "data")
  assert {name: after[name] for name in before} == before
  assert 1 < len(decoded) < 7


def test_the_order_of_dealing_is_that_of_shares():
  known = {f"k{k}": split for k, split in enumerate(["train"] * 7 + ["test"])}
  names = [*known, *(f"n{k}" for k in range(12))]
  splits = splitting.extend(known, names)
  assert {s: len(found) for s, found in splits.items()} == {
    "train": 14,
    "eval": 2,
    "test": 4,
  }
  assert set(known) - set(splits["train"]) == {"k7"}
  assert splits == splitting.extend(known, names)
