"""`results/flow.npz` of a run: what its flows make of a few sequences.

  x                       uint8 [N, time, height, width, channels], or float32
                          [N, time, features], standardised, with mean, std and
                          names of the features
  num_cond                first steps that are conditioned on and not scored
  shift_m, scale_m, y_m   of transform m, as x (`DataSpaceModel.decompose`):
                          x [+ noise, / 256 of video] = shift_1 + scale_1 y_1
  base_loc, base_scale    of an SLVM, as the last y: of p(y | z), z drawn from
                          the posterior
  base_degrees_of_freedom   as the last y, where that is a Student's t
  z_l, alpha_l, beta_l, u_l   of a level of VideoFlow
                          (`LatentPrior.decompose`)

float16 of video, float32 of series; NaN at the first steps, where it is not
defined. There is no file of a model without a flow. The strips of Fig. 6 of
video's first sequence are in `analysis/`, for TensorBoard.
"""

import io
import os

import numpy as np
import tensorflow.compat.v1 as tf

from t2t_af import board
from t2t_af import whole_file
from t2t_af import windows
from t2t_af.analysis.charts import pictures
from t2t_af.analysis.figures import flow_pictures
from t2t_af.analysis.results import flow_arrays
from t2t_af.experiments import trained_run


def write(run: trained_run.TrainedRun, split: str, num_sequences: int) -> bool:
  """Writes the file; False where there is no flow.

  Args:
    run: of one of our models.
    split: "train", "dev" or "test".
    num_sequences: N, at most: of video the first ones of the split, of series
      windows evenly apart.
  """
  batches = run.decompositions(split, num_sequences)
  flows = {
    name: np.concatenate([batch[name] for batch in batches])
    for name in batches[0]
  }
  x, sequence_ids = flows.pop("x"), flows.pop(windows.SEQUENCE_ID)
  if not flows:
    tf.logging.info(
      "%s has no flow, and flow.npz is not written", run.output_dir
    )
    return False
  arrays = {
    "x": x.astype(np.float32 if run.is_series else np.uint8),
    "num_cond": _num_cond(run.hparams),
    windows.SEQUENCE_ID: np.array([s.decode() for s in sequence_ids], np.str_),
  }
  precision = np.float32 if run.is_series else np.float16
  for name, values in flows.items():
    arrays[name] = _to_length(values.astype(precision), x.shape[1])
  if run.is_series:
    statistics = run.problem.statistics_for(run.hparams)
    arrays.update(
      mean=statistics.mean,
      std=statistics.std,
      names=np.array(list(statistics.names), np.str_),
    )
  stream = io.BytesIO()
  np.savez_compressed(stream, **arrays)
  path = os.path.join(run.output_dir, "results", "flow.npz")
  whole_file.write(path, stream.getvalue())
  if not run.is_series:
    board.write(
      os.path.join(run.output_dir, "analysis"), run.step, {}, _images(path)
    )
  return True


def _images(path: str) -> dict[str, bytes]:
  """Strips of the first sequence, by tag."""
  flow = flow_arrays.read(path)
  strips = {}
  if flow.transforms:
    strips["flow/shift_scale_noise"] = flow_pictures.strip(flow)
  if flow.latents:
    strips["flow/latent_levels"] = flow_pictures.latent_strip(flow)
  return {tag: pictures.png(strip) for tag, strip in strips.items()}


def _num_cond(hparams) -> int:
  """Steps of a window that are not scored."""
  if getattr(hparams, "first_steps", "skip") == "initial":
    return 0
  return hparams.video_num_input_frames


def _to_length(values: np.ndarray, num_steps: int) -> np.ndarray:
  """[N, last steps, ...] to [N, num_steps, ...], with NaN before."""
  missing = [(0, 0)] * values.ndim
  missing[1] = (num_steps - values.shape[1], 0)
  return np.pad(values, missing, constant_values=np.nan)
