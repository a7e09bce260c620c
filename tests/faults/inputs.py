"""Files that are changed at random, and read: told, or read right.

    python -m tests.faults.inputs [--seed=0] [--points=100000] [READER ...]

A traceback is a fault; so is, where what is right is known, anything else.
"""

from collections.abc import Sequence
import contextlib
import io
import logging
import os
import sys
import tempfile
import time
import traceback

from t2t_af import mended  # noqa: F401

# isort: split
from absl import flags
import numpy as np

import t2t_af
from t2t_af.errors import UserError
from tests.faults import arguments
from tests.faults import json_readers
from tests.faults import readers
from tests.fixtures import mutated_tables

TABLES = "tables"
# Of all changes; what takes longer to read is changed less often.
SHARES = {
  **dict.fromkeys(("TFRecord", "*.jsonl", "idx", "npy"), 0.15),
  **dict.fromkeys(("flow.npz", "samples.npz", "zip"), 0.08),
  **dict.fromkeys(("run.json", "compare.json"), 0.03),
  **dict.fromkeys(("manifest", "video npy", "video npz"), 0.03),
  "hparams.json": 0.01,
  TABLES: 0.01,
  **dict.fromkeys(("picture", "checkpoint"), 0.005),
  **dict.fromkeys([n for n in json_readers.ALL if " in a " in n], 0.004),
  **dict.fromkeys(("AVI", "MP4"), 0.002),
}


def of_reader(name: str, seed: int, count: int) -> tuple[int, list[str]]:
  """(inputs that were told, faults: where, and what)."""
  if name == TABLES:
    found = mutated_tables.faults(seed, count)
    return 0, [f"{where}: {words}" for where, words in found.items()]
  make = {**readers.ALL, **json_readers.ALL}[name]
  faults, told = [], 0
  with tempfile.TemporaryDirectory() as folder:
    reader = make(folder)
    with open(reader.path, "rb") as stream:
      content = stream.read()
    whole = reader.read()
    for number in range(count):
      # Each by itself, so that one can be repeated.
      changed = reader.change(content, np.random.default_rng([seed, number]))
      fault = _fault(reader, changed, whole)
      told += fault is None
      if fault:
        faults.append(f"{number}: {fault}")
  return told, faults


def _fault(reader: readers.Reader, content: bytes, whole: object):
  """What is wrong; "" for nothing, None where an error was told."""
  # Anew: a file that was mapped must not change under who has mapped it.
  with contextlib.suppress(FileNotFoundError):
    os.remove(reader.path)
  with open(reader.path, "wb") as stream:
    stream.write(content)
  try:
    with contextlib.redirect_stderr(io.StringIO()):
      found = reader.read()
  except UserError as error:
    return None if str(error).strip() else "an error without words"
  except (Exception, SystemExit):  # What must not happen.
    return traceback.format_exc(limit=-3)
  return reader.wrong(found, whole, content)


def main(argv: Sequence[str]) -> int:
  """Prints counts; the exit code is 1 where there is a fault."""
  args = arguments.parse(__doc__, argv, 100_000, SHARES)
  t2t_af.register()
  import tensor2tensor.bin.t2t_trainer  # noqa: F401  Defines flags.

  flags.FLAGS([""])
  logging.disable(logging.ERROR)
  total = 0
  for name in args.cases:
    count, start = args.points_of[name], time.monotonic()
    told, faults = of_reader(name, args.seed, count)
    kinds = sorted({f.strip().splitlines()[-1]: f for f in faults}.items())
    arguments.say(
      f"{name}: {count} changed, {told} told, {len(faults)} faults "
      f"({time.monotonic() - start:.0f} s)",
      *(fault for _, fault in kinds[:10]),
    )
    total += len(faults)
  arguments.say(
    f"{sum(args.points_of.values())} changed files, {total} faults. "
    f"{args.again}"
  )
  return bool(total)


if __name__ == "__main__":
  os.environ.setdefault("CUDA_VISIBLE_DEVICES", "")
  sys.exit(main(sys.argv[1:]))
