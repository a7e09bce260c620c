"""The commands that are broken on purpose, and what each leaves when it is not.

All on a few particles, which take no time to make and to learn.
"""

from collections.abc import Iterator
import importlib
import json
import os
import shutil
import sys
from typing import Any, Callable, NamedTuple

import numpy as np
from tensor2tensor.utils import registry
import tensorflow.compat.v1 as tf

from problems import series_particle
from t2t_af.experiments import checkpoints
from tests.faults import processes

# Of a record: when and how fast, which no two runs share.
_OF_THE_CLOCK = ("time", "seconds", "memory", "versions", "hardware")
_SET, _OVERRIDES = "af1_series_tiny", "flow_width=4,batch_size=4"
STEPS = 6


@registry.register_problem("series_few_particles")
class FewParticles(series_particle.SeriesParticle):
  """Eight of them."""

  sequences_per_split = {"train": 4, "eval": 3, "test": 1}


class Case(NamedTuple):
  """A command.

  Attributes:
    prepare: what is there before it, in a folder.
    load: imports what it runs.
    run: runs it on the folder; returns its exit code.
    result: what it leaves there, {name: array, bytes or text}.
  """

  prepare: Callable[[str], Any]
  load: Callable[[], Any]
  run: Callable[[str], int]
  result: Callable[[str], dict]


def flags(folder: str) -> list[str]:
  """Of a run."""
  return [
    "--problem=series_few_particles",
    f"--data_dir={folder}/data",
    "--model=autoregressive_flow",
    f"--hparams_set={_SET}",
    f"--hparams={_OVERRIDES}",
    f"--output_dir={folder}/run",
    "--random_seed=0",
  ]


def call(name: str, *arguments: str) -> int:
  """A command, in this process; its exit code."""
  module = importlib.import_module(f"t2t_af.bin.{name}")
  sys.argv = [name.replace("_", "-"), *arguments]
  try:
    return module.main() or 0
  except SystemExit as exit_:
    return int(exit_.code or 0)


def _datagen(folder: str) -> int:
  return call(
    "t2t_datagen",
    "--problem=series_few_particles",
    f"--data_dir={folder}/data",
    f"--tmp_dir={folder}/tmp",
  )


def _train(folder: str, steps: int = STEPS) -> int:
  return call(
    "t2t_trainer",
    *flags(folder),
    f"--train_steps={steps}",
    "--iterations_per_loop=2",  # Two steps between checkpoints.
    "--local_eval_frequency=2",
    "--schedule=train",
  )


def _evaluate(folder: str) -> int:
  return call("t2t_eval", *flags(folder))


def _decode(folder: str) -> int:
  return call(
    "t2t_decoder",
    *flags(folder),
    "--decode_hparams=num_samples=2,num_decodes=2",
  )


def _compare(folder: str) -> int:
  from t2t_af.bin import child
  from t2t_af.bin import main
  from t2t_af.bin import run

  def forked(command: list[str]) -> int:
    pid = os.fork()
    if not pid:
      code = run.main(command[3:])
      sys.stderr.flush()
      os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])

  child.call = forked
  sys.argv = [
    *("t2t-af", "compare", "--problem=series_few_particles"),
    *(f"--data_dir={folder}/data", f"--output_dir={folder}/compared"),
    *(f"--hparams_sets={_SET}", f"--hparams={_OVERRIDES}"),
    *("--train_steps=4", "--eval_every=2", "--num_contexts=1"),
    "--num_decodes=2",
  ]
  return main.main()


# --- What is left.


def records(path: str) -> list[dict]:
  """The different records of a file, as far as they are the run's."""
  with open(path, encoding="utf-8") as stream:
    found = list(map(json.loads, stream))
  kept = [
    {k: v for k, v in r.items() if not any(c in k for c in _OF_THE_CLOCK)}
    for r in found
  ]
  return sorted(kept, key=json.dumps)


def _files(folder: str) -> Iterator[str]:
  for root, _, names in os.walk(folder):
    yield from (os.path.join(root, name) for name in names)


def bytes_under(folder: str) -> dict:
  """{name: content} of the files in a folder."""
  found = {}
  for path in _files(folder):
    # Not what a kill leaves under a name that nobody reads, and what has the
    # time in its name.
    if not path.endswith((".incomplete", ".lock")) and "tfevents" not in path:
      with open(path, "rb") as stream:
        found[os.path.relpath(path, folder)] = stream.read()
  return found


def _tensors(folder: str) -> dict:
  return _tensors_of(checkpoints.newest(folder))


def _tensors_of(path: str) -> dict:
  reader = tf.train.load_checkpoint(path)
  names = reader.get_variable_to_shape_map()
  found = {name: reader.get_tensor(name) for name in names}
  return {**found, "path": os.path.basename(path)}


def _unique(found: list[dict]) -> str:
  """A command that is run twice leaves a record twice."""
  return "\n".join(sorted({json.dumps(r, sort_keys=True) for r in found}))


def _records_under(folder: str) -> dict:
  return {
    os.path.relpath(path, folder): _unique(records(path))
    for path in _files(folder)
    if path.endswith(".jsonl") and not path.endswith("training.jsonl")
  }


def _of_training(folder: str) -> dict:
  run = os.path.join(folder, "run")
  with open(os.path.join(run, "hparams.json"), encoding="utf-8") as stream:
    return {**_tensors(run), "hparams": json.load(stream)["flow_width"]}


def _of_samples(folder: str) -> dict:
  run = os.path.join(folder, "run")
  with np.load(os.path.join(run, "samples.npz")) as arrays:
    found = dict(arrays)
  return {
    **found,
    **_records_under(run),
    **bytes_under(os.path.join(run, "decode")),
  }


def _of_comparison(folder: str) -> dict:
  compared = os.path.join(folder, "compared")
  run = os.path.join(compared, _SET, "seed_0")
  with open(os.path.join(compared, "report.html"), encoding="utf-8") as page:
    ends = page.read().strip().endswith("</html>")
  best = os.path.join(run, "best")
  # Not their names: TensorFlow writes .meta, the graph, after the checkpoint,
  # which is whole without it.
  (step,) = checkpoints.steps_in(best)
  of_best = _tensors_of(checkpoints.prefix(best, step))
  return {
    **_tensors(run),
    **_records_under(compared),
    "report": ends,
    **{f"best/{name}": value for name, value in of_best.items()},
  }


def _copy_of(made: str, *names: str) -> Callable[[str], None]:
  def prepare(folder: str) -> None:
    for name in names:
      shutil.copytree(os.path.join(made, name), os.path.join(folder, name))

  return prepare


def _make(folder: str) -> None:
  """Data and a run that some cases start from."""
  for make in (_datagen, _train):
    ended = processes.run(lambda make=make: make(folder))
    if ended.code:
      raise RuntimeError(f"{make.__name__} failed:\n{ended.told}")


def all_of(made: str) -> dict[str, Case]:
  """The cases, by name; what some start from is put in `made`.

  Raises:
    RuntimeError: that cannot be made.
  """
  _make(made)
  data, run = _copy_of(made, "data"), _copy_of(made, "data", "run")

  def module(*names: str) -> Callable[[], Any]:
    return lambda: [importlib.import_module(n) for n in names]

  stock, ours = "tensor2tensor.bin", "t2t_af.bin"
  return {
    "datagen": Case(
      lambda folder: None,
      module(f"{stock}.t2t_datagen", f"{ours}.t2t_datagen"),
      _datagen,
      lambda folder: bytes_under(os.path.join(folder, "data")),
    ),
    "train": Case(
      data,
      module(f"{stock}.t2t_trainer", f"{ours}.t2t_trainer"),
      _train,
      _of_training,
    ),
    "evaluate": Case(
      run,
      module(f"{stock}.t2t_eval", f"{ours}.t2t_eval"),
      _evaluate,
      lambda folder: _records_under(os.path.join(folder, "run")),
    ),
    "decode": Case(
      run,
      module(f"{stock}.t2t_decoder", f"{ours}.t2t_decoder"),
      _decode,
      _of_samples,
    ),
    "compare": Case(
      data,
      module(f"{ours}.comparing", f"{ours}.run", f"{ours}.main"),
      _compare,
      _of_comparison,
    ),
  }
