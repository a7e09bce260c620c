"""Files that are written whole or not at all, whenever a process is killed.

Other processes see the old content or the new one, never a part.
"""

import contextlib
import json
import os
import secrets
from typing import Any


def write(path: str, content: bytes) -> str:
  """Writes a file, its folder as well where it is missing. Returns `path`.

  Under a name that no other process has, in the same folder; on the disk
  before it gets its own name.
  """
  folder, name = os.path.split(os.path.abspath(path))
  os.makedirs(folder, exist_ok=True)
  temporary = os.path.join(folder, f".{name}.{secrets.token_hex(4)}.incomplete")
  try:
    with open(temporary, "xb") as stream:
      stream.write(content)
      stream.flush()
      os.fsync(stream.fileno())
    os.replace(temporary, path)
  except BaseException:
    with contextlib.suppress(OSError):
      os.remove(temporary)
    raise
  sync(folder)
  return path


def write_json(path: str, value: Any) -> str:
  """`write` of a value as JSON, for people to read as well."""
  return write(path, json.dumps(value, indent=1).encode("utf-8"))


def sync(path: str) -> None:
  """Waits until a file, or the names in a folder, are on the disk."""
  descriptor = os.open(path, os.O_RDONLY)
  try:
    os.fsync(descriptor)
  except OSError:
    if not os.path.isdir(path):  # Not every file system syncs a folder.
      raise
  finally:
    os.close(descriptor)
