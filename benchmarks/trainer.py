"""`bench trainer`: t2t-trainer from its command to its steps, as users see it.

    t2t-af bench trainer [--hparams_sets=video_flow_tiny,video_flow_af_tiny]
        [--batch_sizes=5,10] [--problem=video_toy_pushing] [--data_dir=data]
        [--model=video_flow] [--steps=20] [--limit=600] [--flags="..."]
        [--json[=FILE]]

Each is a training of its own, in a new folder that is thrown away: seconds
from the command to the first step done (imports, graphs, initialisation from
data, compiling kernels), seconds of a later step (median of the records),
sequences a second, and the peak of memory; on a GPU its memory and its
utilisation while it steps. --limit ends one that takes longer, in seconds, and
what it reached is told. --flags go to t2t-trainer as they are, e.g.
"--xla_jit_level=1". Data that is not in --data_dir is made there.
"""

import os
import shlex
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from typing import NamedTuple, Optional

import numpy as np

from benchmarks import reading
from benchmarks import result
from benchmarks import watching
from t2t_af.bin import arguments
from t2t_af.records import json_lines
from t2t_af.records import run_folder

_NVIDIA_SMI = (
  "nvidia-smi",
  "--query-gpu=memory.used,utilization.gpu",
  "--format=csv,noheader,nounits",
  "--loop-ms=500",
)


class Measured(NamedTuple):
  """One training; None where it did not come so far."""

  hparams_set: str
  batch_size: Optional[int]  # None: the set's own
  to_first_step: Optional[float]  # seconds
  step: Optional[float]  # seconds
  memory: float  # GiB of the process at its peak
  gpu_memory: Optional[float]  # GiB at its peak, of the first GPU
  gpu_utilisation: Optional[float]  # per cent, median of the later steps
  exit_code: int


def main(argv: list[str]) -> int:
  """Trains each set at each batch size and prints a line of it."""
  parser = arguments.parser("bench trainer", __doc__)
  add = parser.add_argument
  add("--hparams_sets", default="video_flow_tiny,video_flow_af_tiny")
  add("--batch_sizes", default="", help="default: the set's own")
  add("--problem", default="video_toy_pushing")
  add("--data_dir", default="data")
  add("--model", default="video_flow")
  add("--steps", type=int, default=20)
  add("--limit", type=float, default=600.0, help="seconds of each training")
  add("--flags", default="", help="more of t2t-trainer's")
  add("--label", default="", help="of its lines in the table of all benches")
  arguments.add_json_or_file(add)
  args = parser.parse_args(argv)
  reading.make_data(args.problem, args.data_dir)
  is_told = args.json != arguments.STDOUT
  if is_told:
    print(_line(*_HEADINGS))
  records = []
  for hparams_set in args.hparams_sets.split(","):
    for batch_size in args.batch_sizes.split(","):
      measured = _train(args, hparams_set, int(batch_size or 0) or None)
      records.append(_record(args, measured))
      if is_told:
        print(_line(*_cells(measured)), flush=True)
        arguments.print_or_append(args.json, records[-1:])
  if not is_told:
    arguments.print_json(records=records)
  return 0


def _train(args, hparams_set: str, batch_size: Optional[int]) -> Measured:
  folder = tempfile.mkdtemp(prefix="bench_trainer_")
  command = [sys.executable, "-W", "ignore", "-m", "t2t_af.bin.t2t_trainer"]
  command += [f"--{name}={getattr(args, name)}" for name in _PASSED_ON]
  command += [f"--hparams_set={hparams_set}", f"--output_dir={folder}"]
  command += [f"--train_steps={args.steps}", "--schedule=train"]
  if batch_size:
    command.append(f"--hparams=batch_size={batch_size}")
  try:
    with _Gpu() as gpu:
      reached = watching.watch(command + shlex.split(args.flags), args.limit)
    steps = seconds_of_later_steps(folder)
    return Measured(
      hparams_set,
      batch_size,
      reached.to_first_step,
      float(np.median(steps)) if steps else None,
      reached.memory,
      gpu.memory,
      gpu.utilisation_since(reached.first_step_at),
      reached.exit_code,
    )
  finally:
    shutil.rmtree(folder, ignore_errors=True)


def seconds_of_later_steps(folder: str) -> list[float]:
  """What a training has recorded; but for the first, which has its start."""
  records = run_folder.results(folder, "training")
  found = json_lines.read(records) if os.path.exists(records) else []
  return [record["seconds_per_step"] for record in found[1:]]


_PASSED_ON = ("problem", "data_dir", "model")


class _Gpu:
  """Memory and utilisation of the first GPU, twice a second; or nothing."""

  def __enter__(self) -> "_Gpu":
    self._seen: list[tuple[float, float, float]] = []
    try:
      self._process = subprocess.Popen(
        _NVIDIA_SMI, stdout=subprocess.PIPE, text=True
      )
    except OSError:
      self._process = None
      return self
    threading.Thread(target=self._note, daemon=True).start()
    return self

  def __exit__(self, *unused) -> None:
    if self._process:
      self._process.kill()
      self._process.wait()

  def _note(self) -> None:
    for line in self._process.stdout:
      memory, utilisation = map(float, line.split(","))
      self._seen.append((time.time(), memory / 1024, utilisation))

  @property
  def memory(self) -> Optional[float]:
    return max((memory for _, memory, _ in self._seen), default=None)

  def utilisation_since(self, when: Optional[float]) -> Optional[float]:
    since = [u for t, _, u in self._seen if when is not None and t >= when]
    return float(np.median(since)) if since else None


_HEADINGS = (
  "hparams set",
  "batch",
  "to 1st step",
  "s/step",
  "sequences/s",
  "GiB",
  "GPU GiB",
  "GPU %",
  "exit",
)


def _line(name: str, *others: str) -> str:
  return f"{name:<28}" + "".join(f"{other:>12}" for other in others)


def _cells(m: Measured) -> list[str]:
  def number(value: Optional[float], form: str = ".3g") -> str:
    return "-" if value is None else format(value, form)

  rate = m.batch_size / m.step if m.batch_size and m.step else None
  return [
    m.hparams_set,
    str(m.batch_size or "its own"),
    number(m.to_first_step, ".1f"),
    number(m.step),
    number(rate),
    number(m.memory),
    number(m.gpu_memory),
    number(m.gpu_utilisation, ".0f"),
    str(m.exit_code),
  ]


def _record(args, measured: Measured) -> dict:
  return result.record(
    bench="trainer",
    model=args.model,
    problem=args.problem,
    flags=args.flags,
    label=args.label,
    **measured._asdict(),
  )
