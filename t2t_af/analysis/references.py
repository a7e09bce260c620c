"""Trivial models: what any trained model should beat.

Each is a Gaussian over dequantised values x + u, u ~ U(0, 1), in 0..256 units,
so its NLL is on the same scale as a model's (likelihood.py). With mean m and
variance v, the expectation over the noise is closed, so nothing is sampled:

  E_u[-log N(x + u; m, v)] = log(2 pi v) / 2 + ((x + 1/2 - m)^2 + 1/12) / (2 v)

  uniform                    1 / 256 on every value: log 256 = 5.545 nats
  standard_normal            N(0, 1) on (x + u) / 256
  global_gaussian            one m, one v
  per_pixel_gaussian         m and v of each value of a frame
  copy_last_frame            m = previous frame + 1/2, one v
  copy_last_frame_per_pixel  m = previous frame + 1/2, v of each value

Parameters are those of maximum likelihood on the scored frames of the training
split. A variance contains the noise's own 1/12, which is its floor: a value
that never changes costs log(2 pi / 12) / 2 + 1/2 = 0.176 nats, never -infinity.
"""

import math
from typing import Callable, NamedTuple

import numpy as np

from t2t_af import likelihood
from t2t_af.analysis import quality
from t2t_af import records

NOISE_MEAN, NOISE_VARIANCE = 1. / 2., 1. / 12.  # of U(0, 1)
SEQUENCES_AT_ONCE = 64  # 64 x 10 x 64 x 64 x 3 float64: 60 MiB.


class _Gaussian(NamedTuple):
  """N(mean, variance) on x + u; `mean` is added to `centre(frames)`."""
  centre: Callable[[np.ndarray], np.ndarray]
  mean: np.ndarray
  variance: np.ndarray


def compute(train: np.ndarray, test: np.ndarray, num_cond_frames: int,
            num_scored: int, problem: str = "", split: str = "test"
           ) -> list[dict]:
  """Reference records of every trivial model, in the order above.

  Args:
    train: uint8 [N, time, height, width, channels], fits the parameters.
    test: uint8 [N', time', height, width, channels], is scored.
    num_cond_frames: frames before the first scored one, at least 1.
    num_scored: frames that are scored.
    problem, split: names for the records.

  Raises:
    ValueError: if a sequence is shorter than the protocol needs.
  """
  num_frames = num_cond_frames + num_scored
  for name, frames in (("train", train), ("test", test)):
    if frames.ndim != 5 or frames.shape[1] < num_frames or not len(frames):
      raise ValueError(
          f"{name} must be [N, time, height, width, channels] with time at "
          f"least {num_frames}, but its shape is {frames.shape}")
  if num_cond_frames < 1 or num_scored < 1:
    raise ValueError("at least one frame conditions and one is scored")
  # One more frame than is scored: the first scored one's predecessor.
  window = slice(num_cond_frames - 1, num_frames)
  train, test = train[:, window], test[:, window]
  found = []
  for name, per_frame in _all_models(train, test):
    mean, stderr = likelihood.mean_and_stderr(per_frame.mean(axis=1))
    found.append(records.reference(
        name=name, problem=problem, split=split, nll_nats_per_dim=mean,
        nll_nats_per_dim_stderr=stderr,
        nll_nats_per_dim_per_frame=per_frame.mean(axis=0),
        num_sequences=len(test), num_train_sequences=len(train),
        num_cond_frames=num_cond_frames, num_scored_frames=num_scored,
        **(_copy_quality(test) if name == "copy_last_frame" else {})))
  return found


def _all_models(train: np.ndarray, test: np.ndarray):
  """Yields (name, NLL [N', time] in nats/dim)."""
  shape = (len(test), test.shape[1] - 1)
  yield "uniform", np.full(shape, likelihood.UNIFORM_NATS_PER_DIM)
  yield "standard_normal", _score(test, _Gaussian(
      _zero, np.float64(0.), np.float64(256.**2)))
  # Sums over sequences and frames: per value, and then over all values.
  marginal = _moments(train, _zero)
  difference = _moments(train, _previous)
  yield "global_gaussian", _score(test, _fit(_zero, *marginal, pool=True))
  yield "per_pixel_gaussian", _score(test, _fit(_zero, *marginal, pool=False))
  # A copy has mean change 0 by definition; its variance is about that mean.
  zero_mean = (np.zeros_like(difference[0]), difference[1])
  yield "copy_last_frame", _score(
      test, _fit(_previous, *zero_mean, pool=True))
  yield "copy_last_frame_per_pixel", _score(
      test, _fit(_previous, *zero_mean, pool=False))


def _zero(frames: np.ndarray) -> np.ndarray:
  return np.zeros_like(frames[:, 1:])


def _previous(frames: np.ndarray) -> np.ndarray:
  return frames[:, :-1]


def _moments(frames: np.ndarray, centre) -> tuple[np.ndarray, np.ndarray]:
  """E[d] and E[d^2], d = x - centre, each [height, width, channels].

  Values are integers of at most 255, so sums of squares are exact in float64
  and the textbook variance loses nothing.
  """
  first, second = 0., 0.
  for block in _blocks(frames):
    d = block[:, 1:] - centre(block)
    first += d.sum(axis=(0, 1))
    second += np.square(d).sum(axis=(0, 1))
  count = len(frames) * (frames.shape[1] - 1)
  return first / count, second / count


def _fit(centre, first: np.ndarray, second: np.ndarray,
         pool: bool) -> _Gaussian:
  """Maximum likelihood: mean + 1/2 and variance + 1/12, for the noise."""
  if pool:
    first, second = first.mean(), second.mean()
  variance = second - np.square(first) + NOISE_VARIANCE
  return _Gaussian(centre, first + NOISE_MEAN, variance)


def _score(frames: np.ndarray, model: _Gaussian) -> np.ndarray:
  """NLL in nats/dim of each sequence and frame: [N, time]."""
  constant = 0.5 * np.mean(np.log(2. * math.pi * model.variance))
  found = []
  for block in _blocks(frames):
    d = block[:, 1:] - model.centre(block) + NOISE_MEAN - model.mean
    quadratic = 0.5 * (np.square(d) + NOISE_VARIANCE) / model.variance
    found.append(constant + quadratic.mean(axis=(2, 3, 4)))
  return np.concatenate(found)


def _blocks(frames: np.ndarray):
  for i in range(0, len(frames), SEQUENCES_AT_ONCE):
    yield frames[i:i + SEQUENCES_AT_ONCE].astype(np.float64)


def _copy_quality(frames: np.ndarray) -> dict:
  """PSNR and SSIM of repeating the last conditioning frame throughout.

  A sample sees no frame after the conditioning ones, so neither does this.
  """
  copies = np.broadcast_to(frames[:, :1], frames[:, 1:].shape)
  found = quality.best_of_n(copies[:, None], frames[:, 1:])
  fields = quality.record_fields(found)
  return {key: value for key, value in fields.items() if "mean_of" not in key}
