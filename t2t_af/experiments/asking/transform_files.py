"""Noise of files, and files of noise (`t2t-af transform`).

<file>.npz   y, shift, log_scale, each [time, ...], float64 of series and
             float32 of video, raw = shift + exp(log_scale) y; num_unscored, the
             first steps that are standardised alone; model, a digest of the
             weights; names of a series' columns
<file>.y.csv of series: y, a column for each feature
"""

import io
import os
import zipfile

import numpy as np

from t2t_af import errors
from t2t_af import whole_file
from t2t_af.experiments.asking import loaded_run
from t2t_af.experiments.asking import score_files
from t2t_af.experiments.asking import whole_flow

_CSV = ".y.csv"
_NAMES, _MODEL = "names", "model"


def write(
  run: loaded_run.LoadedRun,
  folder: str,
  name: str,
  made: whole_flow.Transformed,
) -> None:
  """Writes what is listed above."""
  number = np.float64 if run.names else np.float32
  arrays = {key: value.astype(number) for key, value in made._asdict().items()}
  arrays["num_unscored"] = np.array(run.num_unscored_steps())
  arrays[_MODEL] = np.array(run.digest())
  if run.names:
    arrays[_NAMES] = np.array(run.names, np.str_)
    rows = [run.names, *([f"{v:.9g}" for v in y] for y in made.y)]
    score_files.write_csv(os.path.join(folder, name + _CSV), rows)
  stream = io.BytesIO()
  np.savez_compressed(stream, **arrays)
  whole_file.write(os.path.join(folder, name + ".npz"), stream.getvalue())


def read_noise(run: loaded_run.LoadedRun, path: str) -> np.ndarray:
  """y [time, ...] of an .npz that `write` left.

  Raises:
    UserError: it is none, or it is noise of another run's weights.
  """
  try:
    with np.load(path, allow_pickle=False) as arrays:
      y = arrays["y"]
      names = arrays[_NAMES].tolist() if _NAMES in arrays else run.names
      model = str(arrays[_MODEL]) if _MODEL in arrays else run.digest()
  except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
    raise errors.UserError(
      f"{path}: is no .npz of t2t-af transform ({error})"
    ) from error
  if names != run.names:
    raise errors.UserError(
      f"{path}: is noise of the columns {', '.join(names)}; "
      f"{run.run.called} has {', '.join(run.names)}"
    )
  if model != run.digest():
    raise errors.UserError(
      f"{path}: is noise of another run, or of another checkpoint of it "
      f"({model[:12]}); this one ({run.digest()[:12]}) leads elsewhere"
    )
  return y


def write_data(
  run: loaded_run.LoadedRun, folder: str, name: str, x: np.ndarray
) -> str:
  """Data that noise led back to: a .csv, or a .npy of frames. Its path."""
  if run.names:
    path = os.path.join(folder, name + ".csv")
    score_files.write_csv(
      path, [run.names, *([repr(float(v)) for v in r] for r in x)]
    )
    return path
  stream = io.BytesIO()
  np.save(stream, x)
  return whole_file.write(
    os.path.join(folder, name + ".npy"), stream.getvalue()
  )
