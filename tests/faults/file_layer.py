"""What a process does to files, counted; at one of these a fault happens.

Counted is what Python asks for, of the system and of TensorFlow, and every
TensorFlow step, inside which checkpoints are written.
"""

import builtins
from collections.abc import Sequence
import errno
import io
import mmap
import os
import resource
import signal
import struct
import threading
import time
from typing import Any, Callable, Optional

import tensorflow.compat.v1 as tf
from tensorflow.python.client import session
from tensorflow.python.lib.io import file_io
from tensorflow.python.lib.io import tf_record

_OF_THE_SYSTEM = (
  *("open", "write", "fsync", "replace", "rename", "remove", "unlink"),
  *("mkdir", "rmdir", "truncate", "ftruncate", "sendfile"),
)
_OF_TENSORFLOW = (
  *("rename_v2", "delete_file_v2", "create_dir_v2", "delete_recursively_v2"),
  *("recursive_create_dir_v2", "atomic_write_string_to_file"),
)
# A file that is opened to be read is no change.
_WRITES = os.O_WRONLY | os.O_RDWR
# Those that put bytes into a file.
WRITES = ("write", "raw write", "FileIO.write", "TFRecordWriter.write")


class Fault:
  """Counts; a subclass says what happens at which."""

  def __init__(self, at: int = -1) -> None:
    self.at = at
    # Shared with the processes that this one starts.
    self._count = mmap.mmap(-1, 8)

  @property
  def count(self) -> int:
    """How many there were."""
    return struct.unpack("q", self._count[:])[0]

  def meets(self, name: str) -> bool:
    """Counts one; whether it is the one."""
    number = self.count
    self._count[:] = struct.pack("q", number + 1)
    return number == self.at

  def happens(self, name: str, function: Callable, arguments: Sequence) -> Any:
    """In place of the call; returns what it would."""
    raise NotImplementedError


class Kill(Fault):
  """kill -9 of the whole command, before a call or while it goes on."""

  def __init__(self, at: int, delay: float = 0.0) -> None:
    super().__init__(at)
    self._delay = delay

  def happens(self, name: str, function: Callable, arguments: Sequence) -> Any:
    """Never returns, or is cut short soon."""
    if not self._delay:
      _kill()
    threading.Thread(target=self._kill_later, daemon=True).start()
    return function(*arguments)

  def _kill_later(self) -> None:
    time.sleep(self._delay)
    _kill()


class Refusal(Fault):
  """ENOSPC or EIO of a write, of which half may have been written."""

  def __init__(self, at: int, number: int, half: bool = False) -> None:
    super().__init__(at)
    self._number, self._half = number, half

  def meets(self, name: str) -> bool:
    """Counts writes, syncs and renames; from then on the disk stays so."""
    if name == "Session.run" or "remove" in name or "delete" in name:
      return False
    now = super().meets(name)
    return now or (
      self._number == errno.ENOSPC and name in WRITES and self._is_full()
    )

  def _is_full(self) -> bool:
    return 0 <= self.at < self.count

  def happens(self, name: str, function: Callable, arguments: Sequence) -> Any:
    """Raises what the system, or TensorFlow, would."""
    if self._half and name in WRITES:
      *before, content = arguments
      function(*before, content[: len(content) // 2])
    text = os.strerror(self._number)
    if name.startswith(("FileIO", "TFRecord", "gfile")):
      kind = (
        tf.errors.ResourceExhaustedError
        if self._number == errno.ENOSPC
        else tf.errors.UnknownError
      )
      raise kind(None, None, f"{_path_of(arguments)}; {text}")
    raise OSError(self._number, text, _path_of(arguments))


class Limit(Fault):
  """No file may be larger than so many bytes: the system refuses the rest.

  Of TensorFlow's own files too, which are written where Python sees nothing.
  """

  def install(self) -> None:
    """From now on."""
    if self.at >= 0:
      hard = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
      resource.setrlimit(resource.RLIMIT_FSIZE, (self.at, hard))


class ShortWrite(Fault):
  """A write that writes half, and says so: as POSIX lets it.

  Of a buffered stream Python itself writes the rest.
  """

  def meets(self, name: str) -> bool:
    """Counts what may be short."""
    return name == "raw write" and super().meets(name)

  def happens(self, name: str, function: Callable, arguments: Sequence) -> Any:
    """How many bytes were written."""
    *before, content = arguments
    return function(*before, content[: len(content) // 2])


def install(fault: Fault) -> None:
  """Has every call of this process pass the fault. Is not undone."""
  if isinstance(fault, Limit):
    fault.install()
    return
  for name in _OF_THE_SYSTEM:
    _wrap(os, name, "raw write" if name == "write" else name, fault)
  for name in _OF_TENSORFLOW:
    _wrap(file_io, name, f"gfile.{name}", fault)
  for name in ("write", "close"):
    for owner in (file_io.FileIO, tf_record.TFRecordWriter):
      _wrap(owner, name, f"{owner.__name__}.{name}", fault)
  _wrap(session.BaseSession, "run", "Session.run", fault)
  plain = builtins.open

  def opened(file, mode="r", *args, **kwargs):
    if not set(mode) & set("wax+"):
      return plain(file, mode, *args, **kwargs)
    if fault.meets("open"):
      fault.happens("open", plain, (file, mode))
    return _Written(plain(file, mode, *args, **kwargs), fault)

  builtins.open = opened


class _Written:
  """A file that is open to be written."""

  def __init__(self, stream: Any, fault: Fault) -> None:
    self._stream, self._fault = stream, fault
    is_raw = isinstance(stream, io.RawIOBase)
    self._name = "raw write" if is_raw else "write"

  def __getattr__(self, name: str) -> Any:
    return getattr(self._stream, name)

  def __enter__(self) -> "_Written":
    self._stream.__enter__()
    return self

  def __exit__(self, *error: Any) -> Optional[bool]:
    return self._stream.__exit__(*error)

  def __iter__(self) -> Any:
    return iter(self._stream)

  def write(self, content: Any) -> int:
    """Passes the fault."""
    if self._fault.meets(self._name):
      return self._fault.happens(self._name, self._stream.write, (content,))
    return self._stream.write(content)


def _wrap(owner: Any, name: str, known_as: str, fault: Fault) -> None:
  function = getattr(owner, name)

  def call(*args, **kwargs):
    if name == "open" and not args[1] & _WRITES:
      return function(*args, **kwargs)
    if fault.meets(known_as):
      return fault.happens(
        known_as, lambda *given: function(*given, **kwargs), args
      )
    return function(*args, **kwargs)

  setattr(owner, name, call)


def _path_of(arguments: Sequence) -> Optional[str]:
  first = arguments[0] if arguments else None
  path = getattr(first, "name", first)
  return path if isinstance(path, str) else None


def _kill() -> None:
  os.killpg(0, signal.SIGKILL)
