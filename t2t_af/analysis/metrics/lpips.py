"""LPIPS of sampled frames, the best and the mean of N samples.

LPIPS (Zhang et al. 2018) is a distance between what a network sees in two
frames: lower is better, it has no unit, and it depends on the network, so the
backbone (alex or vgg) belongs to every number. Frames are prepared as
network_frames says; those with a side below 64 pixels are enlarged to 64,
because of a frame of 32x32 AlexNet's last layers see a single position.

Per frame; a sample's score is the mean over its predicted frames; the best of
N samples is the one with the lowest score of its context. The network comes in
as a callable: nothing here imports torch.
"""

from typing import Callable, NamedTuple

import numpy as np

from t2t_af.analysis.metrics import network_frames
from t2t_af.records import likelihood

MIN_SIDE = 64  # pixels
FRAMES_AT_ONCE = 64  # Keeps VGG's first layers of 64x64 frames near 200 MiB.

# Two arrays float32 [n, height, width, 3] in [-1, 1] -> [n].
Distance = Callable[[np.ndarray, np.ndarray], np.ndarray]


class LpipsQuality(NamedTuple):
  """Scores over contexts."""

  per_sample: np.ndarray  # [contexts, N], mean over frames
  best_index: np.ndarray  # [contexts], the sample chosen
  best_frames: np.ndarray  # [contexts, time], frames of the chosen samples


def distances(
  samples: np.ndarray, truth: np.ndarray, distance: Distance
) -> np.ndarray:
  """LPIPS of every frame of N samples of one context.

  Args:
    samples: uint8 [N, time, height, width, channels].
    truth: uint8 [time', height, width, channels]; the first min(time, time')
      frames are compared.
    distance: of prepared frames.

  Returns:
    float64 [N, min(time, time')].
  """
  num_frames = min(samples.shape[1], len(truth))
  truth = _prepared(truth[:num_frames])
  frames = samples[:, :num_frames].reshape((-1,) + samples.shape[2:])
  blocks = []
  for start in range(0, len(frames), FRAMES_AT_ONCE):
    block = _prepared(frames[start : start + FRAMES_AT_ONCE])
    of_truth = truth[np.arange(start, start + len(block)) % num_frames]
    blocks.append(distance(block, of_truth))
  return np.concatenate(blocks).astype(np.float64).reshape(-1, num_frames)


def best_of_n(scores: np.ndarray) -> LpipsQuality:
  """Chooses samples; scores: [contexts, N, time], of `distances`."""
  per_sample = scores.mean(axis=2)
  best_index = per_sample.argmin(axis=1)
  return LpipsQuality(
    per_sample, best_index, scores[np.arange(len(scores)), best_index]
  )


def record_fields(quality: LpipsQuality) -> dict:
  """The fields of an lpips record that come from here.

  `_stderr` is over contexts; `per_step` is of the chosen samples.
  """
  best, mean = quality.per_sample.min(axis=1), quality.per_sample.mean(axis=1)
  fields = {}
  for name, per_context in (("best", best), ("mean", mean)):
    estimate = likelihood.mean_and_stderr(per_context)
    fields[f"lpips_{name}_of_n"] = estimate.mean
    fields[f"lpips_{name}_of_n_stderr"] = estimate.stderr
    fields[f"lpips_{name}_of_n_per_context"] = per_context
  frames = [likelihood.mean_and_stderr(f) for f in quality.best_frames.T]
  return dict(
    fields,
    lpips_per_step=[f.mean for f in frames],
    lpips_per_step_stderr=[f.stderr for f in frames],
  )


def _prepared(frames: np.ndarray) -> np.ndarray:
  """uint8 [n, ..., channels] -> float32 [n, ..., 3], as the network wants."""
  return network_frames.enlarged(
    network_frames.signed(network_frames.rgb(frames)), MIN_SIDE
  )
