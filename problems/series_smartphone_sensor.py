"""smartphone_sensor: IPIN 2016 (Barsocchi et al.), a phone carried indoors."""

from typing import Any

import numpy as np

from problems.core import splitting
from problems.core import time_gaps
from problems.core import uci_series
from problems.files import archives
from problems.files import download
from problems.files import text_table
from t2t_af.errors import UserError

_MEASURES = (1, 2)
# The names differ between the two measures, and from the README's.
_FILES = ("measure{}_smartphone_sens.csv", "measure{}_phone_sens.csv")
_SESSIONS = 13  # in each file
# In both files, byte by byte; once is enough.
_REPEATED_SESSION = 12
_LONGEST_STEP_MS = 1000
_COLUMNS = [
  "timestamp",
  "AccelerationX",
  "AccelerationY",
  "AccelerationZ",
  "MagneticFieldX",
  "MagneticFieldY",
  "MagneticFieldZ",
  "Z-AxisAgle(Azimuth)",
  "X-AxisAngle(Pitch)",
  "Y-AxisAngle(Roll)",
  "GyroX",
  "GyroY",
  "GyroZ",
]


@splitting.register
class SeriesSmartphoneSensor(uci_series.UciSeriesProblem):
  """9 features, about 10 steps a second; 25 recordings of 387 to 4,662 steps.

  Acceleration, magnetic field (both x, y, z) and orientation (azimuth, which
  jumps between 360 and 0 degrees, pitch, roll). The three gyroscopes are 0
  throughout, so they are dropped; so is the column `timestamp`.

  A file is no single stream: it is cut into sessions where time jumps by more
  than a second, forwards or backwards; 13 in each of two files. Session k of
  both was recorded on the same walk, minutes apart, so no split parts the two;
  session 12 is the same in both files and taken once.
  """

  archive = download.Source(
    filename="Ipin2016Dataset.zip",
    urls=(
      "https://archive.ics.uci.edu/static/public/377/geo+magnetic+field+and"
      "+wlan+dataset+for+indoor+localisation+from+wristband+and+"
      "smartphone.zip",
      "https://archive.ics.uci.edu/ml/machine-learning-databases/00377/"
      "Ipin2016Dataset.zip",
    ),
    num_bytes=None,
    sha256=None,
  )
  other_names = (
    "geo+magnetic+field+and+wlan+dataset+for+indoor+localisation+"
    "from+wristband+and+smartphone.zip",
    "Ipin2016Dataset",
  )
  splits_name = "series_smartphone_sensor"
  num_features = 9
  feature_names = _COLUMNS[1:]
  num_rows = 36140

  @classmethod
  def strata(cls) -> list[list[splitting.Unit]]:
    """Walks: session k of both files, minutes apart."""
    first, second = _MEASURES
    return [
      [
        [_session_name(first, k)]
        if k == _REPEATED_SESSION
        else [_session_name(first, k), _session_name(second, k)]
        for k in range(1, _SESSIONS + 1)
      ]
    ]

  def read_recordings(
    self, archive: archives.Archive
  ) -> tuple[uci_series.Recordings, dict[str, Any]]:
    """See UciSeriesProblem."""
    files = [[name.format(m) for name in _FILES] for m in _MEASURES]
    files, missing = uci_series.find(files, archive)
    sessions, rows = {}, 0
    for measure, name in zip(_MEASURES, files):
      if name:
        where = archive.describe(name)
        table = read_table(uci_series.read(archive, name), where)
        rows += len(table)
        sessions.update(_cut(table, measure, where))
    repeated = uci_series.duplicates(sessions)
    recordings = {
      name: [session[:, 1:]]
      for name, session in sessions.items()
      if name not in repeated
    }
    return recordings, {
      "files": len(files) - len(missing),
      "missing_files": missing,
      "rows": rows,
      "sessions": len(sessions),
      "repeated_sessions": repeated,
    }


def read_table(data: bytes, where: str) -> np.ndarray:
  """One file: float64 [time, 13], Unix milliseconds first."""
  rows = text_table.rows(data, where, text_table.by_comma)
  header = next(rows, None)
  if header is None or header.cells != _COLUMNS:
    line = "nothing" if header is None else text_table.shown(header.text)
    raise UserError(
      f"{where}:1: expected the header {', '.join(_COLUMNS)}; found {line}"
    )
  table = []
  for row in rows:
    text_table.check_width(row, where, len(_COLUMNS))
    table.append(text_table.numbers(row, where))
  if not table:
    raise UserError(f"{where}: no rows in it")
  return np.stack(table)


def _session_name(measure: int, number: int) -> str:
  return f"measure{measure}/session{number:02}"


def _cut(table: np.ndarray, measure: int, where: str) -> dict[str, np.ndarray]:
  """{name: session [time, 13]} of one file."""
  sessions = time_gaps.cut(table[:, 0], table, _LONGEST_STEP_MS)
  if len(sessions) != _SESSIONS:
    raise UserError(
      f"{where}: {len(sessions)} sessions (cut where time jumps) "
      f"instead of {_SESSIONS}: this is another version"
    )
  return {
    _session_name(measure, k): session for k, session in enumerate(sessions, 1)
  }
