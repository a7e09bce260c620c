"""What benches measured, from their records: one row per comparison.

A record of a comparison has both sides' rounds (`benchmarks/result.py`). Of
`bench trainer`, which compares nothing, a training of ours stands beside that
of the stock model at the same size where both are there.
"""

from collections.abc import Iterable, Iterator
import os
from typing import Any, NamedTuple, Optional

import numpy as np

from t2t_af import errors
from t2t_af.records import json_lines

_STOCK = "next_frame_glow"
_OF_TRAININGS = (  # field of a record, what it is, its unit
  ("to_first_step", "from command to first step", "s"),
  ("step", "a later step", "s"),
  ("memory", "peak memory", "GiB"),
  ("gpu_memory", "peak memory of the GPU", "GiB"),
  ("gpu_utilisation", "utilisation of the GPU", "%"),
)
_SAME = ("problem", "hparams_set", "batch_size", "flags", "label", "hardware")


class Row(NamedTuple):
  """One line of the table of benches.

  Attributes:
    bench, what, unit: as in its record.
    sides: what ours and theirs are, e.g. "video_flow / stock".
    theirs, ours: medians over rounds; theirs is None where nothing is compared.
    rounds: of ours.
    lower_is_better: whether `unit` is a time, a size or a number of things.
    wanted: how many times ours shall be the better; None: nothing is wanted.
    cpu: the processor it was measured on.
    code: fingerprint of the sources that were measured.
  """

  bench: str
  what: str
  sides: str
  unit: str
  theirs: Optional[float]
  ours: float
  rounds: int
  lower_is_better: bool
  wanted: Optional[float]
  cpu: str
  code: str

  @property
  def ratio(self) -> Optional[float]:
    """ours / theirs."""
    return self.ours / self.theirs if self.theirs else None

  @property
  def times_better(self) -> Optional[float]:
    """theirs / ours of what is better low, ours / theirs of a rate."""
    if not self.ratio:
      return None
    return 1 / self.ratio if self.lower_is_better else self.ratio

  @property
  def wanted_ratio(self) -> Optional[float]:
    """What `ratio` shall be, at most or, of a rate, at least."""
    if not self.wanted:
      return None
    return 1 / self.wanted if self.lower_is_better else self.wanted

  @property
  def is_reached(self) -> Optional[bool]:
    """Whether what is wanted was reached; None: nothing is wanted."""
    if self.wanted is None or self.times_better is None:
      return None
    return self.times_better >= self.wanted


def records(paths: Iterable[str]) -> list[dict[str, Any]]:
  """All records of benches in some files, or in the folders' *.jsonl.

  Raises:
    UserError: a path is not there, or no record of a bench is in any of them.
  """
  paths = list(paths)
  found = [
    record
    for path in paths
    for file in _files(path)
    for record in json_lines.read(file)
    if record.get("kind") == "bench"
  ]
  if not found:
    raise errors.UserError(
      f"there is no record of a bench in {', '.join(paths)}; they are made by: "
      "t2t-af bench all"
    )
  return found


def _files(path: str) -> list[str]:
  if os.path.isdir(path):
    names = sorted(os.listdir(path))
    return [os.path.join(path, n) for n in names if n.endswith(".jsonl")]
  if not os.path.exists(path):
    raise errors.UserError(f"there is no {path}")
  return [path]


def rows(found: Iterable[dict[str, Any]]) -> list[Row]:
  """A row per comparison, in the records' order; of equal ones the last."""
  found = list(found)
  latest = {}
  for row in (*_comparisons(found), *_trainings(found)):
    latest[row[:4] + (row.cpu,)] = row
  return list(latest.values())


def _comparisons(found: list[dict[str, Any]]) -> Iterator[Row]:
  for record in found:
    if "ours_rounds" in record:
      yield Row(
        record["bench"],
        record["what"],
        f"{record['ours']} / {record['theirs']}",
        record["unit"],
        float(np.median(record["theirs_rounds"])),
        float(np.median(record["ours_rounds"])),
        len(record["ours_rounds"]),
        record["lower_is_better"],
        record["wanted"],
        *_where(record),
      )


def _trainings(found: list[dict[str, Any]]) -> Iterator[Row]:
  trained = [record for record in found if record["bench"] == "trainer"]
  stock = {_key(r): r for r in trained if r["model"] == _STOCK}
  ours = [record for record in trained if record["model"] != _STOCK]
  paired = {_key(record) for record in ours}
  alone = [record for key, record in stock.items() if key not in paired]
  for record in ours + alone:
    theirs = {} if record["model"] == _STOCK else stock.get(_key(record), {})
    for field, what, unit in _OF_TRAININGS:
      if record.get(field) is not None:
        yield Row(
          "trainer",
          f"{_training(record)}: {what}",
          f"{record['model']} / {_STOCK}" if theirs else record["model"],
          unit,
          theirs.get(field),
          record[field],
          1,
          field != "gpu_utilisation",
          None,
          *_where(record),
        )


def _key(record: dict[str, Any]) -> str:
  return str([record.get(name) for name in _SAME])


def _training(record: dict[str, Any]) -> str:
  """E.g. "video_flow_bair, batch 5, --xla_jit_level=1"."""
  size = record.get("batch_size")
  parts = (
    record["hparams_set"],
    f"batch {size}" if size else "",
    record.get("flags"),
    record.get("label"),
  )
  return ", ".join(part for part in parts if part)


def _where(record: dict[str, Any]) -> tuple[str, str]:
  machine = record.get("hardware", {})
  names = ", ".join(machine.get("accelerators", []))
  cpu = f"{machine.get('cpu', '')}, {machine.get('cores', '')} cores"
  return f"{cpu}, {names}" if names else cpu, record.get("code", "")
