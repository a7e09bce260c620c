"""`bench growth`: how time and memory grow with what a model is asked.

    t2t-af bench growth [--parts=frames,batch,depth,transforms,samples]
        [--rounds=1] [--steps=3] [--json[=FILE]]

Small sets on random frames of 32x32: a training step with more frames, a
larger batch, more steps of Glow per level, more affine transforms; an
evaluation with more importance samples, and more futures of one context. Each
point in a new process: seconds to build the graph and run it once, then
processor seconds a run (median), and the peak of memory.
"""

import argparse
import json
import resource
import sys
import time
from typing import Callable, NamedTuple

import numpy as np
from tensor2tensor.utils import decoding
from tensor2tensor.utils import registry
from tensor2tensor.utils import trainer_lib
import tensorflow.compat.v1 as tf

from benchmarks import flow
from benchmarks import process
from benchmarks import result
from t2t_af import progress
from t2t_af import session as session_lib
from t2t_af.analysis.results import growth as growth_results
from t2t_af.analysis.tables import growth_table
from t2t_af.bin import arguments
from t2t_af.errors import suggest
from t2t_af.errors import UserError
from t2t_af.experiments import model_names

_PROBLEM = "video_moving_digits32"
_TRAINING, _SCORING, _SAMPLING = "training step", "evaluation", "samples"


class Part(NamedTuple):
  """What grows.

  Attributes:
    what: is run: a training step, an evaluation, or samples of a context.
    sets: hparams sets.
    values: of x.
    overrides: of the sets, with {x}; {x_3} and {3x} are x - 3 and 3 x.
  """

  what: str
  sets: tuple[str, ...]
  values: tuple[int, ...]
  overrides: str


_THREE = ("video_flow_tiny", "af1_tiny", "slvm_tiny")
_FRAMES = {
  "video_flow_tiny": "num_train_frames={x},video_num_target_frames={x_3}"
}
PARTS = {
  "frames": Part(
    _TRAINING, _THREE, (4, 7, 13), "video_num_target_frames={x_3}"
  ),
  "batch": Part(_TRAINING, _THREE, (2, 4, 8), "batch_size={x}"),
  "depth": Part(_TRAINING, _THREE[:1], (2, 4, 8), "depth={x}"),
  "transforms": Part(
    _TRAINING,
    ("af1_tiny",),
    (1, 2, 4),
    "num_transforms={x},video_num_input_frames={3x}",
  ),
  "importance samples": Part(
    _SCORING, ("slvm_tiny",), (1, 10, 100), "num_importance_samples={x}"
  ),
  "futures": Part(
    _SAMPLING, ("video_flow_tiny", "slvm_tiny"), (1, 10, 100), ""
  ),
}


def main(argv: list[str]) -> int:
  """Measures every point of the parts, or one (--measure)."""
  parser = arguments.parser("bench growth", __doc__)
  add = parser.add_argument
  add("--parts", default=",".join(PARTS))
  add("--rounds", type=int, default=1)
  add("--steps", type=int, default=3, help="timed at each point")
  add("--measure", nargs=3, help=argparse.SUPPRESS)
  arguments.add_json_or_file(add)
  args = parser.parse_args(argv)
  if args.measure:
    part, hparams_set, x = args.measure
    print(json.dumps(measure(PARTS[part], hparams_set, int(x), args.steps)))
    return 0
  records = _measure_all(args)
  if args.json != arguments.STDOUT:
    print(growth_table.text(growth_results.points(records)), flush=True)
  arguments.print_or_append(args.json, records if args.json else [])
  return 0


def _measure_all(args) -> list[dict]:
  """Records of all points; every round goes through all of them."""
  for name in args.parts.split(","):
    if name not in PARTS:
      raise UserError(suggest(name, PARTS, "part"))
  points = {
    (name, hparams_set, x): []
    for name in args.parts.split(",")
    for hparams_set in PARTS[name].sets
    for x in PARTS[name].values
  }
  due = [point for _ in range(args.rounds) for point in points]
  for point in progress.bar(due, label="growth", unit="point"):
    points[point].append(
      process.measure(
        "benchmarks.growth",
        *("--measure", *map(str, point)),
        *("--steps", str(args.steps)),
      )
    )
  return [
    result.record(
      bench="growth",
      part=name,
      what=PARTS[name].what,
      hparams_set=hparams_set,
      x=x,
      **{key: [found[key] for found in rounds] for key in rounds[0]},
    )
    for (name, hparams_set, x), rounds in points.items()
  ]


def measure(part: Part, hparams_set: str, x: int, steps: int) -> dict:
  """One point: seconds of the start and of a later run, and MiB at the peak."""
  start = time.process_time()
  to_run = _BUILDERS[part.what](part, hparams_set, x, steps)
  with tf.Session(config=session_lib.config()) as session:
    session.run(session_lib.initializer())
    session.run(to_run)
    first = time.process_time() - start
    clock, processor = [], []
    for _ in range(steps):
      start = time.perf_counter(), time.process_time()
      session.run(to_run)
      clock.append(time.perf_counter() - start[0])
      processor.append(time.process_time() - start[1])
  return dict(
    start_cpu=first,
    run=float(np.median(clock)),
    run_cpu=float(np.median(processor)),
    memory=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
  )


def _overrides(part: Part, hparams_set: str, x: int) -> dict:
  pattern = part.overrides
  if part is PARTS["frames"]:
    pattern = _FRAMES.get(hparams_set, pattern)
  values = {"x": x, "x_3": x - 3, "3x": 3 * x}
  said = pattern.format(**values)
  pairs = [pair.split("=") for pair in said.split(",") if pair]
  return {name: int(value) for name, value in pairs}


def _training(part, hparams_set, x, steps):
  return flow.build(
    hparams_set, "ours", steps, _overrides(part, hparams_set, x), _PROBLEM
  )


def _hparams(part, hparams_set, x):
  hparams = trainer_lib.create_hparams(hparams_set, problem_name=_PROBLEM)
  hparams.override_from_dict(_overrides(part, hparams_set, x))
  return hparams


def _scoring(part, hparams_set, x, steps):
  del steps
  hparams = _hparams(part, hparams_set, x)
  model = registry.model(model_names.model_of(hparams_set))(
    hparams, tf.estimator.ModeKeys.EVAL
  )
  _, losses = model(flow.random_batch(hparams))
  return losses["training"]


def _sampling(part, hparams_set, x, steps):
  del steps
  hparams = _hparams(part, hparams_set, x)
  hparams.batch_size = 1
  model = registry.model(model_names.model_of(hparams_set))(
    hparams,
    tf.estimator.ModeKeys.PREDICT,
    decode_hparams=decoding.decode_hparams(f"num_decodes={x}"),
  )
  batch = flow.random_batch(hparams)
  return model.infer(
    {"inputs": batch["inputs"], "infer_targets": batch["targets"]}
  )


_BUILDERS: dict[str, Callable] = {
  _TRAINING: _training,
  _SCORING: _scoring,
  _SAMPLING: _sampling,
}


if __name__ == "__main__":
  import t2t_af

  t2t_af.register()
  sys.exit(main(sys.argv[1:]))
