"""KTH: the contract and the errors, on clips in the true format."""

import json
import os
import zipfile

import numpy as np
import pytest

from problems import video_kth
from problems.core import options
from problems.files import kth_sequences
from t2t_af.errors import UserError
from tests.contracts import generation_contract
from tests.contracts import problem_contract
from tests.fixtures import kth_videos

SPLITS = ("train", "eval", "test")


def _problem():
  problem = video_kth.VideoKth()
  problem.num_clips = kth_videos.NUM_CLIPS
  problem.num_ranges = kth_videos.NUM_RANGES
  return problem


@pytest.fixture(name="root", scope="module")
def _root(tmp_path_factory):
  """Folders of clips as unpacked by hand; not to be changed."""
  folder = kth_videos.write_folder(str(tmp_path_factory.mktemp("kth")))
  for action in kth_sequences.ACTIONS:  # as the zips unpack, some empty here
    os.makedirs(os.path.join(folder, action), exist_ok=True)
  return folder


def _zipped(root, folder, change=None):
  """A tmp_dir with the list and the six zips."""
  os.makedirs(folder, exist_ok=True)
  kth_videos.write_zips(root, str(folder), change)
  with open(os.path.join(folder, "00sequences.txt"), "wb") as out:
    out.write(kth_videos.LISTING.encode("ascii"))
  return str(folder)


def _all_of(problem, data_dir):
  return {
    name: frames
    for split in SPLITS
    for name, frames in problem.each_sequence(data_dir, split)
  }


class TestKth(problem_contract.VideoProblemContract):
  """The contract, from the zips."""

  COUNTS = kth_videos.COUNTS
  RECORDINGS = {"train": 2, "eval": 2, "test": 1}  # clips

  @classmethod
  def make_problem(cls, folder):
    root = kth_videos.write_folder(os.path.join(folder, "unpacked"))
    return _problem(), _zipped(root, os.path.join(folder, "tmp"))

  def test_sequences_are_the_listed_frames(self, made):
    """To the last one; cut where the clip ends; in the order of the list."""
    problem, data_dir = made
    found = {
      name: [kth_videos.number(frame) + 1 for frame in frames]
      for name, frames in _all_of(problem, data_dir).items()
    }
    expected = {
      "boxing/person11_boxing_d1/1-20": (1, 20),
      "boxing/person11_boxing_d1/41-60": (41, 60),
      "boxing/person11_boxing_d1/21-40": (21, 40),
      "walking/person15_walking_d2/1-20": (1, 20),
      "walking/person15_walking_d2/31-50": (31, 50),
      "boxing/person01_boxing_d1/1-24": (1, 24),
      "boxing/person01_boxing_d1/31-58": (31, 55),
      "walking/person01_walking_d4/3-30": (3, 30),
      "walking/person07_walking_d2/1-25": (1, 25),
      "walking/person07_walking_d2/26-50": (26, 50),
    }
    assert found == {
      name: list(range(first, last + 1))
      for name, (first, last) in expected.items()
    }
    assert list(found) == list(expected)

  def test_nothing_is_unpacked(self, made):
    _, data_dir = made
    folder = os.path.join(os.path.dirname(data_dir), "tmp")
    assert sorted(os.listdir(folder)) == sorted(
      ["00sequences.txt"] + [a + ".zip" for a in kth_sequences.ACTIONS]
    )

  def test_manifest_names_the_zips_by_their_sha256(self, made):
    _, data_dir = made
    with open(
      os.path.join(data_dir, "video_kth.manifest.json"), encoding="utf-8"
    ) as text:
      manifest = json.load(text)
    sources = [manifest["splits"][s]["source"] for s in ("train", "dev")]
    assert sources[0] == sources[1]
    assert sorted(sources[0]) == sorted(kth_sequences.ACTIONS)
    assert len({entry["sha256"] for entry in sources[0].values()}) == 3
    files = manifest["details"].pop("source_files")
    assert sorted(files) == sorted(f"{a}.zip" for a in kth_sequences.ACTIONS)
    assert manifest["details"] == {"missing_clips": 0}


def test_unpacked_folders_give_the_same_as_the_zips(root, tmp_path):
  read = []
  for tmp_dir in (root, _zipped(root, tmp_path / "zips")):
    problem, data_dir = _problem(), str(tmp_path / f"data{len(read)}")
    problem.generate_data(data_dir, tmp_dir)
    read.append(_all_of(problem, data_dir))
  assert list(read[0]) == list(read[1])
  for frames, same in zip(read[0].values(), read[1].values()):
    np.testing.assert_array_equal(frames, same)


def test_clips_that_are_missing_are_named(root, tmp_path):
  tmp_dir = _zipped(root, tmp_path / "zips")
  with zipfile.ZipFile(os.path.join(tmp_dir, "walking.zip"), "w"):
    pass
  with pytest.raises(
    UserError,
    match=(
      "3 of 5 clips are missing: walking/person01_walking_d4_uncomp.avi, .*"
      "--allow_missing"
    ),
  ):
    _problem().generate_data(str(tmp_path / "data"), tmp_dir)
  assert not os.path.exists(tmp_path / "data")


def test_missing_clips_may_be_allowed_until_they_are_there(root, tmp_path):
  tmp_dir, data_dir = str(tmp_path / "few"), str(tmp_path / "data")
  clips = {
    name: count
    for name, count in kth_videos.CLIPS.items()
    if name != "person01_walking_d4"
  }
  kth_videos.write_folder(tmp_dir, clips)
  problem = _problem()
  with options.using(allow_missing=True):
    problem.generate_data(data_dir, tmp_dir)
    assert len(_all_of(problem, data_dir)) == kth_videos.NUM_RANGES - 1
    before = generation_contract.times(data_dir)
    problem.generate_data(data_dir, None)  # complete, as far as asked for
    assert generation_contract.times(data_dir) == before
    kth_videos.write_folder(tmp_dir, kth_videos.CLIPS)
    problem.generate_data(data_dir, tmp_dir)  # a clip is new
    assert len(_all_of(problem, data_dir)) == kth_videos.NUM_RANGES
  problem.generate_data(data_dir, _zipped(root, tmp_path / "zips"))
  assert len(_all_of(problem, data_dir)) == kth_videos.NUM_RANGES


def test_split_without_any_clip_is_an_error(tmp_path):
  tmp_dir = kth_videos.write_folder(
    str(tmp_path / "few"), {"person11_boxing_d1": 60}
  )
  with options.using(allow_missing=True):
    with pytest.raises(UserError, match='split "eval" .persons 01, 04, 19'):
      _problem().generate_data(str(tmp_path / "data"), tmp_dir)


@pytest.mark.parametrize(
  "change,reason",
  [
    (lambda data: data[: len(data) // 2], "is truncated: expected at least"),
    (lambda data: b"a text file", "is no video file"),
    (lambda data: b"", "is empty"),
  ],
)
def test_bad_clip_is_named_with_its_zip_and_leaves_no_files(
  root, tmp_path, change, reason
):
  bad = "person15_walking_d2_uncomp.avi"
  tmp_dir = _zipped(
    root,
    tmp_path / "zips",
    lambda name, data: change(data) if name == bad else data,
  )
  data_dir = str(tmp_path / "data")
  with pytest.raises(UserError, match=f"walking.zip: {bad}: {reason}"):
    _problem().generate_data(data_dir, tmp_dir)
  assert not os.path.exists(data_dir)


def test_clip_that_ends_long_before_its_range_is_named(tmp_path):
  tmp_dir = kth_videos.write_folder(
    str(tmp_path / "short"), {**kth_videos.CLIPS, "person15_walking_d2": 45}
  )
  for action in kth_sequences.ACTIONS:
    os.makedirs(os.path.join(tmp_dir, action), exist_ok=True)
  problem, data_dir = _problem(), str(tmp_path / "data")
  with pytest.raises(
    UserError,
    match=(
      "person15_walking_d2_uncomp.avi has 45 frames, too few for the sequence "
      "31-50"
    ),
  ):
    problem.generate_data(data_dir, tmp_dir)
  with options.using(allow_missing=True):
    problem.generate_data(data_dir, tmp_dir)
  assert len(_all_of(problem, data_dir)) == kth_videos.NUM_RANGES - 1


def test_sequences_that_are_cut_are_counted_in_the_log(
  root, tmp_path, monkeypatch
):
  said = []
  monkeypatch.setattr(
    video_kth.tf.logging,
    "info",
    lambda text, *values: said.append(text % values),
  )
  _problem().generate_data(str(tmp_path), root)
  assert [text for text in said if "1 of 3 sequences end before" in text]


def test_list_with_other_counts_is_refused(root):
  problem = video_kth.VideoKth()
  with pytest.raises(
    UserError,
    match=(
      "00sequences.txt: expected 599 clips with 2391 sequences, found 5 with 10"
    ),
  ):
    problem.prepare_to_generate(None, root)


def test_what_is_not_there_is_asked_of_the_mirrors(root, tmp_path, monkeypatch):
  """The list and the zips, by their names, in both places."""
  asked = []

  def _fetch(source, tmp_dir):
    del tmp_dir
    asked.append(source)
    raise UserError("no network")

  monkeypatch.setattr(video_kth.download, "fetch", _fetch)
  with pytest.raises(UserError, match="no network"):
    _problem().prepare_to_generate(None, str(tmp_path))
  monkeypatch.undo()
  tmp_dir = _zipped(root, tmp_path / "zips")
  os.remove(os.path.join(tmp_dir, "running.zip"))
  original = video_kth.download.fetch
  monkeypatch.setattr(
    video_kth.download,
    "fetch",
    lambda source, folder: (
      _fetch if "running" in source.filename else original
    )(source, folder),
  )
  with pytest.raises(UserError, match="no network"):
    _problem().prepare_to_generate(None, tmp_dir)
  assert [source.filename for source in asked] == [
    "00sequences.txt",
    "running.zip",
  ]
  assert asked[1].urls == (
    "https://www.csc.kth.se/cvap/actions/running.zip",
    "http://www.nada.kth.se/cvap/actions/running.zip",
  )
