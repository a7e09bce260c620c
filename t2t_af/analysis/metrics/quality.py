"""PSNR and SSIM of 8-bit frames, and the best of N samples.

Conventions, stated because numbers under others cannot be compared:
  PSNR = 10 log10(255^2 / MSE) in dB, MSE over all values of a frame.
  SSIM = Wang et al. 2004: Gaussian window 11x11, sigma 1.5, k1 0.01, k2 0.03,
         without padding, of each colour channel on its own, then averaged.
These are tf.image.psnr and tf.image.ssim (max_val 255). Per frame; a sequence's
score is the mean over its predicted frames; the best of N samples is the one
with the highest score, chosen for each metric and each context by itself.
"""

from collections.abc import Hashable, Sequence
import csv
import io
from typing import NamedTuple, Optional

import numpy as np

from t2t_af import whole_file
from t2t_af.records import recordings

PEAK = 255.0
PSNR_CEILING_DB = 100.0  # Given to a frame without any error, in means only.
WINDOW, SIGMA = 11, 1.5
C1, C2 = 0.01**2, 0.03**2  # (k * max_val)^2 for values scaled to [0, 1].
FRAMES_AT_ONCE = 256  # Keeps the float32 copies of 64x64x3 near 100 MiB.


class BestOfN(NamedTuple):
  """One metric over contexts. dB for PSNR; SSIM has no unit."""

  per_sample: np.ndarray  # [contexts, N], mean over frames
  best_index: np.ndarray  # [contexts], the sample chosen
  per_context: np.ndarray  # [contexts], score of the chosen sample
  mean: float  # over contexts
  stderr: float  # over recordings; NaN for too few
  per_step: np.ndarray  # [time], chosen samples, mean over contexts
  best_frames: np.ndarray  # [contexts, time], frames of the chosen samples
  per_step_stderr: list[float]  # [time], of per_step


class Quality(NamedTuple):
  """`ssim` is None where frames are smaller than its window."""

  psnr: BestOfN
  ssim: Optional[BestOfN]


def psnr(frames: np.ndarray, truth: np.ndarray) -> np.ndarray:
  """PSNR per frame, dB; infinite for equal frames.

  Args:
    frames, truth: uint8 [..., height, width, channels]; leading axes broadcast.

  Returns:
    float64 [...].
  """
  _check(frames, truth)
  error = frames.astype(np.int16) - truth.astype(np.int16)
  mse = np.square(error, dtype=np.int32).mean(axis=(-3, -2, -1))
  with np.errstate(divide="ignore"):
    return 10.0 * np.log10(PEAK**2 / mse)


def ssim(frames: np.ndarray, truth: np.ndarray) -> np.ndarray:
  """SSIM per frame, mean over the window's positions and over channels.

  Args:
    frames, truth: uint8 [..., height, width, channels] of one shape.

  Returns:
    float64 [...].

  Raises:
    ValueError: if a frame is smaller than the window, 11x11.
  """
  _check(frames, truth)
  height, width = truth.shape[-3:-1]
  if min(height, width) < WINDOW:
    raise ValueError(
      f"SSIM needs frames of at least {WINDOW}x{WINDOW} pixels, but these "
      f"have {height}x{width}"
    )
  shape = np.broadcast_shapes(frames.shape, truth.shape)
  frames = np.broadcast_to(frames, shape).reshape((-1,) + shape[-3:])
  truth = np.broadcast_to(truth, shape).reshape((-1,) + shape[-3:])
  blocks = [
    _ssim_block(frames[i : i + FRAMES_AT_ONCE], truth[i : i + FRAMES_AT_ONCE])
    for i in range(0, len(frames), FRAMES_AT_ONCE)
  ]
  return np.concatenate(blocks or [np.zeros(0)]).reshape(shape[:-3])


def best_of_n(
  samples: np.ndarray,
  truth: np.ndarray,
  recording_of: Optional[Sequence[Hashable]] = None,
) -> Quality:
  """Scores N samples per context against the truth.

  Args:
    samples: uint8 [contexts, N, time, height, width, channels].
    truth: uint8 [contexts, time', height, width, channels]; the first
      min(time, time') frames are compared.
    recording_of: [contexts], what each was cut from, which errors are over;
      None: all are independent.

  Raises:
    ValueError: if the axes do not fit.
  """
  if samples.ndim != 6 or truth.ndim != 5 or len(samples) != len(truth):
    raise ValueError(
      "samples must be [contexts, N, time, height, width, channels] and "
      "truth [contexts, time, height, width, channels], but they are "
      f"{samples.shape} and {truth.shape}"
    )
  num_frames = min(samples.shape[2], truth.shape[1])
  if not num_frames or not len(samples) or not samples.shape[1]:
    raise ValueError(f"nothing to compare: {samples.shape}, {truth.shape}")
  samples, truth = samples[:, :, :num_frames], truth[:, :num_frames]
  in_db = np.stack([psnr(s, t) for s, t in zip(samples, truth)])
  in_psnr = _best(np.minimum(in_db, PSNR_CEILING_DB), recording_of)
  if min(truth.shape[-3:-1]) < WINDOW:
    return Quality(in_psnr, None)
  in_ssim = np.stack([ssim(s, t) for s, t in zip(samples, truth)])
  return Quality(in_psnr, _best(in_ssim, recording_of))


def record_fields(quality: Quality) -> dict:
  """The fields of a samples record that come from here."""
  fields = {}
  for name, metric in quality._asdict().items():
    fields[f"{name}_best_of_n"] = metric.mean if metric else None
    fields[f"{name}_best_of_n_stderr"] = metric.stderr if metric else None
    fields[f"{name}_per_step"] = metric.per_step if metric else None
    fields[f"{name}_per_step_stderr"] = (
      metric.per_step_stderr if metric else None
    )
    fields[f"{name}_mean_of_n"] = (
      float(metric.per_sample.mean()) if metric else None
    )
  return fields


def write_csv(path: str, quality: Quality) -> None:
  """One row per metric, context and frame, of the sample that was best."""
  with io.StringIO(newline="") as stream:
    writer = csv.writer(stream)
    writer.writerow(("metric", "context", "best_sample", "frame", "value"))
    for name, metric in quality._asdict().items():
      if metric is None:
        continue
      for context, frames in enumerate(metric.best_frames):
        for frame, value in enumerate(frames):
          writer.writerow(
            (name, context, metric.best_index[context], frame, f"{value:.6f}")
          )
    whole_file.write(path, stream.getvalue().encode("utf-8"))


def _best(
  scores: np.ndarray, recording_of: Optional[Sequence[Hashable]]
) -> BestOfN:
  """The best sample of each context; scores: [contexts, N, time]."""
  per_sample = scores.mean(axis=2)  # [contexts, N]
  best_index = per_sample.argmax(axis=1)
  contexts = np.arange(len(scores))
  per_context = per_sample[contexts, best_index]
  best_frames = scores[contexts, best_index]  # [contexts, time]
  mean, stderr = recordings.mean_and_stderr(per_context, recording_of)
  return BestOfN(
    per_sample,
    best_index,
    per_context,
    mean,
    stderr,
    best_frames.mean(axis=0),
    best_frames,
    [
      recordings.mean_and_stderr(frame, recording_of).stderr
      for frame in best_frames.T
    ],
  )


def _ssim_block(frames: np.ndarray, truth: np.ndarray) -> np.ndarray:
  """SSIM of [n, height, width, channels] -> [n]."""
  x, y = _planes(frames), _planes(truth)  # [n * channels, height, width]
  blur = _blur(*x.shape[1:])
  mean_x, mean_y = blur(x), blur(y)
  product = 2.0 * mean_x * mean_y
  squares = np.square(mean_x) + np.square(mean_y)
  luminance = (product + C1) / (squares + C1)
  contrast_structure = (2.0 * blur(x * y) - product + C2) / (
    blur(np.square(x) + np.square(y)) - squares + C2
  )
  per_plane = (luminance * contrast_structure).mean(
    axis=(1, 2), dtype=np.float64
  )
  return per_plane.reshape(len(frames), -1).mean(axis=1)


def _planes(frames: np.ndarray) -> np.ndarray:
  """uint8 [n, height, width, channels] -> [n * channels, height, width]."""
  planes = np.moveaxis(frames, -1, 1)
  return planes.reshape((-1,) + planes.shape[2:]).astype(
    np.float32
  ) / np.float32(PEAK)


def _blur(height: int, width: int):
  """The window's mean at each position: rows @ planes @ columns.

  The Gaussian is separable, and two matrix products run in BLAS: about ten
  times faster than a convolution by slices.
  """
  rows, columns = _window_matrix(height), _window_matrix(width)

  def blur(planes):
    return np.matmul(rows, np.matmul(planes, columns.T))

  return blur


def _window_matrix(size: int) -> np.ndarray:
  """[size - 10, size]: the normalised Gaussian at each position."""
  offsets = np.arange(WINDOW) - (WINDOW - 1) / 2.0
  weights = np.exp(-0.5 * np.square(offsets / SIGMA))
  weights /= weights.sum()
  matrix = np.zeros((size - WINDOW + 1, size), dtype=np.float32)
  for i in range(len(matrix)):
    matrix[i, i : i + WINDOW] = weights
  return matrix


def _check(frames: np.ndarray, truth: np.ndarray) -> None:
  for array in (frames, truth):
    if array.dtype != np.uint8:
      raise ValueError(f"frames must be uint8, but are {array.dtype}")
  if frames.shape[-3:] != truth.shape[-3:]:
    raise ValueError(
      f"frames {frames.shape} and truth {truth.shape} differ in size"
    )
