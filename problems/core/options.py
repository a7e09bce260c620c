"""Options of generation: flags of `t2t-datagen` beyond the problem's name.

The command sets them, problems read them while they generate. What a problem
makes of them belongs in its manifest: reading knows no options.
"""

from collections.abc import Iterator, Sequence
import contextlib
import math
from typing import Any, NamedTuple, Optional

from t2t_af.errors import UserError

ASPECTS = ("crop", "pad", "stretch")
MISSING = ("error", "cut", "fill")
SPLITS = ("recordings", "time")
# What a flag may be, where that is one of a few words.
_CHOICES = {"aspect": ASPECTS, "missing": MISSING, "split": SPLITS}


class Options(NamedTuple):
  """Options of generation; every problem reads those that concern it.

  Attributes:
    source_dir: the user's folder of files, for `video_folder` and
      `series_csv`; None where none was given.
    allow_missing: go on without files that the source lacks, instead of an
      error that names them.
    frame_size: height and width of a frame, pixels.
    frame_rate: frames per second to resample a video to; None keeps its rate.
    aspect: how a frame becomes square: "crop" its middle, "pad" it with black,
      or "stretch" it.
    grey: one channel instead of three.
    levels: of arrays and deep pictures, the values that are black and white.
    array_axes: of arrays, which axis is which: N (videos), T, H, W, C.
    array_key: which array of an .npz file has the videos; "all": each is one.
    force: write though another process seems to write the same data.
    header, delimiter, decimal, encoding, columns, drop, time_column,
      id_column: how tables are written (`table_format.Wanted`); None
      where that is to be found.
    missing: values missing in tables are an "error", or recordings are "cut"
      there, or they are "fill"ed in.
    resample: a constant step to bring tables to, e.g. "0.1s"; None: as it is.
    split: "recordings" go to splits as they are, or each is cut by "time".
    min_steps: shorter series are left out; None: those that fill no window.
    beam: write with Apache Beam.
    beam_runner: what runs its pipeline.
    beam_pipeline_options: of that runner, "name=value".
  """

  source_dir: Optional[str] = None
  allow_missing: bool = False
  frame_size: int = 64
  frame_rate: Optional[float] = None
  aspect: str = "crop"
  grey: bool = False
  levels: Optional[Sequence[float]] = None
  array_axes: Optional[str] = None
  array_key: Optional[str] = None
  force: bool = False
  header: str = "auto"
  delimiter: Optional[str] = None
  decimal: Optional[str] = None
  encoding: Optional[str] = None
  columns: Optional[Sequence[str]] = None
  drop: Optional[Sequence[str]] = None
  time_column: Optional[str] = None
  id_column: Optional[str] = None
  missing: str = "error"
  resample: Optional[str] = None
  split: str = "recordings"
  min_steps: Optional[int] = None
  beam: bool = False
  beam_runner: str = "DirectRunner"
  beam_pipeline_options: Optional[Sequence[str]] = None


_current = Options()


def current() -> Options:
  """The options that are set; the defaults if none were."""
  return _current


def set(**changes: Any) -> None:
  """Replaces some options, of all that is generated from now on.

  Raises:
    UserError: a value that no data set could be made with.
    ValueError: a name that is no option.
  """
  global _current
  changed = _current._replace(**changes)
  check(changed)
  _current = changed


@contextlib.contextmanager
def using(**changes: Any) -> Iterator[Options]:
  """`set` for the length of a `with` block."""
  global _current
  before = _current
  set(**changes)
  try:
    yield _current
  finally:
    _current = before


def check(options: Options) -> None:
  """Raises a UserError on a value that no data set could be made with."""
  for name, choices in _CHOICES.items():
    value = getattr(options, name)
    if value not in choices:
      raise UserError(f"--{name}={value} is none of {', '.join(choices)}.")
  if options.min_steps is not None and options.min_steps < 2:
    raise UserError(f"--min_steps={options.min_steps} must be at least 2.")
  if options.frame_size < 1:
    raise UserError(f"--frame_size={options.frame_size} must be at least 1.")
  if options.frame_rate is not None and not 0 < options.frame_rate < 1e6:
    raise UserError(
      f"--frame_rate={options.frame_rate} must be a number of "
      "frames per second above 0."
    )
  if options.levels is not None:
    _check_levels(options.levels)
  axes = options.array_axes
  if axes is not None and not (
    frozenset("THW") <= frozenset(axes) <= frozenset("NTHWC")
    and len(frozenset(axes)) == len(axes)
  ):
    raise UserError(
      f"--array_axes={axes} must have T, H and W and may have N and C, each "
      "once, e.g. NTHW."
    )


def _check_levels(levels: Sequence[float]) -> None:
  try:
    low, high = map(float, levels)
  except ValueError:
    low = high = math.nan
  if not -math.inf < low < high < math.inf:
    raise UserError(
      f"--levels={','.join(map(str, levels))} must be two numbers, black and a "
      "larger white, e.g. 0,4000."
    )
