"""`bench input`: reading a data set, against what a training step consumes.

    t2t-af bench input [--problems=video_toy_pushing,video_moving_digits]
        [--hparams_set=video_flow_tiny] [--data_dir=data] [--rounds=3]
        [--json[=FILE]]

Windows a second that the input pipeline of training delivers when nothing
waits for it, and windows a second that a training step takes when nothing
keeps it waiting (one batch, held in memory, again and again). Alternating, in
one process. Data that is not in --data_dir is made there.
"""

import os
import time
from typing import Callable

from tensor2tensor.utils import registry
from tensor2tensor.utils import trainer_lib
import tensorflow.compat.v1 as tf

from benchmarks import result
from t2t_af import errors
from t2t_af import progress
from t2t_af import session as session_lib
from t2t_af.bin import arguments
from t2t_af.bin import checks
from t2t_af.experiments import model_names

WANTED = 5.0  # times what a step consumes
_PROBLEMS = ("video_toy_pushing", "video_moving_digits")
_WARM_UP = 5  # batches or steps before the clock starts, in every round


def main(argv: list[str]) -> int:
  """Measures each problem and prints the ratios."""
  parser = arguments.parser("bench input", __doc__)
  add = parser.add_argument
  add(
    "--problems",
    default=",".join(p for p in _PROBLEMS if p in registry.Registries.problems),
  )
  add("--hparams_set", default="video_flow_tiny")
  add("--data_dir", default="data")
  add("--seconds", type=float, default=5.0, help="of each measurement")
  result.add_arguments(parser)
  args = parser.parse_known_args(argv)[0]
  names = args.problems.split(",")
  for name in names:
    checks.sequence_problem(name)
  result.report(
    [
      measure(
        name,
        args.hparams_set,
        os.path.expanduser(args.data_dir),
        args.rounds,
        args.seconds,
      )
      for name in names
    ],
    args.json,
  )
  return 0


def measure(
  problem_name: str,
  hparams_set: str,
  data_dir: str,
  rounds: int,
  seconds: float,
) -> result.Result:
  """Windows a second that come in, and that training takes, alternating."""
  make_data(problem_name, data_dir)
  hparams = trainer_lib.create_hparams(
    hparams_set, data_dir=data_dir, problem_name=problem_name
  )
  with tf.Graph().as_default():
    read, batch = _reader(hparams)
  with tf.Graph().as_default():
    train = _trainer(model_names.model_of(hparams_set), hparams, batch)
  windows = len(batch["inputs"])
  measured = {read: [], train: []}
  for _ in progress.bar(range(rounds), label=problem_name, unit="round"):
    for run, rates in measured.items():
      rates.append(windows * _per_second(run, seconds))
  steps = hparams.video_num_input_frames + hparams.video_num_target_frames
  return result.Result(
    "input",
    f"reading {problem_name}, windows of {steps} steps",
    "windows a second",
    "input pipeline",
    f"a training step of {hparams_set}",
    measured[read],
    measured[train],
    False,
    WANTED,
  )


def make_data(problem_name: str, data_dir: str) -> None:
  """Generates a problem's data where it is not there."""
  problem = registry.problem(problem_name)
  try:
    problem.split_files(data_dir, "train")
  except errors.UserError:  # not there, or incomplete
    problem.generate_data(data_dir, os.path.join(data_dir, "tmp"))


def _reader(hparams) -> tuple:
  """(a function that takes one batch, the first batch)."""
  dataset = hparams.problem.input_fn(tf.estimator.ModeKeys.TRAIN, hparams)
  iterator = tf.data.make_initializable_iterator(dataset)
  features, _ = iterator.get_next()
  taken = tf.group(*features.values())  # nothing is copied to Python
  session = tf.Session(config=session_lib.config())
  session.run(iterator.initializer)
  return (lambda: session.run(taken)), session.run(features)


def _trainer(model_name: str, hparams, batch: dict) -> Callable[[], None]:
  """A function that does one training step on `batch`."""
  features = {name: tf.constant(value) for name, value in batch.items()}
  model = registry.model(model_name)(hparams, tf.estimator.ModeKeys.TRAIN)
  _, losses = model(features)
  train_op = model.optimize(losses["training"])
  session = tf.Session(config=session_lib.config())
  session.run(session_lib.initializer())
  return lambda: session.run(train_op)


def _per_second(run: Callable[[], None], seconds: float) -> float:
  for _ in range(_WARM_UP):
    run()
  done, start = 0, time.perf_counter()
  while time.perf_counter() - start < seconds:
    run()
    done += 1
  return done / (time.perf_counter() - start)
