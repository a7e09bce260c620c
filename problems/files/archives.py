"""Archives read where they are: a zip, a tar, or the folder it was unpacked to.

Nothing is ever unpacked to disk. Whoever unzipped an archive by hand, or zipped
its folder again, is served too: a single top folder does not count.

    with archives.Archive("tmp/AReM.zip") as archive:
      for name in archive.names():            # e.g. "bending1/dataset1.csv"
        data = archive.read(name, max_bytes=2**20)
"""

import hashlib
import io
import os
from typing import Any, BinaryIO

from problems.files import archive_sources
from t2t_af.errors import UserError

# What one entry may unpack to, unless a caller says more.
MAX_ENTRY_BYTES = 2**30
_CHUNK = 2**20


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

  def __init__(
    self, path: str, max_total_bytes: int = archive_sources.MAX_TOTAL_BYTES
  ) -> None:
    self.path = os.path.expanduser(path)
    self._source = archive_sources.open_source(self.path)
    try:
      entries = archive_sources.read_entries(self._source, self.path)
      for name in entries:
        archive_sources.check_entry_name(name, self.path)
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

  def __exit__(self, *unused_error: Any) -> None:
    self.close()

  def close(self) -> None:
    """Closes the file."""
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
    except archive_sources.DAMAGE as error:
      raise UserError(
        f"{self.describe(name)} is damaged ({archive_sources.reason(error)})"
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

  def _entry(self, name: str) -> archive_sources.Entry:
    if name not in self._entries:
      raise UserError(f"{self.path}: there is no {name} in it")
    return self._entries[name]


def digests(path: str) -> dict[str, str]:
  """The sha256 of each file of an archive, by its name."""
  with Archive(path) as archive:
    return {
      name: hashlib.sha256(archive.read(name)).hexdigest()
      for name in archive.names()
    }


def _is_clutter(name: str) -> bool:
  return any(
    part.startswith(".") or part == "__MACOSX" for part in name.split("/")
  )


def _without_top_folder(
  entries: dict[str, archive_sources.Entry],
) -> dict[str, archive_sources.Entry]:
  tops = {name.split("/")[0] if "/" in name else None for name in entries}
  if len(tops) != 1 or None in tops:
    return entries
  return {name.split("/", 1)[1]: entry for name, entry in entries.items()}
