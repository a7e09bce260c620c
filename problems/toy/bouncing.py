"""Digits that bounce about on a canvas: the rule of Moving MNIST.

The rule of Srivastava et al. (2015), as published ports have it: each digit
starts anywhere, in any direction, and moves a tenth of its range in each frame;
a step that leaves the range ends at its border and turns that velocity round.
(tensor2tensor mirrors the step at the border instead.) Overlapping digits:
the brighter pixel counts.
"""

from collections.abc import Iterator, Sequence

import numpy as np

NUM_DIGITS = 2
# Per frame, in units of the range: the canvas less the digit.
SPEED = 0.1


def make_sequence(
  images: np.ndarray,
  seed: Sequence[int],
  num_frames: int,
  canvas: int,
  num_digits: int = NUM_DIGITS,
) -> np.ndarray:
  """A sequence of different digits drawn from `images`.

  Args:
    images: uint8 [images, size, size].
    seed: a sequence follows from it alone, not from those made before.
    num_frames: how many.
    canvas: height and width of a frame, pixels.
    num_digits: digits in the sequence.

  Returns:
    uint8 [num_frames, canvas, canvas, 1].
  """
  rng = np.random.default_rng(np.random.SeedSequence(seed))
  chosen = rng.choice(len(images), num_digits, replace=False)
  positions = sample_positions(rng, num_digits, num_frames)
  return draw(images[chosen], positions, canvas)[..., None]


def sequences(
  images: np.ndarray, split: str, count: int, num_frames: int, canvas: int
) -> Iterator[tuple[str, np.ndarray]]:
  """Yields (id, sequence); every split and every number has another seed."""
  for index in range(count):
    yield (
      f"{split}/{index}",
      make_sequence(images, [*split.encode(), index], num_frames, canvas),
    )


def sample_positions(
  rng: np.random.Generator, num_digits: int, num_frames: int
) -> np.ndarray:
  """Where the digits are: [digits, time, 2 (y, x)] in 0..1 of the range."""
  starts = rng.random([num_digits, 2])
  angles = rng.uniform(0, 2 * np.pi, num_digits)
  velocities = SPEED * np.stack([np.sin(angles), np.cos(angles)], axis=-1)
  tracks = [
    bounce(start, velocity, num_frames)
    for start, velocity in zip(
      starts.ravel().tolist(), velocities.ravel().tolist()
    )
  ]
  return np.reshape(tracks, [num_digits, 2, num_frames]).swapaxes(1, 2)


def bounce(position: float, velocity: float, num_frames: int) -> list:
  """The positions, in 0..1, after the first, second, ... step."""
  track = []
  for _ in range(num_frames):
    position += velocity
    if not 0 < position < 1:
      position = min(max(position, 0.0), 1.0)
      velocity = -velocity
    track.append(position)
  return track


def draw(images: np.ndarray, positions: np.ndarray, canvas: int) -> np.ndarray:
  """Lays the digits over each other on black.

  Args:
    images: uint8 [digits, size, size].
    positions: [digits, time, 2 (y, x)] in 0..1.
    canvas: height and width of a frame, pixels.

  Returns:
    uint8 [time, canvas, canvas].
  """
  size = images.shape[-1]
  corners = ((canvas - size) * positions).astype(np.int32)
  frames = np.zeros([positions.shape[1], canvas, canvas], np.uint8)
  # [time, y, x] are the places where a digit can lie, each [size, size].
  places = np.lib.stride_tricks.sliding_window_view(
    frames, (size, size), axis=(1, 2), writeable=True
  )
  times = np.arange(len(frames))
  for image, corner in zip(images, corners):
    here = times, corner[:, 0], corner[:, 1]
    places[here] = np.maximum(places[here], image)
  return frames
