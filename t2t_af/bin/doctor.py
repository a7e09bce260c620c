"""`t2t-af doctor`: what is installed, what works, and how to cure the rest."""

from collections.abc import Iterator
from importlib import metadata
import os
import pathlib
import platform
import re
import shutil
import sys

from t2t_af import tf_config
from t2t_af.bin import arguments
from t2t_af.bin import cluster
from t2t_af.bin import finding
from t2t_af.bin import gpus
from t2t_af.bin import install
from t2t_af.bin import outcome
from t2t_af.bin.finding import Finding
from t2t_af.errors import UserError
from t2t_af.experiments import perceptual_extras

_COMMANDS = ("t2t-datagen", "t2t-trainer", "t2t-eval", "t2t-decoder", "t2t-af")
_PIN = re.compile(r'([\w.-]+)==([^;\s]+)(?:;\s*python_version (\S+) "(.+)")?')
_MIN_FREE_GB = 2.0  # a run at paper size keeps 20 checkpoints of 0.4 GB at most


def main(argv: list[str]) -> int:
  """Prints the findings; exit code 1 if something is wrong."""
  parser = arguments.parser("doctor", __doc__)
  parser.add_argument("--data_dir", default=".", help="checked for room")
  parser.add_argument("--output_dir", default=".", help="checked for room")
  arguments.add_json(parser.add_argument)
  options = parser.parse_args(argv)
  found = []
  for one in _findings([options.data_dir, options.output_dir]):
    found.append(one)
    if not options.json:
      _print(one)
  num_wrong = sum(one.cure is not None for one in found)
  if options.json:
    arguments.print_json(findings=[one._asdict() for one in found])
  else:
    told = f"{num_wrong} of these are wrong." if num_wrong else "All is well."
    print(f"\n{told}")
  return outcome.EXIT_ERROR if num_wrong else outcome.EXIT_OK


def _print(one: Finding) -> None:
  mark = "ok " if one.cure is None else "BAD"
  print(f"{mark}  {one.what:<22} {one.found}", flush=True)
  if one.cure:
    print(f"     {'':<22} cure: {one.cure}", flush=True)


def _findings(directories: list[str]) -> Iterator[Finding]:
  yield _python()
  yield from _versions()
  yield from _commands()
  yield from _mends()
  yield from gpus.findings()
  yield _workers()
  yield _ffmpeg()
  yield _perceptual()
  for directory in sorted(set(directories)):
    yield _disk(directory)


def _python() -> Finding:
  fits = (3, 9) <= sys.version_info[:2] <= (3, 11)
  return Finding(
    "Python",
    f"{platform.python_version()} at {sys.executable}",
    None if fits else finding.OTHER_PYTHON,
  )


def _versions() -> Iterator[Finding]:
  """Installed versions against the pinned ones.

  Without a checkout these are tensor2tensor's and what it imports, alone.
  """
  lists = [
    path for path in (finding.REQUIREMENTS, install.LIST) if path.exists()
  ]
  pins = {}
  for path in lists:
    pins.update(_pins(path.read_text(encoding="utf-8")))
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
    yield Finding("version", one, finding.OTHER_VERSION)
  yield Finding(
    "pinned versions",
    f"{len(pins) - len(differing)} of {len(pins)} as in "
    + " and ".join(path.name for path in lists),
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
  cure = finding.SETUP
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
    yield Finding("import", f"{type(error).__name__}: {last[0]}", finding.SETUP)
    return
  applied = {one.name for one in compat.applied()}
  for one in compat.known():
    yield Finding(
      f"mend {one.name}",
      one.cure,
      None if one.name in applied else finding.SETUP,
    )


def _workers() -> Finding:
  """Which of several workers a training would be here."""
  try:
    named = cluster.named()
  except UserError as error:
    return Finding("workers", str(error), f"unset {tf_config.VARIABLE}")
  count = len(named.addresses)
  if count < 2:
    return Finding(
      "workers", f"one process trains: {tf_config.VARIABLE} names no others"
    )
  return Finding(
    "workers",
    f"this is number {named.index} of {count}, {named.addresses[named.index]} "
    f"({tf_config.VARIABLE})",
  )


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
