"""Moving digits: the contract, and where their images come from."""

import numpy as np
import pytest
from sklearn import datasets

from problems import video_moving_digits
from problems.toy import bouncing
from tests.contracts import problem_contract

SPLITS = ("train", "eval", "test")
SPLIT_COUNTS = {"train": 5, "eval": 3, "test": 2}


class SmallDigits(video_moving_digits.VideoMovingDigits):
  """Few and short sequences, for speed."""

  name = "video_small_digits"
  frames_per_sequence = 10
  sequences_per_split = SPLIT_COUNTS


class SmallDigits32(video_moving_digits.VideoMovingDigits32):
  """Few and short sequences, for speed."""

  name = "video_small_digits32"
  frames_per_sequence = 10
  sequences_per_split = SPLIT_COUNTS


class TestSmallDigits(problem_contract.VideoProblemContract):
  """The contract, on the real digits."""

  COUNTS = SPLIT_COUNTS

  @classmethod
  def make_problem(cls, folder):
    return SmallDigits(), folder

  def test_each_split_is_made_from_its_own_digits(self, made):
    problem, data_dir = made
    digits = datasets.load_digits()
    boxes = video_moving_digits.enlarge(digits.images, 28)
    parts = video_moving_digits.split_digits(digits.target)
    for split in SPLITS:
      expected = bouncing.sequences(
        boxes[parts[split]], split, SPLIT_COUNTS[split], 10, 64
      )
      found, _ = problem.read_sequences(data_dir, split, 10)
      np.testing.assert_array_equal(found, [frames for _, frames in expected])


class TestSmallDigits32(problem_contract.VideoProblemContract):
  """The same at 32x32."""

  COUNTS = SPLIT_COUNTS

  @classmethod
  def make_problem(cls, folder):
    return SmallDigits32(), folder


@pytest.fixture(name="digits", scope="module")
def _digits():
  return datasets.load_digits()


def test_digit_images_of_the_splits_are_disjoint_and_stratified(digits):
  parts = video_moving_digits.split_digits(digits.target)
  assert sorted(parts) == sorted(SPLITS)
  np.testing.assert_array_equal(
    np.sort(np.concatenate(list(parts.values()))), np.arange(1797)
  )
  assert [len(parts[s]) for s in SPLITS] == [1439, 179, 179]
  for split in ("eval", "test"):
    per_class = np.bincount(digits.target[parts[split]], minlength=10)
    assert per_class.min() >= 17 and per_class.max() <= 18
  # By content too: no image of one split looks exactly like one of another.
  contents = [
    {digits.images[i].tobytes() for i in part} for part in parts.values()
  ]
  assert len(set.union(*contents)) == sum(map(len, contents)) == 1797


def test_split_is_drawn_and_the_same_on_every_run(digits):
  first, again = [
    video_moving_digits.split_digits(digits.target) for _ in range(2)
  ]
  for split in SPLITS:
    np.testing.assert_array_equal(first[split], again[split])
  # Not the first or last ones of the file, which are by a few hands.
  assert first["test"].min() < 200 and first["test"].max() > 1600


@pytest.mark.parametrize("size,margin", [(28, 2), (14, 1)])
def test_enlarged_digits_have_a_margin_and_keep_their_looks(
  digits, size, margin
):
  boxes = video_moving_digits.enlarge(digits.images[:50], size)
  assert boxes.shape == (50, size, size) and boxes.dtype == np.uint8
  inner = boxes[:, margin:-margin, margin:-margin]
  assert inner.sum() == boxes.sum() and inner[:, [0, -1]].any()
  # Means over an 8x8 grid are the original again, nearly.
  side = size - 2 * margin
  grid = np.arange(8 * side) // 8  # a common multiple
  fine = inner[:, grid][:, :, grid].astype(float)
  means = fine.reshape(50, 8, side, 8, side).mean((2, 4))
  original = digits.images[:50] * (255 / 16)
  assert np.corrcoef(means.ravel(), original.ravel())[0, 1] > 0.97
  assert boxes.max() > 250


def test_smaller_digits_are_on_the_same_courses():
  """Seeds and rule are the same: shrunk, the frames are alike."""
  large, small = [_frames(cls()) for cls in (SmallDigits, SmallDigits32)]
  shrunk = large.reshape(10, 32, 2, 32, 2).mean((2, 4))
  assert np.corrcoef(shrunk.ravel(), small.ravel())[0, 1] > 0.85
  assert np.corrcoef(shrunk[::-1].ravel(), small.ravel())[0, 1] < 0.7


def _frames(problem):
  problem.prepare_to_generate(None, None)
  _, frames = next(iter(problem.generate_sequences(None, None, "test")))
  return frames[..., 0].astype(float)


def test_sizes_are_as_documented():
  large = video_moving_digits.VideoMovingDigits()
  small = video_moving_digits.VideoMovingDigits32()
  assert large.frame_shape == [64, 64, 1] and small.frame_shape == [32, 32, 1]
  assert (large.name, small.name) == (
    "video_moving_digits",
    "video_moving_digits32",
  )
  for problem in (large, small):
    assert [problem.num_sequences(s) for s in SPLITS] == [2000, 200, 200]
    assert problem.frames_per_sequence == 20
