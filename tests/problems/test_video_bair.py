"""BAIR: the contract and the errors, on an archive in the true layout."""

import io
import os
import shutil
import tarfile

import numpy as np
import pytest

from problems import video_bair
from problems.files import tfrecord
from t2t_af.errors import UserError
from tests.contracts import problem_contract
from tests.fixtures import bair_archive

RECORDS = 2
NAME = "bair.tar"


def _problem_for(num_bytes, sha256):
  problem = video_bair.VideoBair()
  problem.archive = problem.archive._replace(
    filename=NAME, urls=(), num_bytes=num_bytes, sha256=sha256
  )
  problem.num_files = {"train": len(bair_archive.TRAIN_FILES), "test": 1}
  return problem


def _problem_of(tar_path):
  """A problem that takes this archive, whatever is in it, for the real one."""
  return _problem_for(os.path.getsize(tar_path), _sha256(tar_path))


def _sha256(path):
  return video_bair.download._sha256(path)


@pytest.fixture(name="root", scope="module")
def _root(tmp_path_factory):
  """A folder softmotion30_44k, one record in a file; not to be changed."""
  return bair_archive.write_folder(str(tmp_path_factory.mktemp("bair")), 1)


class TestBair(problem_contract.VideoProblemContract):
  """The contract, from the archive."""

  COUNTS = {"train": 2 * RECORDS, "eval": 2 * RECORDS, "test": RECORDS}

  @classmethod
  def make_problem(cls, folder):
    root = bair_archive.write_folder(folder, RECORDS)
    facts = bair_archive.write_tar(root, os.path.join(folder, NAME))
    shutil.rmtree(root)
    return _problem_for(**facts), folder

  def test_splits_are_cut_from_the_sorted_files(self, made):
    """Frames of the second camera, bit by bit, where they belong."""
    problem, data_dir = made
    for split, s, files in (
      ("train", 0, (0, 1)),
      ("eval", 0, (2, 3)),
      ("test", 1, (0,)),
    ):
      frames, ids = problem.read_sequences(data_dir, split, 30)
      expected = [
        bair_archive.video([s, f, r]) for f in files for r in range(RECORDS)
      ]
      np.testing.assert_array_equal(frames, expected)
      assert (
        ids[0].split("/")[1]
        == (bair_archive.TRAIN_FILES, bair_archive.TEST_FILES)[s][files[0]]
      )

  def test_nothing_is_unpacked(self, made):
    _, data_dir = made
    beside = os.listdir(os.path.dirname(data_dir))
    assert sorted(beside) == sorted([NAME, NAME + ".verified", "data"])


def test_fixture_records_have_the_published_size(root):
  path = os.path.join(root, "test", bair_archive.TEST_FILES[0] + ".tfrecords")
  assert os.path.getsize(path) == bair_archive.RECORD_BYTES


def test_published_archive_size_follows_from_its_layout():
  """512-byte headers, whole blocks of 10,240; no byte is left over."""
  records = 170 * 256 * bair_archive.RECORD_BYTES  # whole blocks of 512
  assert (256 * bair_archive.RECORD_BYTES) % 512 == 0
  size = records + (170 + 3) * 512 + 1024
  size += -size % 10240
  assert size == video_bair.VideoBair.archive.num_bytes


def test_unpacked_folder_gives_the_same_as_the_archive(root, tmp_path):
  tar_dir = tmp_path / "tar"
  tar_dir.mkdir()
  bair_archive.write_tar(root, str(tar_dir / NAME))
  read = []
  for tmp_dir in (str(tar_dir), os.path.dirname(root)):
    data_dir = os.path.join(str(tmp_path), f"data{len(read)}")
    problem = _problem_of(tar_dir / NAME)
    problem.generate_data(data_dir, tmp_dir)
    read.append(
      [
        problem.read_sequences(data_dir, s, 30)
        for s in ("train", "eval", "test")
      ]
    )
  for (frames, ids), (same_frames, same_ids) in zip(*read):
    np.testing.assert_array_equal(frames, same_frames)
    assert ids == same_ids


def test_incomplete_unpacked_folder_is_refused(root):
  problem = _problem_for(1, "")
  problem.num_files = {"train": 169, "test": 1}
  with pytest.raises(UserError, match="expected 169 .* found 4"):
    problem.prepare_to_generate(None, os.path.dirname(root))


@pytest.mark.parametrize("kind", ["cut", "flipped"])
def test_wrong_archive_is_named_with_what_was_expected(root, tmp_path, kind):
  path = str(tmp_path / NAME)
  facts = bair_archive.write_tar(root, path)
  with open(path, "r+b") as archive:
    if kind == "cut":
      archive.truncate(facts["num_bytes"] // 2)
    else:
      archive.seek(5000)
      archive.write(b"\xff" * 8)
  with pytest.raises(UserError) as caught:
    _problem_for(**facts).prepare_to_generate(None, str(tmp_path))
  message = str(caught.value)
  assert path in message
  expected = facts["num_bytes"] if kind == "cut" else facts["sha256"]
  assert f"expected {'' if kind == 'cut' else 'sha256 '}{expected}" in message


def _cut(data):
  return data[:1000]


def _one_image_short(data):
  # Field lengths stay true: an Example with a frame of other size.
  video = np.zeros([30, 64, 63, 3], np.uint8)
  del data
  return bair_archive.example(video)


def _a_frame_less(data):
  del data
  return bair_archive.example(np.zeros([29, 64, 64, 3], np.uint8))


@pytest.mark.parametrize(
  "change,reason",
  [
    (_cut, "not a tf.train.Example"),
    (_one_image_short, "0/image_aux1/encoded has 12096 bytes instead of 12288"),
    (_a_frame_less, "116 features instead of 4 for each of 30"),
  ],
)
def test_bad_record_is_named_and_leaves_no_files(tmp_path, change, reason):
  stem = bair_archive.TRAIN_FILES[1]
  root = bair_archive.write_folder(
    str(tmp_path), 1, lambda s, r, data: change(data) if s == stem else data
  )
  problem = _problem_for(1, "")
  data_dir = str(tmp_path / "data")
  with pytest.raises(UserError) as caught:
    problem.generate_data(data_dir, str(tmp_path))
  assert reason in str(caught.value)
  assert os.path.join(root, "train", stem) in str(caught.value)
  assert "record 0 at byte 0" in str(caught.value)
  assert not os.path.exists(data_dir)


def test_truncated_file_in_an_unpacked_folder_is_named_with_its_byte(tmp_path):
  root = bair_archive.write_folder(str(tmp_path), 2)
  path = os.path.join(root, "test", bair_archive.TEST_FILES[0] + ".tfrecords")
  os.truncate(path, 2 * bair_archive.RECORD_BYTES - 100)
  data_dir = str(tmp_path / "data")
  with pytest.raises(
    UserError,
    match=(
      f"{path}: the record at byte {bair_archive.RECORD_BYTES} .*truncated"
    ),
  ):
    _problem_for(1, "").generate_data(data_dir, str(tmp_path))


@pytest.mark.parametrize(
  "entry,reason",
  [
    (dict(name="softmotion30_44k/../../evil"), "leads out"),
    (dict(name="/etc/evil"), "leads out"),
    (
      dict(
        name="softmotion30_44k/train/l.tfrecords",
        type=tarfile.SYMTYPE,
        linkname="/etc/passwd",
      ),
      "neither a file nor a folder",
    ),
  ],
)
def test_tar_entry_that_climbs_out_is_refused(tmp_path, entry, reason):
  path = str(tmp_path / NAME)
  with tarfile.open(path, "w") as tar:
    info = tarfile.TarInfo()
    for key, value in entry.items():
      setattr(info, key, value)
    tar.addfile(info, io.BytesIO(b""))
  with pytest.raises(UserError, match=reason):
    _problem_of(path).prepare_to_generate(None, str(tmp_path))


@pytest.mark.parametrize("content", [b"", b"no tar at all" * 100])
def test_something_else_than_the_archive_is_refused(tmp_path, content):
  path = tmp_path / NAME
  path.write_bytes(content)
  with pytest.raises(UserError, match=f"{path}"):
    _problem_of(path).prepare_to_generate(None, str(tmp_path))


def test_framing_reads_what_tensorflow_writes(root):
  path = os.path.join(root, "test", bair_archive.TEST_FILES[0] + ".tfrecords")
  with open(path, "rb") as stream:
    records = list(tfrecord.read(stream, path))
  video = bair_archive.video([1, 0, 0])
  assert [r.offset for r in records] == [0]
  np.testing.assert_array_equal(
    video_bair.parse_frames(records[0].data, path), video
  )


def test_framing_finds_a_wrong_byte_anywhere():
  before, after = tfrecord.framing(b"12345")
  whole = before + b"12345" + after
  assert [r.data for r in tfrecord.read(io.BytesIO(whole), "f")] == [b"12345"]
  for place in range(len(whole)):
    wrong = bytearray(whole)
    wrong[place] ^= 1
    trouble = "no TFRecord header" if place < 12 else "the record"
    with pytest.raises(UserError, match=f"f: {trouble} at byte 0"):
      list(tfrecord.read(io.BytesIO(bytes(wrong)), "f"))
