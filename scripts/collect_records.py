"""Copies what tables and figures are made from: records, without checkpoints.

    python scripts/collect_records.py COMPARE results/NAME

Of every run below COMPARE: run.json, records, flow.npz and of samples.npz as
much as figures show, where they are there; of the comparison: compare.json and
references.jsonl. Numbers of lists (a likelihood of every sequence) are kept to
five digits; and those that have a number or a name of every sequence are left
out of evaluations that a later one of the same kind followed.
"""

import io
import os
import shutil
import sys
from typing import Any

import numpy as np

from t2t_af import whole_file
from t2t_af.records import json_file
from t2t_af.records import json_lines

COPIED = ("compare.json", "references.jsonl", "parameters.jsonl", "flow.npz")
SHOWN = 3  # contexts, and samples of each
PER_SEQUENCE = (
  "nll_nats_per_dim_per_sequence",
  "num_windows_per_sequence",
  "sequence_ids",
  "recordings",
)


def main(source: str, target: str) -> None:
  """Copies from `source`, folder by folder; `target` is made."""
  for folder, _, names in os.walk(source):
    place = os.path.join(target, os.path.relpath(folder, source))
    for name in names:
      path, to = os.path.join(folder, name), os.path.join(place, name)
      if name in COPIED:
        os.makedirs(place, exist_ok=True)
        shutil.copyfile(path, to)
      elif name == "run.json":
        whole_file.write_json(to, without_paths(json_file.read(path)))
      elif os.path.basename(folder) == "results" and name.endswith(".jsonl"):
        _copy_records(path, to)
      elif name == "samples.npz":
        _copy_samples(path, to)


def without_paths(known: dict[str, Any]) -> dict[str, Any]:
  """What run.json says, less what has paths of this machine."""
  return {
    name: value
    for name, value in known.items()
    if name not in ("command", "data_dir")
  }


def _copy_records(path: str, to: str) -> None:
  kept = json_lines.read(path)
  newest = {_kind(record): i for i, record in enumerate(kept)}
  if os.path.exists(to):
    os.remove(to)
  for i, record in enumerate(kept):
    if newest[_kind(record)] != i:
      for name in PER_SEQUENCE:
        record.pop(name, None)
    json_lines.append(to, {key: _short(value) for key, value in record.items()})


def _kind(record: dict) -> tuple:
  """What another kind does not stand for: the newest of each is shown.

  A bound of many samples is none of one; a part of a split is no split.
  """
  return (
    record.get("split"),
    record.get("num_samples"),
    record.get("dequantization"),
    record.get("signal"),
    bool(record.get("is_partial")),
  )


def _copy_samples(path: str, to: str) -> None:
  with np.load(path) as arrays:
    kept = dict(arrays)
  for name in ("inputs", "targets", "outputs"):
    kept[name] = kept[name][:SHOWN]
  kept["outputs"] = kept["outputs"][:, :SHOWN]
  stream = io.BytesIO()
  np.savez_compressed(stream, **kept)
  whole_file.write(to, stream.getvalue())


def _short(value: Any) -> Any:
  """Lists of numbers to five digits; what stands alone stays as it is."""
  if not isinstance(value, list):
    return value
  return [
    float(f"{v:.5g}") if isinstance(v, float) else _short(v) for v in value
  ]


if __name__ == "__main__":
  main(*sys.argv[1:])
