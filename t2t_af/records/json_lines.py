"""Files of records: one JSON object per line, appended.

Strict JSON has no NaN: a number that is not finite is written as null, and the
record's "non_finite" says which it was, e.g. {"nll_nats_per_dim": "nan"}.
"""

from collections.abc import Iterable
import contextlib
import errno
import fcntl
import json
import logging
import math
import os
from typing import Any, BinaryIO, Optional

import numpy as np

from t2t_af import json_text
from t2t_af import whole_file
from t2t_af.records import field_kinds

_BLOCK = 2**16  # bytes, of a search for the last line

# Part of a field's name in files of version 0.2 and before, and its name now.
_RENAMED = {
  "_per_frame": "_per_step",
  "num_cond_frames": "num_cond_steps",
  "num_scored_frames": "num_scored_steps",
  "num_predicted_frames": "num_predicted_steps",
}


def append(path: str, record: dict) -> None:
  """Appends one line, in one piece; several processes may append.

  A line that was cut short by a kill is removed first, and said.
  """
  os.makedirs(os.path.dirname(os.path.abspath(path)), exist_ok=True)
  # Unbuffered: what is written is one write at the file's end.
  with open(path, "ab+", buffering=0) as stream:
    with contextlib.suppress(OSError):  # Not every file system has locks.
      fcntl.flock(stream, fcntl.LOCK_EX)
    end = _end_of_whole_lines(stream, path)
    try:
      line = f"{dumps(record)}\n".encode()
      if stream.write(line) != len(line):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), path)
      os.fsync(stream.fileno())
    except OSError:
      stream.truncate(end)
      raise


def write(path: str, records: Iterable[dict]) -> None:
  """Writes a file of records anew, whole or not at all."""
  lines = "".join(f"{dumps(record)}\n" for record in records)
  whole_file.write(path, lines.encode())


def read(path: str) -> list[dict]:
  """All records of a file, oldest first; [] where there is no file.

  Fields of older versions get the names of today (`_RENAMED`). A line that is
  no JSON object, or has fields of wrong kinds, is skipped with a warning that
  names it: the last one may have been cut short by a kill.
  """
  if not os.path.exists(path):
    return []
  records = []
  with open(path, "rb") as stream:
    for number, line in enumerate(stream, start=1):
      record = _parse(line)
      if record is not None:
        record = _with_todays_names(record)
        fault = field_kinds.fault(record)
        if fault:
          logging.warning("%s line %d: %s: skipped", path, number, fault)
        else:
          records.append(record)
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


def _parse(line: bytes) -> Optional[dict]:
  try:
    record = json_text.loads(line.decode("utf-8"))
  except ValueError:
    return None
  return record if isinstance(record, dict) else None


def _end_of_whole_lines(stream: BinaryIO, path: str) -> int:
  """Length of a file, without a last line that was cut short."""
  size = stream.seek(0, os.SEEK_END)
  tail, start = b"", size
  while start and b"\n" not in tail:
    start = max(0, start - _BLOCK)
    stream.seek(start)
    tail = stream.read(size - start)
  last = tail[tail.rfind(b"\n") + 1 :]
  if not last:
    return size
  if _parse(last) is not None:
    stream.write(b"\n")  # Only its end is missing.
    return size + 1
  logging.warning("%s: its last line was cut short: removed", path)
  stream.truncate(size - len(last))
  return size - len(last)


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
