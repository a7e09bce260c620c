"""Errors of the system and of TensorFlow's files, as one line for people."""

import errno
import os
import sys
from typing import Optional

_CURES = {
  errno.ENOSPC: "Free some space; the same command then goes on.",
  errno.EDQUOT: "Free some space; the same command then goes on.",
  errno.EACCES: "Give a folder that you may write to.",
  errno.EPERM: "Give a folder that you may write to.",
  errno.EROFS: "Give a folder that can be written to.",
  errno.ENOTDIR: "Give a folder: a part of this path is a file.",
  errno.EEXIST: "Give a folder: this is a file.",
  errno.EISDIR: "Give a file: this is a folder.",
  errno.ENAMETOOLONG: "Give a shorter path.",
  errno.EFBIG: "Files may be no larger there (`ulimit -f`, or the disk).",
  errno.EIO: "The disk cannot be read or written there.",
}
_MEMORY = (
  "the memory is full. Lower batch_size (--hparams=batch_size=N) or, of "
  "video_flow, set recompute=True; of frames in a window, lower "
  "num_train_frames or video_num_target_frames."
)
_XLA = (
  "XLA cannot compile this model here. Train it as it is, with "
  "--hparams=jit_compile=False and without --xla_jit_level. XLA says: "
)
_OF_XLA = ("XLA_", "tf2xla", "libdevice", "ptxas")
# Of TensorFlow, by name: some commands run, and end, without it.
_OF_FILES = (
  "AlreadyExistsError",
  "DataLossError",
  "FailedPreconditionError",
  "NotFoundError",
  "PermissionDeniedError",
  "UnavailableError",
)
# What it calls EIO and EFBIG, and much else; IndexError where it is C++'s.
_OF_ALL_KINDS = ("OutOfRangeError", "IndexError", "UnknownError")


def sentence(error: BaseException) -> Optional[str]:
  """What is to be said of an error; None where it is a fault of ours."""
  if isinstance(error, MemoryError):
    return _MEMORY
  if isinstance(error, OSError) and error.errno is not None:
    return _of_system(error)
  names = {cls.__name__ for cls in type(error).__mro__}
  if "ResourceExhaustedError" in names:
    return _of_exhaustion(error)
  if "OpError" in names and (words := _of_xla(error)):
    return _XLA + words
  if "OpError" in names and names.intersection(_OF_FILES):
    return _of_file(error)
  if names.intersection(_OF_ALL_KINDS) and _cure(_first_line(error)):
    return _of_file(error)
  return None


def _of_system(error: OSError) -> str:
  where = f"{error.filename}: " if error.filename else ""
  cure = _CURES.get(error.errno or 0, "")
  return f"{where}{(error.strerror or str(error)).lower()}. {cure}".rstrip()


def _of_exhaustion(error: BaseException) -> str:
  """A full disk is one too."""
  text = _first_line(error)
  if "space" in text.lower():
    return f"{text}. {_CURES[errno.ENOSPC]}"
  return _MEMORY


def _of_xla(error: BaseException) -> Optional[str]:
  """The first line that is one of XLA's."""
  for line in (getattr(error, "message", None) or "").splitlines():
    if any(word in line for word in _OF_XLA):
      return line.strip()
  return None


def _of_file(error: BaseException) -> Optional[str]:
  """None of an operation that misses something else than a file."""
  text = _first_line(error)
  if "/" not in text and "\\" not in text:
    return None
  cure = _cure(text)
  return f"{text}. {cure}" if cure else text


def _cure(text: str) -> Optional[str]:
  """Of an error of the system that TensorFlow hands on in words."""
  for number, cure in _CURES.items():
    if os.strerror(number).lower() in text.lower():
      return cure
  return None


def _first_line(error: BaseException) -> str:
  text = getattr(error, "message", None) or str(error)
  return text.strip().splitlines()[0].rstrip(".") if text.strip() else ""


def is_debugging() -> bool:
  """Whether the command line asks for tracebacks."""
  return "--debug" in sys.argv[1:]
