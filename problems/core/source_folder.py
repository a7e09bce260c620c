"""The user's folder of files, one recording each: which is in which split.

With subfolders train, dev and test these say it. Else the files are dealt out,
shuffled by a fixed seed: a fifth is "test", a tenth is "dev", at least one
each. Files with the same content count once.
"""

from collections.abc import Mapping, Sequence
import functools
import hashlib
import os
from typing import Optional

import tensorflow.compat.v1 as tf

from problems.core import source_changes
from problems.core import splitting
from t2t_af import progress
from t2t_af.errors import UserError

SPLITS = {
  "train": splitting.TRAIN,
  "dev": splitting.EVAL,
  "test": splitting.TEST,
}


def find(root: str, extensions: Sequence[str]) -> list[str]:
  """The files under `root` with one of these extensions, sorted.

  Returns:
    Names relative to `root`, with `/`.

  Raises:
    UserError: there is no such folder, or no such file in it.
  """
  if not os.path.isdir(root):
    raise UserError(f"{root}: there is no such folder")
  names, num_others = _walk(root, extensions)
  if not names:
    kinds = ", ".join("*" + extension for extension in extensions)
    raise UserError(f"{root}: no files {kinds} in it, only {num_others} others")
  if num_others:
    tf.logging.info(
      "%s: %d files of other kinds are passed over.", root, num_others
    )
  return names


def held(root: str, extensions: Sequence[str]) -> Optional[dict[str, str]]:
  """The sha256 of each file that `find` would find; None without a folder."""
  if not os.path.isdir(root):
    return None
  return digests(root, _walk(root, extensions)[0])


def _walk(root: str, extensions: Sequence[str]) -> tuple[list[str], int]:
  """The files with one of these extensions, sorted; how many others."""
  names, num_others = [], 0
  for folder, _, files in os.walk(root):
    for name in files:
      relative = os.path.relpath(os.path.join(folder, name), root)
      if name.startswith("."):
        continue
      if os.path.splitext(name)[1].lower() in extensions:
        names.append(relative.replace(os.sep, "/"))
      else:
        num_others += 1
  return sorted(names), num_others


def digests(root: str, names: Sequence[str]) -> dict[str, str]:
  """The sha256 of each file, by its name."""
  return {
    name: sha256(os.path.join(root, name))
    for name in progress.bar(
      names, label=f"checking {os.path.basename(root)}", unit="files"
    )
  }


def sha256(path: str) -> str:
  """Hexadecimal digest of a file's content."""
  try:
    status = os.stat(path)
  except OSError as error:
    raise UserError(f"{path}: cannot be read ({error.strerror})") from error
  return _sha256(path, status.st_size, status.st_mtime_ns)


# A source is looked at twice: has it changed, and what is in it.
@functools.cache
def _sha256(path: str, size: int, mtime_ns: int) -> str:
  del size, mtime_ns  # a file that was written anew is read anew
  digest = hashlib.sha256()
  try:
    with open(path, "rb") as stream:
      for chunk in iter(lambda: stream.read(2**20), b""):
        digest.update(chunk)
  except OSError as error:
    raise UserError(f"{path}: cannot be read ({error.strerror})") from error
  return digest.hexdigest()


def sha256_of_all(digest_of: Mapping[str, str]) -> str:
  """One digest of many files: of lines "<sha256>  <name>", sorted by name.

  `sha256sum` prints such lines.
  """
  lines = "".join(f"{digest_of[name]}  {name}\n" for name in sorted(digest_of))
  return hashlib.sha256(lines.encode()).hexdigest()


def without_copies(
  names: Sequence[str], digest_of: Mapping[str, str], root: str
) -> list[str]:
  """The files without those that repeat an earlier one, byte by byte.

  Raises:
    UserError: a file is a copy of one in another split's subfolder.
  """
  first: dict[str, str] = {}
  copies = []
  for name in names:
    same = first.setdefault(digest_of[name], name)
    if _folder(same) != _folder(name):
      raise UserError(f"{root}: {name} is a copy of {same}, of another split")
    if same != name:
      copies.append(name)
  if copies:
    tf.logging.warning(
      "%s: %d files are copies of others and count once: %s.",
      root,
      len(copies),
      source_changes.some(copies),
    )
  return [name for name in names if name not in set(copies)]


def split(names: Sequence[str], root: str) -> dict[str, list[str]]:
  """The names of each split: "train", "eval" and "test" of DatasetSplit.

  Raises:
    UserError: a split would be empty, or some files are in the subfolders
      and some are not.
  """
  folders = {_folder(name) for name in names}
  if folders == {None}:
    if len(names) < len(SPLITS):
      raise UserError(
        f"{root}: {len(names)} files; at least {len(SPLITS)} are "
        "needed, one for each of train, dev and test"
      )
    return splitting.assign([[[name] for name in names]], seed=0)
  missing = sorted(set(SPLITS) - folders)
  if missing:
    raise UserError(
      f"{root}: no files in the subfolder {missing[0]}; there must be some "
      "in train, dev and test, or no subfolders of these names"
    )
  stray = [name for name in names if _folder(name) is None]
  if stray:
    raise UserError(
      f"{root}: files outside of the subfolders train, dev and "
      f"test: {source_changes.some(stray)}"
    )
  return {
    key: [name for name in names if _folder(name) == folder]
    for folder, key in SPLITS.items()
  }


def _folder(name: str) -> Optional[str]:
  """Which of the subfolders train, dev and test a file is in."""
  top = name.split("/")[0]
  return top if "/" in name and top in SPLITS else None
