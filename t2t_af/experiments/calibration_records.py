"""Calibration records of a series' run: is its spread right?

By samples, of every model: futures of contexts evenly apart in the split, all
steps ahead together. By the flow, of `autoregressive_flow` alone: its noise is
the base where it is right, for every scored step of the split, given the true
steps before it; exact. An SLVM has no such density in closed form.
"""

import math
from typing import NamedTuple, Optional

import numpy as np
import tensorflow.compat.v1 as tf

from t2t_af import errors
from t2t_af import progress
from t2t_af import windows
from t2t_af.analysis.metrics import calibration
from t2t_af.experiments import trained_run
from t2t_af.records import recordings
from t2t_af.records import records


def from_samples(
  run: trained_run.TrainedRun, split: str, count: int, num_samples: int
) -> dict:
  """The record of `num_samples` futures of each of `count` contexts.

  Contexts with a sample that is not finite are left out and counted.

  Raises:
    UserError: every context has one.
  """
  every = _scores(run, split, count, num_samples)
  scores = [score for score in every if score.is_finite]
  num_non_finite = len(every) - len(scores)
  if not scores:
    raise errors.UserError(
      "every context has samples that are not finite: "
      "there is nothing to calibrate"
    )
  if num_non_finite:
    tf.logging.warning(
      "%d of %d contexts have samples that are not finite and are left out",
      num_non_finite,
      len(every),
    )
  recording_of = [score.recording for score in scores]
  crps = recordings.mean_and_stderr([s.crps for s in scores], recording_of)
  return records.calibration(
    **run.identity(split),
    method="samples",
    num_samples=num_samples,
    crps=crps.mean,
    crps_stderr=crps.stderr,
    num_non_finite_contexts=num_non_finite,
    **calibration.calibrate(
      np.stack([score.pit for score in scores]), recording_of
    ).record_fields(),
  )


def from_flow(run: trained_run.TrainedRun, split: str) -> dict:
  """The record of one-step predictions of a run of `autoregressive_flow`."""
  name = "y_%d" % run.hparams.num_transforms
  batches = run.decompositions(split, -1, only=(name, _FREEDOM))

  def of_targets(name: str) -> np.ndarray:
    num_targets = run.hparams.video_num_target_frames
    return np.concatenate([b[name][:, -num_targets:] for b in batches])

  pit = calibration.pit_of_noise(
    of_targets(name), of_targets(_FREEDOM) if _FREEDOM in batches[0] else None
  )
  recording_of = [
    run.problem.recording(sequence_id.decode())
    for batch in batches
    for sequence_id in batch[windows.SEQUENCE_ID]
  ]
  calibrated = calibration.calibrate(pit, recording_of)
  return records.calibration(
    **run.identity(split),
    method="flow",
    num_samples=None,
    crps=None,
    crps_stderr=None,
    **calibrated.record_fields(),
  )


_FREEDOM = "base_degrees_of_freedom"  # of `decompose`


class _Score(NamedTuple):
  """Of one context: PIT values [time, features], and the mean CRPS."""

  recording: str
  is_finite: bool
  pit: Optional[np.ndarray] = None
  crps: float = math.nan


def _scores(run, split, count, num_samples) -> list[_Score]:
  """One per context."""
  scores: list[_Score] = []
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
    score = _Score(
      run.problem.recording(future[windows.SEQUENCE_ID].decode()),
      bool(np.isfinite(samples).all()),
    )
    if score.is_finite:
      (pit,) = calibration.pit_of_samples(samples, truth, number)
      score = score._replace(pit=pit, crps=_crps(samples, truth))
    scores.append(score)
  return scores


def _crps(samples, truth):
  """NaN, and a warning, where the package for it is not installed."""
  try:
    return calibration.crps(samples, truth).mean
  except errors.UserError as error:
    tf.logging.log_first_n(tf.logging.WARN, str(error), 1)
    return math.nan
