"""A lossless code of 8-bit video, driven by a run's affine flows.

A level is coded with the probability that the flows give it: given the frames
before it (each level at its middle, without noise), level v of a pixel has

  P(v) = Phi((v + 1/2 - shift) / scale) - Phi((v - 1/2 - shift) / scale),

the lowest and highest one all of the tail, shift and scale in levels. So the
code is as long as -log2 P(v), but for the coder's fixed-point numbers: these
give each level 2^-24 at least.

The first frames, which the flows condition on alone, are packed by zlib.

Encoder and decoder ask the same graph for one frame at a time, on one thread,
so that both see the same numbers to the last bit on one machine. On another
one they may differ; a checksum of the frames tells then.
"""

from collections.abc import Iterable
from typing import Any, NamedTuple
import zlib

import numpy as np
from scipy import special

from t2t_af import errors
from t2t_af import session as session_lib
from t2t_af.experiments.asking import asked_run
from t2t_af.experiments.asking import code_file
from t2t_af.experiments.asking import digest
from t2t_af.experiments.asking import loaded_run
from t2t_af.experiments.asking import long_work
from t2t_af.experiments.asking import units as units_lib
from t2t_af.experiments.asking import whole_flow

_TOP = 255


class Code(NamedTuple):
  """A video's code, and what it costs.

  Attributes:
    data: all of the file.
    bits_per_dim: of the frames that the flows code.
    model_bits_per_dim: -log2 P of the same frames, mean.
  """

  data: bytes
  bits_per_dim: float
  model_bits_per_dim: float


class FrameCoder:
  """Of one run.

  Raises:
    UserError: the run is of series, not of `autoregressive_flow`, or has a
      flow that is not affine; or constriction is not installed.
  """

  def __init__(self, run: loaded_run.LoadedRun) -> None:
    if run.names or not run.run.has_standard_noise:
      raise errors.UserError(
        f"{run.run.called}: compress is for runs of autoregressive_flow on "
        f"video, this is one of {run.run.model_name} on {run.run.problem.name}"
      )
    # (Runs that know no other base have no such hparam.)
    base = getattr(run.run.hparams, "base_distribution", "normal")
    if base != "normal":
      raise errors.UserError(
        f"{run.run.called} has base_distribution={base}; compress codes "
        "levels by normal ones"
      )
    self._queue, self._gaussian = _constriction()
    self._next = NextFrame(run.run)
    self._shape = tuple(run.run.step_shape)
    self._digest = digest.of_flow(run.run, self._next.asked)

  def encode(
    self, frames: np.ndarray, where: str = "x", show_progress: bool = False
  ) -> Code:
    """The code of uint8 [time, height, width, channels].

    Args:
      frames: more than the flows condition on, else a UserError.
      where: what they are called in errors.
      show_progress: whether a bar is drawn where it takes long.
    """
    num_given = self._next.num_given
    if len(frames) <= num_given:
      raise errors.UserError(
        f"{where}: {len(frames)} frames are too few: {num_given} are given"
      )
    encoder = self._queue.RangeEncoder()
    model_bits = 0.0
    for t in self._each(len(frames), show_progress, "coding"):
      mean, std = self._next(frames[t - num_given : t])
      levels = frames[t].ravel()
      encoder.encode(levels.astype(np.int32), self._gaussian, mean, std)
      model_bits += bits(levels, mean, std).sum()
    words = encoder.get_compressed().astype("<u4").tobytes()
    given = zlib.compress(frames[:num_given].tobytes(), 9)
    header = code_file.Header(
      model=self._digest,
      num_frames=len(frames),
      shape=list(self._shape),
      num_given_bytes=len(given),
      crc32=zlib.crc32(frames.tobytes()),
    )
    dims = frames[num_given:].size
    return Code(
      code_file.write(header, given + words),
      8 * len(words) / dims,
      model_bits / dims,
    )

  def decode(
    self, data: bytes, where: str, show_progress: bool = False
  ) -> np.ndarray:
    """The frames of a code.

    Args:
      data: all of the file.
      where: what it is called in errors.
      show_progress: whether a bar is drawn where it takes long.

    Raises:
      UserError: it is no code, one of another model, or damaged; or this
        machine computes the flows otherwise than the one it is from.
    """
    header, body = code_file.read(data, where)
    if header.model != self._digest:
      raise errors.UserError(
        f"{where}: it was made by another model ({header.model[:12]}) than "
        f"this one ({self._digest[:12]})"
      )
    try:
      frames = self._frames(header, body, show_progress)
    except AssertionError:  # no level is where the code points
      frames = np.zeros(0, np.uint8)
    if zlib.crc32(frames.tobytes()) != header.crc32:
      raise errors.UserError(
        f"{where}: the frames are not those that were coded: it was made on a "
        "machine that computes the flows otherwise"
      )
    return frames

  def _frames(
    self, header: code_file.Header, body: bytes, show_progress: bool
  ) -> np.ndarray:
    num_given, size = self._next.num_given, header.num_given_bytes
    frames = np.zeros([header.num_frames, *self._shape], np.uint8)
    given = np.frombuffer(zlib.decompress(body[:size]), np.uint8)
    frames[:num_given] = given.reshape(frames[:num_given].shape)
    words = np.frombuffer(body[size:], "<u4").astype(np.uint32)
    decoder = self._queue.RangeDecoder(words)
    for t in self._each(len(frames), show_progress, "decoding"):
      mean, std = self._next(frames[t - num_given : t])
      levels = decoder.decode(self._gaussian, mean, std)
      frames[t] = levels.reshape(self._shape)
    return frames

  def _each(self, num_frames: int, shown: bool, label: str) -> Iterable[int]:
    """The frames that the flows code."""
    frames = range(self._next.num_given, num_frames)
    return long_work.bar(frames, shown, label, "frames")


class NextFrame:
  """Mean and standard deviation of the next frame's levels.

  Attributes:
    num_given: frames before it.
    asked: the question.
  """

  def __init__(self, run: asked_run.AskedRun) -> None:
    flow = whole_flow.WholeFlow(run)
    self.num_given = flow.reach
    self._units = units_lib.Units(run)
    config = session_lib.config()
    config.intra_op_parallelism_threads = 1
    config.inter_op_parallelism_threads = 1
    config.use_per_session_threads = True
    self.asked = run.question("next frame", flow.build, config=config)

  def __call__(self, given: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """float64 [height * width * channels] each, in levels."""
    # Whatever the frame after them is, its parameters are theirs.
    after = np.zeros_like(given[:1])
    steps = np.concatenate([given, after])[np.newaxis].astype(np.int32)
    made = self.asked(steps=steps)
    shift = self._units.raw_shift(made["shift"][0, -1].astype(np.float64))
    log_scale = self._units.raw_log_scale(
      made["log_scale"][0, -1].astype(np.float64)
    )
    return shift.ravel(), np.exp(log_scale).ravel()


def bits(levels: np.ndarray, mean: np.ndarray, std: np.ndarray) -> np.ndarray:
  """-log2 P(v) of each level, as of the module."""
  with np.errstate(over="ignore"):
    upper = np.where(levels == _TOP, np.inf, (levels + 0.5 - mean) / std)
    lower = np.where(levels == 0, -np.inf, (levels - 0.5 - mean) / std)
  # In the upper half by symmetry, where the logarithms do not cancel.
  flip = lower > 0
  upper, lower = np.where(flip, -lower, upper), np.where(flip, -upper, lower)
  high, low = special.log_ndtr(upper), special.log_ndtr(lower)
  with np.errstate(divide="ignore"):
    return -(high + np.log1p(-np.exp(low - high))) / np.log(2.0)


def _constriction() -> tuple[Any, Any]:
  """(its range coder, the model of 8-bit levels)."""
  try:
    import constriction
  except ImportError as error:
    raise errors.UserError(
      "compress needs the package constriction: "
      "pip install --no-deps constriction==0.4.2"
    ) from error
  stream = constriction.stream
  return stream.queue, stream.model.QuantizedGaussian(0, _TOP)
