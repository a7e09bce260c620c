"""`bench all`: every bench in turn, then one table of what they found.

    t2t-af bench all [FOLDER] [--only=startup_tiny,step_tiny] [--rounds=3]
        [--quick] [--keep] [--data_dir=data]

Each leaves its records in a file of FOLDER (default: bench) when it has ended.
One whose file is there, of this machine, this code and as many rounds, is not
run again: started anew, the command goes on where it was killed. --keep takes
records of other code as well; --quick is one round of the smallest sizes, in
FOLDER/quick. It ends with one table and its charts, which `t2t-af bench table
FOLDER` makes of what is there at any time.
"""

import argparse
import importlib.util
import os
import sys
import time

from t2t_af import progress
from t2t_af.bin import arguments
from t2t_af.bin import bench_table
from t2t_af.bin import child
from t2t_af.bin.bench_steps import Step
from t2t_af.bin.bench_steps import STEPS
from t2t_af.errors import suggest
from t2t_af.errors import UserError
from t2t_af.records import environment
from t2t_af.records import json_lines


def main(argv: list[str]) -> int:
  """Runs what is not there yet, and tells all of it; 1 where a bench failed."""
  parser = arguments.parser("bench all", __doc__)
  parser.add_argument("folder", nargs="?", default="bench")
  parser.add_argument("--only", default="", help=", ".join(STEPS))
  parser.add_argument("--rounds", type=int, default=3)
  parser.add_argument("--quick", action="store_true")
  parser.add_argument("--keep", action="store_true")
  parser.add_argument("--data_dir", default="data")
  args = parser.parse_args(argv)
  if args.quick:
    args.folder, args.rounds = os.path.join(args.folder, "quick"), 1
  steps = _chosen(args)
  due = {n: s for n, s in steps.items() if not _is_there(args, n)}
  for name in steps.keys() - due.keys():
    progress.write(f"{name}: its records are there")
  failed = _run(args, due)
  if failed:
    progress.write(f"failed: {', '.join(failed)}; the same command goes on")
  told = bench_table.main([args.folder])
  return 1 if failed else told


def _chosen(args: argparse.Namespace) -> dict[str, Step]:
  """The steps that are asked for and can be run here."""
  names = args.only.split(",") if args.only else list(STEPS)
  for name in names:
    if name not in STEPS:
      raise UserError(suggest(name, STEPS, "bench of `bench all`"))
  chosen = {name: STEPS[name] for name in names}
  if args.quick:
    chosen = {n: s for n, s in chosen.items() if s.quick is not None}
  for name, step in list(chosen.items()):
    if step.needs and not importlib.util.find_spec(step.needs):
      progress.write(f"{name}: left out, for it needs {step.needs}")
      del chosen[name]
  return chosen


def _is_there(args: argparse.Namespace, name: str) -> bool:
  """Whether a step has left its records, here, of this code, of all rounds."""
  found = json_lines.read(_path(args, name))
  rounds = args.rounds if STEPS[name].has_rounds else 1
  return bool(found) and all(
    record.get("hardware") == environment.hardware()
    and (args.keep or record.get("code") == environment.code())
    and len(record.get("ours_rounds", range(rounds))) >= rounds
    for record in found
  )


def _path(args: argparse.Namespace, name: str) -> str:
  return os.path.join(args.folder, f"{name}.jsonl")


def _run(args: argparse.Namespace, steps: dict[str, Step]) -> list[str]:
  """Runs each to its end, with a time of arrival. Returns those that failed."""
  failed = []
  total = sum(step.minutes for step in steps.values())
  with progress.bar(total=total, label="benches", unit="min") as bar:
    for name, step in steps.items():
      progress.write(f"{name}: about {step.minutes * args.rounds / 3:.0f} min")
      start = time.time()
      if _run_one(args, name, step):
        failed.append(name)
      progress.write(f"{name}: took {(time.time() - start) / 60:.1f} min")
      bar.update(step.minutes)
  return failed


def _run_one(args: argparse.Namespace, name: str, step: Step) -> int:
  """A bench in a process of its own; its records are there whole or not."""
  part = os.path.join(args.folder, f".{name}.part")
  os.makedirs(args.folder, exist_ok=True)
  if os.path.exists(part):
    os.remove(part)
  command = [sys.executable, "-W", "ignore", "-m", "t2t_af.bin.main", "bench"]
  code = child.call([*command, *_argv(args, step), f"--json={part}"])
  if code == 0:
    os.replace(part, _path(args, name))
  return code


def _argv(args: argparse.Namespace, step: Step) -> list[str]:
  argv = step.argv.split()
  if args.quick:
    argv += (step.quick or "").split()
  if step.has_rounds:
    argv.append(f"--rounds={args.rounds}")
  if step.has_data:
    argv.append(f"--data_dir={args.data_dir}")
  return argv
