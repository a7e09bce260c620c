"""One writer of a folder at a time.

A lock is one of the operating system's on a small file: it ends with the
process that holds it, however that ends. The file says who holds it.
"""

import atexit
from collections.abc import Iterator
import contextlib
import errno
import fcntl
import json
import os
import shlex
import socket
import sys
import time
from typing import Optional

from t2t_af.errors import UserError

OF_A_RUN = ".writer.lock"
# Where a file system has no locks.
_UNKNOWN_HERE = (errno.ENOLCK, errno.ENOTSUP, errno.ENOSYS)
_TRIES = 1000  # Somebody else may remove what was just made; not for ever.
_held: dict[str, int] = {}  # Path: descriptor; of this process.
_made: dict[str, list[str]] = {}  # Path: folders made for it, deepest first.


def take(folder: str, name: str = OF_A_RUN, force: bool = False) -> None:
  """Locks a folder until this process ends; makes it where it is missing.

  Args:
    folder: that is to be written to.
    name: of the lock's file, which says what of the folder is locked.
    force: go on though somebody else holds it. On a network file system the
      lock of a machine that crashed may be left over.

  Raises:
    UserError: another process holds the lock, or the folder is read-only.
  """
  path = os.path.join(os.path.abspath(folder), name)
  if path in _held or "://" in folder:  # A bucket has no locks.
    return
  descriptor = _locked(folder, path)
  if descriptor is not None:
    _held[path] = descriptor
    # After kill -9 the file stays, which nobody holds then.
    atexit.register(release, folder, name)
  elif force:
    sys.stderr.write(f"{_in_use(folder, path)} Going on: --force.\n")
  else:
    raise UserError(
      f"{_in_use(folder, path)} Wait for it, or give another folder; --force "
      "goes on anyway, where that process is gone."
    )


def release(folder: str, name: str = OF_A_RUN) -> None:
  """Ends a lock before the process ends.

  Folders that were made for it and are empty go too: what was refused leaves
  nothing behind.
  """
  path = os.path.join(os.path.abspath(folder), name)
  descriptor = _held.pop(path, None)
  if descriptor is not None:
    with contextlib.suppress(OSError):
      os.unlink(path)  # While it is locked: see _is_current.
    os.close(descriptor)
  with contextlib.suppress(OSError):  # Something was written there.
    for made in _made.pop(path, ()):
      os.rmdir(made)


@contextlib.contextmanager
def held(
  folder: str, name: str = OF_A_RUN, force: bool = False
) -> Iterator[None]:
  """`take` for a `with` block; a lock from before it is kept."""
  path = os.path.join(os.path.abspath(folder), name)
  mine_before = path in _held
  take(folder, name, force)
  try:
    yield
  finally:
    if not mine_before:
      release(folder, name)


def _locked(folder: str, path: str) -> Optional[int]:
  """Descriptor of the locked file; None where another process holds it."""
  for _ in range(_TRIES):
    _made.setdefault(path, _missing(folder))
    try:
      os.makedirs(os.path.dirname(path), exist_ok=True)
      descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
    except FileNotFoundError:
      continue  # Whoever had made the folder has just removed it.
    except OSError as error:
      raise UserError(f"cannot write to {folder}: {error.strerror}") from error
    try:
      fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
      os.close(descriptor)
      return None
    except OSError as error:
      if error.errno not in _UNKNOWN_HERE:
        os.close(descriptor)
        raise
      sys.stderr.write(
        f"{folder} lies where files cannot be locked: see to it that nobody "
        "else writes there\n"
      )
    if _is_current(descriptor, path):
      _sign(descriptor)
      return descriptor
    os.close(descriptor)
  raise UserError(f"cannot write to {folder}: no folder can be made there")


def _missing(folder: str) -> list[str]:
  """The folders that makedirs would make, deepest first."""
  missing = []
  path = os.path.abspath(folder)
  while not os.path.lexists(path):
    missing.append(path)
    path = os.path.dirname(path)
  return missing


def _is_current(descriptor: int, path: str) -> bool:
  """Whether the file was not removed before it was locked."""
  try:
    return os.path.samestat(os.fstat(descriptor), os.stat(path))
  except FileNotFoundError:
    return False


def _sign(descriptor: int) -> None:
  holder = {
    "pid": os.getpid(),
    "host": socket.gethostname(),
    "since": time.strftime("%Y-%m-%d %H:%M:%S"),
    "command": shlex.join(sys.argv),
  }
  os.ftruncate(descriptor, 0)
  os.write(descriptor, json.dumps(holder).encode("utf-8"))


def _in_use(folder: str, path: str) -> str:
  """Who holds a lock, as a sentence."""
  try:
    with open(path, encoding="utf-8") as stream:
      holder = json.load(stream)
    who = "process {pid} on {host} since {since}: {command}".format(**holder)
  except (OSError, ValueError, KeyError, TypeError):
    who = "another process"  # Which is just about to sign.
  return f"{folder} is being written to by {who}."
