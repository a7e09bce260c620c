"""`bench workers`: examples a second of one worker and of several.

    t2t-af bench workers [--workers=1,2,4] [--batch_size=8] [--steps=40]
        [--model=video_flow] [--hparams_set=video_flow_tiny]
        [--problem=video_toy_pushing] [--data_dir=data] [--rounds=3]
        [--json[=FILE]]

Each trains the same model on the same batches, `--batch_size` examples a step
of all workers together, as t2t-trainer does with TF_CONFIG, on this machine's
loopback. The processor's cores are dealt out to the workers; beside them stands
one worker on one core, by which is seen what a core is worth. Alternating;
medians of the steps after the first, as the chief records them.
"""

import os
import subprocess
import sys
import tempfile
from typing import NamedTuple

import numpy as np

from benchmarks import loopback
from benchmarks import reading
from benchmarks import result
from benchmarks import trainer
from t2t_af import progress
from t2t_af.bin import arguments
from t2t_af.errors import UserError

_PASSED_ON = ("problem", "data_dir", "model", "hparams_set")


class Column(NamedTuple):
  """So many workers on so many cores."""

  workers: int
  cores: int

  def __str__(self) -> str:
    return _count(self.workers, "worker") + " on " + _count(self.cores, "core")


def _count(number: int, what: str) -> str:
  return f"{number} {what}" + "s" * (number > 1)


def main(argv: list[str]) -> int:
  """Measures each number of workers and prints a line of it."""
  parser = arguments.parser("bench workers", __doc__)
  add = parser.add_argument
  add("--workers", default="1,2,4")
  add("--batch_size", type=int, default=8, help="of all workers together")
  add("--steps", type=int, default=40)
  add("--model", default="video_flow")
  add("--hparams_set", default="video_flow_tiny")
  add("--problem", default="video_toy_pushing")
  add("--data_dir", default="data")
  result.add_arguments(parser)
  args = parser.parse_args(argv)
  columns = _columns(args)
  reading.make_data(args.problem, args.data_dir)
  measured: dict[Column, list[float]] = {column: [] for column in columns}
  for _ in progress.bar(range(args.rounds), label="workers", unit="round"):
    for column, seconds in measured.items():
      seconds.append(_seconds_per_step(args, column))
  _report(args, measured)
  return 0


def _columns(args) -> list[Column]:
  """Raises UserError where a batch cannot be dealt out."""
  cores = len(os.sched_getaffinity(0))
  numbers = [int(number) for number in args.workers.split(",")]
  for number in numbers:
    if number < 1 or args.batch_size % number:
      raise UserError(
        f"--batch_size={args.batch_size} cannot be dealt out to {number} "
        "workers; give a multiple"
      )
  return [Column(1, 1), *(Column(number, cores) for number in numbers)]


def _seconds_per_step(args, column: Column) -> float:
  """The median of one training's steps.

  Raises:
    UserError: it failed; with the last line of what it said.
  """
  cores = sorted(os.sched_getaffinity(0))[: column.cores]
  addresses = loopback.free_addresses(column.workers)
  with tempfile.TemporaryDirectory(prefix="bench_workers_") as folder:
    running = [
      _start(args, folder, addresses, index, cores)
      for index in range(column.workers)
    ]
    told = [process.communicate()[1] for process in running]
    for process, text in zip(running, told):
      if process.returncode:
        raise UserError(f"{column}: {text.strip().splitlines()[-1]}")
    return float(np.median(trainer.seconds_of_later_steps(folder)))


def _start(args, folder, addresses, index, cores) -> subprocess.Popen:
  count = len(addresses)
  own = cores[index::count] or [cores[index % len(cores)]]
  return subprocess.Popen(
    [
      *(sys.executable, "-W", "ignore", "-m", "t2t_af.bin.t2t_trainer"),
      *(f"--{name}={getattr(args, name)}" for name in _PASSED_ON),
      f"--hparams=batch_size={args.batch_size // count}",
      f"--train_steps={args.steps}",
      f"--output_dir={folder}",
      *("--schedule=train", "--random_seed=0"),
    ],
    env=loopback.environment(addresses, index),
    stdout=subprocess.DEVNULL,
    stderr=subprocess.PIPE,
    text=True,
    preexec_fn=lambda: os.sched_setaffinity(0, own),
  )


def _report(args, measured: dict[Column, list[float]]) -> None:
  """A line of each column, or what --json asks for."""
  one = np.median(measured[Column(1, 1)])
  if args.json != arguments.STDOUT:
    print(f"{args.hparams_set}, {args.batch_size} examples a step")
    for column, seconds in measured.items():
      median = np.median(seconds)
      print(
        f"  {column!s:<24}{median:>9.3f} s a step "
        f"({min(seconds):.3f} to {max(seconds):.3f})"
        f"{args.batch_size / median:>9.2f} examples/s"
        f"{one / median:>7.2f} times one core"
      )
  arguments.print_or_append(
    args.json,
    [
      result.record(
        bench="workers",
        hparams_set=args.hparams_set,
        problem=args.problem,
        batch_size=args.batch_size,
        **column._asdict(),
        seconds_per_step=float(np.median(seconds)),
        rounds=seconds,
        examples_per_second=float(args.batch_size / np.median(seconds)),
      )
      for column, seconds in measured.items()
    ]
    if args.json
    else [],
  )
