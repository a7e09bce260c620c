"""Archives read where they are: a zip, a tar, or the folder it was unpacked to.

Nothing is ever unpacked to disk. Whoever unzipped an archive by hand, or zipped
its folder again, is served too: a single top folder does not count.

    with archives.Archive("tmp/AReM.zip") as archive:
      for name in archive.names():            # e.g. "bending1/dataset1.csv"
        data = archive.read(name, max_bytes=2**20)
"""

import abc
import io
import lzma
import os
import re
import stat
import tarfile
from typing import BinaryIO, Union
import zipfile
import zlib

from t2t_af.errors import UserError

# What one entry, and all of them together, may unpack to unless told otherwise.
MAX_ENTRY_BYTES = 2**30
MAX_TOTAL_BYTES = 16 * 2**30
_CHUNK = 2**20
# What the libraries raise on damaged archives.
_DAMAGE = (
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


class Archive:
  """The files of a zip, a tar (packed or not) or a folder, by their names.

  Names are relative, with `/`, without the single top folder that all files
  may lie in. Files whose name or folder starts with a dot, and `__MACOSX`, are
  passed over.

  Args:
    path: the archive or folder.
    max_total_bytes: what it may unpack to.

  Raises:
    UserError: names the archive, and the entry: it is truncated or no archive
      at all, or has entries that are links, that lead out of their folder, that
      have the same name, or that unpack to more than is allowed.
  """

  def __init__(self, path: str, max_total_bytes: int = MAX_TOTAL_BYTES):
    self.path = os.path.expanduser(path)
    self._source = _open(self.path)
    try:
      entries = _entries(self._source, self.path)
      for name in entries:
        check_entry_name(name, self.path)
      entries = {
        name: entry for name, entry in entries.items() if not _is_clutter(name)
      }
      total = sum(entry.num_bytes for entry in entries.values())
      if total > max_total_bytes:
        raise UserError(
          f"{self.path}: would unpack to {total} bytes, more "
          f"than the {max_total_bytes} it may have"
        )
      self._entries = _without_top_folder(entries)
    except BaseException:
      self.close()
      raise

  def __enter__(self) -> "Archive":
    return self

  def __exit__(self, *unused_error) -> None:
    self.close()

  def close(self) -> None:
    self._source.close()

  def names(self) -> list[str]:
    """The files, sorted."""
    return sorted(self._entries)

  def __contains__(self, name: str) -> bool:
    return name in self._entries

  def describe(self, name: str) -> str:
    """What to call a file in messages."""
    return f"{self.path}: {name}"

  def num_bytes(self, name: str) -> int:
    """Size of a file, as the archive declares it."""
    return self._entry(name).num_bytes

  def read(self, name: str, max_bytes: int = MAX_ENTRY_BYTES) -> bytes:
    """The content of a file; its checksum, if it has one, is verified.

    Raises:
      UserError: there is no such file, it is damaged, or it has more than
        `max_bytes`, whatever the archive declares.
    """
    entry = self._entry(name)
    if entry.num_bytes > max_bytes:
      raise UserError(
        f"{self.describe(name)} unpacks to {entry.num_bytes} "
        f"bytes, more than the {max_bytes} it may have"
      )
    content = io.BytesIO()
    try:
      with self._source.open(entry) as stream:
        while True:
          chunk = stream.read(_CHUNK)
          if not chunk:
            break
          content.write(chunk)
          if content.tell() > entry.num_bytes:
            raise ValueError("it has more bytes than it declares")
    except _DAMAGE as error:
      raise UserError(
        f"{self.describe(name)} is damaged ({_reason(error)})"
      ) from error
    if content.tell() != entry.num_bytes:
      raise UserError(
        f"{self.describe(name)} is truncated: expected {entry.num_bytes} "
        f"bytes, found {content.tell()}"
      )
    return content.getvalue()

  def open(self, name: str, max_bytes: int = MAX_ENTRY_BYTES) -> BinaryIO:
    """`read`, as a file in memory."""
    return io.BytesIO(self.read(name, max_bytes))

  def _entry(self, name: str) -> "_Entry":
    if name not in self._entries:
      raise UserError(f"{self.path}: there is no {name} in it")
    return self._entries[name]


def check_entry_name(name: str, path: str) -> None:
  """Refuses names that lead out of the folder they would be unpacked to."""
  parts = re.split(r"[/\\]", name)
  if (
    name.startswith(("/", "\\")) or ".." in parts or re.match("[A-Za-z]:", name)
  ):
    raise UserError(f"{path}: the entry {name} leads out of its folder")


class _Entry:
  """A file of an archive."""

  def __init__(
    self, info: Union[zipfile.ZipInfo, tarfile.TarInfo, str], num_bytes: int
  ):
    self.info = info
    self.num_bytes = num_bytes


class _Source(abc.ABC):
  """One way of keeping files."""

  @abc.abstractmethod
  def entries(self) -> dict[str, _Entry]:
    """The files by their names."""

  @abc.abstractmethod
  def open(self, entry: _Entry) -> BinaryIO:
    """A file's content."""

  def close(self) -> None:
    pass


class _Zip(_Source):
  """A zip file."""

  def __init__(self, path: str):
    self._path = path
    self._zip = zipfile.ZipFile(path)

  def entries(self):
    found = {}
    for info in self._zip.infolist():
      mode = info.external_attr >> 16
      if stat.S_ISLNK(mode):
        raise UserError(f"{self._path}: the entry {info.filename} is a link")
      if info.flag_bits & 1:
        raise UserError(f"{self._path}: the entry {info.filename} is encrypted")
      if info.is_dir():
        check_entry_name(info.filename, self._path)
        continue
      _add(found, info.filename, _Entry(info, info.file_size), self._path)
    return found

  def open(self, entry):
    return self._zip.open(entry.info)

  def close(self):
    self._zip.close()


class _Tar(_Source):
  """A tar file, packed with gzip, bzip2 or xz or not at all."""

  def __init__(self, path: str):
    self._path = path
    self._tar = tarfile.open(path, "r:*")

  def entries(self):
    found, total = {}, 0
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
      _add(found, info.name, _Entry(info, info.size), self._path)
    self._check_end()
    return found

  def _check_end(self) -> None:
    """A cut between two entries shows only in the missing end of the tar."""
    self._tar.fileobj.seek(self._tar.offset)
    if self._tar.fileobj.read(tarfile.BLOCKSIZE) != tarfile.NUL * (
      tarfile.BLOCKSIZE
    ):
      raise tarfile.ReadError("it has no end")

  def open(self, entry):
    return self._tar.extractfile(entry.info)

  def close(self):
    self._tar.close()


class _Folder(_Source):
  """A folder that somebody unpacked; links in it are their own business."""

  def __init__(self, path: str):
    self._path = path

  def entries(self):
    found = {}
    for folder, _, files in os.walk(self._path, followlinks=True):
      for name in files:
        path = os.path.join(folder, name)
        relative = os.path.relpath(path, self._path).replace(os.sep, "/")
        if os.path.isfile(path):
          found[relative] = _Entry(path, os.path.getsize(path))
    return found

  def open(self, entry):
    return open(entry.info, "rb")


def _open(path: str) -> _Source:
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
  except _DAMAGE as error:
    if kind is _Zip:
      what = "not a whole zip archive, truncated perhaps"
    else:
      what = f"neither a zip nor a whole tar archive: it begins with {start!r}"
    raise UserError(
      f"{path}: {what} ({_reason(error)}); get it anew, or "
      "delete it if it was downloaded here"
    ) from error


def _entries(source: _Source, path: str) -> dict[str, _Entry]:
  try:
    return source.entries()
  except _DAMAGE as error:
    raise UserError(
      f"{path}: truncated or damaged ({_reason(error)})"
    ) from error


def _add(
  entries: dict[str, _Entry], name: str, entry: _Entry, path: str
) -> None:
  name = re.sub(r"^(\./)+", "", name)
  if name in entries:
    raise UserError(f"{path}: two entries are called {name}")
  entries[name] = entry


def _is_clutter(name: str) -> bool:
  return any(
    part.startswith(".") or part == "__MACOSX" for part in name.split("/")
  )


def _without_top_folder(entries: dict[str, _Entry]) -> dict[str, _Entry]:
  tops = {name.split("/")[0] if "/" in name else None for name in entries}
  if len(tops) != 1 or None in tops:
    return entries
  return {name.split("/", 1)[1]: entry for name, entry in entries.items()}


def _reason(error: BaseException) -> str:
  return str(error) or type(error).__name__
