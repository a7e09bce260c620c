"""Single bits of shards and of checkpoints that are flipped.

    python -m tests.faults.flips [--seed=0] [--points=3000] [KIND ...]

Each is told, or harmless: the same numbers are read. None may be silent.
"""

from collections.abc import Iterator, Sequence
import contextlib
import io
import os
import sys
import tempfile
import time
from typing import Any, Callable, NamedTuple

from t2t_af import mended  # noqa: F401

# isort: split
import numpy as np
import tensorflow.compat.v1 as tf

from problems.core import shards
import t2t_af
from t2t_af.errors import UserError
from t2t_af.experiments import checkpoints
from t2t_af.experiments import recovery
from tests.faults import arguments
from tests.faults import cases
from tests.faults import processes
from tests.fixtures import counting
from tests.fixtures import walks

SHARES = {"series": 0.5, "video": 0.4, "checkpoint": 0.1}


class Subject(NamedTuple):
  """What is damaged.

  Attributes:
    paths: the files.
    read: what they hold, and whether a fault was told.
  """

  paths: list[str]
  read: Callable[[], tuple[Any, bool]]


def _of_problem(problem_cls: Any) -> Callable[[str], Subject]:
  def make(folder: str) -> Subject:
    problem_cls().generate_data(folder, folder)

    def read() -> tuple[Any, bool]:
      shards._found.clear()
      problem, found = problem_cls(), []
      try:
        for split in ("train", "dev", "test"):
          for name, values in problem.each_sequence(folder, split):
            found.append((name, values.tobytes()))
      except UserError as error:
        assert folder in str(error), error
        return None, True
      return found, False

    paths = [
      os.path.join(folder, name)
      for name in sorted(os.listdir(folder))
      if "-of-" in name
    ]
    return Subject(paths, read)

  return make


def _of_checkpoint(folder: str) -> Subject:
  """The newest of a training, of which the one before is left.

  Read is what a command then goes on from: always whole, of whichever step.
  """
  ended = processes.run(lambda: cases.all_of(folder) and 0)
  if ended.code:
    raise RuntimeError(ended.told)
  run = os.path.join(folder, "run")
  paths = [
    os.path.join(run, name)
    for name in sorted(os.listdir(run))
    if name.startswith(f"model.ckpt-{cases.STEPS}.") and "meta" not in name
  ]
  whole = {step: _tensors(run, step) for step in checkpoints.steps_in(run)[:2]}

  def read() -> tuple[Any, bool]:
    told = io.StringIO()
    with contextlib.redirect_stderr(told):
      recovery.check_exists(run)
    step = int(checkpoints.newest(run).rpartition("-")[2])
    same = _tensors(run, step) == whole[step]
    checkpoints.make_newest(run, cases.STEPS)
    return same, "Going on from" in told.getvalue() and same

  return Subject(paths, read)


def _tensors(folder: str, step: int) -> dict:
  reader = tf.train.load_checkpoint(checkpoints.prefix(folder, step))
  names = reader.get_variable_to_shape_map()
  return {name: reader.get_tensor(name).tobytes() for name in names}


KINDS = {
  "series": _of_problem(walks.Walks),
  "video": _of_problem(counting.Counting),
  "checkpoint": _of_checkpoint,
}


def of_kind(kind: str, seed: int, count: int) -> tuple[int, int, list[str]]:
  """(bits that were told, harmless ones, silent ones: where)."""
  told, harmless, silent = 0, 0, []
  with tempfile.TemporaryDirectory() as folder:
    subject = KINDS[kind](folder)
    expected, _ = subject.read()
    for path, position, bit in _places(subject.paths, seed, count):
      with _flipped(path, position, bit):
        found, is_told = subject.read()
      told += is_told
      harmless += not is_told and found == expected
      if not is_told and found != expected:
        silent.append(f"{os.path.basename(path)} byte {position} bit {bit}")
  return told, harmless, silent


def _places(
  paths: Sequence[str], seed: int, count: int
) -> Iterator[tuple[str, int, int]]:
  """Each file as often as it is large."""
  rng = np.random.default_rng(seed)
  ends = np.cumsum([os.path.getsize(path) for path in paths])
  for place in rng.integers(ends[-1], size=count):
    k = int(np.searchsorted(ends, place, side="right"))
    before = int(ends[k - 1]) if k else 0
    yield paths[k], int(place) - before, int(rng.integers(8))


@contextlib.contextmanager
def _flipped(path: str, position: int, bit: int) -> Iterator[None]:
  with open(path, "rb") as stream:
    content = stream.read()
  changed = bytearray(content)
  changed[position] ^= 1 << bit
  _write(path, bytes(changed))
  try:
    yield
  finally:
    _write(path, content)


def _write(path: str, content: bytes) -> None:
  with open(path, "wb") as stream:
    stream.write(content)
  # As if later: a file system's clock may tick only every few milliseconds.
  later = os.stat(path).st_mtime_ns + np.random.randint(1, 10**6) * 10**3
  os.utime(path, ns=(later, later))


def main(argv: Sequence[str]) -> int:
  """Prints counts; the exit code is 1 where one was silent."""
  args = arguments.parse(__doc__, argv, 3000, SHARES)
  t2t_af.register()
  total = 0
  for kind in args.cases:
    count, start = args.points_of[kind], time.monotonic()
    told, harmless, silent = of_kind(kind, args.seed, count)
    arguments.say(
      f"{kind}: {count} bits flipped, {told} told, {harmless} harmless, "
      f"{len(silent)} silent ({time.monotonic() - start:.0f} s)",
      *silent[:10],
    )
    total += len(silent)
  arguments.say(
    f"{sum(args.points_of.values())} bits, {total} silent. {args.again}"
  )
  return bool(total)


if __name__ == "__main__":
  os.environ.setdefault("CUDA_VISIBLE_DEVICES", "")
  sys.exit(main(sys.argv[1:]))
