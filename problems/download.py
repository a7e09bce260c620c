"""Files from the net: resumed, checked, and never half there.

A download grows in `<file>.part` and gets its name once its size and sha256
are right. A file that is there already is enough, and then no net is needed.
`<file>.verified` remembers that a file was checked, so that 30 GB are hashed
only once.
"""

import hashlib
import json
import os
import shutil
from typing import NamedTuple, Optional, Tuple
import urllib.error
import urllib.request

import tensorflow.compat.v1 as tf

from t2t_af import progress
from t2t_af.errors import UserError

_CHUNK = 2**20
_TIMEOUT_SECONDS = 30
# Attempts at one mirror that bring no byte more; then the next one is tried.
_IDLE_ATTEMPTS = 2


class Source(NamedTuple):
  """A file and where it can be had.

  Attributes:
    filename: its name in tmp_dir.
    urls: mirrors, the best one first.
    num_bytes: its size.
    sha256: hexadecimal digest of its content.
  """
  filename: str
  urls: Tuple[str, ...]
  num_bytes: int
  sha256: str


def fetch(source: Source, tmp_dir: str) -> str:
  """The path of a checked copy of `source`, downloaded if it must be.

  Raises:
    UserError: the file there is another one, or no mirror delivered; the
      message says what was expected, and where to put the file by hand.
  """
  tmp_dir = os.path.expanduser(tmp_dir)
  path = os.path.join(tmp_dir, source.filename)
  if not os.path.exists(path):
    _make_folder(tmp_dir)
    _download(source, path)
  verify(source, path)
  return path


def verify(source: Source, path: str) -> None:
  """Raises a UserError unless the file has the right size and sha256."""
  stat = os.stat(path)
  if stat.st_size != source.num_bytes:
    short = stat.st_size < source.num_bytes
    raise UserError(
        f"{path}: expected {source.num_bytes} bytes, found {stat.st_size}. " +
        (f"It seems half-downloaded: rename it to {path}.part to have the rest "
         "fetched, or delete it." if short else
         "It is another file: delete it to have the right one fetched."))
  mark = {"bytes": stat.st_size, "mtime_ns": stat.st_mtime_ns,
          "sha256": source.sha256}
  if _read_mark(path) == mark:
    return
  found = _sha256(path)
  if found != source.sha256:
    raise UserError(
        f"{path}: expected sha256 {source.sha256}, found {found}. The file is "
        "damaged or another one: delete it to have the right one fetched.")
  _write_mark(path, mark)


def _download(source: Source, path: str) -> None:
  part = path + ".part"
  reasons = []
  for url in source.urls:
    reason = _from_mirror(source, url, part)
    if reason is None:
      found = _sha256(part)
      if found == source.sha256:
        os.replace(part, path)
        stat = os.stat(path)
        _write_mark(path, {"bytes": stat.st_size, "sha256": found,
                           "mtime_ns": stat.st_mtime_ns})
        return
      # What came is wrong somewhere; no telling where: none of it is kept.
      os.remove(part)
      reason = f"expected sha256 {source.sha256}, found {found}"
    reasons.append(f"  {url}: {reason}")
  raise UserError("\n".join(
      [f"could not download {source.filename}:"] + reasons + [
          f"With a network, run the command again (it goes on where it "
          f"stopped). Without one, put the file at {path} yourself: "
          f"{source.num_bytes} bytes, sha256 {source.sha256}."]))


def _from_mirror(source: Source, url: str, part: str) -> Optional[str]:
  """Fills `part` from one mirror; returns why that failed, or None."""
  idle = 0
  while True:
    have = _size(part)
    if have == source.num_bytes:
      return None
    if have > source.num_bytes:
      os.remove(part)
      have = 0
    _check_space(source, part, have)
    reason = _attempt(source, url, part, have)
    have_now = _size(part)
    if have_now == source.num_bytes:
      return None
    if have_now > source.num_bytes:
      os.remove(part)
      return f"sends more than the {source.num_bytes} bytes expected"
    idle = 0 if have_now > have else idle + 1
    if idle >= _IDLE_ATTEMPTS:
      return reason or (
          f"expected {source.num_bytes} bytes, found {have_now}")


def _attempt(source: Source, url: str, part: str, have: int) -> Optional[str]:
  """One connection: appends to `part` what it brings."""
  headers = {"Range": f"bytes={have}-"} if have else {}
  try:
    request = urllib.request.Request(url, headers=headers)
    with urllib.request.urlopen(request, timeout=_TIMEOUT_SECONDS) as response:
      # A server that does not know ranges starts again at the beginning.
      resumed = response.status == 206
      return _copy(source, response, part, have if resumed else 0)
  except urllib.error.HTTPError as error:
    return f"HTTP {error.code} {error.reason}"
  except urllib.error.URLError as error:
    return str(error.reason)
  except OSError as error:  # time-out, connection lost
    return str(error) or type(error).__name__


def _copy(source: Source, response, part: str, start: int) -> Optional[str]:
  with open(part, "ab" if start else "wb") as out:
    with progress.bar(total=source.num_bytes, initial=start, unit="B",
                      label=f"downloading {source.filename}") as bar:
      while True:
        chunk = response.read(_CHUNK)
        if not chunk or out.tell() > source.num_bytes:
          return None
        out.write(chunk)
        bar.update(len(chunk))


def _check_space(source: Source, part: str, have: int) -> None:
  folder = os.path.dirname(part) or "."
  free = shutil.disk_usage(folder).free
  if free < source.num_bytes - have:
    raise UserError(
        f"{folder} has {free} bytes free; {source.num_bytes - have} more are "
        f"needed for {source.filename}")


def _make_folder(folder: str) -> None:
  try:
    os.makedirs(folder, exist_ok=True)
  except OSError as error:
    raise UserError(f"cannot make the folder {folder}: {error}") from error


def _sha256(path: str) -> str:
  digest = hashlib.sha256()
  with open(path, "rb") as stream, progress.bar(
      total=_size(path), unit="B",
      label=f"checking {os.path.basename(path)}") as bar:
    for chunk in iter(lambda: stream.read(_CHUNK), b""):
      digest.update(chunk)
      bar.update(len(chunk))
  return digest.hexdigest()


def _size(path: str) -> int:
  return os.path.getsize(path) if os.path.exists(path) else 0


def _read_mark(path: str) -> Optional[dict]:
  try:
    with open(path + ".verified") as mark:
      return json.load(mark)
  except (OSError, ValueError):
    return None


def _write_mark(path: str, mark: dict) -> None:
  try:
    with open(path + ".verified", "w") as out:
      json.dump(mark, out)
  except OSError:  # a folder of archives may be read-only: only slower
    tf.logging.info("%s cannot be written: %s will be checked again next time.",
                    path + ".verified", path)
