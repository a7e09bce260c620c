"""The files of a split as they are on disk: whether they are as written."""

import fnmatch
import functools
import hashlib
import os
from typing import Any, Optional

import tensorflow.compat.v1 as tf

from problems.core import shard_entry
from problems.files import tfrecord
from t2t_af import whole_file
from t2t_af.errors import UserError

_CHUNK = 2**20


def size(path: str) -> Optional[int]:
  """Bytes of a file; None if it is not there."""
  status = _status(path)
  return status.length if status else None


def matching(folder: str, pattern: str) -> list[str]:
  """The paths of what is in a folder, of any name, and fits a pattern."""
  if not tf.gfile.IsDirectory(folder):
    return []
  names = fnmatch.filter(tf.gfile.ListDirectory(folder), pattern)
  return [os.path.join(folder, name) for name in sorted(names)]


def settle(path: str, final: str) -> None:
  """Gives a complete file its name, once it is on the disk."""
  if not _is_remote(path):
    whole_file.sync(path)
  tf.gfile.Rename(path, final, overwrite=True)
  if not _is_remote(path):
    whole_file.sync(os.path.dirname(final))


def write(path: str, content: bytes) -> None:
  """Writes a file, whole or not at all."""
  if not _is_remote(path):
    whole_file.write(path, content)
    return
  temporary = path + ".incomplete"
  with tf.gfile.Open(temporary, "wb") as stream:
    stream.write(content)
  tf.gfile.Rename(temporary, path, overwrite=True)


def check_ends(shard: shard_entry.Shard) -> None:
  """Size, first and last record: what can be afforded at every start.

  Raises:
    UserError: they are not as they were written.
  """
  status = _status(shard.path)
  found = status.length if status else "no file"
  if found != shard.num_bytes:
    raise UserError(
      f"{shard.path}: expected {shard.num_bytes} bytes, found {found}"
    )
  _read_ends(shard.path, found, shard.last_record, status.mtime_nsec)


def check_all(shard: shard_entry.Shard) -> None:
  """The whole file, by its digest, or by its records where there is none.

  Raises:
    UserError: it is not as it was written; names the byte if that is known.
  """
  check_ends(shard)
  if shard.sha256 is not None and _sha256(shard.path) == shard.sha256:
    return
  with tf.gfile.Open(shard.path, "rb") as stream:
    for _ in tfrecord.read(stream, shard.path, size=shard.num_bytes):
      pass
  if shard.sha256 is not None:
    raise UserError(
      f"{shard.path}: its records are whole, but not those that were written "
      f"(their sha256 is not {shard.sha256})"
    )


def _is_remote(path: str) -> bool:
  """Whether it lies in a bucket, which is no matter of this system's disks."""
  return "://" in path


def _status(path: str) -> Any:
  """Size and time of a file; None if it is not there."""
  try:
    return tf.gfile.Stat(path)
  except (tf.errors.NotFoundError, tf.errors.InvalidArgumentError):
    return None  # Of a name that is too long there is none either.


# A command asks for the files of a split many times.
@functools.lru_cache(maxsize=4096)
def _read_ends(
  path: str, num_bytes: int, last_record: Optional[int], mtime_nsec: int
) -> None:
  """Reads the first record of a file, and the one that starts at a byte."""
  del mtime_nsec  # a file that was written anew is read anew
  with tf.gfile.Open(path, "rb") as stream:
    next(tfrecord.read(stream, path, size=num_bytes), None)
    if last_record is not None:
      left = tfrecord.read(stream, path, last_record, num_bytes - last_record)
      if sum(1 for _ in left) != 1:
        raise UserError(f"{path}: no last record at byte {last_record}")


def _sha256(path: str) -> str:
  digest = hashlib.sha256()
  with tf.gfile.Open(path, "rb") as stream:
    for chunk in iter(lambda: stream.read(_CHUNK), b""):
      digest.update(chunk)
  return digest.hexdigest()
