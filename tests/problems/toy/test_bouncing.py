"""The bounce rule, against a plain loop and numbers worked out by hand."""

import numpy as np
import pytest

from problems.toy import bouncing


def _plain_loop(images, positions, velocities, num_frames, canvas):
  """The rule as ports of the original script have it, pixel by pixel."""
  size = images.shape[-1]
  frames = np.zeros([num_frames, canvas, canvas], np.uint8)
  for image, (y, x), (vy, vx) in zip(images, positions, velocities):
    for t in range(num_frames):
      y += vy * 0.1
      x += vx * 0.1
      if x <= 0:
        x, vx = 0, -vx
      if x >= 1:
        x, vx = 1, -vx
      if y <= 0:
        y, vy = 0, -vy
      if y >= 1:
        y, vy = 1, -vy
      top = np.int32((canvas - size) * y)
      left = np.int32((canvas - size) * x)
      for i in range(size):
        for j in range(size):
          frames[t, top + i, left + j] = max(
            frames[t, top + i, left + j], image[i, j]
          )
  return frames


@pytest.mark.parametrize(
  "start,velocity,expected",
  [
    # Moves before the first frame.
    (0.5, 0.1, [0.6, 0.7, 0.8, 0.9]),
    # Stays at the border for the step that reached it, then goes back; a
    # mirror would give 0.95 + 0.1 -> 0.95, 0.85.
    (0.95, 0.1, [1.0, 0.9, 0.8, 0.7]),
    (0.05, -0.1, [0.0, 0.1, 0.2, 0.3]),
    (0.25, -0.1, [0.15, 0.05, 0.0, 0.1]),
    # Reaching the border exactly counts as leaving.
    (0.75, 0.25, [1.0, 0.75, 0.5, 0.25]),
    (0.3, 0.0, [0.3, 0.3, 0.3, 0.3]),
  ],
)
def test_positions_worked_out_by_hand(start, velocity, expected):
  np.testing.assert_allclose(
    bouncing.bounce(start, velocity, 4), expected, atol=1e-12
  )


def test_pixels_are_cut_off_not_rounded():
  image = np.full([1, 28, 28], 9, np.uint8)
  # 36 * 0.5 = 18; 36 * 0.99 = 35.64 -> 35; 36 * 1 = 36: the very last place.
  positions = np.array([[[0.5, 0.99], [0.0, 1.0]]])
  frames = bouncing.draw(image, positions, 64)
  for frame, (top, left) in zip(frames, [(18, 35), (0, 36)]):
    ys, xs = np.nonzero(frame)
    assert (ys.min(), ys.max()) == (top, top + 27)
    assert (xs.min(), xs.max()) == (left, left + 27)


def test_brighter_pixel_of_overlapping_digits_counts():
  images = np.array([[[10, 200]] * 2, [[100, 20]] * 2], np.uint8)
  frames = bouncing.draw(images, np.zeros([2, 1, 2]), 4)
  np.testing.assert_array_equal(frames[0, :2, :2], [[100, 200]] * 2)
  assert frames.sum() == 600


@pytest.mark.parametrize(
  "canvas,size,num_digits", [(64, 28, 2), (32, 14, 3), (20, 5, 1), (8, 8, 2)]
)
def test_sequence_equals_a_plain_loop(canvas, size, num_digits):
  images = np.random.default_rng(5).integers(
    0, 256, [num_digits, size, size], np.uint8
  )
  for seed in range(3):
    rng = np.random.default_rng(np.random.SeedSequence([seed]))
    order = rng.choice(num_digits, num_digits, replace=False)
    starts = rng.random([num_digits, 2])
    angles = rng.uniform(0, 2 * np.pi, num_digits)
    expected = _plain_loop(
      images[order],
      starts,
      [(np.sin(a), np.cos(a)) for a in angles],
      20,
      canvas,
    )
    found = bouncing.make_sequence(images, [seed], 20, canvas, num_digits)
    assert found.dtype == np.uint8
    np.testing.assert_array_equal(found[..., 0], expected)


def test_digits_stay_whole_and_reach_every_border():
  """A lit digit never loses a pixel, and lies at each of the four borders."""
  image = np.full([1, 28, 28], 255, np.uint8)
  reached = np.zeros(4, bool)
  for seed in range(20):
    lit = bouncing.make_sequence(image, [seed], 20, 64, 1)[..., 0] > 0
    assert (lit.sum((1, 2)) == 28 * 28).all()
    ys, xs = lit.any((0, 2)), lit.any((0, 1))
    reached |= [ys[0], ys[-1], xs[0], xs[-1]]
  assert reached.all()


def test_speed_is_a_tenth_of_the_range_in_any_direction():
  rng = np.random.default_rng(0)
  positions = bouncing.sample_positions(rng, 200, 3)
  steps = np.diff(positions, axis=1)
  free = ((positions > 0) & (positions < 1)).all(axis=(1, 2))
  assert free.sum() > 100
  np.testing.assert_allclose(np.linalg.norm(steps[free], axis=-1), 0.1)
  angles = np.arctan2(*steps[free, 0].T)
  assert np.histogram(angles, 4, (-np.pi, np.pi))[0].min() > 20


def test_digits_of_a_sequence_are_different_images():
  images = np.array([1, 2], np.uint8)[:, None, None].repeat(4, 1).repeat(4, 2)
  for seed in range(20):
    frames = bouncing.make_sequence(images, [seed], 20, 64)
    assert set(np.unique(frames)) == {0, 1, 2}


def test_a_sequence_depends_on_its_split_and_number_alone():
  images = np.random.default_rng(5).integers(0, 256, [9, 28, 28], np.uint8)
  whole = dict(bouncing.sequences(images, "train", 5, 6, 64))
  fewer = dict(bouncing.sequences(images, "train", 3, 6, 64))
  other = dict(bouncing.sequences(images, "eval", 5, 6, 64))
  for name, sequence in fewer.items():
    np.testing.assert_array_equal(whole[name], sequence)
  contents = {s.tobytes() for s in (*whole.values(), *other.values())}
  assert len(contents) == 10 and list(other) == [f"eval/{k}" for k in range(5)]
