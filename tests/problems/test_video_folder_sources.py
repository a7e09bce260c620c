"""What a folder of videos may hold: links, names, kinds, and bad files."""

import json
import os
import shutil

import numpy as np
from PIL import Image
import pytest

from problems import video_folder
from problems.core import options
from t2t_af.errors import UserError
from tests.fixtures import av_videos

_DATA = "video_folder.manifest.json"


@pytest.fixture(name="clips", scope="module")
def _clips(tmp_path_factory):
  """Eight videos of 20 frames; not to be changed."""
  folder = tmp_path_factory.mktemp("clips")
  for k in range(8):
    av_videos.write(folder / f"c{k}.mp4", av_videos.numbered(20, k))
  return folder


def _generate(folder, data_dir, **asked):
  asked = {"frame_size": 16, "aspect": "stretch", **asked}
  with options.using(source_dir=str(folder), **asked):
    video_folder.VideoFolder().generate_data(str(data_dir), None)
  problem = video_folder.VideoFolder()
  return {
    split: {
      problem.recording(name): frames
      for name, frames in problem.each_sequence(str(data_dir), split)
    }
    for split in ("train", "dev", "test")
  }


def _names(found):
  return sorted(name for split in found.values() for name in split)


def test_links_are_followed_and_loops_end(clips, tmp_path, warned):
  folder = tmp_path / "videos"
  os.makedirs(folder / "sub")
  shutil.copy(clips / "c0.mp4", folder / "own.mp4")
  os.symlink(clips / "c1.mp4", folder / "link.mp4")
  os.symlink(clips, folder / "more")
  os.symlink("..", folder / "sub" / "up")
  found = _generate(folder, tmp_path / "data")
  more = [f"more/c{k}.mp4" for k in (0, 2, 3, 4, 5, 6, 7)]
  assert _names(found) == ["link.mp4", *more]
  told = "\n".join(warned)
  assert "1 links lead to folders that are read already: sub/up" in told
  assert "2 files are copies of others" in told


def test_a_split_may_be_a_link(clips, tmp_path):
  folder = tmp_path / "videos"
  for split, numbers in (("train", (0, 1)), ("dev", (2,))):
    os.makedirs(folder / split)
    for k in numbers:
      shutil.copy(clips / f"c{k}.mp4", folder / split)
  os.makedirs(tmp_path / "elsewhere")
  shutil.copy(clips / "c5.mp4", tmp_path / "elsewhere")
  os.symlink("../elsewhere", folder / "test")
  assert list(_generate(folder, tmp_path / "data")["test"]) == ["test/c5.mp4"]


def test_a_link_to_nothing_is_named(clips, tmp_path):
  folder = tmp_path / "videos"
  shutil.copytree(clips, folder)
  os.symlink("gone.mp4", folder / "lost.mp4")
  with pytest.raises(UserError, match="lost.mp4: cannot be read .No such file"):
    _generate(folder, tmp_path / "data")


def test_a_pipe_is_named_and_not_waited_for(clips, tmp_path):
  folder = tmp_path / "videos"
  shutil.copytree(clips, folder)
  os.mkfifo(folder / "pipe.mp4")
  with pytest.raises(
    UserError, match="pipe.mp4: cannot be read .it is no file"
  ):
    _generate(folder, tmp_path / "data")


@pytest.mark.parametrize("folder_name", ["a [b] *", "caf\udce9", "x\ny"])
def test_any_name_is_read_and_written_down(clips, tmp_path, folder_name):
  folder = tmp_path / folder_name
  os.makedirs(folder / "sub")
  names = ["caf\udce9.mp4", "sub/new\nline.MP4", "-[1] 😀.mp4"]
  for k, name in enumerate(names):
    shutil.copy(clips / f"c{k}.mp4", folder / name)
  found = _generate(folder, tmp_path / "data")
  assert _names(found) == sorted(
    ["caf\\xe9.mp4", "sub/new\\x0aline.MP4", "-[1] 😀.mp4"]
  )
  before = os.stat(tmp_path / "data" / _DATA).st_mtime_ns
  _generate(folder, tmp_path / "data")
  assert os.stat(tmp_path / "data" / _DATA).st_mtime_ns == before


def test_pictures_arrays_and_files_stand_side_by_side(clips, tmp_path, warned):
  folder = tmp_path / "videos"
  os.makedirs(folder / "shots" / "one")
  frames = av_videos.numbered(20, 50)
  for k, frame in enumerate(frames):
    Image.fromarray(frame).save(folder / "shots" / "one" / f"{k}.png")
  np.save(folder / "takes.npy", np.stack([frames[::-1], frames // 2]))
  shutil.copy(clips / "c0.mp4", folder)
  (folder / "notes.txt").write_text("no video")
  (folder / "._c0.mp4").write_text("of a Mac")
  (folder / "poster.png").write_bytes(
    (folder / "shots" / "one" / "0.png").read_bytes()
  )
  found = _generate(folder, tmp_path / "data")
  assert _names(found) == ["c0.mp4", "shots/one", "takes.npy/0", "takes.npy/1"]
  told = "\n".join(warned)
  assert "2 files of other kinds are passed over: notes.txt, poster.png" in told
  assert "1 hidden files or folders are passed over: ._c0.mp4" in told


def test_old_files_go_whatever_the_data_dir_is_called(clips, tmp_path):
  data_dir = tmp_path / "data [x] *"
  _generate(clips, data_dir)
  folder = tmp_path / "videos"
  os.makedirs(folder)
  for k in range(3):  # fewer videos, fewer files
    shutil.copy(clips / f"c{k}.mp4", folder)
  _generate(folder, data_dir)
  assert sorted(os.listdir(data_dir)) == [
    f"video_folder-{split}-00000-of-00001" for split in ("dev", "test", "train")
  ] + [_DATA]


def _bad(folder, clips):
  data = (clips / "c0.mp4").read_bytes()
  (folder / "bad_cut.mp4").write_bytes(data[: len(data) // 2])
  (folder / "bad_empty.mp4").write_bytes(b"")
  (folder / "bad_text.avi").write_text("not a video\n" * 99)
  (folder / "bad_array.npy").write_bytes(b"\x93NUMPY\x01\x00")
  return ["bad_array.npy", "bad_cut.mp4", "bad_empty.mp4", "bad_text.avi"]


def test_a_bad_file_is_named_or_left_out(clips, tmp_path, warned):
  folder = tmp_path / "videos"
  shutil.copytree(clips, folder)
  good = _names(_generate(folder, tmp_path / "good"))
  bad = _bad(folder, clips)
  with pytest.raises(UserError, match="bad_array.npy: "):
    _generate(folder, tmp_path / "data")
  assert not os.path.exists(tmp_path / "data")
  found = _generate(folder, tmp_path / "data", allow_missing=True)
  assert _names(found) == good
  assert [line for line in warned if "cannot be used: 4 videos: " in line]
  manifest = json.loads((tmp_path / "data" / _DATA).read_text())
  left_out = manifest["splits"]["train"]["source"]["left_out"]
  assert sorted(left_out) == bad
  assert "is empty" in left_out["bad_empty.mp4"]


def test_what_is_done_to_videos_is_told_once_and_kept(clips, tmp_path, warned):
  folder = tmp_path / "videos"
  shutil.copytree(clips, folder)
  for k in range(2):
    av_videos.write(
      folder / f"slow{k}.mkv",
      av_videos.numbered(20, 90 + k),
      times=[t + 5 * (t > 9) for t in range(20)],
    )
  _generate(folder, tmp_path / "data")
  [line] = [line for line in warned if "uneven times" in line]
  assert "of 2 videos" in line and "(slow0.mkv, slow1.mkv)" in line
  manifest = json.loads((tmp_path / "data" / _DATA).read_text())
  [names] = manifest["splits"]["dev"]["source"]["notes"].values()
  assert names == ["slow0.mkv", "slow1.mkv"]


def test_one_video_is_read_as_the_data_set_reads_it(clips, tmp_path):
  found = _generate(clips, tmp_path / "data", grey=True, frame_rate=50.0)
  problem = video_folder.VideoFolder()
  details = problem.store(str(tmp_path / "data")).details()
  for name, frames in found["train"].items():
    read = video_folder.read_video(details, str(clips / name))
    assert read.shape == (40, 16, 16, 1) and read.dtype == np.uint8
    np.testing.assert_array_equal(read, frames)
  asked = options.Options(frame_size=8)
  read = video_folder.read_video(asked, str(clips / "c0.mp4"))
  assert read.shape == (20, 8, 8, 3)
  with pytest.raises(UserError, match="none.mp4: cannot be read"):
    video_folder.read_video(asked, str(clips / "none.mp4"))


def test_source_dir_is_needed(tmp_path):
  with pytest.raises(UserError, match="say where the videos are .*source_dir"):
    video_folder.VideoFolder().generate_data(str(tmp_path), None)
