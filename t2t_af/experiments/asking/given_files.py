"""The files that a command is given, and what they are called.

A file is called by its last name, one in a folder as below the folder. Of those
that would be called alike, each has as many of its folders before it as tell
them apart.
"""

import collections
from collections.abc import Sequence
import itertools
import os
from typing import NamedTuple

from problems.core import source_changes
from problems.core import source_folder
from t2t_af import errors
from t2t_af.experiments.asking import asked_run


class GivenFile(NamedTuple):
  """A file, by its name in tables and pictures and below --out."""

  name: str
  path: str


def named(path: str) -> GivenFile:
  """A file, or a folder that is one thing, by its last name."""
  return GivenFile(os.path.basename(os.path.abspath(path)), path)


def below(folder: str, names: Sequence[str]) -> list[GivenFile]:
  """The files of these names in a folder."""
  return [GivenFile(name, os.path.join(folder, name)) for name in names]


def of_kind(paths: Sequence[str], ends_with: str) -> list[GivenFile]:
  """The files meant by paths, of files and of folders of them.

  Args:
    paths: as people give them.
    ends_with: of the names of those that are meant in folders; what they are
      called is without it.

  Raises:
    UserError: there is no such file, or none of the kind in a folder.
  """
  found = []
  for path in map(os.path.expanduser, paths):
    if os.path.isdir(path):
      names = source_folder.listed(path).names
      names = [name for name in names if name.endswith(ends_with)]
      if not names:
        raise errors.UserError(f"{path}: no files *{ends_with} in it")
      found += below(path, names)
    else:
      found.append(named(existing(path)))
  return told_apart(
    [f._replace(name=f.name.removesuffix(ends_with)) for f in once(found)]
  )


def existing(path: str) -> str:
  """The path; raises UserError where nothing is there."""
  if not os.path.exists(path):
    raise errors.UserError(f"{path}: there is no such file")
  return path


def content(path: str) -> bytes:
  """All of a file; raises UserError where it cannot be read."""
  try:
    with open(path, "rb") as stream:
      return stream.read()
  except OSError as error:
    raise errors.UserError(
      f"{path}: cannot be read ({error.strerror})"
    ) from error


def once(files: Sequence[GivenFile]) -> list[GivenFile]:
  """Without those that are given before, by whatever path; that is told."""
  first: dict[str, GivenFile] = {}
  again = []
  for file in files:
    if first.setdefault(os.path.realpath(file.path), file) is not file:
      again.append(file.path)
  if again:
    asked_run.say(
      f"given more than once, counts once: {source_changes.some(again)}"
    )
  return list(first.values())


def told_apart(
  files: Sequence[GivenFile], kept: Sequence[bool] = ()
) -> list[GivenFile]:
  """The files by names that differ, as of the module.

  Args:
    files: no two of which are one.
    kept: which names stay as they are; default: none.

  Raises:
    UserError: two cannot be told apart: their paths differ by links alone.
  """
  folders = [
    [] if is_kept else _folders(file)
    for file, is_kept in itertools.zip_longest(files, kept)
  ]
  num_added = [0] * len(files)
  while True:
    names = [
      "/".join([*of[len(of) - added :], file.name])
      for file, of, added in zip(files, folders, num_added)
    ]
    counts = collections.Counter(names)
    alike = [i for i, name in enumerate(names) if counts[name] > 1]
    if not alike:
      return [GivenFile(n, file.path) for n, file in zip(names, files)]
    longer = [i for i in alike if num_added[i] < len(folders[i])]
    if not longer:
      raise errors.UserError(
        f"{source_changes.some([files[i].path for i in alike])}: "
        "cannot be told apart by their paths"
      )
    for i in longer:
      num_added[i] += 1


def _folders(file: GivenFile) -> list[str]:
  """Those before what a file is called, from the root on."""
  parts = os.path.abspath(file.path).split(os.sep)
  return parts[1 : len(parts) - len(file.name.split("/"))]
