"""All fault tests, one after the other; `make test-faults`.

    python -m tests.faults [--seed=0]

Prints counts, and for each the command that repeats it. Ends with 1 where
anything was lost, wrong, silent or a traceback.
"""

import argparse
import os
import subprocess
import sys

PARTS = ("kills", "writes", "flips", "inputs")


def main() -> int:
  """The exit code."""
  parser = argparse.ArgumentParser(
    description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
  )
  parser.add_argument("--seed", type=int, default=0)
  args = parser.parse_args()
  codes = [
    # Each in a process of its own: forks need one without TensorFlow sessions.
    subprocess.call(
      [sys.executable, "-m", f"tests.faults.{part}", f"--seed={args.seed}"],
      env={**os.environ, "PYTHONPATH": os.getcwd()},
    )
    for part in PARTS
  ]
  return int(any(codes))


if __name__ == "__main__":
  sys.exit(main())
