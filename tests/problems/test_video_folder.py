"""A person's own videos: the contract, the options, and what cannot be used."""

import json
import os
import shutil

import numpy as np
import pytest

from problems import video_folder
from problems.core import options
from t2t_af.errors import UserError
from tests.contracts import generation_contract
from tests.contracts import problem_contract
from tests.fixtures import kth_videos
from tests.fixtures import user_videos

SPLITS = ("train", "eval", "test")


def _generate(folder, data_dir, **asked):
  """A problem after `t2t-datagen`; another one reads."""
  with options.using(source_dir=str(folder), **asked):
    video_folder.VideoFolder().generate_data(str(data_dir), None)
  return video_folder.VideoFolder()


def _numbers(frames):
  return [kth_videos.number(frame) for frame in frames]


def _ids(problem, data_dir):
  return {
    split: [name for name, _ in problem.each_sequence(str(data_dir), split)]
    for split in SPLITS
  }


@pytest.fixture(name="three", scope="module")
def _three(tmp_path_factory):
  """Three videos of 20 frames, of different shapes; not to be changed."""
  return user_videos.write_folder(
    str(tmp_path_factory.mktemp("three")),
    {name: 20 for name in user_videos.names(3)},
  )


class _Asked(video_folder.VideoFolder):
  """With the options that its command line would have had."""

  name = "video_folder"
  asked = {}

  def generate_data(self, *args, **kwargs):
    with options.using(**self.asked):
      super().generate_data(*args, **kwargs)


class TestFolder(problem_contract.VideoProblemContract):
  """The contract: files dealt out, in colour, not the default size."""

  COUNTS = {"train": 17, "eval": 3, "test": 6}

  @classmethod
  def make_problem(cls, folder):
    problem = _Asked()
    names = user_videos.names(26, ["", "a", "b/c"])
    problem.asked = {
      "frame_size": 16,
      "source_dir": user_videos.write_folder(
        os.path.join(folder, "videos"), {name: 20 for name in names}
      ),
    }
    return problem, None


def test_shape_of_frames_is_learnt_from_the_manifest(three, tmp_path):
  reader = _generate(three, tmp_path, frame_size=24, grey=True)
  hparams = generation_contract.make_hparams(str(tmp_path), 1)
  assert reader.frame_shape == [64, 64, 3]
  frames = generation_contract.windows(
    generation_contract.batches(reader, "eval", hparams)
  )
  assert frames.shape == (1, 7, 24, 24, 1)
  assert reader.frame_shape == reader.step_shape == [24, 24, 1]
  # A model is built from the problem's hparams, before anything is read.
  other = video_folder.VideoFolder()
  other.get_hparams(hparams)
  assert other.frame_shape == [24, 24, 1]


@pytest.fixture(name="many", scope="module")
def _many(tmp_path_factory):
  """Videos in subfolders of splits, 41 to 60 frames at 25 or 50 a second."""
  folder = str(tmp_path_factory.mktemp("many"))
  for k, name in enumerate(("train/a/x", "train/y", "dev/x", "test/x")):
    path = os.path.join(folder, name + ".avi")
    os.makedirs(os.path.dirname(path), exist_ok=True)
    kth_videos.write_video(
      path, kth_videos.frames((41, 60, 50, 55)[k], [k]), (25, 50, 25, 25)[k]
    )
  return folder


def test_options_and_source_are_in_the_manifest(many, tmp_path):
  _generate(many, tmp_path, frame_rate=20, aspect="pad")
  with open(
    tmp_path / "video_folder.manifest.json", encoding="utf-8"
  ) as manifest:
    found = json.load(manifest)
  files = found["details"].pop("source_files")
  assert found["details"].pop("source_splits") == {
    "train": ["train/a/x.avi", "train/y.avi"],
    "dev": ["dev/x.avi"],
    "test": ["test/x.avi"],
  }
  assert sorted(files) == [
    "dev/x.avi",
    "test/x.avi",
    "train/a/x.avi",
    "train/y.avi",
  ]
  assert found["details"] == {
    "height": 64,
    "width": 64,
    "num_channels": 3,
    "aspect": "pad",
    "frame_rate": 20,
    "source_dir": many,
  }
  assert found["splits"]["dev"]["source"]["videos"] == 4


def test_subfolders_are_splits_and_frames_are_all_there(many, tmp_path):
  problem = _generate(many, tmp_path)
  assert _ids(problem, tmp_path) == {
    "train": ["train/a/x.avi/1-41", "train/y.avi/1-60"],
    "eval": ["dev/x.avi/1-50"],
    "test": ["test/x.avi/1-55"],
  }
  for split in SPLITS:
    for _, frames in problem.each_sequence(str(tmp_path), split):
      # Of 160x120 the middle 120x120: the outer fields lose a part.
      assert frames.shape[1:] == (64, 64, 3)


@pytest.mark.parametrize("aspect", ["pad", "stretch"])
def test_frame_rate_is_the_same_for_all_videos(many, tmp_path, aspect):
  with pytest.raises(UserError, match="fewer than 20 frames: .*x.avi .17"):
    _generate(many, tmp_path, frame_rate=10)
  problem = _generate(
    many, tmp_path, frame_rate=12.5, aspect=aspect, allow_missing=True
  )
  found = dict(problem.each_sequence(str(tmp_path), "train"))
  assert list(found) == ["train/a/x.avi/1-21"]  # y has 15 frames then
  if aspect == "stretch":
    assert _numbers(found["train/a/x.avi/1-21"]) == list(range(0, 41, 2))


def test_long_videos_are_cut_into_parts_that_are_long_enough(
  tmp_path, monkeypatch
):
  monkeypatch.setattr(video_folder, "_MAX_FRAMES", 30)
  folder = user_videos.write_folder(
    str(tmp_path / "videos"),
    {"train/a": 79, "train/b": 80, "dev/c": 49, "test/d": 50},
  )
  problem = _generate(folder, tmp_path, frame_size=16, aspect="stretch")
  assert _ids(problem, tmp_path) == {
    "train": [
      "train/a.mkv/1-30",
      "train/a.mkv/31-79",
      "train/b.AVI/1-30",
      "train/b.AVI/31-60",
      "train/b.AVI/61-80",
    ],
    "eval": ["dev/c.avi/1-49"],
    "test": ["test/d.mp4/1-30", "test/d.mp4/31-50"],
  }
  for split in SPLITS:
    for name, frames in problem.each_sequence(str(tmp_path), split):
      first, last = map(int, name.split("/")[-1].split("-"))
      assert _numbers(frames) == list(range(first - 1, last))
    files = problem.split_files(str(tmp_path), split)
    with options.using(source_dir=folder):
      maker = video_folder.VideoFolder()
      maker.prepare_to_generate(None, None)
    assert maker.num_sequences(split) == sum(f.num_sequences for f in files)


def test_windows_may_be_as_long_as_the_shortest_sequence(many, tmp_path):
  problem = _generate(many, tmp_path, frame_size=8)
  hparams = generation_contract.make_hparams(str(tmp_path), 1, targets=38)
  found = generation_contract.batches(problem, "train", hparams, 2)
  assert generation_contract.windows(found).shape[1] == 41
  hparams.video_num_target_frames = 39
  with pytest.raises(UserError, match="shortest sequence has 41"):
    problem.input_fn("train", hparams)


def test_other_options_make_the_data_anew(three, tmp_path):
  _generate(three, tmp_path)
  before = os.stat(tmp_path / "video_folder.manifest.json").st_mtime_ns
  _generate(three, tmp_path)
  after = os.stat(tmp_path / "video_folder.manifest.json").st_mtime_ns
  assert before == after
  reader = _generate(three, tmp_path, frame_size=32)
  for split in SPLITS:
    frames, _ = reader.read_sequences(str(tmp_path), split, 20)
    assert frames.shape[2:] == (32, 32, 3)


def test_short_videos_are_named_all_at_once_or_left_out(three, tmp_path):
  folder = str(tmp_path / "videos")
  shutil.copytree(three, folder)
  user_videos.write_folder(folder, {"one": 1, "sub/few": 19})
  data_dir = tmp_path / "data"
  with pytest.raises(
    UserError,
    match=(
      r"2 videos have fewer than 20 frames: one.avi \(1\), sub/few.mp4 "
      r"\(19\)\. .*--allow_missing"
    ),
  ):
    _generate(folder, data_dir)
  assert not data_dir.exists()
  problem = _generate(folder, data_dir, allow_missing=True)
  assert sum(map(len, _ids(problem, data_dir).values())) == 3


def _empty(folder):
  for name in os.listdir(folder):
    os.remove(os.path.join(folder, name))


def _text(folder):
  with open(os.path.join(folder, "clip01.mp4"), "w", encoding="utf-8") as out:
    out.write("not a video\n" * 99)


def _cut(folder):
  path = os.path.join(folder, "clip00.avi")
  os.truncate(path, os.path.getsize(path) // 2)


def _two(folder):
  os.remove(os.path.join(folder, "clip00.avi"))


def _copied(folder):
  _two(folder)
  shutil.copy(os.path.join(folder, "clip01.mp4"), os.path.join(folder, "a.mp4"))


@pytest.mark.parametrize(
  "change,reason",
  [
    (_empty, "videos: no files"),
    (_text, "clip01.mp4: is no video file"),
    (_cut, "clip00.avi: is truncated"),
    (_two, "videos: 2 files; at least 3"),
    (_copied, "videos: 2 files; at least 3"),
  ],
)
def test_folder_that_cannot_be_used_is_named(three, tmp_path, change, reason):
  folder = str(tmp_path / "videos")
  shutil.copytree(three, folder)
  change(folder)
  with pytest.raises(UserError, match=reason):
    _generate(folder, tmp_path / "data")
  assert not (tmp_path / "data").exists()


def test_video_with_fewer_frames_than_announced_makes_no_short_sequence(
  three, tmp_path, monkeypatch
):
  """19 of 20 announced frames: near enough for a header, but too short."""
  folder = str(tmp_path / "videos")
  shutil.copytree(three, folder)
  original = video_folder.video_inputs.decode

  def _decode(path, video_format):
    frames = list(original(path, video_format))
    return iter(frames[:-1] if "clip02" in path else frames)

  monkeypatch.setattr(video_folder.video_inputs, "decode", _decode)
  with pytest.raises(UserError, match=r"clip02.mkv \(19\)"):
    _generate(folder, tmp_path / "data")
  with pytest.raises(UserError, match='no complete "test" data'):
    video_folder.VideoFolder().split_files(str(tmp_path / "data"), "test")


def test_grey_and_colour_agree(three, tmp_path):
  colour = _generate(three, tmp_path / "colour")
  frames, ids = colour.read_sequences(str(tmp_path / "colour"), "train", 20)
  grey = _generate(three, tmp_path / "grey", grey=True)
  same, same_ids = grey.read_sequences(str(tmp_path / "grey"), "train", 20)
  assert ids == same_ids and same.shape[-1] == 1
  luma = frames.astype(float) @ [0.299, 0.587, 0.114]
  assert np.abs(luma - same[..., 0]).max() < 2
