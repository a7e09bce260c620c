"""The GPUs: whether TensorFlow sees them, and has compiled code for them."""

from collections.abc import Iterator
from importlib import metadata
import os
import pathlib
import re
import subprocess
from typing import Any, NamedTuple, Optional

from t2t_af.bin import finding
from t2t_af.bin.finding import Finding

_CACHE = pathlib.Path("~", ".nv", "ComputeCache")  # CUDA's own default
_CACHE_GIB = 1.0  # CUDA's default from release 12 on
_NEEDED_GIB = 0.25  # for all of our models: 46 MB were measured for most


class Capability(NamedTuple):
  """CUDA's compute capability: of a card, or of code compiled for one."""

  major: int
  minor: int

  def __str__(self) -> str:
    return f"{self.major}.{self.minor}"


def findings() -> Iterator[Finding]:
  """Whether TensorFlow sees a GPU, why not, and what a first start costs."""
  try:
    import tensorflow as tf
  except ImportError as error:
    yield Finding(
      "GPU", f"TensorFlow cannot be imported: {error}", finding.SETUP
    )
    return
  seen = tf.config.list_physical_devices("GPU")
  if not seen:
    yield _unseen()
    return
  details = [tf.config.experimental.get_device_details(d) for d in seen]
  names = [of.get("device_name", d.name) for of, d in zip(details, seen)]
  yield Finding("GPU", f"{len(seen)} seen: {', '.join(names)}")
  build = tf.sysconfig.get_build_info().get("cuda_compute_capabilities", ())
  for name, of in sorted(set(zip(names, map(_capability_of, details)))):
    if of and not has_compiled_code(of, build):
      yield _compiled_at_first_use(name, of)


def has_compiled_code(of: Capability, build: Any) -> bool:
  """Whether a build has machine code that a card runs.

  Machine code (sm_XY) runs on cards of the same major capability and no
  smaller minor one; compute_XY is for the driver to compile.

  Args:
    of: the card's.
    build: names such as "sm_80" and "compute_80".
  """
  compiled = [
    Capability(*map(int, match.groups()))
    for match in (re.fullmatch(r"sm_(\d+)(\d)", name) for name in build)
    if match
  ]
  return any(c.major == of.major and c.minor <= of.minor for c in compiled)


def _capability_of(details: dict) -> Optional[Capability]:
  found = details.get("compute_capability")
  return found and Capability(*found)


def _compiled_at_first_use(name: str, of: Capability) -> Finding:
  """What TensorFlow 2.15.1 was seen to do on a card of capability 9.0."""
  folder = os.environ.get("CUDA_CACHE_PATH") or str(_CACHE.expanduser())
  most = os.environ.get("CUDA_CACHE_MAXSIZE", "")
  gib = int(most) / 2**30 if most.isdigit() else _CACHE_GIB
  off = os.environ.get("CUDA_CACHE_DISABLE") == "1"
  cure = None
  if off or gib < _NEEDED_GIB:
    cure = "unset CUDA_CACHE_DISABLE; export CUDA_CACHE_MAXSIZE=4294967296"
  kept = "and keeps none" if off else f"and keeps them in {folder}"
  return Finding(
    "GPU's first start",
    f"this TensorFlow has no compiled code for {name} (capability {of}): the "
    "driver compiles each kernel at its first use, minutes before the first "
    f"step of a VideoFlow, {kept} (CUDA_CACHE_PATH), {gib:.2g} GiB at most "
    "(CUDA_CACHE_MAXSIZE); later starts find them there",
    cure,
  )


def _unseen() -> Finding:
  present = _nvidia_smi()
  if not present:
    return Finding(
      "GPU",
      "none: nvidia-smi finds no NVIDIA GPU and driver; "
      "everything runs on the CPU",
    )
  if os.environ.get("CUDA_VISIBLE_DEVICES") in ("", "-1"):
    return Finding(
      "GPU",
      f"{present}, hidden by CUDA_VISIBLE_DEVICES",
      "unset CUDA_VISIBLE_DEVICES",
    )
  try:
    metadata.version("nvidia-cudnn-cu12")
  except metadata.PackageNotFoundError:
    return Finding(
      "GPU",
      f"{present}, but CUDA's libraries are not installed",
      finding.WITH_GPU,
    )
  return Finding(
    "GPU",
    f"{present}, but TensorFlow cannot use it",
    "install an NVIDIA driver >= 525.60.13 (nvidia-smi shows the "
    "present one), or look at the lines of "
    "TF_CPP_MIN_LOG_LEVEL=0 t2t-af doctor",
  )


def _nvidia_smi() -> str:
  """The GPUs that the driver sees, as text; empty if none."""
  try:
    answer = subprocess.run(
      [
        "nvidia-smi",
        "--query-gpu=name,driver_version",
        "--format=csv,noheader",
      ],
      capture_output=True,
      text=True,
      timeout=20,
      check=True,
    )
  except (OSError, subprocess.SubprocessError):
    return ""
  return "; ".join(answer.stdout.strip().splitlines())
