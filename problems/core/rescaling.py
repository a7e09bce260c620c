"""Series standardised by one data set's statistics, brought to another's.

A run is one of numbers standardised by the data it was trained on. Other data
of the same columns is stored standardised by its own statistics; what the run
is to see is

  x_run = (raw - mean_run) / std_run
        = x std / std_run + (mean - mean_run) / std_run
"""

from typing import NamedTuple, Optional

import numpy as np
import tensorflow.compat.v1 as tf

from problems.core import series_statistics
from t2t_af.errors import UserError
from t2t_af.records import run_folder

_STATISTICS = "data_statistics"  # in run.json


class Rescaling(NamedTuple):
  """x_run[..., i] = x[..., columns[i]] factor[i] + offset[i]."""

  columns: np.ndarray  # [features of the run]
  factor: np.ndarray
  offset: np.ndarray

  def apply(self, x: tf.Tensor) -> tf.Tensor:
    """Of x [..., features of the data]: [..., features of the run]."""
    chosen = tf.gather(x, self.columns, axis=-1)
    return chosen * self.factor + self.offset


def of_run(
  model_dir: Optional[str],
) -> Optional[series_statistics.SeriesStatistics]:
  """What a run was trained with; None where it does not say.

  Raises:
    UserError: run.json has statistics that are none.
  """
  fields = run_folder.read(model_dir).get(_STATISTICS) if model_dir else None
  if not fields:
    return None
  try:
    return series_statistics.SeriesStatistics.from_json(fields)
  except (KeyError, TypeError, ValueError) as error:
    raise UserError(
      f"{run_folder.path(str(model_dir))}: {_STATISTICS} is damaged ({error})"
    ) from error


def between(
  data: series_statistics.SeriesStatistics,
  run: series_statistics.SeriesStatistics,
) -> Optional[Rescaling]:
  """From data to run; None where nothing changes.

  Columns that the run does not know are left out, with a line.

  Raises:
    UserError: the data lacks a column of the run.
  """
  missing = [name for name in run.names if name not in data.names]
  if missing:
    raise UserError(
      f"the run was trained on the columns {', '.join(run.names)}; this data "
      f"has no {', '.join(missing)} (or it never changes there)"
    )
  left_out = [name for name in data.names if name not in run.names]
  if left_out:
    tf.logging.warning(
      "left out, because the run does not know them: %s", ", ".join(left_out)
    )
  columns = np.array([data.names.index(name) for name in run.names])
  factor = data.std[columns] / run.std
  offset = (data.mean[columns] - run.mean) / run.std
  if not left_out and (factor == 1.0).all() and not offset.any():
    return None
  return Rescaling(
    columns, factor.astype(np.float32), offset.astype(np.float32)
  )
