"""Tables as text: found, decompressed, decoded, in whole lines."""

import bz2
import codecs
from collections.abc import Iterator, Sequence
import contextlib
import gzip
import io
import lzma
import os
import re
from typing import Any, BinaryIO, Optional
import zipfile
import zlib

from t2t_af.errors import UserError

# Of certain tables, and of files that may as well be notes: these are read
# where there is nothing else.
_TABLES = (".csv", ".tsv", ".parquet")
_PERHAPS = (".txt", ".dat")
_COMPRESSED = (".gz", ".bz2", ".xz", ".zip")
EXTENSIONS = _TABLES + _PERHAPS + _COMPRESSED

_BOMS = (
  (codecs.BOM_UTF32_LE, "utf-32"),  # begins as UTF-16's does
  (codecs.BOM_UTF32_BE, "utf-32"),
  (codecs.BOM_UTF16_LE, "utf-16"),
  (codecs.BOM_UTF16_BE, "utf-16"),
  (codecs.BOM_UTF8, "utf-8"),
)
# What else a file may be, under the name of a table.
_MAGIC = {
  b"\x1f\x8b": "packed: call it .gz",
  b"BZh": "packed: call it .bz2",
  b"\xfd7zXZ": "packed: call it .xz",
  b"PK": "packed (call it .zip) or of a spreadsheet (save it as CSV)",
  b"\xd0\xcf\x11\xe0": "of a spreadsheet: save it as CSV",
  b"PAR1": "parquet: call it .parquet",
}
# Numbers are the same in all of these: they are of one folder.
_ASCII = "ascii"
_CONTROL = re.compile("[\0-\x08\x0b\x0e-\x1b\x7f]")
# Lines that begin with # are comments, but not with an error of a spreadsheet.
_COMMENT = re.compile(
  r"^#(?!N/A|NA\b|NULL!|DIV/0!|VALUE!|REF!|NUM!|NAME\?).*\n?", re.MULTILINE
)
_FAULTS = (OSError, EOFError, zlib.error, lzma.LZMAError, zipfile.BadZipFile)


def chosen(names: Sequence[str]) -> list[str]:
  """Those of the files `*EXTENSIONS` of a folder that are its tables."""
  certain = [name for name in names if _suffix(name) in _TABLES]
  return certain or [
    name
    for name in names
    if _suffix(name) in _PERHAPS or name.lower().endswith(".zip")
  ]


def is_parquet(path: str) -> bool:
  """Whether a file is no text, by its name."""
  return path.lower().endswith(".parquet")


def _suffix(name: str) -> str:
  """The extension, of "a.csv.gz" the inner one."""
  stem, suffix = os.path.splitext(name.lower())
  return os.path.splitext(stem)[1] if suffix in _COMPRESSED else suffix


@contextlib.contextmanager
def told(path: str) -> Iterator[None]:
  """Makes errors of reading a UserError that names the file."""
  try:
    yield
  except UnicodeError as error:
    raise UserError(
      f"{path}: its text is in another encoding ({error}); say which with "
      "--encoding, e.g. --encoding=cp1252"
    ) from error
  except _FAULTS as error:
    reason = getattr(error, "strerror", None) or str(error) or "it is cut short"
    raise UserError(f"{path}: cannot be read ({reason})") from error


def open_bytes(path: str) -> BinaryIO:
  """The file's content, decompressed; errors of reading come as they are."""
  suffix = os.path.splitext(path.lower())[1]
  if suffix == ".zip":
    return _only_member(path)
  openers: dict[str, Any] = {".gz": gzip.open, ".bz2": bz2.open}
  return openers.get(suffix, lzma.open if suffix == ".xz" else open)(path, "rb")


def _only_member(path: str) -> BinaryIO:
  archive = zipfile.ZipFile(path)
  members = [
    info
    for info in archive.infolist()
    if not info.is_dir() and not info.filename.startswith("__MACOSX/")
  ]
  if len(members) != 1:
    archive.close()
    raise UserError(
      f"{path}: {len(members)} files in it; a table is one file: unpack it"
    )
  if members[0].flag_bits & 1:
    archive.close()
    raise UserError(f"{path}: needs a password; unpack it")
  try:
    return archive.open(members[0])  # type: ignore[return-value]
  except NotImplementedError as error:
    raise UserError(f"{path}: {error}; unpack it") from error


def find_encoding(data: bytes, path: str) -> str:
  """Of the beginning of a file; "ascii" for what all others agree on.

  Raises:
    UserError: it is no text.
  """
  for mark, encoding in _BOMS:
    if data.startswith(mark):
      return encoding
  if b"\0" in data:
    of_even, of_odd = data[::2].count(0), data[1::2].count(0)
    encoding = "utf-16-le" if of_odd > of_even else "utf-16-be"
    if 4 * max(of_even, of_odd) < len(data) or min(of_even, of_odd):
      encoding = "utf-8"  # which the NULs deny
  elif data.isascii():
    encoding = _ASCII
  else:
    encoding = "utf-8" if _decodes(data, "utf-8") else "cp1252"
    if not _decodes(data, encoding):
      encoding = "latin-1"
  if not _decodes(data, encoding) or _CONTROL.search(_decode(data, encoding)):
    what = next((w for m, w in _MAGIC.items() if data.startswith(m)), "")
    raise UserError(f"{path}: not a text file" + (what and f", but {what}"))
  return encoding


def one_encoding(found: dict[str, str]) -> str:
  """That of all files, {path: encoding}.

  Raises:
    UserError: they differ; names two files.
  """
  first: dict[str, str] = {}
  for path, encoding in found.items():
    first.setdefault(encoding, path)
  plain = first.pop(_ASCII, None)
  if len(first) > 1 or (plain and first and next(iter(first))[:5] == "utf-1"):
    pairs = list(first.items()) + ([("utf-8", plain)] if plain else [])
    (one, path), (other, other_path) = pairs[:2]
    raise UserError(
      f"{path} is {one}, but {other_path} is {other}: convert them to one "
      "encoding, or say it with --encoding"
    )
  return next(iter(first), "utf-8")


def check_encoding(encoding: str) -> None:
  """Raises a UserError if Python knows no such encoding of text."""
  try:
    "0".encode(encoding)
  except (LookupError, ValueError) as error:
    raise UserError(f"--encoding={encoding} is unknown ({error})") from error


def _decodes(data: bytes, encoding: str) -> bool:
  try:
    _decode(data, encoding)
  except UnicodeError:
    return False
  return True


def _decode(data: bytes, encoding: str) -> str:
  """Without a character at the end that is cut."""
  return codecs.getincrementaldecoder(encoding)().decode(data)


class Lines:
  """The lines of a text file, without comments, for pandas to read.

  Attributes:
    number: of the last line that was read, from 1.
    filled: how many lines of those that `read` gave are not blank.
  """

  def __init__(self, path: str, encoding: str) -> None:
    self._path = path
    self.number = 0
    self.filled = 0
    encoding = {"utf-8": "utf-8-sig"}.get(encoding.lower(), encoding)
    with told(path):
      self._text = io.TextIOWrapper(open_bytes(path), encoding=encoding)

  def __enter__(self) -> "Lines":
    return self

  def __exit__(self, *error: Any) -> None:
    self._text.close()

  def readline(self) -> Optional[str]:
    """The next line without its end, comments too; None at the end."""
    with told(self._path):
      line = self._text.readline()
    self._check(line)
    self.number += 1
    return line.rstrip("\n") if line else None

  def __iter__(self) -> Iterator[str]:
    """Each line without its end, "" for comments."""
    while (line := self.readline()) is not None:
      yield "" if is_comment(line) else line

  def read(self, size: int) -> str:
    """About `size` characters, in whole lines."""
    with told(self._path):
      text = self._text.read(size)
      if text and not text.endswith("\n"):
        text += self._text.readline()
    self._check(text)
    if "#" in text:
      text = _COMMENT.sub("", text) or ("\n" if text else "")
    self.filled += sum(1 for line in text.split("\n") if line.strip(" "))
    return text

  def _check(self, text: str) -> None:
    # For pandas a cell ends at a NUL: it would read 12 of "12\0003".
    if "\0" in text:
      raise UserError(f"{self._path}: not a text file (it has NUL characters)")


def is_comment(line: str) -> bool:
  """Whether a line says nothing to a reader of tables."""
  return line.startswith("#") and _COMMENT.match(line) is not None


def lines(data: bytes, encoding: str, path: str) -> list[tuple[int, str]]:
  """The lines of a head that say something, with their numbers from 1."""
  return [
    (number, line)
    for number, line in _numbered(data, encoding, path)
    if line.strip() and not is_comment(line)
  ]


def comments(data: bytes, encoding: str, path: str) -> list[tuple[int, str]]:
  """The comments of a head, with the numbers of their lines from 1."""
  numbered = _numbered(data, encoding, path)
  return [(number, line) for number, line in numbered if is_comment(line)]


def _numbered(
  data: bytes, encoding: str, path: str
) -> Iterator[tuple[int, str]]:
  with told(path):
    text = _decode(data, encoding)
  every = re.split("\r\n|\r|\n", text.lstrip("\ufeff"))
  return enumerate(every, 1)


def head(path: str, num_bytes: int, num_lines: int) -> bytes:
  """The first lines of a file, whole ones: of so many bytes, and lines.

  As many more as so many lines take.
  """
  with told(path), open_bytes(path) as stream:
    data = stream.read(num_bytes)
    while data.count(b"\n") + data.count(b"\r") < num_lines:
      more = stream.read(len(data) or 1)
      if not more:
        return data
      data += more
    end = not stream.read(1)
  if end:
    return data
  last = max(data.rfind(b"\n"), data.rfind(b"\r"))
  # A line's end in UTF-16 takes two bytes.
  return data[: last + 1 + (data[last + 1 : last + 2] == b"\0")]
