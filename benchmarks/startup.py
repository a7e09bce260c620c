"""`bench startup`: from command to first step, against the stock VideoFlow.

    t2t-af bench startup [--sizes=answers,tiny,paper] [--rounds=3]
        [--limit=900] [--json[=FILE]]

`answers` are commands that need no TensorFlow: help and a misspelt flag, in
seconds of the processor. At `tiny` (video_flow_tiny, its own batch) and
`paper` (video_flow_bair, batch 2, four sequences of 64x64 to initialise from,
for which the stock model would take 128 at once) t2t-trainer trains
`next_frame_glow` and `video_flow`, alternating, each in a new process and
folder that end with the first step: imports, graphs, initialisation from data,
that step. They read a few sequences that are drawn here.
"""

import os
import resource
import shutil
import subprocess
import sys
import tempfile

from tensor2tensor.utils import registry

from benchmarks import result
from benchmarks import watching
from t2t_af import progress
from t2t_af.bin import arguments
from t2t_af.errors import suggest
from t2t_af.errors import UserError

_STOCK, _OURS = "next_frame_glow", "video_flow"
_SIZES = {  # problem, hparams set, overrides
  "tiny": ("video_toy_pushing", "video_flow_tiny", ""),
  "paper": (
    "video_toy_pushing64",
    "video_flow_bair",
    "batch_size=2,init_batch_size=4,num_train_frames=4",
  ),
}
_ANSWERS = "answers"
_RUN = "import sys; from t2t_af.bin import {0}; sys.exit({0}.{1}())"
_COMMANDS = {  # what is run, its flag, its exit code
  "t2t-trainer --help": (_RUN.format("front", "trainer"), "--help", 0),
  "t2t-trainer --hparam_set=x": (
    _RUN.format("front", "trainer"),
    "--hparam_set=x",
    2,
  ),
  "t2t-af --help": (_RUN.format("main", "main"), "--help", 0),
}
_NUM_SEQUENCES = 32  # of a split
_AT_MOST = 1.0  # processor seconds of an answer
_WANTED = 4.0  # times as fast from command to first step


def main(argv: list[str]) -> int:
  """Measures the sizes in turn.

  Raises:
    UserError: a size is unknown, or a training came to no first step.
  """
  parser = arguments.parser("bench startup", __doc__)
  parser.add_argument("--sizes", default=",".join((_ANSWERS, *_SIZES)))
  parser.add_argument("--limit", type=float, default=900.0, help="seconds")
  result.add_arguments(parser)
  args = parser.parse_args(argv)
  sizes = args.sizes.split(",")
  for size in sizes:
    if size not in (_ANSWERS, *_SIZES):
      raise UserError(suggest(size, (_ANSWERS, *_SIZES), "size"))
  results = []
  for size in sizes:
    results += _answers(args) if size == _ANSWERS else _compare(args, size)
  result.report(results, args.json)
  return 0


def _answers(args) -> list[result.Result]:
  """Commands against what is wanted of them."""
  measured: dict[str, list[float]] = {command: [] for command in _COMMANDS}
  for _ in progress.bar(range(args.rounds), label=_ANSWERS, unit="round"):
    for command, seconds in measured.items():
      seconds.append(_processor_seconds(*_COMMANDS[command]))
  return [
    result.Result(
      "startup",
      command,
      "processor s",
      "t2t_af",
      "at most",
      seconds,
      [_AT_MOST],
      True,
      1.0,
    )
    for command, seconds in measured.items()
  ]


def _processor_seconds(code: str, flag: str, exit_code: int) -> float:
  """Of a Python that runs some code to the end that it should come to.

  Raises:
    UserError: it came to another.
  """
  before = resource.getrusage(resource.RUSAGE_CHILDREN)
  done = subprocess.run(
    [sys.executable, "-c", code, flag], capture_output=True, text=True
  )
  after = resource.getrusage(resource.RUSAGE_CHILDREN)
  if done.returncode != exit_code:
    raise UserError(f"{flag}: exit code {done.returncode}: {done.stderr}")
  return sum(after[:2]) - sum(before[:2])


def _compare(args, size: str) -> list[result.Result]:
  """Clock and processor of both models, alternating."""
  measured: dict[str, list] = {_STOCK: [], _OURS: []}
  with tempfile.TemporaryDirectory(prefix="bench_startup_") as data_dir:
    _draw(_SIZES[size][0], data_dir)
    for _ in progress.bar(range(args.rounds), label=size, unit="round"):
      for model, reached in measured.items():
        reached.append(_start(size, model, data_dir, args.limit))
  return [
    result.Result(
      "startup",
      f"{size}: t2t-trainer, from command to first step",
      unit,
      _OURS,
      _STOCK,
      [getattr(reached, field) for reached in measured[_OURS]],
      [getattr(reached, field) for reached in measured[_STOCK]],
      True,
      _WANTED,
    )
    for field, unit in (
      ("to_first_step", "s"),
      ("cpu_to_first_step", "processor s"),
    )
  ]


def _draw(problem_name: str, data_dir: str) -> None:
  """A small data set."""
  problem = registry.problem(problem_name)
  problem.sequences_per_split = dict.fromkeys(
    problem.sequences_per_split, _NUM_SEQUENCES
  )
  problem.generate_data(data_dir, os.path.join(data_dir, "tmp"))


def _start(
  size: str, model: str, data_dir: str, limit: float
) -> watching.Reached:
  """A training up to its first step, in a folder that is thrown away."""
  problem, hparams_set, overrides = _SIZES[size]
  folder = tempfile.mkdtemp(prefix="bench_startup_")
  command = [sys.executable, "-W", "ignore", "-m", "t2t_af.bin.t2t_trainer"]
  command += [f"--model={model}", f"--hparams_set={hparams_set}"]
  command += [f"--problem={problem}", f"--data_dir={data_dir}"]
  command += [f"--hparams={overrides}"] if overrides else []
  command += [f"--output_dir={os.path.join(folder, 'run')}"]
  command += ["--train_steps=1000", "--schedule=train"]
  try:
    reached = watching.watch(command, limit, ends_there=True)
  finally:
    shutil.rmtree(folder, ignore_errors=True)
  if reached.to_first_step is None:
    raise UserError(
      f"{model} at the size {size} came to no first step within "
      f"{limit:g} s (exit code {reached.exit_code})"
    )
  return reached
