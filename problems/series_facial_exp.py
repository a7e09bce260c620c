"""facial_exp: Grammatical Facial Expressions (Freitas et al., 2014)."""

import re
from typing import Any

import numpy as np

from problems.core import splitting
from problems.core import time_gaps
from problems.core import uci_series
from problems.files import archives
from problems.files import download
from problems.files import text_table
from t2t_af.errors import UserError

_USERS = "ab"
_EXPRESSIONS = (
  "affirmative",
  "conditional",
  "doubt_question",
  "emphasis",
  "negative",
  "relative",
  "topics",
  "wh_question",
  "yn_question",
)
RECORDINGS = [f"{user}_{name}" for user in _USERS for name in _EXPRESSIONS]
_POINTS = 100
_LONGEST_STEP_MS = 1000
_TIME = re.compile(r"([0-9]{1,12})\.([0-9]{1,3})")  # seconds.milliseconds


@splitting.register
class SeriesFacialExp(uci_series.UciSeriesProblem):
  """300 features, 16 to 19 steps a second; 18 recordings, 27,936 steps in all.

  100 points of a face seen by a Kinect: x and y in pixels, z in millimetres; z
  is 0 where depth was lost (1 to 12 % of the values of a file), and is kept so.
  The timestamp is dropped; a recording is cut where it jumps by more than a
  second. Each of two users shows each of nine expressions; a split has whole
  expressions, of both users.
  """

  archive = download.Source(
    filename="grammatical_facial_expression.zip",
    urls=(
      "https://archive.ics.uci.edu/static/public/317/grammatical+facial+"
      "expressions.zip",
      "https://archive.ics.uci.edu/ml/machine-learning-databases/00317/"
      "grammatical_facial_expression.zip",
    ),
    num_bytes=None,
    sha256=None,
  )
  other_names = (
    "grammatical+facial+expressions.zip",
    "grammatical_facial_expression",
  )
  splits_name = "series_facial_exp"
  num_features = 3 * _POINTS
  feature_names = [
    f"{point}{axis}" for point in range(_POINTS) for axis in "xyz"
  ]
  num_rows = 27936

  @classmethod
  def strata(cls) -> list[list[splitting.Unit]]:
    """Expressions, of both users together."""
    return [[[f"{user}_{name}" for user in _USERS] for name in _EXPRESSIONS]]

  def read_recordings(
    self, archive: archives.Archive
  ) -> tuple[uci_series.Recordings, dict[str, Any]]:
    """See UciSeriesProblem."""
    files, missing = uci_series.find(
      [_spellings(f"{name}_datapoints.txt") for name in RECORDINGS], archive
    )
    recordings, rows = {}, 0
    for name, file in zip(RECORDINGS, files):
      if file:
        where = archive.describe(file)
        times, points = read_table(uci_series.read(archive, file), where)
        _check_targets(archive, name, len(points))
        recordings[name] = time_gaps.cut(times, points, _LONGEST_STEP_MS)
        rows += len(points)
    return recordings, {
      "files": len(files) - len(missing),
      "missing_files": missing,
      "rows": rows,
      "stretches": sum(map(len, recordings.values())),
    }


@splitting.register
class SeriesFacialExpFilled(SeriesFacialExp):
  """facial_exp with lost depth filled in: the z before it, or else after it.

  The paper does not say what it did with it. Kept, a lost z is some 30 standard
  deviations away from its neighbours, and a few decide the whole likelihood.
  """

  def read_recordings(
    self, archive: archives.Archive
  ) -> tuple[uci_series.Recordings, dict[str, Any]]:
    """See UciSeriesProblem."""
    recordings, facts = super().read_recordings(archive)
    lost = sum(
      int((stretch[:, 2::3] == 0.0).sum())
      for stretches in recordings.values()
      for stretch in stretches
    )
    return {
      name: [fill_lost_depth(stretch) for stretch in stretches]
      for name, stretches in recordings.items()
    }, dict(facts, lost_depths_filled=lost)


def fill_lost_depth(points: np.ndarray) -> np.ndarray:
  """[time, x y z of every point]; a z that is never known stays 0."""
  z = points[:, 2::3]
  known, steps = z != 0.0, np.arange(len(z))[:, np.newaxis]
  first = np.argmax(known, axis=0)  # 0 where none is
  last = np.maximum.accumulate(np.where(known, steps, first), axis=0)
  filled = points.copy()
  filled[:, 2::3] = np.take_along_axis(z, last, axis=0)
  return filled


def read_table(data: bytes, where: str) -> tuple[np.ndarray, np.ndarray]:
  """One file of points: int64 [time] milliseconds and float64 [time, 300].

  Its first line is a header whatever it says: `0.0 0x 0y 0z 1x ...` begins with
  a number, and in some copies lacks it.
  """
  times, points = [], []
  for row in text_table.rows(data, where, str.split, start=2):
    text_table.check_width(row, where, 1 + 3 * _POINTS)
    times.append(_milliseconds(row, where))
    points.append(text_table.numbers(row, where, first=1))
  if not points:
    raise UserError(f"{where}: no rows in it")
  return np.array(times, np.int64), np.stack(points)


def _milliseconds(row: text_table.Row, where: str) -> int:
  """A timestamp `seconds.milliseconds`, the latter without leading zeros.

  1386700579.23 is 23 ms after the second: as a decimal number, time would run
  backwards.
  """
  match = _TIME.fullmatch(row.cells[0])
  if not match:
    raise UserError(
      f"{where}:{row.number}:1: {text_table.shown(row.cells[0])} is not a "
      "time as seconds.milliseconds"
    )
  return 1000 * int(match[1]) + int(match[2])


def _check_targets(archive: archives.Archive, name: str, rows: int) -> None:
  """The labels are not used, but there is one for each row of points."""
  for file in _spellings(f"{name}_targets.txt"):
    if file in archive:
      where = archive.describe(file)
      content = uci_series.read(archive, file)
      num_labels = sum(1 for _ in text_table.rows(content, where, str.split))
      if num_labels != rows:
        raise UserError(
          f"{where}: {num_labels} labels, but {name} has {rows} rows "
          "of points: one of the two files is cut"
        )


def _spellings(file: str) -> list[str]:
  """One file of targets is published with an s too many."""
  return (
    [file, file.replace("doubt_", "doubts_")] if "doubt_" in file else [file]
  )
