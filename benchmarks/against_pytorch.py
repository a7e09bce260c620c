"""`bench pytorch`: models of data space, against the same in plain PyTorch.

    t2t-af bench pytorch [--models=af1,af2,slvm,slvm_af1] [--rounds=3]
        [--steps=2] [--batch_size=N] [--frames=N] [--json[=FILE]]

A training step at the paper's size (64x64x1; batch 16 and 13 frames, of 2-AF
8 and 16), with gradients and Adam, against networks of the same parameters
written as the authors' code is: a loop over time in Python, which sends every
frame through the flow's shared layers at each of the three steps that look at
it (benchmarks/pytorch). Each measurement is a new process; the two alternate.
Needs PyTorch: pip install torch==2.8.0 (the extra pytorch). What it imports
counts as its memory; a CUDA build imports 494 MiB.
"""

import argparse
import importlib.util
import json
import os
import sys
from typing import NamedTuple, Optional

from benchmarks import flow
from benchmarks import process
from benchmarks import result
from t2t_af import progress
from t2t_af.bin import arguments
from t2t_af.errors import suggest
from t2t_af.errors import UserError

_FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "pytorch")
_SPEED, _MEMORY = 2.5, 0.6  # times as fast; part of its memory


class _Model(NamedTuple):
  hparams_set: str
  batch_size: int = 16
  frames: int = 13


_MODELS = {
  "slvm": _Model("slvm_mmnist"),
  "af1": _Model("af1_mmnist"),
  "slvm_af1": _Model("slvm_af1_mmnist"),
  "af2": _Model("af2_mmnist", 8, 16),
}


def main(argv: list[str]) -> int:
  """Compares each model, or measures one of ours (--measure).

  Raises:
    UserError: PyTorch is not installed, or a model is unknown.
  """
  parser = arguments.parser("bench pytorch", __doc__)
  add = parser.add_argument
  add("--models", default=",".join(_MODELS))
  add("--steps", type=int, default=2, help="measured, after a first one")
  add("--batch_size", type=int, help="default: the paper's")
  add("--frames", type=int, help="default: the paper's")
  add("--measure", help=argparse.SUPPRESS)
  result.add_arguments(parser)
  args = parser.parse_args(argv)
  if args.measure:
    print(json.dumps(_measure_ours(args)))
    return 0
  if not importlib.util.find_spec("torch"):
    raise UserError(
      "bench pytorch needs PyTorch, which is not installed: "
      "pip install torch==2.8.0"
    )
  names = args.models.split(",")
  for name in names:
    if name not in _MODELS:
      raise UserError(suggest(name, _MODELS, "model"))
  results = []
  for name in names:
    results += _compare(args, name)
  result.report(results, args.json)
  return 0


def _sized(args, name: str) -> _Model:
  """A model at the size that the flags say."""
  given: dict[str, Optional[int]] = {
    "batch_size": args.batch_size,
    "frames": args.frames,
  }
  return _MODELS[name]._replace(**{k: v for k, v in given.items() if v})


def _compare(args, name: str) -> list[result.Result]:
  """Ours against PyTorch, in every unit."""
  model = _sized(args, name)
  size = [f"--batch_size={model.batch_size}", f"--frames={model.frames}"]
  size.append(f"--steps={args.steps}")
  theirs, ours = [], []
  for _ in progress.bar(range(args.rounds), label=name, unit="round"):
    theirs.append(process.measure_script(_FOLDER, f"--model={name}", *size))
    ours.append(
      process.measure("benchmarks.against_pytorch", f"--measure={name}", *size)
    )
  return [
    result.Result(
      "pytorch",
      f"training {model.hparams_set}, batch {model.batch_size}, "
      f"{model.frames} frames",
      unit,
      "t2t_af",
      "PyTorch",
      [measured[key] for measured in ours],
      [measured[key] for measured in theirs],
      True,
      wanted,
    )
    for key, unit, wanted in (
      ("seconds", "s a step", _SPEED),
      ("cpu", "processor s a step", _SPEED),
      ("memory", "GiB at the peak", round(1 / _MEMORY, 2)),
    )
  ]


def _measure_ours(args) -> dict[str, float]:
  model = _sized(args, args.measure)
  num_inputs = 6 if args.measure == "af2" else 3
  return flow.measure(
    model.hparams_set,
    "ours",
    args.steps,
    batch_size=model.batch_size,
    video_num_input_frames=num_inputs,
    video_num_target_frames=model.frames - num_inputs,
  )


if __name__ == "__main__":
  import t2t_af

  t2t_af.register()
  sys.exit(main(sys.argv[1:]))
