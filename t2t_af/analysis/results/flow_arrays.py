"""Reads `flow.npz`: what a flow does to a few sequences.

  x            uint8 [N, time, height, width, channels], or float32 of series
               [N, time, features]
  num_cond     how many first steps are conditioned on alone
  of transform m = 1, 2 ... (Eq. 9), the one nearest x first:
  shift_m, scale_m, y_m   as x, in units of what it transforms: of x in [0, 1)
               for m = 1, else of y of transform m - 1
  base_loc, base_scale    optional, of the density of the last y
  base_degrees_of_freedom    of a Student's t, as the last y
  of a level l of VideoFlow (Eq. 12):
  z_l, alpha_l, beta_l, u_l   [N, time, height_l, width_l, channels_l]

NaN: not defined there, as of a step without a whole window before it.
"""

import re
from typing import NamedTuple, Optional

import numpy as np

from t2t_af import errors
from t2t_af.analysis.results import stored_arrays

LEVELS = 256.0  # of a pixel; x in [0, 1) is its level / LEVELS


class Transform(NamedTuple):
  """Arrays [N, time, ...]."""

  number: int
  shift: np.ndarray
  scale: np.ndarray
  noise: np.ndarray  # y


class Latent(NamedTuple):
  """Arrays [N, time, height, width, channels] of one level."""

  level: int
  z: np.ndarray
  shift: np.ndarray  # alpha
  scale: np.ndarray  # beta
  noise: np.ndarray  # u


class Flow(NamedTuple):
  """All of a file; see above."""

  x: np.ndarray
  num_cond: int
  transforms: list
  latents: list
  base_loc: Optional[np.ndarray]
  base_scale: Optional[np.ndarray]

  @property
  def is_video(self) -> bool:
    """Whether x has pixels."""
    return self.x.ndim == 5

  @property
  def signal(self) -> np.ndarray:
    """x in the units that the first transform sees, float [N, time, ...]."""
    return self.x / LEVELS if self.is_video else self.x


def read(path: str) -> Flow:
  """All arrays, those with numbers as float32.

  Raises:
    UserError: if no run wrote the file, or arrays do not fit together.
  """
  arrays = _arrays(path)
  flow = Flow(
    arrays["x"],
    int(arrays["num_cond"]),
    [
      Transform(m, *_group(path, arrays, m, ("shift", "scale", "y")))
      for m in _numbers(arrays, "y")
    ],
    [
      Latent(level, *_group(path, arrays, level, ("z", "alpha", "beta", "u")))
      for level in _numbers(arrays, "u")
    ],
    *(_float(arrays.get(name)) for name in ("base_loc", "base_scale")),
  )
  if not flow.transforms and not flow.latents:
    raise errors.UserError(f"{path} has no transform and no latent level")
  for transform in flow.transforms:
    if transform.noise.shape != flow.x.shape:
      raise errors.UserError(
        f"{path}: y_{transform.number} is {list(transform.noise.shape)}, but "
        f"x is {list(flow.x.shape)}"
      )
  return flow


def _arrays(path: str) -> dict[str, np.ndarray]:
  """Those of the file; x and num_cond are among them, and in order."""
  try:
    with np.load(path) as stored:
      arrays = {name: stored[name] for name in stored.files}
    if "x" not in arrays or "num_cond" not in arrays:
      raise errors.UserError(f"{path} has no x or no num_cond")
    stored_arrays.check_numbers("x", arrays["x"], 3, 5)
    stored_arrays.check_numbers("num_cond", arrays["num_cond"], 0)
    for name, array in arrays.items():
      if re.fullmatch(r"(shift|scale|y|z|alpha|beta|u)_\d+|base_.*", name):
        stored_arrays.check_numbers(name, array, *range(1, 6))
    if not 0 <= arrays["num_cond"] <= arrays["x"].shape[1]:
      raise ValueError(f"num_cond is {arrays['num_cond']}")
  except stored_arrays.DAMAGE as error:
    raise errors.UserError(f"{path} cannot be read: {error}") from error
  return arrays


def _numbers(arrays: dict, name: str) -> list[int]:
  """The m of every `<name>_<m>`."""
  return sorted(
    int(match[1])
    for key in arrays
    if (match := re.fullmatch(rf"{name}_(\d+)", key))
  )


def _group(path: str, arrays: dict, number: int, names: tuple) -> list:
  """The arrays `<name>_<number>`, all of one shape."""
  keys = [f"{name}_{number}" for name in names]
  missing = [key for key in keys if key not in arrays]
  if missing:
    raise errors.UserError(f"{path} lacks {', '.join(missing)}")
  shapes = {key: arrays[key].shape for key in keys}
  if len(set(shapes.values())) > 1:
    raise errors.UserError(f"{path}: shapes differ: {shapes}")
  return [_float(arrays[key]) for key in keys]


def _float(array: Optional[np.ndarray]) -> Optional[np.ndarray]:
  return None if array is None else array.astype(np.float32)
