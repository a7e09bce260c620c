"""`compare`: trains several hparams sets alike and reports them side by side.

    t2t-af compare --problem=video_toy_pushing --data_dir=data \\
        --hparams_sets=video_flow_tiny,video_flow_af_tiny \\
        --train_steps=1000 --seeds=0,1,2 --output_dir=compare

Each set is trained under the same seeds and number of steps, evaluated on one
split, and sampled from the same first steps. Sets of different models may be
mixed, of any problem of ours, video or series, if all score the same steps
with the same noise. Trivial models stand beside them. Records, tables and
report.html are written to --output_dir. Started again, it goes on where it
was stopped. --demo fills in everything for a few minutes on two cores.

With --eval_every=N the dev split is evaluated every N steps, and each run is
scored at the step that was best there (early stopping) instead of the last.
"""

import argparse
import json
import os
import re
import subprocess
import sys
import time

from tensor2tensor.utils import registry
import tensorflow.compat.v1 as tf

from problems.core import training_part
from t2t_af import errors
from t2t_af.analysis.report import comparison_page
from t2t_af.analysis.report import verdict
from t2t_af.analysis.results import comparison as comparison_lib
from t2t_af.analysis.tables import comparison_csv
from t2t_af.analysis.tables import comparison_table
from t2t_af.bin import checks
from t2t_af.bin import outcome
from t2t_af.bin import references
from t2t_af.experiments import model_names
from t2t_af.experiments import run as run_lib

# Rows of the paper's tables: what a set's name begins with.
_ROWS = {
  "video_flow": "VideoFlow",
  "video_flow_af": "VideoFlow + AF",
  "video_flow_af_residual": "VideoFlow + AF, residual start",
  "video_flow_af_matched": "VideoFlow + AF, residual, same size",
  "af1": "1-AF",
  "af2": "2-AF",
  "slvm": "SLVM",
  "slvm_dx": "SLVM + Δx",
  "slvm_af1": "SLVM + 1-AF",
  "slvm_af2": "SLVM + 2-AF",
}
# What sets must agree in, and its value where a model has no such hparam.
_PROTOCOL = {
  "video_num_input_frames": 3,
  "video_num_target_frames": 10,
  "dequantization": "uniform",
  "series_noise": 0.0,
  "first_steps": "skip",
  "train_fraction": 1.0,
  "train_fraction_seed": 0,
}
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


def _parse(argv):
  parser = argparse.ArgumentParser(
    "t2t-af compare",
    description=__doc__,
    formatter_class=argparse.RawDescriptionHelpFormatter,
  )
  add = parser.add_argument
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
  add("--train_steps", type=int, default=1000)
  add(
    "--eval_every",
    type=int,
    default=0,
    help="steps between evaluations on "
    "the dev split, the best of which is scored; 0: none, the last step is",
  )
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
  if args.eval_every < 0:
    raise errors.UserError("--eval_every must be 0 or more")
  references.problem_of(args.problem)
  for name in args.sets:
    if name not in registry.list_hparams():
      raise errors.UserError(
        errors.suggest(name, registry.list_hparams(), "hparams set")
      )
    model_names.model_of(name)
  args.overrides = _overrides(args.sets, args.hparams)
  args.protocol = _protocol(args)


def _overrides(sets, text):
  """{set: those of the overrides whose hparam it has}.

  Raises:
    UserError: no set has one of them; a value that cannot be read.
  """
  parts = [p for p in re.split(r",(?![^\[]*\])", text) if p]
  names = [re.split(r"[=\[]", part)[0].strip() for part in parts]
  known = {name: registry.hparams(name).values() for name in sets}
  for hparam in names:
    if not any(hparam in values for values in known.values()):
      raise errors.UserError(
        errors.suggest(
          hparam, set().union(*known.values()), "hparam of " + sets[0]
        )
      )
  found = {}
  for name, values in known.items():
    found[name] = ",".join(
      part for hparam, part in zip(names, parts) if hparam in values
    )
    checks.overrides(registry.hparams(name), found[name], "hparam of " + name)
  return found


def _protocol(args):
  """Hparams that decide what is trained on and scored; all sets share them."""
  found = {}
  for name in args.sets:
    hparams = registry.hparams(name)
    hparams.parse(args.overrides[name])
    training_part.from_hparams(hparams)
    for field, default in _PROTOCOL.items():
      found.setdefault(field, {})[name] = getattr(hparams, field, default)
  for field, values in found.items():
    if len(set(values.values())) > 1:
      raise errors.UserError(
        "these sets could not be compared: %s is %s. Make it the same "
        "with --hparams=%s=..."
        % (
          field,
          ", ".join(
            "%s in %s" % (value, name) for name, value in values.items()
          ),
          field,
        )
      )
  return {field: values[args.sets[0]] for field, values in found.items()}


def main(argv: list) -> int:
  args = _parse(argv)
  _write_config(args)
  _generate(args)
  references.write(
    args.problem,
    args.data_dir,
    args.split,
    os.path.join(args.output_dir, "references.jsonl"),
    args.protocol["video_num_input_frames"],
    args.protocol["video_num_target_frames"],
    args.protocol["dequantization"],
  )
  runs = [_run(args, name, seed) for seed in args.seeds for name in args.sets]
  _execute(runs)
  comparison = comparison_lib.Comparison(args.output_dir)
  comparison_csv.write(comparison, os.path.join(args.output_dir, "table.csv"))
  print(" | ".join(comparison_page.protocol(comparison)) + "\n")
  print(comparison_table.text(comparison))
  for sentence in verdict.sentences(comparison):
    print(sentence)
  print(
    "\nreport: %s" % os.path.abspath(comparison_page.write(args.output_dir))
  )
  return 0


def _write_config(args):
  os.makedirs(args.output_dir, exist_ok=True)
  path = os.path.join(args.output_dir, "compare.json")
  labels = dict(
    _labels(args.sets),
    **dict(zip(args.sets, filter(None, args.labels.split("|")))),
  )
  config = dict(
    problem=args.problem,
    sets=args.sets,
    seeds=args.seeds,
    steps=args.train_steps,
    eval_every=args.eval_every,
    split=args.split,
    hparams=args.hparams,
    labels=labels,
  )
  if os.path.exists(path):
    with open(path, encoding="utf-8") as f:
      before = json.load(f)
    for key in ("problem", "hparams", "eval_every"):
      # Folders from before there was a choice do not tell eval_every.
      if before.get(key, config[key]) != config[key]:
        raise errors.UserError(
          "%s is a comparison with %s=%s, not %s. Give another --output_dir."
          % (args.output_dir, key, before[key], config[key])
        )
  with open(path, "w", encoding="utf-8") as f:
    json.dump(config, f, indent=1)


def _labels(sets):
  """{set: row of the table it is in}; the set's name where two share a row."""
  rows = {}
  for name in sets:
    fitting = [row for row in _ROWS if name.startswith(row + "_")]
    rows[name] = _ROWS[max(fitting, key=len)] if fitting else name
  shown = list(rows.values())
  return {
    name: label if shown.count(label) == 1 else name
    for name, label in rows.items()
  }


def _generate(args):
  """Makes the data where it is missing or incomplete."""
  problem = registry.problem(args.problem)
  try:
    for split in ("train", "eval", args.split):
      problem.split_files(args.data_dir, split)
  except errors.UserError:
    tf.gfile.MakeDirs(args.data_dir)
    problem.generate_data(args.data_dir, os.path.join(args.data_dir, "tmp"))


def _run(args, hparams_set, seed):
  return run_lib.Run(
    model=model_names.model_of(hparams_set),
    hparams_set=hparams_set,
    hparams=args.overrides[hparams_set],
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


def _execute(runs):
  """Runs what is left, one process each: its memory is its own."""
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
    code = subprocess.call(
      [sys.executable, "-m", "t2t_af.bin.run", json.dumps(run._asdict())]
    )
    if code == outcome.EXIT_INTERRUPTED:
      raise KeyboardInterrupt
    if code:
      raise errors.UserError(
        "the run in %s failed with exit code %d (above). Once that is "
        "mended, the same command goes on from there." % (run.output_dir, code)
      )
