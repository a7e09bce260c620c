"""activity_rec: AReM (Palumbo et al., 2016), seven activities seen by radio."""

import re
from typing import Any, NamedTuple

import numpy as np

from problems.core import splitting
from problems.core import time_gaps
from problems.core import uci_series
from problems.files import archives
from problems.files import download
from problems.files import text_table
from t2t_af.errors import UserError

# Files in each folder, "dataset1.csv" and so on.
NUM_FILES = {
  "bending1": 7,
  "bending2": 6,
  "cycling": 15,
  "lying": 15,
  "sitting": 15,
  "standing": 15,
  "walking": 15,
}
# Of these, files that repeat another one byte by byte.
_REPEATED = {"cycling": (15,), "lying": (11, 12, 13, 14, 15)}
# They differ in one row of 480.
_ALMOST_EQUAL = ["lying/dataset1", "lying/dataset10"]
_STEP_MS = 250
_COLUMNS = 7
# Some files have spaces instead of commas, some a comma too many at the end.
_CELL = re.compile(r"[^,\s]+")


@splitting.register
class SeriesActivityRec(uci_series.UciSeriesProblem):
  """6 features, 4 steps a second; 82 recordings of 480 steps.

  Mean and variance of the signal strength between three sensors on the body
  (ankles and chest), averaged over 250 ms; the column `time` is dropped. The
  archive has 88 files: six repeat another one byte by byte and are left out.
  In one a step is missing: it is cut there.
  """

  archive = download.Source(
    filename="AReM.zip",
    urls=(
      "https://archive.ics.uci.edu/static/public/366/activity+recognition+"
      "system+based+on+multisensor+data+fusion+arem.zip",
      "https://archive.ics.uci.edu/ml/machine-learning-databases/00366/"
      "AReM.zip",
    ),
    num_bytes=None,
    sha256="a328bd9f4a4017546c2359b371c1a820441e9e83346922fde3c3b058c7209000",
  )
  other_names = (
    "activity+recognition+system+based+on+multisensor+data+fusion+arem.zip",
    "AReM",
  )
  splits_name = "series_activity_rec"
  num_features = 6
  feature_names = [
    "avg_rss12",
    "var_rss12",
    "avg_rss13",
    "var_rss13",
    "avg_rss23",
    "var_rss23",
  ]
  num_rows = 42239

  @classmethod
  def strata(cls) -> list[list[splitting.Unit]]:
    """By activity; files that are almost equal stay together."""
    strata: list[list[splitting.Unit]] = []
    for activity, count in NUM_FILES.items():
      names = [
        f"{activity}/dataset{k}"
        for k in range(1, count + 1)
        if k not in _REPEATED.get(activity, ())
      ]
      units = [[name] for name in names if name not in _ALMOST_EQUAL]
      strata.append(units + [_ALMOST_EQUAL] if activity == "lying" else units)
    return strata

  def read_recordings(
    self, archive: archives.Archive
  ) -> tuple[uci_series.Recordings, dict[str, Any]]:
    """See UciSeriesProblem."""
    names = [
      f"{folder}/dataset{k}"
      for folder, count in NUM_FILES.items()
      for k in range(1, count + 1)
    ]
    files, missing = uci_series.find([[f"{n}.csv"] for n in names], archive)
    tables = {
      name: read_table(uci_series.read(archive, file), archive.describe(file))
      for name, file in zip(names, files)
      if file
    }
    values = {name: table.values for name, table in tables.items()}
    repeated = uci_series.duplicates(values)
    recordings = {
      name: time_gaps.cut(v[:, 0], v[:, 1:], _STEP_MS)
      for name, v in values.items()
      if name not in repeated
    }
    return recordings, {
      "files": len(tables),
      "missing_files": missing,
      "rows": sum(map(len, values.values())),
      "rows_with_odd_delimiters": sum(t.num_odd for t in tables.values()),
      "repeated_files": repeated,
      "stretches": sum(map(len, recordings.values())),
    }


class Table(NamedTuple):
  """One file.

  Attributes:
    values: float64 [time, 7], milliseconds first.
    num_odd: how many rows were not delimited as the others are.
  """

  values: np.ndarray
  num_odd: int


def read_table(data: bytes, where: str) -> Table:
  """Five lines of comment, then rows `time,avg,var,avg,var,avg,var`.

  In the real archive some lines end in CRLF, one file is delimited by spaces,
  with one more at the end, and the last rows of two files end in a comma.
  """
  rows = list(text_table.rows(data, where, _CELL.findall, comment="#"))
  if not rows:
    raise UserError(f"{where}: no rows in it")
  for row in rows:
    text_table.check_width(row, where, _COLUMNS)
  return Table(
    np.stack([text_table.numbers(row, where) for row in rows]),
    sum(row.text != ",".join(row.cells) for row in rows),
  )
