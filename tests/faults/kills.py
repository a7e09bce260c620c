"""kill -9 at random moments of a command, which is then started again.

    python -m tests.faults.kills [--seed=0] [--points=200] [CASE ...]

It must end with what an unbroken one gives: 0 lost, 0 wrong.
"""

from collections.abc import Sequence
import os
import signal
import sys

from t2t_af import mended  # noqa: F401

# isort: split
import numpy as np

import t2t_af
from tests.faults import arguments
from tests.faults import breaking
from tests.faults import cases
from tests.faults import file_layer

# Of all points; a comparison costs ten times a generation.
SHARES = {
  "datagen": 0.4,
  "train": 0.2,
  "evaluate": 0.15,
  "decode": 0.15,
  "compare": 0.1,
}
LONGEST_DELAY = 0.03  # seconds; a checkpoint of these is written in less.


def of_case(case: cases.Case, seed: int, points: int) -> tuple[int, list[str]]:
  """(places, faults) of one command, which is killed so many times."""
  rng, kills, faults = np.random.default_rng(seed), 0, []
  with breaking.Bench(case) as bench:
    places = bench.count(file_layer.Kill(-1))
    while kills < points:
      at = int(rng.integers(places))
      delay = float(rng.choice([0.0, rng.uniform(0, LONGEST_DELAY)]))
      broken = bench.broken(file_layer.Kill(at, delay))
      # Else it came to its end first.
      kills += broken.first.code == -signal.SIGKILL
      if broken.fault:
        faults.append(f"at {at} + {1000 * delay:.1f} ms: {broken.fault}")
  return places, faults


def main(argv: Sequence[str]) -> int:
  """Prints counts; the exit code is 1 where there is a fault."""
  args = arguments.parse(__doc__, argv, 200, SHARES)
  t2t_af.register()
  total = []
  for met in breaking.each(args, of_case):
    places, faults = met.result
    lost = sum(": lost" in fault for fault in faults)
    arguments.say(
      f"{met.name}: killed {met.points} times at {places} places: {lost} lost, "
      f"{len(faults) - lost} wrong ({met.seconds:.0f} s)",
      *faults,
    )
    total += faults
  arguments.say(
    f"{sum(args.points_of.values())} kills, {len(total)} faults. {args.again}"
  )
  return bool(total)


if __name__ == "__main__":
  os.environ.setdefault("CUDA_VISIBLE_DEVICES", "")
  sys.exit(main(sys.argv[1:]))
