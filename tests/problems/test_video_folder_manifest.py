"""A folder of videos: what its manifest says is checked, and compared."""

import json
import shutil

import pytest

from problems import video_folder
from problems.core import options
from t2t_af.errors import UserError
from tests.fixtures import user_videos


def _generate(folder, data_dir):
  with options.using(source_dir=str(folder), frame_size=8):
    video_folder.VideoFolder().generate_data(str(data_dir), None)
  return video_folder.VideoFolder()


@pytest.fixture(name="three", scope="module")
def _three(tmp_path_factory):
  """Three videos of 20 frames; not to be changed."""
  return user_videos.write_folder(
    str(tmp_path_factory.mktemp("three")),
    {name: 20 for name in user_videos.names(3)},
  )


@pytest.mark.parametrize(
  "change",
  [
    {"height": 0},
    {"width": "64"},
    {"width": 10**9},
    {"height": None},
    {"height": 64.0},
    {"num_channels": 2},
    {"num_channels": True},
  ],
)
def test_shape_of_frames_that_cannot_be_is_refused(three, tmp_path, change):
  _generate(three, tmp_path)
  path = tmp_path / "video_folder.manifest.json"
  manifest = json.loads(path.read_text())
  manifest["details"].update(change)
  path.write_text(json.dumps(manifest))
  [name] = change
  with pytest.raises(UserError, match=f"{path}: .*damaged .{name} is .*delete"):
    video_folder.VideoFolder().read_sequences(str(tmp_path), "train", 20)
  reader = _generate(three, tmp_path)
  assert reader.read_sequences(str(tmp_path), "train", 20)[0].shape[2] == 8


def test_a_video_that_is_put_beside_the_others_is_named(
  three, tmp_path, warned
):
  folder = str(tmp_path / "videos")
  shutil.copytree(three, folder)
  _generate(folder, tmp_path / "data")
  user_videos.write_folder(folder, {"later": 21})
  _generate(folder, tmp_path / "data")
  assert "1 file is new (later." in warned[-2]
  assert "kept as they are stored: 3 videos; read: 1" in warned[-1]
  reader = video_folder.VideoFolder()
  counts = [
    len(list(reader.each_sequence(str(tmp_path / "data"), split)))
    for split in ("train", "dev", "test")
  ]
  assert sum(counts) == 4
