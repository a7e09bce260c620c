"""Between what people measure and what a run is given.

Series: raw units and the run's own standardised ones, raw = mean + std x.
Video: 8-bit levels are what the model is given; x is near [0, 1].
"""

from collections.abc import Sequence
from typing import Any

import numpy as np

from t2t_af import errors
from t2t_af.experiments.asking import asked_run
from t2t_af.experiments.asking import columns
from t2t_af.models import observation


class Units:
  """Of one run.

  Attributes:
    names: of a series' columns; none of video.
    log_volume: nats that a step's NLL grows by in raw units; 0 of video.
  """

  def __init__(self, run: asked_run.AskedRun) -> None:
    self._statistics = statistics = run.statistics
    self._shape = tuple(run.step_shape)
    self.names: Sequence[str] = statistics.names if statistics else ()
    self.log_volume = statistics.log_volume if statistics else 0.0
    if statistics:
      self._scale, self._offset = statistics.std, statistics.mean
    else:
      # x is (level + 1/2) / 256 at the middle of uniform noise, and level / 255
      # at that of Gaussian noise (`observation`).
      is_uniform = getattr(run.hparams, "dequantization", "") == "uniform"
      levels = observation.NUM_LEVELS - (0 if is_uniform else 1)
      self._scale, self._offset = levels, -0.5 * is_uniform

  def steps(self, x: Any, where: str = "x") -> np.ndarray:
    """What the model is given, [time, ...], of an array or frame.

    Raises:
      UserError: another shape, or numbers that are none.
    """
    if not self._statistics:
      return self._frames(np.asarray(x), where)
    raw = (
      columns.of_frame(x, self.names)
      if columns.is_frame(x)
      else columns.numbers(x, where)
    )
    self._check_shape(raw, where, f"columns {', '.join(self.names)}")
    bad = np.argwhere(~np.isfinite(raw))
    if bad.size:
      row, column = bad[0]
      raise errors.UserError(
        f"{where}: row {row + 1}, column {self.names[column]}: "
        f"{raw[row, column]} is not a finite number"
      )
    with np.errstate(over="ignore"):
      x = (raw - self._statistics.mean) / self._statistics.std
      x = x.astype(np.float32)
    if not np.isfinite(x).all():
      row, column = np.argwhere(~np.isfinite(x))[0]
      raise errors.UserError(
        f"{where}: row {row + 1}, column {self.names[column]}: "
        f"{raw[row, column]:g} is out of all proportion to what the run was "
        "trained on"
      )
    return x

  def _frames(self, x: np.ndarray, where: str) -> np.ndarray:
    self._check_shape(x, where, "height, width and channels")
    if x.dtype != np.uint8:
      raise errors.UserError(
        f"{where}: frames are uint8 levels of 0 to 255, not {x.dtype}"
      )
    return x.astype(np.int32)

  def _check_shape(self, x: np.ndarray, where: str, what: str) -> None:
    if x.ndim != 1 + len(self._shape) or x.shape[1:] != self._shape:
      raise errors.UserError(
        f"{where}: its shape is {list(x.shape)}; the run takes "
        f"{['steps', *self._shape]} ({what})"
      )

  def raw(self, x: np.ndarray) -> np.ndarray:
    """Raw units of what the model gives: float64 of series, uint8 levels."""
    if self._statistics:
      return self._statistics.to_raw(x)
    return np.asarray(x, np.uint8)

  def raw_shift(self, shift: np.ndarray) -> np.ndarray:
    """Of an affine map to x: that of the map to raw units (or levels)."""
    return shift * self._scale + self._offset

  def raw_log_scale(self, log_scale: np.ndarray) -> np.ndarray:
    """As `raw_shift`."""
    return log_scale + np.log(self._scale)

  def from_x(self, x: np.ndarray) -> np.ndarray:
    """Raw units of x: float64 of series, the uint8 levels it lies in."""
    if self._statistics:
      return self._statistics.to_raw(x)
    levels = np.rint(np.asarray(x, np.float64) * self._scale + self._offset)
    return np.clip(np.nan_to_num(levels), 0, 255).astype(np.uint8)
