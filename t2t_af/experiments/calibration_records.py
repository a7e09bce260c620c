"""Calibration records of a series' run: is its spread right?

By samples, of every model: futures of contexts evenly apart in the split, all
steps ahead together. By the flow, of `autoregressive_flow` alone: its noise is
N(0, 1) where it is right, for every scored step of the split, given the true
steps before it; exact. An SLVM has no such density in closed form.
"""

from collections.abc import Sequence
import math
from typing import NamedTuple, Optional

import numpy as np
import tensorflow.compat.v1 as tf

from t2t_af import errors
from t2t_af import progress
from t2t_af.analysis.metrics import calibration
from t2t_af.experiments import spread_windows
from t2t_af.experiments import trained_run
from t2t_af.records import likelihood
from t2t_af.records import records


def from_samples(
  run: trained_run.TrainedRun, split: str, count: int, num_samples: int
) -> dict:
  """The record of `num_samples` futures of each of `count` contexts.

  Contexts with a sample that is not finite are left out and counted.

  Raises:
    UserError: every context has one.
  """
  scores = _scores(run, split, count, num_samples)
  ids = _ids(run, spread_windows.stride(run.hparams, split, count))
  finite = [i for i, score in enumerate(scores) if score is not None]
  num_non_finite = len(scores) - len(finite)
  if not finite:
    raise errors.UserError(
      "every context has samples that are not finite: "
      "there is nothing to calibrate"
    )
  if num_non_finite:
    tf.logging.warning(
      "%d of %d contexts have samples that are not finite and are left out",
      num_non_finite,
      len(scores),
    )
  ids = [ids[i] for i in finite]
  crps = _mean_and_stderr([scores[i].crps for i in finite], ids)
  return records.calibration(
    **run.identity(split),
    method="samples",
    num_samples=num_samples,
    crps=crps.mean,
    crps_stderr=crps.stderr,
    num_non_finite_contexts=num_non_finite,
    **calibration.calibrate(
      np.stack([scores[i].pit for i in finite]), ids
    ).record_fields(),
  )


def from_flow(run: trained_run.TrainedRun, split: str) -> dict:
  """The record of one-step predictions of a run of `autoregressive_flow`."""
  name = "y_%d" % run.hparams.num_transforms
  num_targets = run.hparams.video_num_target_frames
  y = np.concatenate(
    [
      batch[name][:, -num_targets:]
      for batch in run.decompositions(split, -1, only=name)
    ]
  )
  calibrated = calibration.calibrate(calibration.pit_of_noise(y), _ids(run, 1))
  return records.calibration(
    **run.identity(split),
    method="flow",
    num_samples=None,
    crps=None,
    crps_stderr=None,
    **calibrated.record_fields(),
  )


class _Score(NamedTuple):
  """Of one context: PIT values [time, features], and the mean CRPS."""

  pit: np.ndarray
  crps: float


def _scores(run, split, count, num_samples) -> list[Optional[_Score]]:
  """One per context; None where a sample is not finite."""
  scores: list[Optional[_Score]] = []
  futures = progress.bar(
    run.futures(split, count, num_samples),
    unit="context",
    label="sampling",
    total=count if count > 0 else None,
  )
  # One context at a time: all samples together can fill the memory.
  for number, future in enumerate(futures):
    truth = future["targets"][np.newaxis].astype(np.float64)
    samples = future["outputs"][np.newaxis, :, : truth.shape[1]]
    if np.isfinite(samples).all():
      (pit,) = calibration.pit_of_samples(samples, truth, number)
      scores.append(_Score(pit, _crps(samples, truth)))
    else:
      scores.append(None)
  return scores


def _crps(samples, truth):
  """NaN, and a warning, where the package for it is not installed."""
  try:
    return calibration.crps(samples, truth).mean
  except errors.UserError as error:
    tf.logging.log_first_n(tf.logging.WARN, str(error), 1)
    return math.nan


def _ids(run, stride) -> list[str]:
  """The series of each window that was read last, every `stride`-th."""
  hparams = run.hparams
  return run.problem.window_ids(
    run.data_dir,
    hparams.video_num_input_frames,
    hparams.video_num_target_frames,
  )[::stride]


def _mean_and_stderr(
  values: Sequence[float], ids: Sequence[str]
) -> likelihood.MeanAndStderr:
  """Of windows; those of one series are taken together for the error.

  With n windows of K series: sqrt(K / (K - 1) sum_k (sum of k's values about
  the mean)^2) / n. NaN for one series.
  """
  values = np.asarray(values)
  mean = values.mean()
  _, series = np.unique(ids, return_inverse=True)
  sums = np.bincount(series, values - mean)
  if len(sums) < 2:
    return likelihood.MeanAndStderr(float(mean), math.nan)
  variance = np.square(sums).sum() * len(sums) / (len(sums) - 1.0)
  return likelihood.MeanAndStderr(
    float(mean), math.sqrt(variance) / len(values)
  )
