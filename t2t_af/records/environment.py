"""What a record says of the place it was made in: time, versions, machine."""

from collections.abc import Sequence
import datetime
import hashlib
from importlib import metadata
import os
import pathlib
import platform

PACKAGES = (
  "t2t_af",
  "tensorflow",
  "tensorflow-probability",
  "tensor2tensor",
  "numpy",
  "pillow",
)
_SOURCES = ("t2t_af", "problems", "hparams", "benchmarks")
_READS_RECORDS = "t2t_af/analysis/"


def now() -> str:
  """The time in UTC, ISO 8601, to the microsecond."""
  return datetime.datetime.now(datetime.timezone.utc).isoformat()


def versions() -> dict:
  """Versions of Python and of the packages that numbers depend on.

  Read from the installed packages' metadata: nothing is imported.
  """
  known = {"python": platform.python_version()}
  for package in PACKAGES:
    try:
      known[package] = metadata.version(package)
    except metadata.PackageNotFoundError:
      continue
  return known


def code() -> str:
  """A fingerprint of the sources that are run and measured.

  What makes tables and figures of records changes nothing that they say, and
  is left out.
  """
  root = pathlib.Path(__file__).parents[2]
  digest = hashlib.sha256()
  for package in _SOURCES:
    for path in sorted((root / package).rglob("*.py")):
      name = path.relative_to(root).as_posix()
      if not name.startswith(_READS_RECORDS):
        digest.update(name.encode() + b"\0" + path.read_bytes() + b"\0")
  return digest.hexdigest()[:12]


def hardware(accelerators: Sequence[str] = ()) -> dict:
  """The machine: processor, cores this process may use, memory in GiB.

  Args:
    accelerators: names of the devices that were used; this room cannot ask
      TensorFlow.
  """
  pages, size = os.sysconf("SC_PHYS_PAGES"), os.sysconf("SC_PAGE_SIZE")
  affinity = getattr(os, "sched_getaffinity", None)
  return {
    "cpu": _cpu_name(),
    "cores": len(affinity(0)) if affinity else os.cpu_count(),
    "memory_gib": round(pages * size / 2**30, 1),
    "accelerators": list(accelerators),
  }


def _cpu_name() -> str:
  try:
    with open("/proc/cpuinfo", encoding="utf-8") as stream:
      for line in stream:
        if line.startswith("model name"):
          return line.split(":", 1)[1].strip()
  except OSError:
    pass
  return platform.processor() or platform.machine()
