"""`compare`: trains several hparams sets alike and reports them side by side.

    t2t-af compare --problem=video_toy_pushing --data_dir=data \\
        --hparams_sets=video_flow_tiny,video_flow_af_tiny \\
        --train_steps=1000 --seeds=0,1,2 --output_dir=compare

Each set is trained under the same seeds and number of steps, evaluated on one
split, and sampled from the same first frames. Records, tables and
report.html are written to --output_dir. Started again, it goes on where it
was stopped. --demo fills in everything for a few minutes on two cores.
"""

import argparse
import json
import os
import subprocess
import sys
import time

from tensor2tensor.utils import registry
import tensorflow.compat.v1 as tf

from t2t_af import errors
from t2t_af import records
from t2t_af.analysis import comparison as comparison_lib
from t2t_af.analysis import report
from t2t_af.analysis import tables
from t2t_af.analysis import tables_csv
from t2t_af.analysis import verdict
from t2t_af.bin import checks
from t2t_af.bin import model_names
from t2t_af.bin import outcome
from t2t_af.bin import references
from t2t_af.bin import run as run_lib

LABELS = {
    "video_flow_tiny": "VideoFlow",
    "video_flow_af_tiny": "VideoFlow + AF",
    "video_flow_af_residual_tiny": "VideoFlow + AF, residual start",
    "video_flow_af_matched_tiny": "VideoFlow + AF, residual, same size",
    "video_flow_bair": "VideoFlow", "video_flow_af_bair": "VideoFlow + AF",
}
_DEMO = dict(
    problem="video_toy_pushing", train_steps=400, seeds="0",
    output_dir="demo", data_dir="data",
    hparams_sets="video_flow_tiny,video_flow_af_tiny,"
                 "video_flow_af_residual_tiny",
    num_contexts=16, num_decodes=10)


def _parse(argv):
  parser = argparse.ArgumentParser(
      "t2t-af compare", description=__doc__,
      formatter_class=argparse.RawDescriptionHelpFormatter)
  add = parser.add_argument
  add("--demo", action="store_true")
  add("--problem")
  add("--hparams_sets", help="names, comma-separated; the first is the "
      "baseline")
  add("--hparams", default="", help="overrides for all: name=value,...")
  add("--labels", default="", help="one per set, separated by |")
  add("--data_dir", default="data", help="made there if it is not there")
  add("--output_dir", default="compare")
  add("--train_steps", type=int, default=1000)
  add("--seeds", default="0", help="e.g. 0,1,2")
  add("--split", default="test", choices=["test", "eval"])
  add("--num_contexts", type=int, default=16, help="to sample from; 0: none")
  add("--num_decodes", type=int, default=10, help="samples per context")
  demo = parser.parse_known_args(argv)[0].demo
  if demo:
    parser.set_defaults(**_DEMO)
  args = parser.parse_args(argv)
  args.sets = _names(args.hparams_sets)
  args.seeds = _seeds(args.seeds)
  _check(args)
  return args


def _names(text):
  return [name for name in (text or "").split(",") if name]


def _seeds(text):
  try:
    return [int(seed) for seed in text.split(",")]
  except ValueError as error:
    raise errors.UserError(
        "--seeds=%s is not a list of whole numbers such as 0,1,2" % text
    ) from error


def _check(args):
  """Raises on what no run could be made of, before any starts."""
  if not args.problem or not args.sets:
    raise errors.UserError("--problem and --hparams_sets must be given")
  if args.train_steps < 1:
    raise errors.UserError("--train_steps must be at least 1")
  checks.problem(args.problem)
  for name in args.sets:
    if name not in registry.list_hparams():
      raise errors.UserError(
          errors.suggest(name, registry.list_hparams(), "hparams set"))
    checks.overrides(registry.hparams(name), args.hparams, "hparam of " + name)


def main(argv: list) -> int:
  args = _parse(argv)
  _write_config(args)
  _generate(args)
  references.write(args.problem, args.data_dir, args.split,
                   os.path.join(args.output_dir, "references.jsonl"),
                   hparams=registry.hparams(args.sets[0]))
  runs = [_run(args, name, seed) for seed in args.seeds for name in args.sets]
  _execute(runs)
  comparison = comparison_lib.Comparison(args.output_dir)
  tables_csv.write(comparison, os.path.join(args.output_dir, "table.csv"))
  print(tables.text(comparison))
  for sentence in verdict.sentences(comparison):
    print(sentence)
  print("\nreport: %s" % os.path.abspath(report.write(args.output_dir)))
  return 0


def _write_config(args):
  os.makedirs(args.output_dir, exist_ok=True)
  path = os.path.join(args.output_dir, "compare.json")
  labels = dict(zip(args.sets, filter(None, args.labels.split("|"))))
  config = dict(
      problem=args.problem, sets=args.sets, seeds=args.seeds,
      steps=args.train_steps, split=args.split, hparams=args.hparams,
      labels={name: labels.get(name, LABELS.get(name, name))
              for name in args.sets})
  if os.path.exists(path):
    with open(path, encoding="utf-8") as f:
      before = json.load(f)
    for key in ("problem", "hparams"):
      if before.get(key) != config[key]:
        raise errors.UserError(
            "%s is a comparison with %s=%s, not %s. Give another --output_dir."
            % (args.output_dir, key, before.get(key), config[key]))
  with open(path, "w", encoding="utf-8") as f:
    json.dump(config, f, indent=1)


def _generate(args):
  """Makes the data where it is missing."""
  problem = registry.problem(args.problem)
  pattern = os.path.join(args.data_dir, problem.dataset_filename() + "-*")
  if not tf.gfile.Glob(pattern):
    tf.gfile.MakeDirs(args.data_dir)
    problem.generate_data(args.data_dir, os.path.join(args.data_dir, "tmp"))


def _run(args, hparams_set, seed):
  return run_lib.Run(
      model=model_names.model_of(hparams_set), hparams_set=hparams_set,
      hparams=args.hparams, problem=args.problem, data_dir=args.data_dir,
      output_dir=os.path.join(args.output_dir, hparams_set, "seed_%d" % seed),
      steps=args.train_steps, seed=seed, split=args.split,
      num_contexts=args.num_contexts, num_samples=args.num_decodes)


def _execute(runs):
  """Runs what is left, one process each: its memory is its own."""
  left = [r for r in runs if run_lib.stages_left(r)]
  start = time.time()
  for i, run in enumerate(left):
    eta = "" if not i else ", about %.0f minutes left" % (
        (time.time() - start) / i * (len(left) - i) / 60)
    sys.stderr.write("run %d of %d: %s, seed %d%s\n" % (
        i + 1, len(left), LABELS.get(run.hparams_set, run.hparams_set),
        run.seed, eta))
    code = subprocess.call(
        [sys.executable, "-m", "t2t_af.bin.run", json.dumps(run._asdict())])
    if code == outcome.EXIT_INTERRUPTED:
      raise KeyboardInterrupt
    if code:
      raise errors.UserError(
          "the run in %s failed with exit code %d (above). Once that is "
          "mended, the same command goes on from there." % (
              run.output_dir, code))
