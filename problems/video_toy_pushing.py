"""A toy that needs no download: an arm pushes objects about on a table.

Made to have what robot pushing videos have: a textured table that never
changes, so that a flow can gain by subtracting the past; and an arm whose
accelerations are random, so that three frames leave the future open.
"""

import numpy as np
from tensor2tensor.utils import registry

from problems.core import drawn_sequences
from problems.core import video_problem
from problems.toy import drawing
from problems.toy import world

# Grey levels. Without noise the background would repeat exactly, and its
# density under a continuous model would have no bound.
SENSOR_NOISE = 0.8


def make_sequence(
  split: str, index: int, num_frames: int, size: int
) -> np.ndarray:
  """Sequence number `index` of a split: uint8 [num_frames, size, size, 3].

  Each sequence has another seed, so no two splits share one, and the order of
  generation does not matter.
  """
  seeds = drawn_sequences.seed(split, index).spawn(3)
  scene_rng, motion_rng, noise_rng = map(np.random.default_rng, seeds)
  scene = world.sample_scene(scene_rng)
  decisions = world.sample_decisions(motion_rng, num_frames, len(scene.bodies))
  motion = world.simulate(scene, decisions)
  return add_sensor_noise(drawing.draw(scene, motion, size), noise_rng)


def add_sensor_noise(
  frames: np.ndarray, rng: np.random.Generator
) -> np.ndarray:
  """Grey levels (uint8) of float frames in 0..255 with a camera's noise."""
  noise = rng.standard_normal(frames.shape, np.float32)
  return np.clip(np.rint(frames + SENSOR_NOISE * noise), 0, 255).astype(
    np.uint8
  )


@registry.register_problem
class VideoToyPushing(
  drawn_sequences.DrawnSequences, video_problem.VideoSequenceProblem
):
  """32x32 colour, 30 frames; 2000 / 200 / 200 sequences."""

  frame_height = 32
  frame_width = 32
  frames_per_sequence = 30

  def draw_sequence(self, split: str, index: int) -> np.ndarray:
    """Frames, uint8 [time, height, width, 3]."""
    return make_sequence(
      split, index, self.frames_per_sequence, self.frame_height
    )


@registry.register_problem
class VideoToyPushing64(VideoToyPushing):
  """The same scenes at 64x64."""

  frame_height = 64
  frame_width = 64
