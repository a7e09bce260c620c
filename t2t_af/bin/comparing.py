"""What `t2t-af compare` does once its flags are right: trains and reports."""

import argparse
import json
import os
import sys
import time

from tensor2tensor.utils import registry
import tensorflow.compat.v1 as tf

from problems.core import options
from t2t_af import errors
from t2t_af import locks
from t2t_af.analysis.report import claims
from t2t_af.analysis.report import comparison_json
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


def run(args: argparse.Namespace) -> int:
  """Runs what is left of the comparison and reports it.

  Args:
    args: the flags of `t2t_af.bin.compare`.

  Raises:
    UserError: names that nothing is registered by; a run that failed.
  """
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
  _report(args.output_dir, args.json)


def _check(args):
  """({set: overrides}, protocol); raises before any run has started."""
  checks.sequence_problem(args.problem)
  for name in args.sets:
    if name not in registry.Registries.hparams:
      raise errors.UserError(
        errors.suggest(name, registry.Registries.hparams, "hparams set")
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
    num_samples=args.num_samples,
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


def _report(output_dir, as_json):
  """Writes table.csv and report.html, and prints what they say."""
  comparison = comparison_lib.Comparison(output_dir)
  comparison_csv.write(comparison, os.path.join(output_dir, "table.csv"))
  page = os.path.abspath(comparison_page.write(output_dir))
  if as_json:
    return arguments.print_json(**comparison_json.fields(comparison), page=page)
  print(" | ".join(comparison_words.protocol(comparison)) + "\n")
  print(comparison_table.text(comparison))
  for sentence in verdict.sentences(comparison):
    print(sentence)
  found = claims.of(comparison.results())
  if found:
    print("\n" + "\n".join(claims.lines(found)))
  print("\nreport: %s" % page)
