"""Shards of a problem on disk: written whole or not at all, and counted.

    <data_dir>/<problem>-<split>-00000-of-00010   TFRecords
    <data_dir>/<problem>.manifest.json            what is there, and its counts

A split is written in a hidden folder, moved to its final names when it is
complete, and only then entered in the manifest. So a killed generation leaves
nothing that a trainer would take for whole, and the next one starts cleanly.
"""

import contextlib
import json
import os
from typing import Iterable, Iterator, List, NamedTuple, Optional

import tensorflow.compat.v1 as tf

from t2t_af.errors import UserError

# Of the layout described above; `data_version` is the problem's own.
_LAYOUT = 1


class Shard(NamedTuple):
  """One complete file of a split."""
  path: str
  num_sequences: int
  num_bytes: int


class Store:
  """The shards of one problem in one data_dir."""

  def __init__(self, data_dir: str, problem_name: str, data_version: int = 1):
    self._data_dir = os.path.expanduser(data_dir)
    self._name = problem_name
    self._version = data_version
    self.manifest_path = os.path.join(
        self._data_dir, f"{problem_name}.manifest.json")

  def manifest(self) -> dict:
    """What the manifest says; empty if there is none."""
    if not tf.gfile.Exists(self.manifest_path):
      return {}
    with tf.gfile.Open(self.manifest_path, "r") as manifest_file:
      try:
        return json.load(manifest_file)
      except ValueError as error:
        raise UserError(
            f"{self.manifest_path} is not JSON ({error}): delete it and "
            f"{self._remedy()}") from error

  def is_complete(self, split: str) -> bool:
    """Whether `split` ("train", "dev" or "test") can be read as it is."""
    try:
      self.shards(split)
    except UserError:
      return False
    return True

  def shards(self, split: str) -> List[Shard]:
    """The complete files of `split`, in order.

    Raises:
      UserError: if they are missing, incomplete, or of another version.
    """
    manifest = self.manifest()
    if split not in manifest.get("splits", {}):
      raise UserError(
          f'no complete "{split}" data of {self._name} in '
          f"{self._data_dir}: {self._remedy()}")
    versions = manifest["layout"], manifest["data_version"]
    if versions != (_LAYOUT, self._version):
      raise UserError(
          f"the data of {self._name} in {self._data_dir} is of another version "
          f"({versions} instead of {(_LAYOUT, self._version)}): "
          f"{self._remedy()}")
    shards = [
        Shard(os.path.join(self._data_dir, s["file"]), s["sequences"],
              s["bytes"])
        for s in manifest["splits"][split]["shards"]
    ]
    for shard in shards:
      found = _size(shard.path)
      if found != shard.num_bytes:
        raise UserError(
            f"{shard.path}: expected {shard.num_bytes} bytes, found "
            f"{'no file' if found is None else found}: {self._remedy()}")
    return shards

  def write(self, split: str, records: Iterable[bytes], paths: List[str],
            num_records: Optional[int], details: dict) -> int:
    """Writes `records` to the files `paths`, spread evenly; returns how many.

    Args:
      split: "train", "dev" or "test".
      records: the serialized sequences.
      paths: final names of the files.
      num_records: how many there will be, if known: then neighbours stay
        together, as they were in the source, so that reading several files at
        once mixes distant ones. Else they are dealt out in turn.
      details: put into the manifest beside the counts.
    """
    folder = os.path.join(self._data_dir, f".{self._name}-{split}.incomplete")
    with _writable(self._data_dir), _removed_after(folder):
      tf.gfile.MakeDirs(folder)
      names = [os.path.basename(path) for path in paths]
      temporary = [os.path.join(folder, name) for name in names]
      counts = _write_round(records, temporary, num_records)
      shards = [
          {"file": name, "sequences": count, "bytes": _size(path)}
          for name, count, path in zip(names, counts, temporary)
      ]
      # From here on the old data is not whole any more; the new not yet.
      self._enter(split, None)
      self._remove_old(split)
      for path, final in zip(temporary, paths):
        tf.gfile.Rename(path, final, overwrite=True)
      self._enter(split, {"sequences": sum(counts), "shards": shards,
                          **details})
    return sum(counts)

  def _enter(self, split: str, entry: Optional[dict]) -> None:
    """Replaces the manifest by one with this entry (None: without it)."""
    manifest = self.manifest()
    same = (manifest.get("layout"), manifest.get("data_version")) == (
        _LAYOUT, self._version)
    splits = dict(manifest.get("splits", {})) if same else {}
    splits.pop(split, None)
    if entry is not None:
      splits[split] = entry
    manifest = {"problem": self._name, "layout": _LAYOUT,
                "data_version": self._version, "splits": splits}
    temporary = self.manifest_path + ".incomplete"
    with tf.gfile.Open(temporary, "w") as manifest_file:
      manifest_file.write(json.dumps(manifest, indent=1, sort_keys=True))
    tf.gfile.Rename(temporary, self.manifest_path, overwrite=True)

  def _remove_old(self, split: str) -> None:
    pattern = os.path.join(self._data_dir, f"{self._name}-{split}-*-of-*")
    for path in tf.gfile.Glob(pattern):
      tf.gfile.Remove(path)

  def _remedy(self) -> str:
    return (f"make it with `t2t-datagen --problem={self._name} "
            f"--data_dir={self._data_dir} --tmp_dir=<download folder>`")


def _write_round(records: Iterable[bytes], paths: List[str],
                 num_records: Optional[int]) -> List[int]:
  """Writes the files and returns how many records each one holds."""
  counts = [0] * len(paths)
  with contextlib.ExitStack() as stack:
    writers = [
        stack.enter_context(tf.python_io.TFRecordWriter(path))
        for path in paths
    ]
    for i, record in enumerate(records):
      shard = i % len(paths)
      if num_records:
        shard = min(i, num_records - 1) * len(paths) // num_records
      writers[shard].write(record)
      counts[shard] += 1
  return counts


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
def _writable(folder: str) -> Iterator[None]:
  try:
    tf.gfile.MakeDirs(folder)
    yield
  except (OSError, tf.errors.OpError) as error:
    reason = getattr(error, "message", None) or str(error)
    raise UserError(
        f"cannot write to {folder}: {reason} (is the disk full, or the folder "
        "read-only?)") from error


def _size(path: str) -> Optional[int]:
  try:
    return tf.gfile.Stat(path).length
  except tf.errors.NotFoundError:
    return None
