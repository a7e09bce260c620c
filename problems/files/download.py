"""Files from the network: resumed, checked, and never half there.

A download grows in `<file>.part` and gets its name once its size and sha256
are right; where these are not known beforehand, once the server has sent all
that it said it would, and it is up to the reader to check the content. A file
that is there already is enough, and then no network is needed.
`<file>.verified` remembers that a file was checked, so that 30 GB are hashed
only once.
"""

import hashlib
import http.client
import json
import os
import re
import shutil
from typing import Any, NamedTuple, Optional
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
    num_bytes: its size; None if it is not known.
    sha256: hexadecimal digest of its content; None if it is not known.
  """

  filename: str
  urls: tuple[str, ...]
  num_bytes: Optional[int] = None
  sha256: Optional[str] = None


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


def describe(source: Source, path: str) -> dict[str, Any]:
  """What a manifest keeps of a source: where it is from, and what it was."""
  return dict(
    source._asdict(),
    num_bytes=os.path.getsize(path),
    sha256=source.sha256 or _sha256(path),
  )


def verify(source: Source, path: str) -> None:
  """Raises a UserError unless the file has the right size and sha256."""
  size = os.path.getsize(path)
  if source.num_bytes is not None and source.num_bytes != size:
    short = size < source.num_bytes
    raise UserError(
      f"{path}: expected {source.num_bytes} bytes, found {size}. "
      + (
        f"It seems half-downloaded: rename it to {path}.part to have the rest "
        "fetched, or delete it."
        if short
        else "It is another file: delete it to have the right one fetched."
      )
    )
  mark = _mark(source, path)
  if source.sha256 is None or _read_mark(path) == mark:
    return
  digest = _sha256(path)
  if digest != source.sha256:
    raise UserError(
      f"{path}: expected sha256 {source.sha256}, found {digest}. The file is "
      "damaged or another one: delete it to have the right one fetched."
    )
  _write_mark(path, mark)


def _download(source: Source, path: str) -> None:
  part = path + ".part"
  reasons = []
  for url in source.urls:
    reason = _from_mirror(source, url, part)
    if reason is None:
      digest = source.sha256 and _sha256(part)
      if digest == source.sha256:
        os.replace(part, path)
        if digest:
          _write_mark(path, _mark(source, path))
        return
      # What came is wrong somewhere; no telling where: none of it is kept.
      os.remove(part)
      reason = f"expected sha256 {source.sha256}, found {digest}"
    reasons.append(f"  {url}: {reason}")
  known = [f"{source.num_bytes} bytes"] if source.num_bytes is not None else []
  known += [f"sha256 {source.sha256}"] if source.sha256 else []
  raise UserError(
    "\n".join(
      [f"could not download {source.filename}:"]
      + reasons
      + [
        "With a network, run the command again (it goes on where it "
        f"stopped). Without one, put the file at {path} yourself"
        f"{': ' if known else ''}{', '.join(known)}."
      ]
    )
  )


class _Attempt(NamedTuple):
  """What became of one connection.

  Attributes:
    reason: why it failed; None if it ended as it should.
    total: size of the file, as far as the server said.
  """

  reason: Optional[str] = None
  total: Optional[int] = None


def _from_mirror(source: Source, url: str, part: str) -> Optional[str]:
  """Fills `part` from one mirror; returns why that failed, or None."""
  idle = 0
  while True:
    have = _size(part)
    if have == source.num_bytes:
      return None
    if source.num_bytes is not None and have > source.num_bytes:
      os.remove(part)
      have = 0
    _check_space(source, part, have)
    attempt = _attempt(source, url, part, have)
    have_now = _size(part)
    total = attempt.total if source.num_bytes is None else source.num_bytes
    if have_now == total or (total is None and attempt.reason is None):
      return None
    if total is not None and have_now > total:
      os.remove(part)
      if source.num_bytes is not None:
        return f"sends more than the {total} bytes expected"
    idle = 0 if have_now > have else idle + 1
    if idle >= _IDLE_ATTEMPTS:
      return attempt.reason or f"expected {total} bytes, found {have_now}"


def _attempt(source: Source, url: str, part: str, have: int) -> _Attempt:
  """One connection: appends to `part` what it brings."""
  headers = {"Range": f"bytes={have}-"} if have else {}
  total = None
  try:
    request = urllib.request.Request(url, headers=headers)
    with urllib.request.urlopen(request, timeout=_TIMEOUT_SECONDS) as response:
      # A server that does not know ranges starts again at the beginning.
      start = have if response.status == 206 else 0
      length = response.headers.get("Content-Length")
      total = start + int(length) if length else None
      _copy(source, response, part, start, total)
    return _Attempt(None, total)
  except urllib.error.HTTPError as error:
    reason = f"HTTP {error.code} {error.reason}"
    if error.code == 416:  # nothing comes after what is here already
      total = _total_in(error.headers.get("Content-Range"))
  except urllib.error.URLError as error:
    reason = str(error.reason)
  except (OSError, http.client.HTTPException) as error:  # connection lost
    reason = str(error) or type(error).__name__
  return _Attempt(reason, total)


def _copy(
  source: Source, response: Any, part: str, start: int, total: Optional[int]
) -> None:
  total = source.num_bytes if source.num_bytes is not None else total
  have = start
  if not start:
    _append(part, b"", "wb")
  with progress.bar(
    total=total, initial=start, unit="B", label=f"downloading {source.filename}"
  ) as bar:
    while total is None or have <= total:
      chunk = response.read(_CHUNK)
      if not chunk:
        return
      _append(part, chunk)
      have += len(chunk)
      bar.update(len(chunk))


def _append(path: str, content: bytes, mode: str = "ab") -> None:
  """Writes; a full disk is no fault of the mirror."""
  try:
    with open(path, mode) as out:
      out.write(content)
  except OSError as error:
    raise UserError(
      f"cannot write to {path}: {error.strerror} (is the disk "
      "full, or the folder read-only?)"
    ) from error


def _total_in(content_range: Optional[str]) -> Optional[int]:
  """The size of the file in a header such as `bytes */1234`."""
  match = re.search(r"/(\d+)$", content_range or "")
  return int(match.group(1)) if match else None


def _check_space(source: Source, part: str, have: int) -> None:
  if source.num_bytes is None:
    return
  folder = os.path.dirname(part) or "."
  free = shutil.disk_usage(folder).free
  if free < source.num_bytes - have:
    raise UserError(
      f"{folder} has {free} bytes free; {source.num_bytes - have} more are "
      f"needed for {source.filename}"
    )


def _make_folder(folder: str) -> None:
  try:
    os.makedirs(folder, exist_ok=True)
  except OSError as error:
    raise UserError(f"cannot make the folder {folder}: {error}") from error


def _sha256(path: str) -> str:
  digest = hashlib.sha256()
  with (
    open(path, "rb") as stream,
    progress.bar(
      total=_size(path), unit="B", label=f"checking {os.path.basename(path)}"
    ) as bar,
  ):
    for chunk in iter(lambda: stream.read(_CHUNK), b""):
      digest.update(chunk)
      bar.update(len(chunk))
  return digest.hexdigest()


def _size(path: str) -> int:
  return os.path.getsize(path) if os.path.exists(path) else 0


def _mark(source: Source, path: str) -> dict[str, Any]:
  """What a checked file is known by: any change of it changes this."""
  stat = os.stat(path)
  return {
    "bytes": stat.st_size,
    "mtime_ns": stat.st_mtime_ns,
    "sha256": source.sha256,
  }


def _read_mark(path: str) -> Optional[dict[str, Any]]:
  try:
    with open(path + ".verified") as mark:
      return json.load(mark)
  except (OSError, ValueError):
    return None


def _write_mark(path: str, mark: dict[str, Any]) -> None:
  try:
    with open(path + ".verified", "w") as out:
      json.dump(mark, out)
  except OSError:  # a folder of archives may be read-only: only slower
    tf.logging.info(
      "%s cannot be written: %s will be checked again next time.",
      path + ".verified",
      path,
    )
