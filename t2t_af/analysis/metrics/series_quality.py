"""How near samples of a series come to what happened.

In standardised units, so that columns of different units weigh alike:
  RMSE = root of the mean square error over the columns and steps of a window.
  CRPS = E|X - y| - E|X - X'| / 2, mean over columns and steps; X, X' are
         samples, with the estimator that is unbiased for N samples (Gneiting
         and Raftery 2007; Zamo and Naveau 2018). Lower is better. It rewards a
         spread that is right; the best of N rewards any spread.
The best of N samples is the one with the lowest RMSE of its context.
"""

from collections.abc import Hashable, Sequence
import csv
import importlib.util
import io
from typing import NamedTuple, Optional

import numpy as np

from t2t_af import whole_file
from t2t_af.analysis.metrics import calibration
from t2t_af.records import recordings


class SeriesQuality(NamedTuple):
  """Scores over contexts; no unit (standardised)."""

  per_sample: np.ndarray  # RMSE [contexts, N]
  best_index: np.ndarray  # [contexts]
  per_step: np.ndarray  # RMSE of the chosen samples [time]
  rmse_of_mean: float  # of the mean of all samples
  crps: Optional[float]  # None for one sample

  @property
  def per_context(self) -> np.ndarray:
    """RMSE of the chosen sample of each context."""
    return self.per_sample.min(axis=1)


def best_of_n(samples: np.ndarray, truth: np.ndarray) -> SeriesQuality:
  """Scores N samples per context against the truth.

  Args:
    samples: [contexts, N, time, features], standardised.
    truth: [contexts, time', features]; the first min(time, time') steps are
      compared.

  Raises:
    ValueError: if the axes do not fit.
  """
  if samples.ndim != 4 or truth.ndim != 3 or len(samples) != len(truth):
    raise ValueError(
      "samples must be [contexts, N, time, features] and truth [contexts, "
      f"time, features], but they are {samples.shape} and {truth.shape}"
    )
  num_steps = min(samples.shape[2], truth.shape[1])
  samples = samples[:, :, :num_steps].astype(np.float64)
  truth = truth[:, :num_steps].astype(np.float64)
  square = np.square(samples - truth[:, None]).mean(axis=3)
  per_sample = np.sqrt(square.mean(axis=2))
  per_sample[~np.isfinite(per_sample)] = np.inf  # never the best
  best = per_sample.argmin(axis=1)
  chosen = square[np.arange(len(best)), best]  # [contexts, time]
  mean_error = np.square(samples.mean(axis=1) - truth)
  return SeriesQuality(
    per_sample,
    best,
    np.sqrt(chosen.mean(axis=0)),
    float(np.sqrt(mean_error.mean(axis=(1, 2))).mean()),
    _crps(samples, truth),
  )


def record_fields(
  quality: SeriesQuality, recording_of: Optional[Sequence[Hashable]] = None
) -> dict:
  """The fields of a samples record that come from here.

  Args:
    quality: of `best_of_n`.
    recording_of: [contexts], what each was cut from, which errors are over;
      None: all are independent.
  """
  mean, stderr = recordings.mean_and_stderr(quality.per_context, recording_of)
  return dict(
    rmse_best_of_n=mean,
    rmse_best_of_n_stderr=stderr,
    rmse_mean_of_n=float(quality.per_sample.mean()),
    rmse_of_mean=quality.rmse_of_mean,
    rmse_per_step=quality.per_step,
    crps=quality.crps,
  )


def write_csv(
  path: str,
  names: Sequence[str],
  inputs: np.ndarray,
  targets: np.ndarray,
  outputs: np.ndarray,
) -> None:
  """Every context, truth and sample, step by step, in raw units.

  Args:
    path: of the file.
    names: of the features.
    inputs: [contexts, cond, features], raw, what was given.
    targets: [contexts, time', features], raw, what followed.
    outputs: [contexts, N, time, features], raw, the samples.
  """
  with io.StringIO(newline="") as stream:
    writer = csv.writer(stream)
    writer.writerow(("context", "what", "step", *names))
    for context, given in enumerate(inputs, start=1):
      rows = [
        ("given", 1, given),
        ("truth", len(given) + 1, targets[context - 1]),
      ]
      rows += [
        (f"sample {n}", len(given) + 1, sample)
        for n, sample in enumerate(outputs[context - 1], start=1)
      ]
      for what, first, values in rows:
        for step, row in enumerate(values, start=first):
          writer.writerow((context, what, step, *(f"{v:.7g}" for v in row)))
    whole_file.write(path, stream.getvalue().encode("utf-8"))


def _crps(samples: np.ndarray, truth: np.ndarray) -> Optional[float]:
  """Mean over contexts, steps and features; samples [contexts, N, ...].

  None for one sample, and on Python 3.9, which its package does not run on;
  NaN where samples are not finite.
  """
  if samples.shape[1] < 2 or not importlib.util.find_spec("scoringrules"):
    return None
  if not np.isfinite(samples).all():
    return np.nan
  return calibration.crps(samples, truth).mean
