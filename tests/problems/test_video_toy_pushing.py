"""The toy: the contract, and what it was made to have."""

import numpy as np
import pytest

from problems import video_toy_pushing
from problems.toy import drawing
from problems.toy import world
from tests.contracts import problem_contract

SIZE = 32
SPLIT_COUNTS = {"train": 5, "eval": 3, "test": 2}


class SmallToy(video_toy_pushing.VideoToyPushing):
  """Few and short sequences, for speed."""

  name = "video_small_toy"
  frames_per_sequence = 10
  sequences_per_split = SPLIT_COUNTS


class TestSmallToy(problem_contract.VideoProblemContract):
  """The contract, on the real generator."""

  COUNTS = SPLIT_COUNTS

  @classmethod
  def make_problem(cls, folder):
    return SmallToy(), folder


@pytest.fixture(name="scene_and_decisions", params=range(4))
def _scene_and_decisions(request):
  rng = np.random.default_rng(request.param)
  scene = world.sample_scene(rng)
  return scene, world.sample_decisions(rng, 13, len(scene.bodies))


def test_a_sequence_is_the_same_on_every_run():
  first, again = [
    video_toy_pushing.make_sequence("train", 7, 5, SIZE) for _ in range(2)
  ]
  np.testing.assert_array_equal(first, again)
  assert first.shape == (5, SIZE, SIZE, 3) and first.dtype == np.uint8


def test_splits_and_indices_have_seeds_of_their_own():
  firsts = [
    video_toy_pushing.make_sequence(split, index, 1, SIZE).tobytes()
    for split in SPLIT_COUNTS
    for index in range(3)
  ]
  assert len(set(firsts)) == len(firsts)


def test_same_past_has_different_futures(scene_and_decisions):
  """Other decisions from frame 3 on: equal before, unlike in the end."""
  scene, decisions = scene_and_decisions
  other = world.sample_decisions(
    np.random.default_rng(99), 13, len(scene.bodies)
  )
  changed = world.Decisions(
    *(np.concatenate([a[:3], b[3:]]) for a, b in zip(decisions, other))
  )
  one, two = [
    drawing.draw(scene, world.simulate(scene, d), SIZE)
    for d in (decisions, changed)
  ]
  np.testing.assert_array_equal(one[:3], two[:3])
  # The gripper alone covers 25 of 1024 pixels, in both.
  assert np.mean(np.abs(one[-1] - two[-1]).max(-1) > 20) > 0.02


def test_most_of_the_background_is_static_up_to_sensor_noise():
  """The median pixel moves by noise only; the arm's pixels by far more."""
  for index in range(4):
    video = video_toy_pushing.make_sequence("train", index, 13, SIZE)
    spread = video.astype(float).std(axis=0).max(-1)
    assert 0 < np.median(spread) < 2 * video_toy_pushing.SENSOR_NOISE
    assert spread.max() > 20


def test_objects_are_pushed_and_stay_on_the_table():
  moved = []
  for seed in range(40):
    rng = np.random.default_rng(seed)
    scene = world.sample_scene(rng)
    decisions = world.sample_decisions(rng, 30, len(scene.bodies))
    motion = world.simulate(scene, decisions)
    for points in (motion.bodies, motion.gripper):
      assert np.all((points.real > 0) & (points.real < 1))
      assert np.all((points.imag > 0) & (points.imag < 1))
    moved.append(np.abs(motion.bodies[-1] - motion.bodies[0]).max())
  # By more than three pixels of 32, in most sequences.
  assert np.mean(np.array(moved) > 0.1) > 0.5


def test_gripper_never_overlaps_an_object_it_pushes():
  rng = np.random.default_rng(0)
  for _ in range(20):
    scene = world.sample_scene(rng)
    decisions = world.sample_decisions(rng, 30, len(scene.bodies))
    motion = world.simulate(scene, decisions)
    radii = np.array([b.radius for b in scene.bodies])
    gap = (
      np.abs(motion.bodies - motion.gripper[:, None])
      - radii
      - world.GRIPPER_RADIUS
    )
    # Caught between two objects that cannot move it may touch one.
    assert np.mean(gap > -1e-6) > 0.98


def test_larger_toy_is_the_same_scene():
  small = video_toy_pushing.make_sequence("test", 0, 3, 32).astype(float)
  large = video_toy_pushing.make_sequence("test", 0, 3, 64).astype(float)
  shrunk = large.reshape(3, 32, 2, 32, 2, 3).mean((2, 4))
  other = video_toy_pushing.make_sequence("test", 1, 3, 32).astype(float)
  assert np.corrcoef(small.ravel(), shrunk.ravel())[0, 1] > 0.9
  assert np.corrcoef(small.ravel(), other.ravel())[0, 1] < 0.7


def test_sizes_are_as_documented():
  toy = video_toy_pushing.VideoToyPushing()
  large = video_toy_pushing.VideoToyPushing64()
  assert toy.frame_shape == [32, 32, 3] and large.frame_shape == [64, 64, 3]
  assert [toy.num_sequences(s) for s in SPLIT_COUNTS] == [2000, 200, 200]
  assert toy.name == "video_toy_pushing"
  assert large.name == "video_toy_pushing64"
