"""Moving MNIST in its three forms, on small files in the true formats."""

import gzip
import hashlib
import json
import os
import shutil

import numpy as np
import pytest

from problems import video_mmnist
from problems.toy import bouncing
from t2t_af.errors import UserError
from tests.contracts import problem_contract
from tests.fixtures import mnist_files
from tests.fixtures import real_data

COUNTS = {"train": 6, "eval": 3, "test": mnist_files.NUM_SEQUENCES}
NPY_COUNTS = {"train": 5, "eval": 3, "test": 2}
VALIDATION = 4
SPLITS = ("train", "eval", "test")
IDX_NAMES = (mnist_files.TRAINING_DIGITS, mnist_files.TEST_DIGITS)


def _source(published, folder):
  """The source of a fixture; the published one where there is no fixture."""
  path = os.path.join(folder, published.filename)
  if not os.path.exists(path):
    return published._replace(urls=())
  with open(path, "rb") as stream:
    content = stream.read()
  return published._replace(
    urls=(), num_bytes=len(content), sha256=hashlib.sha256(content).hexdigest()
  )


def _digit_file(published, folder, images):
  return published._replace(
    source=_source(published.source, folder),
    pixels_sha256=hashlib.sha256(images.tobytes()).hexdigest(),
  )


def _problem_for(cls, folder):
  """A problem that takes the files in `folder` for the published ones."""
  problem = cls()
  if cls is not video_mmnist.VideoMmnistIdx:
    problem.fixed_sequences = _source(cls.fixed_sequences, folder)
  if cls is video_mmnist.VideoMmnistNpy:
    problem.ranges = {"train": (0, 5), "eval": (5, 8), "test": (8, 10)}
    return problem
  problem.training_digits = _digit_file(
    cls.training_digits, folder, mnist_files.training_digits()
  )
  problem.test_digits = _digit_file(
    cls.test_digits, folder, mnist_files.digits_held_out()
  )
  problem.num_validation_digits = VALIDATION
  problem.sequences_per_split = COUNTS
  return problem


def _read(problem, data_dir):
  return {
    split: problem.read_sequences(data_dir, split, 20)[0][..., 0]
    for split in SPLITS
  }


class TestMmnist(problem_contract.VideoProblemContract):
  """Made from MNIST; the test split is the published one."""

  COUNTS = COUNTS

  @classmethod
  def make_problem(cls, folder):
    mnist_files.write_folder(
      folder, (mnist_files.TRAINING_DIGITS, mnist_files.SEQUENCES)
    )
    return _problem_for(video_mmnist.VideoMmnist, folder), folder

  def test_test_split_is_the_published_one_sequence_first(self, made):
    np.testing.assert_array_equal(
      _read(*made)["test"], mnist_files.sequences().swapaxes(0, 1)
    )

  def test_training_and_dev_digits_are_different_images(self, made):
    """Each split is what the rule makes of its own part of the images."""
    images, found = mnist_files.training_digits(), _read(*made)
    for split, part in (
      ("train", images[:-VALIDATION]),
      ("eval", images[-VALIDATION:]),
    ):
      expected = bouncing.sequences(part, split, COUNTS[split], 20, 64)
      np.testing.assert_array_equal(
        found[split], [frames[..., 0] for _, frames in expected]
      )

  def test_manifest_names_both_files_with_their_sha256(self, made):
    problem, data_dir = made
    manifests = [n for n in os.listdir(data_dir) if n.endswith(".json")]
    with open(os.path.join(data_dir, manifests[0])) as stream:
      text = json.dumps(json.load(stream))
    assert problem.fixed_sequences.sha256 in text
    assert problem.training_digits.source.sha256 in text


class TestMmnistIdx(problem_contract.VideoProblemContract):
  """All made from MNIST."""

  COUNTS = COUNTS

  @classmethod
  def make_problem(cls, folder):
    mnist_files.write_folder(folder, IDX_NAMES)
    return _problem_for(video_mmnist.VideoMmnistIdx, folder), folder

  def test_test_digits_are_those_of_the_test_images(self, made):
    expected = bouncing.sequences(
      mnist_files.digits_held_out(), "test", COUNTS["test"], 20, 64
    )
    np.testing.assert_array_equal(
      _read(*made)["test"], [frames[..., 0] for _, frames in expected]
    )


class TestMmnistNpy(problem_contract.VideoProblemContract):
  """The authors' variant."""

  COUNTS = NPY_COUNTS

  @classmethod
  def make_problem(cls, folder):
    mnist_files.write_folder(folder, (mnist_files.SEQUENCES,))
    return _problem_for(video_mmnist.VideoMmnistNpy, folder), folder

  def test_splits_are_stretches_of_the_file(self, made):
    found, published = _read(*made), mnist_files.sequences().swapaxes(0, 1)
    np.testing.assert_array_equal(
      np.concatenate([found[split] for split in SPLITS]), published
    )
    problem, data_dir = made
    assert problem.read_sequences(data_dir, "eval", 20)[1] == [
      "mnist_test_seq/5",
      "mnist_test_seq/6",
      "mnist_test_seq/7",
    ]


def test_blocks_of_the_file_join_without_a_seam(monkeypatch):
  monkeypatch.setattr(video_mmnist, "_BLOCK", 3)
  array = mnist_files.sequences()

  pairs = list(video_mmnist._read_fixed(array, 1, 9))
  assert [name for name, _ in pairs] == [
    f"mnist_test_seq/{k}" for k in range(1, 9)
  ]
  np.testing.assert_array_equal(
    [frames[..., 0] for _, frames in pairs], array.swapaxes(0, 1)[1:9]
  )


def test_sizes_are_as_documented():
  made = [
    video_mmnist.VideoMmnist(),
    video_mmnist.VideoMmnistIdx(),
    video_mmnist.VideoMmnistNpy(),
  ]
  assert [p.name for p in made] == [
    "video_mmnist",
    "video_mmnist_idx",
    "video_mmnist_npy",
  ]
  assert [[p.num_sequences(s) for s in SPLITS] for p in made] == [
    [100000, 10000, 10000]
  ] * 2 + [[8900, 100, 1000]]
  for problem in made:
    assert problem.frame_shape == [64, 64, 1]
    assert problem.frames_per_sequence == 20


def test_published_size_of_the_fixed_sequences_follows_from_its_layout():
  assert (
    video_mmnist.VideoMmnist.fixed_sequences.num_bytes
    == 96 + 20 * 10000 * 64 * 64
  )


@pytest.mark.parametrize("dot", ["-", "."])
@pytest.mark.parametrize("zipped", [True, False])
def test_unpacked_or_renamed_digits_serve_too(tmp_path, dot, zipped):
  mnist_files.write_folder(str(tmp_path), IDX_NAMES)
  problem = _problem_for(video_mmnist.VideoMmnistIdx, str(tmp_path))
  for name in IDX_NAMES:
    content = gzip.decompress((tmp_path / name).read_bytes())
    (tmp_path / name).unlink()
    other = name.replace("-idx", dot + "idx")
    if zipped:  # packed again, at another time
      (tmp_path / other).write_bytes(gzip.compress(content, mtime=1))
    else:
      (tmp_path / other[:-3]).write_bytes(content)
  if zipped and dot == "-":  # another file under the published name
    with pytest.raises(UserError, match="expected sha256"):
      problem.prepare_to_generate(None, str(tmp_path))
  else:
    problem.prepare_to_generate(None, str(tmp_path))
    assert len(list(problem.generate_sequences(None, None, "test"))) == 10


def test_other_images_in_an_unpacked_file_are_refused(tmp_path):
  """Fashion-MNIST, say, has the same names, shape and number."""
  problem = _problem_for(video_mmnist.VideoMmnistIdx, str(tmp_path))
  path = tmp_path / mnist_files.TRAINING_DIGITS[:-3]
  path.write_bytes(mnist_files.idx(mnist_files.training_digits() // 2))
  with pytest.raises(UserError, match=f"{path}: these 12 images are not MNIST"):
    problem.prepare_to_generate(None, str(tmp_path))


def _wrong_axes(folder):
  np.save(
    os.path.join(folder, mnist_files.SEQUENCES),
    mnist_files.sequences().swapaxes(0, 1),
  )
  return "expected uint8 .20, 10, 64, 64., found uint8 .10, 20, 64, 64."


def _pickled(folder):
  np.save(
    os.path.join(folder, mnist_files.SEQUENCES),
    np.array([{}] * 10, object),
    allow_pickle=True,
  )
  return "pickled"


def _cut(folder):
  path = os.path.join(folder, mnist_files.SEQUENCES)
  np.save(path, mnist_files.sequences())
  os.truncate(path, os.path.getsize(path) - 100)
  return "truncated"


@pytest.mark.parametrize("change", [_wrong_axes, _pickled, _cut])
@pytest.mark.parametrize(
  "cls", [video_mmnist.VideoMmnist, video_mmnist.VideoMmnistNpy]
)
def test_wrong_npy_is_named_and_leaves_nothing(tmp_path, cls, change):
  """Even where its checksum were taken for the right one."""
  tmp_dir, data_dir = str(tmp_path), str(tmp_path / "data")
  mnist_files.write_folder(tmp_dir, (mnist_files.TRAINING_DIGITS,))
  reason = change(tmp_dir)
  with pytest.raises(UserError, match=reason) as caught:
    _problem_for(cls, tmp_dir).generate_data(data_dir, tmp_dir)
  assert os.path.join(tmp_dir, mnist_files.SEQUENCES) in str(caught.value)
  assert not os.path.exists(data_dir) or not os.listdir(data_dir)


def test_missing_files_are_named_with_their_place(tmp_path):
  for cls, name in (
    (video_mmnist.VideoMmnistIdx, mnist_files.TRAINING_DIGITS),
    (video_mmnist.VideoMmnistNpy, mnist_files.SEQUENCES),
  ):
    problem = _problem_for(cls, str(tmp_path))
    with pytest.raises(UserError) as caught:
      problem.prepare_to_generate(None, str(tmp_path))
    assert str(tmp_path / name) in str(caught.value)


def test_generates_from_the_real_digits(tmp_path):
  """The published files pass every check; a few sequences of each split."""
  for name in IDX_NAMES:
    shutil.copy(real_data.path(f"mnist/{name}"), tmp_path / name)
  problem = video_mmnist.VideoMmnistIdx()
  problem.sequences_per_split = {"train": 12, "eval": 3, "test": 3}
  problem.generate_data(str(tmp_path / "data"), str(tmp_path))
  found = _read(problem, str(tmp_path / "data"))
  assert [len(found[s]) for s in SPLITS] == [12, 3, 3]
  for frames in found.values():
    lit = (frames > 0).mean()
    # A digit of MNIST has 151 lit pixels on average; two of 4096 rarely meet.
    assert 0.03 < lit < 0.1 and frames.max() == 255
