"""Trivial models: what any trained model should beat, on video and on series.

Each is a Gaussian over what the models see: frames x made continuous by noise,
in 0..256 units, or a series as it is, standardised. So its NLL is on the same
scale as a model's (likelihood.py). The noise has a closed expectation, so
nothing is sampled. With y = scale * x + u and E[u] = m_u, Var[u] = v_u,

  E_u[-log N(y; m, v)] =
      log(2 pi v) / 2 + ((scale * x + m_u - m)^2 + v_u) / (2 v)

  noise     scale    m_u  v_u
  uniform   1        1/2  1/12  U(0, 1)
  gaussian  256/255  0    1     N(0, 1), the authors'
  none      1        0    0     series

  uniform                      1/256 on every value: log 256 = 5.545 nats
                               (of uniform noise alone)
  standard_normal              N(0, 1) on y / 256; of a series, on y
  global_gaussian              one m, one v
  per_pixel_gaussian           m and v of each value of a frame
  copy_last_frame              m = previous frame, one v
  copy_last_frame_per_pixel    m = previous frame, v of each value
  (of a series: per_feature_gaussian, copy_last_step and
  copy_last_step_per_feature)

Parameters are those of maximum likelihood on the scored steps of the training
split. A variance contains the noise's own, which is its floor: a value that
never changes costs log(2 pi e v_u) / 2 nats (uniform: 0.176, Gaussian: 1.419),
never -infinity. A series has no such floor; there a value that repeats exactly
throughout is given the variance SERIES_VARIANCE_FLOOR.
"""

from collections.abc import Hashable, Sequence
import math
from typing import Callable, NamedTuple, Optional

import numpy as np

from t2t_af.analysis.metrics import quality
from t2t_af.analysis.metrics import series_quality
from t2t_af.records import likelihood
from t2t_af.records import recordings
from t2t_af.records import records

# Standardised numbers are stored as float32: below its resolution squared,
# a variance says nothing.
SERIES_VARIANCE_FLOOR = float(np.finfo(np.float32).eps) ** 2
VALUES_AT_ONCE = 8 * 2**20  # float64: 64 MiB.


class PixelNoise(NamedTuple):
  """y = scale * x + u; see above."""

  scale: float
  mean: float
  variance: float


NOISES = {
  "uniform": PixelNoise(1.0, 1.0 / 2.0, 1.0 / 12.0),
  "gaussian": PixelNoise(256.0 / 255.0, 0.0, 1.0),
  "none": PixelNoise(1.0, 0.0, 0.0),
}


class _Gaussian(NamedTuple):
  """N(mean, variance) on y; `mean` is added to `scale * centre(x)`."""

  centre: Callable[[np.ndarray], np.ndarray]
  mean: np.ndarray
  variance: np.ndarray


def compute(
  train: np.ndarray,
  test: np.ndarray,
  num_cond_steps: int,
  num_scored: int,
  problem: str = "",
  split: str = "test",
  dequantization: str = "uniform",
  log_volume: Optional[float] = None,
  recording_of: Optional[Sequence[Hashable]] = None,
) -> list[dict]:
  """Reference records of every trivial model, in the order above.

  Args:
    train: uint8 [N, time, height, width, channels] or float [N, time,
      features], fits the parameters.
    test: [N', time', ...] of the same kind, is scored.
    num_cond_steps: steps before the first scored one, at least 1.
    num_scored: steps that are scored.
    problem, split: names for the records.
    dequantization: of video, "uniform" or "gaussian"; a series has none.
    log_volume: of a series: sum of log std, nats per step, that leads from
      standardised numbers to raw units; None where it is not known.
    recording_of: [N'], what each of `test` was cut from, which errors are over;
      None: all are independent, and the records do not say num_recordings.

  Raises:
    ValueError: if a sequence is shorter than the protocol needs, or an array
      is neither video nor series.
  """
  train, test = (
    _window(name, x, num_cond_steps, num_scored)
    for name, x in (("train", train), ("test", test))
  )
  is_series, made = test.ndim == 3, []
  kind = "none" if is_series else dequantization
  for name, per_step in _all_models(train, test, NOISES[kind], kind):
    mean, stderr, known = _over_windows(per_step.mean(axis=1), recording_of)
    made.append(
      records.reference(
        name=_SERIES_NAMES.get(name, name) if is_series else name,
        problem=problem,
        split=split,
        dequantization=kind,
        nll_nats_per_dim=mean,
        nll_nats_per_dim_stderr=stderr,
        nll_nats_per_dim_per_step=per_step.mean(axis=0),
        num_sequences=len(test),
        **known,
        num_train_sequences=len(train),
        num_cond_steps=num_cond_steps,
        num_scored_steps=num_scored,
        **(
          _per_step(mean, stderr, test.shape[-1], log_volume)
          if is_series
          else {}
        ),
        **(_copy_quality(test, is_series) if name == "copy_last_frame" else {}),
      )
    )
  return made


def names(dequantization: str) -> list[str]:
  """Of the records of `compute`: "uniform", "gaussian"; of a series "none"."""
  if dequantization == "none":
    return [_SERIES_NAMES.get(name, name) for name in _NAMES[1:]]
  return list(_NAMES if dequantization == "uniform" else _NAMES[1:])


_NAMES = (
  "uniform",
  "standard_normal",
  "global_gaussian",
  "per_pixel_gaussian",
  "copy_last_frame",
  "copy_last_frame_per_pixel",
)
_SERIES_NAMES = {
  "per_pixel_gaussian": "per_feature_gaussian",
  "copy_last_frame": "copy_last_step",
  "copy_last_frame_per_pixel": "copy_last_step_per_feature",
}


def _over_windows(
  nll: np.ndarray, recording_of: Optional[Sequence[Hashable]]
) -> tuple[float, float, dict]:
  """(mean, its standard error, how many recordings if that is known)."""
  if recording_of is None:
    return (*likelihood.mean_and_stderr(nll), {})
  return (
    *recordings.mean_and_stderr(nll, recording_of),
    dict(num_recordings=len(set(recording_of))),
  )


def _window(
  name: str, x: np.ndarray, num_cond_steps: int, num_scored: int
) -> np.ndarray:
  """The scored steps, and the first one's predecessor."""
  num_steps = num_cond_steps + num_scored
  if num_cond_steps < 1 or num_scored < 1:
    raise ValueError("at least one step conditions and one is scored")
  if x.ndim not in (3, 5) or x.shape[1] < num_steps or not len(x):
    raise ValueError(
      f"{name} must be [N, time, height, width, channels] or [N, time, "
      f"features] with time at least {num_steps}, but its shape is {x.shape}"
    )
  return x[:, num_cond_steps - 1 : num_steps]


def _per_step(
  mean: float, stderr: float, num_features: int, log_volume: Optional[float]
) -> dict:
  """Nats per time step, as Table 2 has them, and in raw units."""
  fields = dict(
    nll_nats_per_step=mean * num_features,
    nll_nats_per_step_stderr=stderr * num_features,
    dims_per_step=num_features,
  )
  if log_volume is not None:
    fields["nll_raw_nats_per_step"] = mean * num_features + log_volume
  return fields


def _all_models(
  train: np.ndarray, test: np.ndarray, noise: PixelNoise, kind: str
):
  """Yields (name, NLL [N', time] in nats/dim)."""
  if kind == "uniform":
    yield (
      "uniform",
      np.full((len(test), test.shape[1] - 1), likelihood.UNIFORM_NATS_PER_DIM),
    )
  unit = 1.0 if kind == "none" else 256.0
  yield (
    "standard_normal",
    _score(test, noise, _Gaussian(_zero, np.float64(0.0), np.float64(unit**2))),
  )
  # Sums over sequences and steps: per value, and then over all values.
  marginal = _moments(train, _zero)
  difference = _moments(train, _previous)
  # A copy has mean change 0 by definition; its variance is about that mean.
  copy = (np.zeros_like(difference[0]), difference[1])
  for name, centre, moments, pool in (
    ("global_gaussian", _zero, marginal, True),
    ("per_pixel_gaussian", _zero, marginal, False),
    ("copy_last_frame", _previous, copy, True),
    ("copy_last_frame_per_pixel", _previous, copy, False),
  ):
    yield name, _score(test, noise, _fit(centre, *moments, noise, pool))


def _zero(x: np.ndarray) -> np.ndarray:
  return np.zeros_like(x[:, 1:])


def _previous(x: np.ndarray) -> np.ndarray:
  return x[:, :-1]


def _moments(x: np.ndarray, centre) -> tuple[np.ndarray, np.ndarray]:
  """E[d] and E[d^2], d = x - centre, each of the shape of a step.

  Grey levels are integers, so sums of squares are exact in float64 and the
  textbook variance loses nothing; standardised series have means near 0.
  """
  first, second = 0.0, 0.0
  for block in _blocks(x):
    d = block[:, 1:] - centre(block)
    first += d.sum(axis=(0, 1))
    second += np.square(d).sum(axis=(0, 1))
  count = len(x) * (x.shape[1] - 1)
  return first / count, second / count


def _fit(
  centre, first: np.ndarray, second: np.ndarray, noise: PixelNoise, pool: bool
) -> _Gaussian:
  """Maximum likelihood; the noise adds to mean and variance."""
  if pool:
    first, second = first.mean(), second.mean()
  variance = noise.scale**2 * (second - np.square(first)) + noise.variance
  return _Gaussian(
    centre,
    noise.scale * first + noise.mean,
    np.maximum(variance, SERIES_VARIANCE_FLOOR),
  )


def _score(x: np.ndarray, noise: PixelNoise, model: _Gaussian) -> np.ndarray:
  """NLL in nats/dim of each sequence and step: [N, time]."""
  constant = 0.5 * np.mean(np.log(2.0 * math.pi * model.variance))
  blocks = []
  for block in _blocks(x):
    d = noise.scale * (block[:, 1:] - model.centre(block)) + (
      noise.mean - model.mean
    )
    quadratic = 0.5 * (np.square(d) + noise.variance) / model.variance
    blocks.append(constant + quadratic.mean(axis=tuple(range(2, x.ndim))))
  return np.concatenate(blocks)


def _blocks(x: np.ndarray):
  count = max(1, VALUES_AT_ONCE // max(1, x[0].size))
  for i in range(0, len(x), count):
    yield x[i : i + count].astype(np.float64)


def _copy_quality(x: np.ndarray, is_series: bool) -> dict:
  """How good repeating the last conditioning step throughout is as a sample.

  A sample sees no step after the conditioning ones, so neither does this.
  """
  copies = np.broadcast_to(x[:, :1], x[:, 1:].shape)
  scores = series_quality if is_series else quality
  fields = scores.record_fields(scores.best_of_n(copies[:, None], x[:, 1:]))
  return {
    key: value
    for key, value in fields.items()
    if "best_of" in key or "per_step" in key
  }
