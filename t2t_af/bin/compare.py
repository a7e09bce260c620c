"""`compare`: trains several hparams sets alike and reports them side by side.

    t2t-af compare --problem=video_toy_pushing --data_dir=data \\
        --hparams_sets=video_flow_tiny,video_flow_af_tiny \\
        --train_steps=1000 --seeds=0,1,2 --output_dir=compare

Each set is trained under the same seeds and number of steps, evaluated on one
split, and sampled from the same first steps. Sets of different models may be
mixed, of any problem of ours, video or series, if all score the same steps
with the same noise. Trivial models stand beside them. Records, tables and
report.html are written to --output_dir. Started again, it continues where it
was stopped. --demo fills in everything for a few minutes on two cores.

With --eval_every=N the dev split is evaluated every N steps, and each run is
scored at the step that was best there (early stopping) instead of the last.
"""

import json
import os
import sys
import time

from tensor2tensor.utils import registry
import tensorflow.compat.v1 as tf

from problems.core import options
from t2t_af import errors
from t2t_af import locks
from t2t_af.analysis.report import comparison_page
from t2t_af.analysis.report import comparison_words
from t2t_af.analysis.report import verdict
from t2t_af.analysis.results import comparison as comparison_lib
from t2t_af.analysis.tables import comparison_csv
from t2t_af.analysis.tables import comparison_table
from t2t_af.bin import arguments
from t2t_af.bin import checks
from t2t_af.bin import child
from t2t_af.experiments import comparison_plan
from t2t_af.experiments import model_names
from t2t_af.experiments import overrides as overrides_lib
from t2t_af.experiments import reference_records
from t2t_af.experiments import run as run_lib

_DEMO = dict(
  problem="video_toy_pushing",
  train_steps=400,
  seeds="0",
  output_dir="demo",
  data_dir="data",
  hparams_sets="video_flow_tiny,video_flow_af_tiny,video_flow_af_residual_tiny",
  num_contexts=16,
  num_decodes=10,
)


def main(argv: list[str]) -> int:
  """Runs what is left of the comparison and reports it."""
  args = _parse(argv)
  overrides, protocol = _check(args)
  with locks.held(args.output_dir, force=args.force):
    _compare(args, overrides, protocol)
  return 0


def _compare(args, overrides, protocol):
  _write_config(args)
  _generate(args)
  reference_records.write(
    registry.problem(args.problem),
    args.data_dir,
    args.split,
    os.path.join(args.output_dir, "references.jsonl"),
    protocol["video_num_input_frames"],
    protocol["video_num_target_frames"],
    protocol["dequantization"],
  )
  _execute(
    [
      _run(args, name, overrides[name], seed)
      for seed in args.seeds
      for name in args.sets
    ],
    args.force,
  )
  _report(args.output_dir)


def _parse(argv):
  parser = arguments.parser("compare", __doc__)
  _add_what(parser.add_argument)
  _add_how(parser.add_argument)
  if parser.parse_known_args(argv)[0].demo:
    parser.set_defaults(**_DEMO)
  args = parser.parse_args(argv)
  args.sets = [name for name in (args.hparams_sets or "").split(",") if name]
  args.seeds = _seeds(args.seeds)
  return args


def _add_what(add):
  """Flags that say what is compared."""
  add("--demo", action="store_true")
  add("--problem")
  add(
    "--hparams_sets", help="names, comma-separated; the first is the baseline"
  )
  add(
    "--hparams",
    default="",
    help="overrides: name=value,...; each for the sets that have it",
  )
  add("--labels", default="", help="one per set, separated by |")
  add("--data_dir", default="data", help="made there if it is not there")
  add("--output_dir", default="compare")


def _add_how(add):
  """Flags that say how long is trained, and what is scored."""
  add("--train_steps", type=int, default=1000)
  add(
    "--eval_every",
    type=int,
    default=0,
    help="steps between evaluations on the dev split, the best of which is "
    "scored; 0: none, the last step is",
  )
  add("--seeds", default="0", help="e.g. 0,1,2")
  arguments.add_split(add)
  add("--num_contexts", type=int, default=16, help="to sample from; 0: none")
  add("--num_decodes", type=int, default=10, help="samples per context")
  add(
    "--force",
    action="store_true",
    help="go on though another process seems to write there",
  )


def _seeds(text):
  try:
    return [int(seed) for seed in text.split(",")]
  except ValueError as error:
    raise errors.UserError(
      "--seeds=%s is not a list of whole numbers such as 0,1,2" % text
    ) from error


def _check(args):
  """({set: overrides}, protocol); raises before any run has started."""
  if not args.problem or not args.sets:
    raise errors.UserError("--problem and --hparams_sets must be given")
  if args.train_steps < 1:
    raise errors.UserError("--train_steps must be at least 1")
  if args.eval_every < 0:
    raise errors.UserError("--eval_every must be 0 or more")
  checks.sequence_problem(args.problem)
  for name in args.sets:
    if name not in registry.list_hparams():
      raise errors.UserError(
        errors.suggest(name, registry.list_hparams(), "hparams set")
      )
    model_names.model_of(name)
  overrides = overrides_lib.by_set(args.sets, args.hparams, args.problem)
  return overrides, comparison_plan.protocol(overrides)


def _write_config(args):
  comparison_plan.write(
    args.output_dir,
    dict(
      problem=args.problem,
      sets=args.sets,
      seeds=args.seeds,
      steps=args.train_steps,
      eval_every=args.eval_every,
      split=args.split,
      hparams=args.hparams,
      labels=comparison_plan.labels(args.sets, args.labels),
    ),
  )


def _generate(args):
  """Makes the data where it is missing or incomplete."""
  problem = registry.problem(args.problem)
  try:
    for split in ("train", "dev", args.split):
      problem.split_files(args.data_dir, split)
  except errors.UserError:
    tf.gfile.MakeDirs(args.data_dir)
    with options.using(force=args.force):
      problem.generate_data(args.data_dir, os.path.join(args.data_dir, "tmp"))


def _run(args, hparams_set, overrides, seed):
  return run_lib.Run(
    model=model_names.model_of(hparams_set),
    hparams_set=hparams_set,
    hparams=overrides,
    problem=args.problem,
    data_dir=args.data_dir,
    output_dir=os.path.join(args.output_dir, hparams_set, "seed_%d" % seed),
    steps=args.train_steps,
    seed=seed,
    split=args.split,
    num_contexts=args.num_contexts,
    num_samples=args.num_decodes,
    eval_every=args.eval_every,
  )


def _execute(runs, force=False):
  """Runs what is left, one process each, which frees its memory."""
  left = [r for r in runs if run_lib.stages_left(r)]
  start = time.time()
  for i, run in enumerate(left):
    eta = (
      ""
      if not i
      else ", about %.0f minutes left"
      % ((time.time() - start) / i * (len(left) - i) / 60)
    )
    sys.stderr.write(
      "run %d of %d: %s, seed %d%s\n"
      % (i + 1, len(left), run.hparams_set, run.seed, eta)
    )
    code = child.call(
      [
        *(sys.executable, "-m", "t2t_af.bin.run", json.dumps(run._asdict())),
        *(["--force"] if force else []),
      ]
    )
    if code:
      raise errors.UserError(
        "the run in %s failed with exit code %d (above). Once that is "
        "fixed, the same command continues from there." % (run.output_dir, code)
      )


def _report(output_dir):
  """Writes table.csv and report.html, and prints what they say."""
  comparison = comparison_lib.Comparison(output_dir)
  comparison_csv.write(comparison, os.path.join(output_dir, "table.csv"))
  print(" | ".join(comparison_words.protocol(comparison)) + "\n")
  print(comparison_table.text(comparison))
  for sentence in verdict.sentences(comparison):
    print(sentence)
  print("\nreport: %s" % os.path.abspath(comparison_page.write(output_dir)))
