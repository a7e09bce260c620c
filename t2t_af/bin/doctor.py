"""`t2t-af doctor`: what is installed, what works, and how to cure the rest."""

import argparse
from collections.abc import Iterator
from importlib import metadata
import os
import pathlib
import platform
import re
import shutil
import subprocess
import sys
from typing import NamedTuple, Optional

from t2t_af.bin import outcome
from t2t_af.experiments import perceptual_extras

_ROOT = pathlib.Path(__file__).parents[2]
_COMMANDS = ("t2t-datagen", "t2t-trainer", "t2t-eval", "t2t-decoder", "t2t-af")
_SETUP = "make setup"
_PIN = re.compile(r'([\w.-]+)==([^;\s]+)(?:;\s*python_version (\S+) "(.+)")?')
_MIN_FREE_GB = 2.0  # a run at paper size keeps 20 checkpoints of 0.4 GB at most


class Finding(NamedTuple):
  """One line of the report.

  Attributes:
    what: what was looked at.
    found: what was found.
    cure: the command that mends it; None if nothing is wrong.
  """

  what: str
  found: str
  cure: Optional[str] = None


def main(argv: list[str]) -> int:
  """Prints the findings; exit code 1 if something is wrong."""
  parser = argparse.ArgumentParser(prog="t2t-af doctor", description=__doc__)
  parser.add_argument("--data_dir", default=".", help="checked for room")
  parser.add_argument("--output_dir", default=".", help="checked for room")
  options = parser.parse_args(argv)
  wrong = []
  for finding in _findings([options.data_dir, options.output_dir]):
    mark = "ok " if finding.cure is None else "BAD"
    print(f"{mark}  {finding.what:<22} {finding.found}")
    if finding.cure:
      print(f"     {'':<22} cure: {finding.cure}")
      wrong.append(finding)
  print(f"\n{len(wrong)} of these are wrong." if wrong else "\nAll is well.")
  return outcome.EXIT_ERROR if wrong else outcome.EXIT_OK


def _findings(directories: list[str]) -> Iterator[Finding]:
  yield _python()
  yield from _versions()
  yield from _commands()
  yield from _mends()
  yield _gpu()
  yield _ffmpeg()
  yield _perceptual()
  for directory in sorted(set(directories)):
    yield _disk(directory)


def _python() -> Finding:
  fits = (3, 9) <= sys.version_info[:2] <= (3, 11)
  return Finding(
    "Python",
    f"{platform.python_version()} at {sys.executable}",
    None if fits else f"{_SETUP} PYTHON=/path/to/python3.11",
  )


def _versions() -> Iterator[Finding]:
  """Installed versions against requirements.txt."""
  path = _ROOT / "requirements.txt"
  if not path.exists():
    yield Finding(
      "versions", "installed without requirements.txt; not compared with it"
    )
    return
  pins = _pins(path.read_text(encoding="utf-8"))
  differing = []
  for name, pinned in pins.items():
    try:
      installed = metadata.version(name)
    except metadata.PackageNotFoundError:
      installed = "missing"
    if installed != pinned:
      differing.append(f"{name} {installed} (pinned: {pinned})")
  for name in (
    "tensorflow",
    "tensor2tensor",
    "tensorflow-probability",
    "numpy",
  ):
    if name in pins and not any(d.startswith(f"{name} ") for d in differing):
      yield Finding(name, pins[name])
  for one in differing:
    yield Finding("version", one, f"rm .venv/setup.stamp; {_SETUP}")
  yield Finding(
    "pinned versions",
    f"{len(pins) - len(differing)} of {len(pins)} as in requirements.txt",
  )


def _pins(text: str) -> dict:
  """{name: version} of the lines that hold for this Python."""
  pins = {}
  for line in text.splitlines():
    match = _PIN.match(line)
    if not match:
      continue
    name, version, comparison, other = match.groups()
    bound = tuple(map(int, other.split("."))) if other else None
    here = sys.version_info[:2]
    if bound is None or (here < bound if comparison == "<" else here >= bound):
      pins[name] = version
  return pins


def _commands() -> Iterator[Finding]:
  """Whether the commands beside this Python are ours."""
  folder = pathlib.Path(sys.executable).parent
  stock, missing = [], []
  for name in _COMMANDS:
    script = folder / name
    if not script.exists():
      missing.append(name)
    elif "t2t_af" not in script.read_text(encoding="utf-8", errors="replace"):
      stock.append(name)
  cure = _SETUP
  if stock:
    yield Finding(
      "commands",
      f"{', '.join(stock)} in {folder} are "
      "tensor2tensor's own, which do not run",
      cure,
    )
  if missing:
    yield Finding(
      "commands", f"{', '.join(missing)} missing from {folder}", cure
    )
  if not stock and not missing:
    yield Finding("commands", f"{len(_COMMANDS)} in {folder}, all ours")


def _mends() -> Iterator[Finding]:
  """Applies compat and the registrations, and reports each mend."""
  try:
    import t2t_af

    t2t_af.register()
    from t2t_af import compat
  except Exception as error:
    last = str(error).strip().splitlines()[-1:] or [""]
    yield Finding("import", f"{type(error).__name__}: {last[0]}", _SETUP)
    return
  applied = {one.name for one in compat.applied()}
  for one in compat.known():
    yield Finding(
      f"mend {one.name}", one.cure, None if one.name in applied else _SETUP
    )


def _gpu() -> Finding:
  """Whether TensorFlow sees a GPU, and why not."""
  try:
    import tensorflow as tf
  except ImportError as error:
    return Finding("GPU", f"TensorFlow cannot be imported: {error}", _SETUP)
  seen = tf.config.list_physical_devices("GPU")
  if seen:
    names = [
      tf.config.experimental.get_device_details(d).get("device_name", d.name)
      for d in seen
    ]
    return Finding("GPU", f"{len(seen)} seen: {', '.join(names)}")
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
      f"{_SETUP} GPU=1",
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


def _ffmpeg() -> Finding:
  """ffmpeg is not needed: GIFs are made with Pillow."""
  path = shutil.which("ffmpeg")
  return Finding(
    "ffmpeg", path or "not on PATH, and not needed (GIFs are made with Pillow)"
  )


def _perceptual() -> Finding:
  """LPIPS and FVD are optional: what they lack needs no cure."""
  absent = perceptual_extras.absent(["alex", "i3d"])
  return Finding(
    "LPIPS and FVD",
    f"optional: {absent}" if absent else "packages and weights are here",
  )


def _disk(directory: str) -> Finding:
  """Room and permission to write."""
  place = pathlib.Path(directory).expanduser().absolute()
  while not place.exists():
    place = place.parent
  if not os.access(place, os.W_OK):
    return Finding(
      "disk",
      f"{place} cannot be written to",
      "give --data_dir and --output_dir that can",
    )
  free = shutil.disk_usage(place).free / 1e9
  return Finding(
    "disk",
    f"{free:.1f} GB free at {place}",
    None
    if free >= _MIN_FREE_GB
    else "free some, or give another --data_dir and --output_dir",
  )


if __name__ == "__main__":
  sys.exit(main(sys.argv[1:]))
