"""Reads the first contexts of a run's `samples.npz`, however large it is.

  inputs   uint8 [contexts, cond, height, width, channels], the frames given
  targets  uint8 [contexts, time', height, width, channels], what followed
  outputs  uint8 [contexts, N, time, height, width, channels], N samples

Of a series they are float32 [..., features], standardised, and there are also

  mean, std  float64 [features]: raw = x * std + mean
  names      of the features
"""

from collections.abc import Sequence
import logging
import math
from typing import NamedTuple, Optional
import zipfile

import numpy as np

from t2t_af.analysis.results import stored_arrays


class Samples(NamedTuple):
  """The arrays of the first contexts, as above."""

  inputs: np.ndarray
  targets: np.ndarray
  outputs: np.ndarray


class Scale(NamedTuple):
  """From a standardised series to what was measured: raw = x * std + mean."""

  mean: np.ndarray
  std: np.ndarray
  names: Sequence[str]
  unit: str = "raw units"

  def to_raw(self, x: np.ndarray) -> np.ndarray:
    """float64 [..., features]."""
    return np.asarray(x, np.float64) * self.std + self.mean


def standardised(num_features: int) -> Scale:
  """The scale of a series of which none is stored: values stay as they are."""
  return Scale(
    np.zeros(num_features),
    np.ones(num_features),
    [f"feature {i + 1}" for i in range(num_features)],
    "standardised",
  )


def read_scale(path: str) -> Optional[Scale]:
  """Of the samples of a series; None where the file has none."""
  try:
    with np.load(path) as arrays:
      mean, std, names = arrays["mean"], arrays["std"], arrays["names"]
    for name, array in (("mean", mean), ("std", std)):
      stored_arrays.check_numbers(name, array, 1)
    stored_arrays.check_array("names", names)
    if not mean.shape == std.shape == names.shape:
      return None
    return Scale(mean, std, [str(name) for name in names])
  except stored_arrays.DAMAGE:
    return None


def read(path: str, num_contexts: int) -> Optional[Samples]:
  """The first contexts; None where the file is absent or cannot be read."""
  try:
    found = Samples(
      *(read_first(path, name, num_contexts) for name in Samples._fields)
    )
    _check(found)
    return found
  except FileNotFoundError:
    return None
  except stored_arrays.DAMAGE as error:
    logging.warning("%s cannot be read: %s", path, error)
    return None


def _check(found: Samples) -> None:
  """Raises ValueError where the arrays are not those of a run."""
  for name, array in found._asdict().items():
    stored_arrays.check_numbers(
      name, array, *((4, 6) if name == "outputs" else (3, 5))
    )
  contexts = {len(array) for array in found}
  steps = {
    found.inputs.shape[2:],
    found.targets.shape[2:],
    found.outputs.shape[3:],
  }
  if len(contexts) > 1 or len(steps) > 1:
    shapes = {name: list(a.shape) for name, a in found._asdict().items()}
    raise ValueError(f"shapes do not fit: {shapes}")


def read_first(path: str, name: str, count: int) -> np.ndarray:
  """The first `count` rows of one array of an .npz, as np.load(...)[:count].

  np.load would read all of it: 100 samples of 256 contexts are 3 GiB.
  """
  with zipfile.ZipFile(path) as archive, archive.open(name + ".npy") as stream:
    version = np.lib.format.read_magic(stream)
    header = (
      np.lib.format.read_array_header_1_0
      if version == (1, 0)
      else np.lib.format.read_array_header_2_0
    )
    shape, fortran_order, dtype = header(stream)
    if fortran_order or dtype.hasobject or not shape:
      raise ValueError(f"{name} is not a plain array in C order")
    shape = (min(count, shape[0]),) + tuple(shape[1:])
    size = math.prod(shape) * dtype.itemsize
    content = stream.read(size)
    if len(content) < size:
      raise EOFError(f"{name} ends early")
    return np.frombuffer(content, dtype).reshape(shape)
