"""Shards of a problem on disk: written completely or not at all, and counted.

    <data_dir>/<problem>-<split>-00000-of-00010   TFRecords
    <data_dir>/<problem>.manifest.json            what is there, and its counts

A split is written in a hidden folder, moved to its final names when it is
complete, and only then entered in the manifest. So a killed generation leaves
nothing that a trainer would take for complete, and the next one starts cleanly.
"""

from collections.abc import Iterator
import contextlib
import json
import os
from typing import Callable, Optional

import tensorflow.compat.v1 as tf

from problems.core import manifest_fields
from problems.core import manifest_file
from problems.core import shard_entry
from problems.core import shard_files
from problems.core import shard_writer
from problems.files import tfrecord
from t2t_af.errors import UserError

# Of the manifest; `data_version` is the problem's.
_LAYOUT = 2

Shard = shard_entry.Shard

# Makes the folder, of a name, that the files of a split are written in.
Hidden = Callable[[str], contextlib.AbstractContextManager]

# What this process was given to read, by path.
_found: dict[str, tuple["Store", Shard]] = {}


def find_damage(path: Optional[str] = None) -> Optional[str]:
  """Which file of those that this process reads is damaged; None if none is.

  TensorFlow's reader says at which byte a record is damaged, but not where.
  With a path it is looked for in that one alone.
  """
  found = [pair for key, pair in _found.items() if path in (None, key)]
  return next(filter(None, (s._damage(shard) for s, shard in found)), None)


class Store:
  """The shards of one problem in one data_dir."""

  def __init__(
    self,
    data_dir: str,
    problem_name: str,
    data_version: int = 1,
    source_flag: str = "--tmp_dir=<download folder>",
  ) -> None:
    self._data_dir = os.path.expanduser(data_dir)
    self._name = problem_name
    self._version = data_version
    self._source_flag = source_flag
    self.manifest_path = os.path.join(
      self._data_dir, f"{problem_name}.manifest.json"
    )

  def manifest(self) -> dict:
    """What the manifest says; empty if there is none.

    Raises:
      UserError: it is damaged, or of another version.
    """
    manifest = manifest_file.read(self.manifest_path, self._remedy())
    versions = manifest.get("layout"), manifest.get("data_version")
    if manifest and versions != (_LAYOUT, self._version):
      raise UserError(
        f"the data of {self._name} in {self._data_dir} is of another version "
        f"({versions} instead of {(_LAYOUT, self._version)}): "
        f"{self._remedy()}"
      )
    if manifest:
      with self.damaged_entry("the manifest"):
        manifest_fields.text(manifest, "problem")
        manifest_fields.mapping(manifest, "details")
        manifest_fields.mapping(manifest, "splits")
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
    stored = self.details()
    return all(
      key in stored and stored[key] == value
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
    shards = self._parse(manifest, split)
    for shard in shards:
      size = shard_files.size(shard.path)
      if size != shard.num_bytes:
        raise UserError(
          f"{shard.path}: expected {shard.num_bytes} bytes, found "
          f"{'no file' if size is None else size}: {self._remedy()}"
        )
      with self._damage_told():
        shard_files.check_ends(shard)
      _found[shard.path] = self, shard
    return shards

  def verify(self) -> Iterator[tuple[Shard, Optional[str]]]:
    """Reads every file of every split, whole.

    Yields:
      The file, and what is wrong with it; None for nothing.

    Raises:
      UserError: the manifest is damaged.
    """
    manifest = self.manifest()
    for split in manifest.get("splits", {}):
      for shard in self._parse(manifest, split):
        yield shard, self._damage(shard)

  def _damage(self, shard: Shard) -> Optional[str]:
    try:
      with self._damage_told():
        shard_files.check_all(shard)
    except UserError as error:
      return str(error)
    return None

  def read(self, shard: Shard) -> Iterator[tfrecord.Record]:
    """The records of a file, each checked.

    Raises:
      UserError: one is damaged; says which file is, and how to make it anew.
    """
    with self._damage_told(), tf.gfile.Open(shard.path, "rb") as stream:
      yield from tfrecord.read(stream, shard.path, size=shard.num_bytes)

  def fingerprint(self) -> str:
    """A digest of what the data is; see `shard_entry.fingerprint`.

    Raises:
      UserError: there is no data, or its manifest is damaged.
    """
    manifest = self.manifest()
    if not manifest:
      raise UserError(
        f"no data of {self._name} in {self._data_dir}: {self._remedy()}"
      )
    splits = {name: self._parse(manifest, name) for name in manifest["splits"]}
    return shard_entry.fingerprint(manifest, splits)

  @contextlib.contextmanager
  def damaged_entry(self, what: str) -> Iterator[None]:
    """Makes a ValueError, of what the manifest says, a UserError."""
    try:
      yield
    except ValueError as error:
      raise UserError(
        f"{self.manifest_path}: {what} is damaged ({error}): delete the file "
        f"and {self._remedy()}"
      ) from error

  def write(
    self,
    split: str,
    write_files: Callable[[list[str]], list[shard_writer.Written]],
    paths: list[str],
    entry: dict,
    details: dict,
    hidden: Hidden = shard_writer.temporary_folder,
  ) -> int:
    """Puts a split in the place of what is there; returns how many records.

    Args:
      split: "train", "dev" or "test".
      write_files: writes the files, under temporary names that it is given.
      paths: final names of the files.
      entry: put into the manifest beside the counts of this split.
      details: put into the manifest once. Splits that were written with other
        details do not count any more.
      hidden: makes the folder that the files are written in.

    Raises:
      UserError: the folder cannot be written to. Other errors of `write_files`
        are passed on as they are.
    """
    folder = os.path.join(self._data_dir, f".{self._name}-{split}.incomplete")
    with hidden(folder):
      names = [os.path.basename(path) for path in paths]
      temporary = [os.path.join(folder, name) for name in names]
      written = write_files(temporary)
      with shard_writer.errors_of_writing(self._data_dir):
        shards = shard_entry.write(
          temporary, [shard_files.size(path) for path in temporary], written
        )
        total = sum(shard["sequences"] for shard in shards)
        # From here on the old data is not complete any more; the new not yet.
        self._enter(split, None, details)
        self._remove_old(split)
        for path, final in zip(temporary, paths):
          shard_files.settle(path, final)
        self._enter(
          split, {"sequences": total, "shards": shards, **entry}, details
        )
    return total

  def _parse(self, manifest: dict, split: str) -> list[Shard]:
    with self.damaged_entry(f'the entry "{split}"'):
      return shard_entry.parse(manifest["splits"][split], self._data_dir)

  @contextlib.contextmanager
  def _damage_told(self) -> Iterator[None]:
    """Adds to an error of reading records how to make them anew."""
    try:
      yield
    except UserError as error:
      raise UserError(
        f"{error}: delete {self.manifest_path} and {self._remedy()}"
      ) from error

  def _enter(self, split: str, entry: Optional[dict], details: dict) -> None:
    """Replaces the manifest by one with this entry (None: without it)."""
    try:
      old = self.manifest()
    except manifest_file.Unreadable:
      raise  # What it holds may be whole: it is not to be lost.
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
    content = json.dumps(manifest, indent=1, sort_keys=True).encode()
    shard_files.write(self.manifest_path, content)

  def _remove_old(self, split: str) -> None:
    pattern = f"{self._name}-{split}-*-of-*"
    for path in shard_files.matching(self._data_dir, pattern):
      tf.gfile.Remove(path)

  def _remedy(self) -> str:
    return (
      f"make it with `t2t-datagen --problem={self._name} "
      f"--data_dir={self._data_dir} {self._source_flag}`"
    )


def _as_json(details: dict) -> dict:
  """As it comes back from a file: lists for tuples, str for int keys."""
  return json.loads(json.dumps(details))
