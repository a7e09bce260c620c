"""The fields of a likelihood record, from what an evaluation kept."""

import math
from typing import Any

import numpy as np
import tensorflow.compat.v1 as tf

from t2t_af import session
from t2t_af import windows
from t2t_af.annotations import HParams
from t2t_af.models import run_data
from t2t_af.records import likelihood
from t2t_af.records import recordings

NLL = "nll_nats_per_dim"
NLL_OF_DRAWS = NLL + "_of_draws"


def fields(
  arrays: dict[str, np.ndarray],
  identity: dict[str, Any],
  hparams: HParams,
  of_model: dict[str, Any],
) -> dict[str, Any]:
  """All fields of `records.likelihood`.

  Args:
    arrays: of every window of an evaluation: NLL and what it is the sum of,
      [windows, scored steps] each, nats per dimension; with several draws of
      noise NLL_OF_DRAWS, [windows, draws]; and those of `t2t_af.windows`.
    identity: what was evaluated.
    hparams: of the model, with problem and data_dir.
    of_model: the model's own fields.
  """
  scores = {
    name: values.astype(np.float64)
    for name, values in arrays.items()
    if name not in windows.NAMES
  }
  of_draws = scores.pop(NLL_OF_DRAWS, None)
  nll = scores.pop(NLL)
  num_steps = hparams.video_num_input_frames + hparams.video_num_target_frames
  made = dict(
    identity,
    **_over_windows(nll.mean(axis=1), arrays, hparams),
    nll_nats_per_dim_per_step=nll.mean(axis=0),
    num_cond_steps=num_steps - nll.shape[1],
    num_scored_steps=nll.shape[1],
    num_noise_draws=1 if of_draws is None else of_draws.shape[1],
    **{name: part.mean() for name, part in scores.items()},
    **of_model,
  )
  split_protocol = getattr(hparams.problem, "split_protocol", None)
  if split_protocol:
    made["split_protocol"] = split_protocol
  if hparams.precision != session.FLOAT32:
    made["precision"] = hparams.precision
  if of_draws is not None:
    noise = likelihood.mean_and_stderr(of_draws.mean(axis=0))
    made[NLL + "_noise_stderr"] = noise.stderr
  return {**made, **per_step_fields(made, hparams)}


def _over_windows(
  nll: np.ndarray, arrays: dict[str, np.ndarray], hparams: HParams
) -> dict[str, Any]:
  """The mean of NLLs [windows], its error, and what each sequence has."""
  ids = [name.decode() for name in arrays[windows.SEQUENCE_ID]]
  recording_of = [hparams.problem.recording(name) for name in ids]
  mean, stderr = recordings.mean_and_stderr(nll, recording_of)
  sequences = recordings.group(ids)
  tail = recordings.tail(nll)
  return dict(
    nll_nats_per_dim=mean,
    nll_nats_per_dim_stderr=stderr,
    nll_nats_per_dim_window_stderr=likelihood.mean_and_stderr(nll).stderr,
    nll_nats_per_dim_median=tail.median,
    nll_nats_per_dim_worst_percent=tail.worst_percent,
    sequence_ids=sequences.names,
    nll_nats_per_dim_per_sequence=sequences.means(nll),
    num_windows_per_sequence=sequences.counts,
    num_windows=len(nll),
    num_sequences=len(sequences.names),
    num_recordings=len(set(recording_of)),
    recordings=[hparams.problem.recording(name) for name in sequences.names],
  )


def per_step_fields(made: dict[str, Any], hparams: HParams) -> dict[str, Any]:
  """NLL in nats per time step, standardised and raw (Table 2); {} of video.

  Args:
    made: of a likelihood record; dims_per_step where its model has it.
    hparams: with data_dir and problem; a problem of series says what of the
      scale of the raw data went into standardising (`statistics_for`).
  """
  problem = hparams.problem
  if "dims_per_step" not in made or not hasattr(problem, "statistics"):
    return {}
  per_step = made[NLL] * made["dims_per_step"]
  log_volume = problem.statistics_for(hparams).log_volume
  return dict(
    nll_nats_per_step=per_step,
    nll_nats_per_step_stderr=made[NLL + "_stderr"] * made["dims_per_step"],
    nll_raw_nats_per_step=per_step + log_volume,
  )


def log(made: dict[str, Any]) -> None:
  """The NLL in a line, with what its error is of."""
  stderr = made[NLL + "_stderr"]
  error = "(too few recordings for an error)"
  if not math.isnan(stderr):
    error = "+- %.4f" % stderr
  tf.logging.info(
    "%s %s, step %d: %s%.4f %s nats/dim, %.4f bits/dim, %d windows of %d "
    "recordings%s",
    made["problem"],
    made["split"],
    made["step"],
    "<= " if made.get("bound") else "",
    made[NLL],
    error,
    likelihood.bits_from_nats(made[NLL]),
    made["num_windows"],
    made["num_recordings"],
    (": a part of the split" if made["is_partial"] else "")
    + (f", precision={made['precision']}" if "precision" in made else "")
    + run_data.described(
      made["trained_data_fingerprint"], made["data_fingerprint"]
    ),
  )
