"""The ways in which an archive keeps its files: a zip, a tar, or a folder."""

import abc
import lzma
import os
import re
import stat
import tarfile
from typing import Any, IO, NamedTuple
import zipfile
import zlib

from t2t_af.errors import UserError

# What all entries together may unpack to, unless a caller says more.
MAX_TOTAL_BYTES = 16 * 2**30
# What the libraries raise on damaged archives.
DAMAGE = (
  zipfile.BadZipFile,
  tarfile.TarError,
  zlib.error,
  lzma.LZMAError,
  EOFError,
  OSError,
  NotImplementedError,
  RuntimeError,
  ValueError,
)


class Entry(NamedTuple):
  """A file of an archive: a ZipInfo, TarInfo or path, and its size."""

  info: Any
  num_bytes: int


class Source(abc.ABC):
  """One way of keeping files."""

  @abc.abstractmethod
  def entries(self) -> dict[str, Entry]:
    """The files by their names."""

  @abc.abstractmethod
  def open(self, entry: Entry) -> IO[bytes]:
    """A file's content."""

  def close(self) -> None:
    """Closes what was opened."""


def open_source(path: str) -> Source:
  """Opens a zip, a tar or a folder, by what is there.

  Raises:
    UserError: it is none of these, or cut.
  """
  if os.path.isdir(path):
    return _Folder(path)
  try:
    with open(path, "rb") as stream:
      start = stream.read(16)
  except OSError as error:
    raise UserError(f"{path}: cannot be read ({error.strerror})") from error
  kind = _Zip if start.startswith(b"PK") else _Tar
  try:
    return kind(path)
  except DAMAGE as error:
    if kind is _Zip:
      what = "not a whole zip archive, truncated perhaps"
    else:
      what = f"neither a zip nor a whole tar archive: it begins with {start!r}"
    raise UserError(
      f"{path}: {what} ({reason(error)}); get it anew, or "
      "delete it if it was downloaded here"
    ) from error


def read_entries(source: Source, path: str) -> dict[str, Entry]:
  """`source.entries()`; damage is a UserError."""
  try:
    return source.entries()
  except DAMAGE as error:
    raise UserError(
      f"{path}: truncated or damaged ({reason(error)})"
    ) from error


def check_entry_name(name: str, path: str) -> None:
  """Refuses names that lead out of the folder they would be unpacked to."""
  parts = re.split(r"[/\\]", name)
  if (
    name.startswith(("/", "\\")) or ".." in parts or re.match("[A-Za-z]:", name)
  ):
    raise UserError(f"{path}: the entry {name} leads out of its folder")


def reason(error: BaseException) -> str:
  """What an error of these libraries says."""
  return str(error) or type(error).__name__


class _Zip(Source):
  """A zip file."""

  def __init__(self, path: str) -> None:
    self._path = path
    self._zip = zipfile.ZipFile(path)

  def entries(self) -> dict[str, Entry]:
    entries: dict[str, Entry] = {}
    for info in self._zip.infolist():
      if not info.filename:
        raise UserError(f"{self._path}: an entry has no name")
      mode = info.external_attr >> 16
      if stat.S_ISLNK(mode):
        raise UserError(f"{self._path}: the entry {info.filename} is a link")
      if info.flag_bits & 1:
        raise UserError(f"{self._path}: the entry {info.filename} is encrypted")
      if info.is_dir():
        check_entry_name(info.filename, self._path)
        continue
      _add(entries, info.filename, Entry(info, info.file_size), self._path)
    return entries

  def open(self, entry: Entry) -> IO[bytes]:
    return self._zip.open(entry.info)

  def close(self) -> None:
    self._zip.close()


class _Tar(Source):
  """A tar file, packed with gzip, bzip2 or xz or not at all."""

  def __init__(self, path: str) -> None:
    self._path = path
    self._tar = tarfile.open(path, "r:*")

  def entries(self) -> dict[str, Entry]:
    entries: dict[str, Entry] = {}
    total = 0
    for info in self._tar:
      check_entry_name(info.name, self._path)
      if info.isdir():
        continue
      if not info.isreg() or info.issparse():
        raise UserError(
          f"{self._path}: the entry {info.name} is neither a file nor a "
          "folder (a link?)"
        )
      # To reach the next entry this one has to be unpacked: not if it is huge.
      total += info.size
      if total > MAX_TOTAL_BYTES:
        raise UserError(
          f"{self._path}: the entry {info.name} makes it unpack "
          f"to more than {MAX_TOTAL_BYTES} bytes"
        )
      _add(entries, info.name, Entry(info, info.size), self._path)
    self._check_end()
    return entries

  def _check_end(self) -> None:
    """A cut between two entries shows only in the missing end of the tar."""
    self._tar.fileobj.seek(self._tar.offset)
    if self._tar.fileobj.read(tarfile.BLOCKSIZE) != tarfile.NUL * (
      tarfile.BLOCKSIZE
    ):
      raise tarfile.ReadError("it has no end")

  def open(self, entry: Entry) -> IO[bytes]:
    return self._tar.extractfile(entry.info)

  def close(self) -> None:
    self._tar.close()


class _Folder(Source):
  """A folder that somebody unpacked; links in it are followed."""

  def __init__(self, path: str) -> None:
    self._path = path

  def entries(self) -> dict[str, Entry]:
    entries = {}
    for folder, _, files in os.walk(self._path, followlinks=True):
      for name in files:
        path = os.path.join(folder, name)
        relative = os.path.relpath(path, self._path).replace(os.sep, "/")
        if os.path.isfile(path):
          entries[relative] = Entry(path, os.path.getsize(path))
    return entries

  def open(self, entry: Entry) -> IO[bytes]:
    return open(entry.info, "rb")


def _add(entries: dict[str, Entry], name: str, entry: Entry, path: str) -> None:
  name = re.sub(r"^(\./)+", "", name)
  if name in entries:
    raise UserError(f"{path}: two entries are called {name}")
  entries[name] = entry
