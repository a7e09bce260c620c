"""FVD: Frechet distance between features of generated and of true clips.

  FVD = |m - m'|^2 + tr(C + C' - 2 (C^1/2 C' C^1/2)^1/2)

with mean m and covariance C, divided by n, of a network's features of n clips
(Unterthiner et al. 2018; Heusel et al. 2017). Lower is better; no unit.

It is biased: estimated from few clips it comes out too high, the more so the
fewer. So it is refused below MIN_CLIPS true clips unless a person asks for it,
and only numbers of as many clips, of one length, compare. MIN_CLIPS is the size
of the test set of BAIR, of which published numbers are. All N futures of every
context against the true ones give `fvd`. Papers mostly take one future of
each: `fvd_by_sample_mean` is the mean over the N of that.
The network comes in as a callable: nothing here imports torch.
"""

from typing import NamedTuple

import numpy as np

from t2t_af import errors
from t2t_af.analysis.metrics import network_frames
from t2t_af.records import likelihood

MIN_CLIPS = 256
MIN_FRAMES = 10  # I3D halves time thrice; implementations need 9 or 10.


class FeatureMoments(NamedTuple):
  """Mean and covariance of a network's features."""

  mean: np.ndarray  # [features]
  covariance: np.ndarray  # [features, features]


def clips(
  given: np.ndarray, truth: np.ndarray, samples: np.ndarray, whole: bool
) -> np.ndarray:
  """The clips of one context, the true one first.

  Args:
    given: uint8 [cond, height, width, channels].
    truth: uint8 [time', ...]; the first min(time, time') frames are used.
    samples: uint8 [N, time, ...].
    whole: whether the frames given belong to each clip.

  Returns:
    uint8 [1 + N, length, height, width, 3].
  """
  num_frames = min(samples.shape[1], len(truth))
  made = np.concatenate([truth[None, :num_frames], samples[:, :num_frames]])
  if whole:
    before = np.broadcast_to(given, made.shape[:1] + given.shape)
    made = np.concatenate([before, made], axis=1)
  return network_frames.rgb(made)


def check(num_clips: int, length: int, min_clips: int) -> None:
  """Refuses what FVD means nothing of.

  Args:
    num_clips: true ones.
    length: of a clip, frames.
    min_clips: how many a person is content with.

  Raises:
    UserError: too few clips, or too short ones.
  """
  if length < MIN_FRAMES:
    raise errors.UserError(
      f"FVD needs clips of at least {MIN_FRAMES} frames, and these have "
      f"{length}: sample longer futures (--hparams=video_num_target_frames="
      f"{MIN_FRAMES}), or count the frames given with --clip=whole"
    )
  if num_clips < min_clips:
    raise errors.UserError(
      f"FVD is biased by few clips and needs {min_clips} true ones, but "
      f"there are {num_clips}: sample more contexts (--decode_hparams="
      f"num_samples={min_clips}), or take it as it is with "
      f"--min_clips={num_clips}"
    )


def gaussian(features: np.ndarray) -> FeatureMoments:
  """Of features [n, d], in float64; divided by n, as cd-fvd does."""
  features = features.astype(np.float64)
  mean = features.mean(axis=0)
  centred = features - mean
  return FeatureMoments(mean, centred.T @ centred / len(features))


def frechet_distance(a: FeatureMoments, b: FeatureMoments) -> float:
  """The formula above; exact also where covariances have no full rank."""
  root = _root(a.covariance)
  # C C' and C^1/2 C' C^1/2 have the same eigenvalues; the latter is symmetric.
  products = np.linalg.eigvalsh(root @ b.covariance @ root)
  return float(
    np.square(a.mean - b.mean).sum()
    + np.trace(a.covariance)
    + np.trace(b.covariance)
    - 2.0 * np.sqrt(np.maximum(products, 0.0)).sum()
  )


def record_fields(true: np.ndarray, generated: np.ndarray) -> dict:
  """The fields of an fvd record that come from here.

  Args:
    true: features [contexts, d].
    generated: features [contexts, N, d].
  """
  of_true = gaussian(true)
  by_sample = [
    frechet_distance(of_true, gaussian(generated[:, n]))
    for n in range(generated.shape[1])
  ]
  mean, stderr = likelihood.mean_and_stderr(by_sample)
  together = generated.reshape(-1, generated.shape[-1])
  return dict(
    fvd=frechet_distance(of_true, gaussian(together)),
    fvd_by_sample=by_sample,
    fvd_by_sample_mean=mean,
    fvd_by_sample_stderr=stderr,
    num_true_clips=len(true),
    num_generated_clips=len(together),
    num_features=true.shape[-1],
  )


def _root(matrix: np.ndarray) -> np.ndarray:
  """The symmetric root of a matrix without negative eigenvalues."""
  values, vectors = np.linalg.eigh(matrix)
  return (vectors * np.sqrt(np.maximum(values, 0.0))) @ vectors.T
