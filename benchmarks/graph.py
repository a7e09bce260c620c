"""`bench graph`: graph sizes and build times against the stock VideoFlow.

    t2t-af bench graph [--repeats=3] [--hparams_set=video_flow_bair]
        [--json[=FILE]]

Each measurement is a new process; the models alternate, and what is
printed are medians, and ratios to the stock model as tensor2tensor runs it.
The column in the middle is the stock model under our session settings
(t2t_af/session.py). Batch 1, four frames of 64x64x3, with gradients and Adam:
what `t2t-trainer` builds, less its input pipeline.
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

from benchmarks import process
from benchmarks import result
from t2t_af import progress
from t2t_af import session as session_lib
from t2t_af.bin import arguments

_STOCK, _OURS = "next_frame_glow", "video_flow"
_COLUMNS = (
  ("stock", _STOCK, "stock"),
  ("stock, tuned", _STOCK, "tuned"),
  ("video_flow", _OURS, "tuned"),
)
_SAMPLED = (10, 30)  # frames
_ROWS = (
  ("operations", "operations"),
  ("operations less variables and optimiser", "operations_core"),
  ("build, s", "build"),
  ("first step, s", "first_step"),
  ("build + first step, s", "build_and_first_step"),
  ("later step, s", "step"),
  ("peak memory, MiB", "memory"),
)


def _features(hparams, num_targets, batch_size=1):
  frame = hparams.problem.frame_shape

  def frames(number):
    return tf.zeros([batch_size, number] + frame, tf.int32)

  return {
    "inputs": frames(hparams.video_num_input_frames),
    "targets": frames(num_targets),
  }


def measure_training(
  model_name: str,
  hparams_set: str,
  session_config: tf.ConfigProto,
  overrides: str = "batch_size=1,num_train_frames=4",
) -> dict:
  """Builds the training graph and runs a few steps; counts and seconds."""
  hparams = trainer_lib.create_hparams(
    hparams_set, overrides, problem_name="video_bair"
  )
  start = time.time()
  model = registry.model(model_name)(hparams, tf.estimator.ModeKeys.TRAIN)
  train_op = model.optimize(_loss(model, model_name, hparams))
  build = time.time() - start
  with tf.Session(config=session_config) as session:
    session.run(session_lib.initializer())
    seconds, processor = [], []
    for _ in range(6):
      start = time.time(), time.process_time()
      session.run(train_op)
      seconds.append(time.time() - start[0])
      processor.append(time.process_time() - start[1])
  num_ops, num_core_ops = count_operations()
  return dict(
    operations=num_ops,
    operations_core=num_core_ops,
    build=build,
    first_step=seconds[0],
    step=float(np.median(seconds[1:])),
    step_cpu=float(np.median(processor[1:])),
    build_and_first_step=build + seconds[0],
    memory=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
  )


def _loss(model, model_name, hparams):
  features = _features(
    hparams, hparams.video_num_target_frames, hparams.batch_size
  )
  if model_name != _STOCK:
    _, losses = model(features)
    return losses["training"]
  # The stock loss proper, without the data-dependent initialisation, which
  # doubles the stock graph and is not in ours.
  features = model.bottom(features)
  with tf.variable_scope("next_frame_glow/body", use_resource=True):
    return tf.reduce_mean(model.objective_tower(features, init=False))


def count_operations() -> tuple[int, int]:
  """Operations of the default graph: all; all but variables and optimiser.

  Those of its functions count too, once however often they are called.
  To a variable (slots included) belong its handle, initialiser, assignment
  and first reading; to the optimiser what updates variables.
  """
  ops = tf.get_default_graph().get_operations()
  parts = ("", "/Initializer/", "/IsInitialized/", "/Assign", "/Read/")
  names = {v.op.name for v in tf.global_variables()}

  def is_core(op):
    if op.type.startswith("ResourceApply") or (
      op.name.startswith("training/")  # tensor2tensor's optimizer scope
      and "/gradients/" not in op.name
    ):
      return False
    return not any(
      op.name[: op.name.find(part)] in names if part else op.name in names
      for part in parts
      if part in op.name
    )

  library = tf.get_default_graph().as_graph_def().library
  in_functions = sum(len(f.node_def) for f in library.function)
  return len(ops) + in_functions, sum(map(is_core, ops)) + in_functions


def count_decoding(hparams_set: str, num_frames: int) -> int:
  """Operations of the sampling graph of `num_frames` frames."""
  with tf.Graph().as_default():
    hparams = trainer_lib.create_hparams(
      hparams_set,
      "video_num_target_frames=%d" % num_frames,
      problem_name="video_bair",
    )
    model = registry.model(_OURS)(hparams, tf.estimator.ModeKeys.PREDICT)
    features = _features(hparams, 1)
    model.infer({"inputs": features["inputs"]})
    return count_operations()[0]


def main(argv: list[str]) -> int:
  """Measures the columns in turn, or one of them (--measure)."""
  parser = arguments.parser("bench graph", __doc__)
  parser.add_argument("--repeats", type=int, default=3)
  parser.add_argument("--hparams_set", default="video_flow_bair")
  parser.add_argument("--measure", nargs=2, help=argparse.SUPPRESS)
  arguments.add_json_or_file(parser.add_argument)
  args = parser.parse_args(argv)
  if args.measure:
    model, settings = args.measure
    config = session_lib.config() if settings == "tuned" else tf.ConfigProto()
    print(json.dumps(measure_training(model, args.hparams_set, config)))
    return 0
  measured = {label: [] for label, _, _ in _COLUMNS}
  for _ in progress.bar(range(args.repeats), label="measuring", unit="round"):
    for label, model, settings in _COLUMNS:
      measured[label].append(
        process.measure(
          "benchmarks.graph",
          "--measure",
          model,
          settings,
          "--hparams_set",
          args.hparams_set,
        )
      )
  medians = {
    label: {key: float(np.median([r[key] for r in rounds])) for _, key in _ROWS}
    for label, rounds in measured.items()
  }
  sampling = {n: count_decoding(args.hparams_set, n) for n in _SAMPLED}
  if args.json != arguments.STDOUT:
    _print(medians, sampling)
  if args.json:
    records = _records(args.hparams_set, measured, medians, sampling)
    arguments.print_or_append(args.json, records)
  return 0


def _records(hparams_set, measured, medians, sampling) -> list[dict]:
  record = result.record(
    bench="graph",
    hparams_set=hparams_set,
    training_graph_medians=medians,
    sampling_graph_operations=sampling,
  )
  compared = _comparisons(hparams_set, measured, sampling)
  return [record, *map(result.record_of, compared)]


def _comparisons(
  hparams_set: str, measured: dict, sampling: dict[int, int]
) -> list[result.Result]:
  """What is counted, for the table of all benches; `step` times the steps."""
  few, many = sampling
  counted = [
    (
      f"{hparams_set}: {row}",
      _STOCK,
      [r[key] for r in measured["stock"]],
      [r[key] for r in measured[_OURS]],
    )
    for row, key in _ROWS
    if row.startswith("operations")
  ]
  counted.append(
    (
      f"{hparams_set}: sampling {many} frames, against {few}",
      f"{few} frames",
      [sampling[few]],
      [sampling[many]],
    )
  )
  return [
    result.Result("graph", what, "operations", _OURS, theirs, b, a, True, 1.0)
    for what, theirs, a, b in counted
  ]


def _print(of_labels, sampling):
  labels = list(of_labels)
  print(
    "%-42s" % "training graph, medians"
    + "".join(
      "%14s %6s" % (label, "ratio" if i else "")
      for i, label in enumerate(labels)
    )
  )
  for row, key in _ROWS:
    medians = [of_labels[label][key] for label in labels]
    print(
      "%-42s" % row
      + "".join(
        "%14.6g %6s" % (m, "%.3f" % (m / medians[0]) if i else "")
        for i, m in enumerate(medians)
      )
    )
  frames = ["%d frames" % n for n in sampling]
  print("%-42s %14s %14s" % ("sampling graph", *frames))
  print(
    "%-42s %14d %14d" % ("operations, video_flow", *sampling.values()),
    flush=True,
  )


if __name__ == "__main__":
  import t2t_af

  t2t_af.register()
  sys.exit(main(sys.argv[1:]))
