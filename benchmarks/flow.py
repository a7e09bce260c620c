"""`bench flow`: training steps in one pass, against a loop over time.

    t2t-af bench flow [--hparams_sets=af1_mmnist,slvm_af1_mmnist]
        [--rounds=3] [--steps=2] [--json[=FILE]]

A complete training step (gradients, Adam, moving averages) of each set at its
size, 13 frames of 64x64, against the same networks, weights and loss run per
time step (benchmarks/flow_loop.py). Twice: in plain layers, as one would
write the loop; and in ours, so that the arrangement in time alone differs.
Of 64-channel convolutions of a frame, which are nearly all of a step, the loop
has 150 per sequence (ten steps of 3 x 3 before and 6 after the frames meet),
the pass 86 (12 x 3, 20 by pairs of windows, 10 x 3): 0.57 of it.
Every measurement is a new process; the three alternate. Beside the
clock's seconds stand those of the processor, which other programs on the
machine disturb less, and the peak of memory.
"""

import argparse
import json
import resource
import sys
import time

import numpy as np
from tensor2tensor.utils import registry
from tensor2tensor.utils import trainer_lib
import tensorflow.compat.v1 as tf

from benchmarks import flow_loop
from benchmarks import process
from benchmarks import result
from t2t_af import progress
from t2t_af import session as session_lib
from t2t_af.bin import arguments
from t2t_af.experiments import model_names

WANTED = 2.0  # times as fast as the plain loop
_SETS = "af1_mmnist,slvm_af1_mmnist"
_OURS = "one pass"
_LOOPS = {
  layers: f"loop over time, {layers} layers" for layers in flow_loop.LAYERS
}
_UNITS = {
  "seconds": "seconds a step",
  "cpu": "processor seconds a step",
  "memory": "GiB at the peak",
}


def main(argv: list[str]) -> int:
  """Compares each set with both loops, or measures one (--measure)."""
  parser = arguments.parser("bench flow", __doc__)
  parser.add_argument("--hparams_sets", default=_SETS)
  parser.add_argument(
    "--steps",
    type=int,
    default=2,
    help="measured in a round, after a first one",
  )
  parser.add_argument("--measure", nargs=2, help=argparse.SUPPRESS)
  result.add_arguments(parser)
  args = parser.parse_args(argv)
  if args.measure:
    print(json.dumps(measure(*args.measure, args.steps)))
    return 0
  results = []
  for hparams_set in args.hparams_sets.split(","):
    flow_loop.check(registry.hparams(hparams_set))
    results += _compare(hparams_set, args.rounds, args.steps)
  result.report(results, args.json)
  return 0


def measure(
  hparams_set: str, column: str, num_steps: int, **overrides
) -> dict[str, float]:
  """Medians of `num_steps` training steps after a first one.

  Args:
    hparams_set: of a data-space model, with one affine transform.
    column: "ours", or a loop: "plain" or "ours" after "loop_".
    num_steps: at least 1.
    overrides: of the set.
  """
  train_op = build(hparams_set, column, num_steps, overrides)
  clock, processor = [], []
  with tf.Session(config=session_lib.config()) as session:
    session.run(session_lib.initializer())
    for _ in range(1 + num_steps):
      start = time.perf_counter(), time.process_time()
      session.run(train_op)
      clock.append(time.perf_counter() - start[0])
      processor.append(time.process_time() - start[1])
  peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
  return dict(
    seconds=float(np.median(clock[1:])),
    cpu=float(np.median(processor[1:])),
    memory=peak,
  )


def build(
  hparams_set: str,
  column: str,
  num_steps: int,
  overrides: dict,
  problem: str = "video_moving_digits",
) -> tf.Operation:
  """The training operation, on one random batch of the set's size.

  Args:
    hparams_set, column, num_steps, overrides: as of `measure`.
    problem: of video, whose frames' size counts.
  """
  hparams = trainer_lib.create_hparams(hparams_set, problem_name=problem)
  # As an experiment does: a schedule may ask when training ends.
  hparams.add_hparam("train_steps", 1 + num_steps)
  hparams.override_from_dict(overrides)
  name = model_names.model_of(hparams_set)
  cls = (
    registry.model(name)
    if column == "ours"
    else flow_loop.model(name, column[len("loop_") :])
  )
  model = cls(hparams, tf.estimator.ModeKeys.TRAIN)
  _, losses = model(random_batch(hparams))
  return model.optimize(losses["training"])


def random_batch(hparams) -> dict[str, tf.Tensor]:
  """Features of the size that hparams and their problem say."""
  frame = [hparams.batch_size, -1, *hparams.problem.step_shape]
  rng = np.random.RandomState(0)
  features = {}
  for key, num_frames in (
    ("inputs", hparams.video_num_input_frames),
    ("targets", hparams.video_num_target_frames),
  ):
    frame[1] = num_frames
    features[key] = tf.constant(rng.randint(256, size=frame), tf.int32)
  return features


def _compare(
  hparams_set: str, rounds: int, num_steps: int
) -> list[result.Result]:
  """Ours against both loops, in every unit; the columns take turns."""
  columns = ["ours"] + ["loop_" + layers for layers in _LOOPS]
  measured = {column: [] for column in columns}
  for _ in progress.bar(range(rounds), label=hparams_set, unit="round"):
    for column in columns:
      measured[column].append(_in_process(hparams_set, column, num_steps))
  return [
    result.Result(
      "flow",
      f"training {hparams_set}",
      unit,
      _OURS,
      name,
      [r[key] for r in measured["ours"]],
      [r[key] for r in measured["loop_" + layers]],
      True,
      WANTED if layers == "plain" and key != "memory" else 1.0,
    )
    for layers, name in _LOOPS.items()
    for key, unit in _UNITS.items()
  ]


def _in_process(hparams_set: str, column: str, num_steps: int) -> dict:
  """`measure` in a fresh process."""
  return process.measure(
    "benchmarks.flow",
    "--measure",
    hparams_set,
    column,
    "--steps",
    str(num_steps),
  )


if __name__ == "__main__":
  import t2t_af

  t2t_af.register()
  sys.exit(main(sys.argv[1:]))
