"""Disks that are full, fail, or write a part, while a command runs.

    python -m tests.faults.writes [--seed=0] [--points=100] [CASE ...]

It must end in one line, or right; started again, with what it gives unbroken.
"""

from collections.abc import Sequence
import errno
import os
import sys

from t2t_af import mended  # noqa: F401

# isort: split
import numpy as np

import t2t_af
from tests.faults import arguments
from tests.faults import breaking
from tests.faults import cases
from tests.faults import file_layer
from tests.faults import processes

# Of all points.
SHARES = {
  "datagen": 0.5,
  "train": 0.15,
  "evaluate": 0.15,
  "decode": 0.12,
  "compare": 0.08,
}
# By name: at which call, to the fault. A limit is the system's own.
FAULTS = {
  "ENOSPC": lambda at: file_layer.Refusal(at, errno.ENOSPC),
  "ENOSPC after half": lambda at: file_layer.Refusal(at, errno.ENOSPC, True),
  "EIO": lambda at: file_layer.Refusal(at, errno.EIO),
  "EIO after half": lambda at: file_layer.Refusal(at, errno.EIO, True),
  "half written": file_layer.ShortWrite,
  "limit": file_layer.Limit,
}
LARGEST_FILE = 300_000  # bytes; of these runs few are larger


def _wrong_word(ended: processes.Ended, is_right: bool) -> str:
  """What is wrong with how a command met its fault; "" for nothing."""
  if "Traceback (most recent" in ended.told:
    return f"a traceback: {ended.told[-800:]}"
  if ended.code == 0:
    return "" if is_right else "exit 0, but not what it gives unbroken"
  if ended.code < 0:
    return f"ended by signal {-ended.code}"
  says = "error: " in ended.told
  return "" if says else f"exit {ended.code} without a line: {ended.last_line}"


def of_case(case: cases.Case, seed: int, points: int) -> tuple[dict, list[str]]:
  """({how often what was met}, faults) of one command."""
  rng, faults = np.random.default_rng(seed), []
  met = dict.fromkeys(("told", "no matter"), 0)
  with breaking.Bench(case) as bench:
    places = {
      name: bench.count(make(-1))
      for name, make in FAULTS.items()
      if name != "limit"
    }
    for number in range(points):
      name = list(FAULTS)[number % len(FAULTS)]
      at = int(rng.integers(places.get(name) or LARGEST_FILE))
      broken = bench.broken(FAULTS[name](at))
      word = _wrong_word(broken.first, broken.was_right)
      met["told" if broken.first.code else "no matter"] += 1
      for fault in filter(None, (word, broken.fault)):
        faults.append(f"{name} at {at}: {fault}")
  return met, faults


def main(argv: Sequence[str]) -> int:
  """Prints counts; the exit code is 1 where there is a fault."""
  args = arguments.parse(__doc__, argv, 100, SHARES)
  t2t_af.register()
  total = []
  for met in breaking.each(args, of_case):
    counts, faults = met.result
    arguments.say(
      f"{met.name}: {met.points} faults of the disk, {counts['told']} told, "
      f"{counts['no matter']} without effect: {len(faults)} wrong "
      f"({met.seconds:.0f} s)",
      *faults,
    )
    total += faults
  arguments.say(
    f"{sum(args.points_of.values())} faults of the disk, {len(total)} wrong. "
    f"{args.again}"
  )
  return bool(total)


if __name__ == "__main__":
  os.environ.setdefault("CUDA_VISIBLE_DEVICES", "")
  sys.exit(main(sys.argv[1:]))
