"""What a manifest keeps of the files of a split, and what it says of the data.

    {"sequences": 9, "source": {...}, "shards": [{"file": ..., "bytes": ...,
      "sequences": 9, "lengths": {"60": 9}, "sha256": ..., "last_record": ...}]}

Those written before there were checksums have no sha256 and no last_record.
"""

from collections.abc import Mapping, Sequence
import hashlib
import json
import os
from typing import Any, NamedTuple, Optional

from problems.core import manifest_fields
from problems.core import shard_writer

SOURCE_FILES = "source_files"
SOURCE_SPLITS = "source_splits"
# Of the details: where the data is from and how it was read, not what it is.
_ORIGIN = (
  *(SOURCE_FILES, SOURCE_SPLITS, "source_dir"),
  *("table_options", "table_format"),
)


class Shard(NamedTuple):
  """One complete file of a split.

  Attributes:
    path: where it is.
    num_sequences: how many it has.
    num_bytes: its size.
    lengths: how many sequences of each length.
    sha256: hexadecimal digest of the file; None if it was not kept.
    last_record: the byte at which its last record starts; None if that was not
      kept, or if there is no record.
  """

  path: str
  num_sequences: int
  num_bytes: int
  lengths: dict[int, int]
  sha256: Optional[str] = None
  last_record: Optional[int] = None


def write(
  paths: Sequence[str],
  sizes: Sequence[Optional[int]],
  written: Sequence[shard_writer.Written],
) -> list[dict[str, Any]]:
  """The entries of files, for JSON."""
  return [
    {
      "file": os.path.basename(path),
      "sequences": sum(file.lengths.values()),
      "bytes": size,
      "lengths": {str(n): file.lengths[n] for n in sorted(file.lengths)},
      "sha256": file.sha256,
      "last_record": file.last_record,
    }
    for path, size, file in zip(paths, sizes, written)
  ]


def parse(entry: Any, data_dir: str) -> list[Shard]:
  """The files of a split.

  Raises:
    ValueError: the entry is damaged; says where.
  """
  shards = [
    _shard(fields, data_dir)
    for fields in manifest_fields.objects(entry, "shards")
  ]
  total = sum(s.num_sequences for s in shards)
  if total != manifest_fields.integer(entry, "sequences", 0):
    raise ValueError(
      f"its files have {total} sequences together, not {entry['sequences']}"
    )
  return shards


def _shard(fields: Mapping[str, Any], data_dir: str) -> Shard:
  # A name with folders in it could be any file of the machine.
  name = manifest_fields.text(fields, "file", r"[^/\\]+")
  num_sequences = manifest_fields.integer(fields, "sequences", 0)
  num_bytes = manifest_fields.integer(fields, "bytes", 0)
  lengths = manifest_fields.counts(fields, "lengths")
  if sum(lengths.values()) != num_sequences:
    raise ValueError(
      f"{name}: its lengths are not those of {num_sequences} sequences"
    )
  sha256 = last_record = None
  if fields.get("sha256") is not None:
    sha256 = manifest_fields.text(fields, "sha256", "[0-9a-f]{64}")
  if fields.get("last_record") is not None:
    last_record = manifest_fields.integer(fields, "last_record", 0, num_bytes)
  return Shard(
    os.path.join(data_dir, name),
    num_sequences,
    num_bytes,
    lengths,
    sha256,
    last_record,
  )


def fingerprint(
  manifest: Mapping[str, Any], splits: Mapping[str, Sequence[Shard]]
) -> str:
  """A sha256 of what the data is, wherever it lies and whenever it was made.

  Args:
    manifest: of the data.
    splits: the files of each split.

  Returns:
    The same hexadecimal digest for the same problem, version, details and
    content of files. Data without checksums is known by its counts and sizes.
  """
  identity = {
    "problem": manifest["problem"],
    "data_version": manifest["data_version"],
    "details": {
      key: value
      for key, value in manifest["details"].items()
      if key not in _ORIGIN
    },
    "splits": {
      split: [
        [s.num_sequences, s.num_bytes, sorted(s.lengths.items()), s.sha256]
        for s in shards
      ]
      for split, shards in splits.items()
    },
  }
  canonical = json.dumps(identity, sort_keys=True, separators=(",", ":"))
  return hashlib.sha256(canonical.encode()).hexdigest()
