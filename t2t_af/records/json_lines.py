"""Files of records: one JSON object per line, appended, never rewritten.

Strict JSON has no NaN: a number that is not finite is written as null, and the
record's "non_finite" says which it was, e.g. {"nll_nats_per_dim": "nan"}.
"""

import json
import logging
import math
import os
from typing import Any, Optional

import numpy as np

# Part of a field's name in files of version 0.2 and before, and its name now.
_RENAMED = {
  "_per_frame": "_per_step",
  "num_cond_frames": "num_cond_steps",
  "num_scored_frames": "num_scored_steps",
  "num_predicted_frames": "num_predicted_steps",
}


def append(path: str, record: dict) -> None:
  """Appends one line; a process killed here leaves at most a partial line.

  A partial line left by an earlier kill is closed first, so that it can spoil
  only itself.
  """
  line = dumps(record) + "\n"
  os.makedirs(os.path.dirname(os.path.abspath(path)), exist_ok=True)
  with open(path, "ab") as stream:
    if not _ends_with_newline(path):
      line = "\n" + line
    stream.write(line.encode("utf-8"))  # One write: buffered, then flushed.
    stream.flush()
    os.fsync(stream.fileno())


def read(path: str) -> list[dict]:
  """All records of a file, oldest first; [] where there is no file.

  Fields of older versions get the names of today (`_RENAMED`). A line that is
  no JSON object is skipped with a warning that names it.
  """
  if not os.path.exists(path):
    return []
  records = []
  with open(path, encoding="utf-8", errors="replace") as stream:
    for number, line in enumerate(stream, start=1):
      record = _parse(line)
      if record is not None:
        records.append(_with_todays_names(record))
      elif line.strip():
        logging.warning(
          "%s line %d is no complete record: skipped", path, number
        )
  return records


def dumps(record: dict) -> str:
  """`record` as one line of strict JSON; see the module on NaN."""
  non_finite = {}
  plain = _plain(record, "", non_finite)
  if non_finite:
    plain["non_finite"] = non_finite
  return json.dumps(plain, allow_nan=False)


def _plain(value: Any, path: str, non_finite: dict) -> Any:
  """`value` as dicts, lists and Python scalars; notes what is not finite."""
  if isinstance(value, dict):
    return {
      str(k): _plain(v, f"{path}.{k}" if path else str(k), non_finite)
      for k, v in value.items()
    }
  if isinstance(value, np.ndarray):
    value = value.tolist()
  if isinstance(value, (list, tuple)):
    return [_plain(v, f"{path}[{i}]", non_finite) for i, v in enumerate(value)]
  if isinstance(value, np.generic):
    value = value.item()
  if isinstance(value, float) and not math.isfinite(value):
    non_finite[path] = str(value)
    return None
  return value


def _parse(line: str) -> Optional[dict]:
  try:
    record = json.loads(line)
  except ValueError:
    return None
  return record if isinstance(record, dict) else None


def _ends_with_newline(path: str) -> bool:
  with open(path, "rb") as stream:
    if not stream.seek(0, os.SEEK_END):
      return True
    stream.seek(-1, os.SEEK_END)
    return stream.read(1) == b"\n"


def _with_todays_names(record: dict) -> dict:
  """`record` with its fields, and those in "non_finite", renamed.

  The split that older files call "eval" is "dev".
  """
  if record.get("split") == "eval":
    record = {**record, "split": "dev"}
  renamed = {_todays_name(name): value for name, value in record.items()}
  if isinstance(renamed.get("non_finite"), dict):
    renamed["non_finite"] = {
      _todays_name(path): text for path, text in renamed["non_finite"].items()
    }
  return renamed


def _todays_name(name: str) -> str:
  for old, new in _RENAMED.items():
    name = name.replace(old, new)
  return name
