"""The user's folder of files, one recording each: which is in which split.

With subfolders train, dev and test these say it. Else the files are dealt out,
shuffled by a fixed seed: a fifth is "test", a tenth is "dev", at least one
each. Files with the same content count once.
"""

import collections
from collections.abc import Mapping, Sequence
import functools
import hashlib
import os
import stat
from typing import NamedTuple, Optional

import tensorflow.compat.v1 as tf

from problems.core import source_changes
from problems.core import splitting
from problems.files import picture_folder
from t2t_af import progress
from t2t_af.errors import UserError

SPLITS = {
  "train": splitting.TRAIN,
  "dev": splitting.EVAL,
  "test": splitting.TEST,
}


class Listing(NamedTuple):
  """The files under a folder, by names relative to it, with `/`; sorted.

  Attributes:
    names: those that are not hidden.
    hidden: those that are, or whose folder is; only this folder is named then.
    again: links to folders whose files are among these anyway.
  """

  names: list[str]
  hidden: list[str]
  again: list[str]


def find(root: str, extensions: Sequence[str]) -> list[str]:
  """The files under `root` with one of these extensions, sorted.

  Links are followed; what is passed over is told.

  Returns:
    Names relative to `root`, with `/`.

  Raises:
    UserError: there is no such folder, or no such file in it; or a folder in
      it cannot be read.
  """
  listing = listed(root)
  names = _with_extension(listing.names, extensions)
  others = sorted(set(listing.names) - set(names))
  if not names:
    kinds = ", ".join("*" + extension for extension in extensions)
    told = f": {source_changes.some(others)}" if others else ""
    raise UserError(
      f"{root}: no files {kinds} in it, only {len(others)} others{told}"
    )
  tell_passed_over(root, listing, others)
  return names


def held(root: str, extensions: Sequence[str]) -> Optional[dict[str, str]]:
  """The sha256 of each file that `find` would find; None without a folder."""
  if not os.path.isdir(root):
    return None
  return digests(root, _with_extension(listed(root).names, extensions))


def listed(root: str) -> Listing:
  """All files under a folder, through links too; each folder once.

  Raises:
    UserError: there is no such folder, or one in it cannot be read.
  """
  if not os.path.isdir(root):
    is_file = os.path.exists(root)
    raise UserError(
      f"{root}: is a file; say the folder that it is in"
      if is_file
      else f"{root}: there is no such folder"
    )
  found = Listing([], [], [])
  seen: set[str] = set()
  # Links last: a folder is known by its own name, if it has one here.
  folders: collections.deque[str] = collections.deque([""])
  links: collections.deque[str] = collections.deque()
  while folders or links:
    folder = folders.popleft() if folders else links.popleft()
    real = os.path.realpath(os.path.join(root, folder))
    if real in seen:
      found.again.append(folder)
      continue
    seen.add(real)
    for entry in _entries(os.path.join(root, folder)):
      name = f"{folder}/{entry.name}" if folder else entry.name
      if entry.name.startswith("."):
        found.hidden.append(name)
      elif not os.path.isdir(entry.path):
        found.names.append(name)
      else:
        (links if entry.is_symlink() else folders).append(name)
  return Listing(*map(sorted, found))


def tell_passed_over(
  root: str, listing: Listing, others: Sequence[str]
) -> None:
  """Says what of a folder is not used: `others` are no files of its kind."""
  for names, what in (
    (others, "files of other kinds are passed over"),
    (listing.hidden, "hidden files or folders are passed over"),
    (listing.again, "links lead to folders that are read already"),
  ):
    if names:
      tf.logging.warning(
        "%s: %d %s: %s.", root, len(names), what, source_changes.some(names)
      )


def _entries(folder: str) -> list[os.DirEntry]:
  try:
    with os.scandir(folder) as entries:
      return list(entries)
  except OSError as error:
    raise UserError(f"{folder}: cannot be read ({error.strerror})") from error


def _with_extension(
  names: Sequence[str], extensions: Sequence[str]
) -> list[str]:
  return [
    name for name in names if os.path.splitext(name)[1].lower() in extensions
  ]


def digests(root: str, names: Sequence[str]) -> dict[str, str]:
  """The sha256 of each file, by its name."""
  return {
    name: sha256(os.path.join(root, name))
    for name in progress.bar(
      names, label=f"checking {os.path.basename(root)}", unit="files"
    )
  }


def sha256(path: str) -> str:
  """Hexadecimal digest of a file's content; of a folder's pictures together."""
  if os.path.isdir(path):
    return sha256_of_all(
      {
        name: sha256(os.path.join(path, name))
        for name in picture_folder.pictures(path)
      }
    )
  try:
    status = os.stat(path)
  except OSError as error:
    raise UserError(f"{path}: cannot be read ({error.strerror})") from error
  # Opening a pipe would wait for somebody to write into it.
  if not stat.S_ISREG(status.st_mode):
    raise UserError(f"{path}: cannot be read (it is no file)")
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
  return hashlib.sha256(os.fsencode(lines)).hexdigest()


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


def split(
  names: Sequence[str], root: str, before: Optional[Mapping[str, str]] = None
) -> dict[str, list[str]]:
  """The names of each split: "train", "eval" and "test" of DatasetSplit.

  Args:
    names: what is to be split.
    root: the folder.
    before: {name: "train", "dev" or "test"} of data that was made of this
      folder before; these names stay where they were.

  Raises:
    UserError: a split would be empty, or some files are in the subfolders
      and some are not.
  """
  folders = {_folder(name) for name in names}
  if folders <= {None}:
    if len(names) < len(SPLITS):
      raise UserError(
        f"{root}: {len(names)} files; at least {len(SPLITS)} are "
        "needed, one for each of train, dev and test"
      )
    before = before or {}
    known = {name: SPLITS[before[name]] for name in names if name in before}
    if known:
      return _extended(known, names, root)
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


def _extended(
  known: Mapping[str, str], names: Sequence[str], root: str
) -> dict[str, list[str]]:
  splits = splitting.extend(known, names)
  for in_files, key in SPLITS.items():
    if not splits[key]:
      raise UserError(
        f"{root}: nothing of the split {in_files} is left, and files stay in "
        "their splits; put one back, add one, or delete the manifest of the "
        "data to have all dealt out anew"
      )
  return splits


def _folder(name: str) -> Optional[str]:
  """Which of the subfolders train, dev and test a file is in."""
  top = name.split("/")[0]
  return top if "/" in name and top in SPLITS else None
