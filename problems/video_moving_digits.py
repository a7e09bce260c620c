"""Bouncing handwritten digits that need no download: scikit-learn's.

Moving MNIST's rule with 1,797 real digits, which scikit-learn brings along: the
test set of Alpaydin and Kaynak's Optical Recognition of Handwritten Digits.
"""

from collections.abc import Iterator
from typing import Any

import numpy as np
from PIL import Image
from tensor2tensor.utils import registry

from problems.core import drawn_sequences
from problems.core import video_problem
from problems.toy import bouncing

_SPLIT_SEED = 0
# Of each class a tenth each; the rest is for training.
_HELD_OUT = 0.1


def enlarge(images: np.ndarray, size: int) -> np.ndarray:
  """Digits in a square box with a margin, as MNIST's have one.

  Args:
    images: [images, 8, 8] in 0..16; the digits fill the height.
    size: height and width of the box, pixels.

  Returns:
    uint8 [images, size, size]: six sevenths of the box are filled (24 pixels of
    28), by bicubic interpolation.
  """
  inner = size * 6 // 7
  margin = (size - inner) // 2
  boxes = np.zeros([len(images), size, size], np.uint8)
  for box, image in zip(boxes, np.rint(images * (255 / 16)).astype(np.uint8)):
    box[margin : margin + inner, margin : margin + inner] = Image.fromarray(
      image
    ).resize((inner, inner), Image.BICUBIC)
  return boxes


def split_digits(labels: np.ndarray) -> dict[str, np.ndarray]:
  """Which images each split may use: indices, no image in two splits.

  Of every class the same share, drawn with a fixed seed. Who wrote which digit
  is not known, so one hand may be in several splits.
  """
  rng = np.random.default_rng(_SPLIT_SEED)
  parts = {"test": [], "eval": [], "train": []}
  for label in np.unique(labels):
    indices = rng.permutation(np.flatnonzero(labels == label))
    held_out = round(_HELD_OUT * len(indices))
    for part, chosen in zip(
      parts.values(), np.split(indices, [held_out, 2 * held_out])
    ):
      part.append(chosen)
  return {split: np.sort(np.concatenate(part)) for split, part in parts.items()}


@registry.register_problem
class VideoMovingDigits(video_problem.VideoSequenceProblem):
  """64x64 grey, 20 frames; 2000 / 200 / 200 sequences.

  No digit image is in two splits. The background is exactly 0: densities are
  bounded by the noise that models add to 8-bit frames, and by nothing else.
  """

  frame_height = 64
  frame_width = 64
  num_channels = 1
  frames_per_sequence = 20
  digit_size = 28
  sequences_per_split = drawn_sequences.NUM_SEQUENCES
  is_drawn = True

  def __init__(self, *args: Any, **kwargs: Any) -> None:
    super().__init__(*args, **kwargs)
    self._digits: dict[str, np.ndarray] = {}

  def source(self) -> dict[str, Any]:
    """Where the digits are from."""
    return {"digits": "scikit-learn's load_digits"}

  def prepare_to_generate(self, data_dir: str, tmp_dir: str) -> None:
    """Makes boxes of the digits of each split."""
    # Here, because it takes a third of a second, and few commands generate.
    from sklearn import datasets

    digits = datasets.load_digits()
    boxes = enlarge(digits.images, self.digit_size)
    self._digits = {
      split: boxes[indices]
      for split, indices in split_digits(digits.target).items()
    }

  def generate_sequences(
    self, data_dir: str, tmp_dir: str, split: str
  ) -> Iterator[tuple[str, np.ndarray]]:
    """Yields ("split/index", uint8 [time, height, width, 1])."""
    return bouncing.sequences(
      self._digits[split],
      split,
      self.num_sequences(split),
      self.frames_per_sequence,
      self.frame_height,
    )


@registry.register_problem
class VideoMovingDigits32(VideoMovingDigits):
  """The same digits on the same courses at 32x32, for quick runs."""

  frame_height = 32
  frame_width = 32
  digit_size = 14
