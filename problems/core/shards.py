"""Shards of a problem on disk: written whole or not at all, and counted.

    <data_dir>/<problem>-<split>-00000-of-00010   TFRecords
    <data_dir>/<problem>.manifest.json            what is there, and its counts

A split is written in a hidden folder, moved to its final names when it is
complete, and only then entered in the manifest. So a killed generation leaves
nothing that a trainer would take for whole, and the next one starts cleanly.
"""

import collections
from collections.abc import Iterable, Iterator
import contextlib
import json
import os
from typing import NamedTuple, Optional

import tensorflow.compat.v1 as tf

from t2t_af.errors import UserError

# Of the manifest; `data_version` is the problem's own.
_LAYOUT = 2


class Record(NamedTuple):
  """A serialized sequence, and how many time steps it has."""

  data: bytes
  num_steps: int


class Shard(NamedTuple):
  """One complete file of a split; `lengths`: how many sequences of each."""

  path: str
  num_sequences: int
  num_bytes: int
  lengths: dict[int, int]


class Store:
  """The shards of one problem in one data_dir."""

  def __init__(self, data_dir: str, problem_name: str, data_version: int = 1):
    self._data_dir = os.path.expanduser(data_dir)
    self._name = problem_name
    self._version = data_version
    self.manifest_path = os.path.join(
      self._data_dir, f"{problem_name}.manifest.json"
    )

  def manifest(self) -> dict:
    """What the manifest says; empty if there is none.

    Raises:
      UserError: it is damaged, or of another version.
    """
    manifest = self._read()
    versions = manifest.get("layout"), manifest.get("data_version")
    if manifest and versions != (_LAYOUT, self._version):
      raise UserError(
        f"the data of {self._name} in {self._data_dir} is of another version "
        f"({versions} instead of {(_LAYOUT, self._version)}): "
        f"{self._remedy()}"
      )
    return manifest

  def details(self) -> dict:
    """What the problem noted for its reader; empty without a manifest."""
    return self.manifest().get("details", {})

  def is_complete(self, split: str, details: Optional[dict] = None) -> bool:
    """Whether `split` ("train", "dev" or "test") can be read as it is.

    Args:
      split: its name in the files.
      details: what the manifest must hold among its details.
    """
    try:
      self.shards(split)
    except UserError:
      return False
    found = self.details()
    return all(
      key in found and found[key] == value
      for key, value in _as_json(details or {}).items()
    )

  def shards(self, split: str) -> list[Shard]:
    """The complete files of `split`, in order.

    Raises:
      UserError: if they are missing, incomplete, or of another version.
    """
    manifest = self.manifest()
    if split not in manifest.get("splits", {}):
      raise UserError(
        f'no complete "{split}" data of {self._name} in '
        f"{self._data_dir}: {self._remedy()}"
      )
    try:
      shards = self._parse(manifest["splits"][split])
    except (KeyError, TypeError, ValueError, AttributeError) as error:
      raise UserError(
        f'{self.manifest_path}: the entry "{split}" is damaged ({error!r}): '
        f"delete the file and {self._remedy()}"
      ) from error
    for shard in shards:
      found = _size(shard.path)
      if found != shard.num_bytes:
        raise UserError(
          f"{shard.path}: expected {shard.num_bytes} bytes, found "
          f"{'no file' if found is None else found}: {self._remedy()}"
        )
    return shards

  def write(
    self,
    split: str,
    records: Iterable[Record],
    paths: list[str],
    num_records: Optional[int],
    entry: dict,
    details: dict,
  ) -> int:
    """Writes `records` to the files `paths`, spread evenly; returns how many.

    Args:
      split: "train", "dev" or "test".
      records: the sequences.
      paths: final names of the files.
      num_records: how many there will be, if known: then neighbours stay
        together, as they were in the source, so that reading several files at
        once mixes distant ones. Else they are dealt out in turn.
      entry: put into the manifest beside the counts of this split.
      details: put into the manifest once. Splits that were written with other
        details do not count any more.

    Raises:
      UserError: the folder cannot be written to. Errors of `records` itself
        are passed on as they are.
    """
    folder = os.path.join(self._data_dir, f".{self._name}-{split}.incomplete")
    with _removed_after(folder):
      with _writing(self._data_dir):
        tf.gfile.MakeDirs(folder)
      names = [os.path.basename(path) for path in paths]
      temporary = [os.path.join(folder, name) for name in names]
      lengths = _write_round(records, temporary, num_records)
      counts = [sum(of_file.values()) for of_file in lengths]
      with _writing(self._data_dir):
        shards = [
          {
            "file": name,
            "sequences": count,
            "bytes": _size(path),
            "lengths": {str(n): of_file[n] for n in sorted(of_file)},
          }
          for name, count, path, of_file in zip(
            names, counts, temporary, lengths
          )
        ]
        # From here on the old data is not whole any more; the new not yet.
        self._enter(split, None, details)
        self._remove_old(split)
        for path, final in zip(temporary, paths):
          tf.gfile.Rename(path, final, overwrite=True)
        self._enter(
          split, {"sequences": sum(counts), "shards": shards, **entry}, details
        )
    return sum(counts)

  def _read(self) -> dict:
    if not tf.gfile.Exists(self.manifest_path):
      return {}
    with tf.gfile.Open(self.manifest_path, "r") as manifest_file:
      try:
        manifest = json.load(manifest_file)
      except ValueError as error:
        raise UserError(
          f"{self.manifest_path} is not JSON ({error}): delete it and "
          f"{self._remedy()}"
        ) from error
    if not isinstance(manifest, dict):
      raise UserError(
        f"{self.manifest_path} is not a manifest: delete it and "
        f"{self._remedy()}"
      )
    return manifest

  def _parse(self, entry: dict) -> list[Shard]:
    shards = []
    for found in entry["shards"]:
      lengths = {int(n): count for n, count in found["lengths"].items()}
      if sum(lengths.values()) != found["sequences"]:
        raise ValueError(
          f"{found['file']}: its lengths are not those of "
          f"{found['sequences']} sequences"
        )
      shards.append(
        Shard(
          os.path.join(self._data_dir, found["file"]),
          found["sequences"],
          found["bytes"],
          lengths,
        )
      )
    total = sum(shard.num_sequences for shard in shards)
    if total != entry["sequences"]:
      raise ValueError(
        f"its files have {total} sequences together, not {entry['sequences']}"
      )
    return shards

  def _enter(self, split: str, entry: Optional[dict], details: dict) -> None:
    """Replaces the manifest by one with this entry (None: without it)."""
    try:
      old = self.manifest()
    except UserError:  # damaged or of another version: nothing of it counts
      old = {}
    details = _as_json(details)
    same = old.get("details") == details
    splits = dict(old.get("splits", {})) if same else {}
    splits.pop(split, None)
    if entry is not None:
      splits[split] = entry
    manifest = {
      "problem": self._name,
      "layout": _LAYOUT,
      "data_version": self._version,
      "details": details,
      "splits": splits,
    }
    temporary = self.manifest_path + ".incomplete"
    with tf.gfile.Open(temporary, "w") as manifest_file:
      manifest_file.write(json.dumps(manifest, indent=1, sort_keys=True))
    tf.gfile.Rename(temporary, self.manifest_path, overwrite=True)

  def _remove_old(self, split: str) -> None:
    pattern = os.path.join(self._data_dir, f"{self._name}-{split}-*-of-*")
    for path in tf.gfile.Glob(pattern):
      tf.gfile.Remove(path)

  def _remedy(self) -> str:
    return (
      f"make it with `t2t-datagen --problem={self._name} "
      f"--data_dir={self._data_dir} --tmp_dir=<download folder>`"
    )


class _Writer:
  """A TFRecord file that counts; what goes wrong in writing is a UserError."""

  def __init__(self, path: str):
    self._folder = os.path.dirname(path)
    self.lengths = collections.Counter()
    with _writing(self._folder):
      self._writer = tf.python_io.TFRecordWriter(path)

  def write(self, record: Record) -> None:
    with _writing(self._folder):
      self._writer.write(record.data)
    self.lengths[record.num_steps] += 1

  def close(self) -> None:
    with _writing(self._folder):
      self._writer.close()


def _write_round(
  records: Iterable[Record], paths: list[str], num_records: Optional[int]
) -> list[dict[int, int]]:
  """Writes the files; returns how many records of each length each holds."""
  with contextlib.ExitStack() as stack:
    writers = [
      stack.enter_context(contextlib.closing(_Writer(path))) for path in paths
    ]
    for i, record in enumerate(records):
      shard = i % len(paths)
      if num_records:
        shard = min(i, num_records - 1) * len(paths) // num_records
      writers[shard].write(record)
  return [writer.lengths for writer in writers]


@contextlib.contextmanager
def _removed_after(folder: str) -> Iterator[None]:
  """A folder that is not there before, nor after, whatever happens."""
  if tf.gfile.Exists(folder):
    tf.gfile.DeleteRecursively(folder)  # left by a killed generation
  try:
    yield
  finally:
    if tf.gfile.Exists(folder):
      tf.gfile.DeleteRecursively(folder)


@contextlib.contextmanager
def _writing(folder: str) -> Iterator[None]:
  """For writing alone: an error of reading would be told as one of writing."""
  try:
    yield
  except (OSError, tf.errors.OpError) as error:
    reason = getattr(error, "message", None) or str(error)
    raise UserError(
      f"cannot write to {folder}: {reason} (is the disk full, or the folder "
      "read-only?)"
    ) from error


def _as_json(details: dict) -> dict:
  """As it comes back from a file: lists for tuples, str for int keys."""
  return json.loads(json.dumps(details))


def _size(path: str) -> Optional[int]:
  try:
    return tf.gfile.Stat(path).length
  except tf.errors.NotFoundError:
    return None
