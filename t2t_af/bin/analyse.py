"""`analyse`: measures a trained run: likelihood, decorrelation, calibration.

    t2t-af analyse RUN --data_dir=data [--split=test] [--train_too] \\
        [--num_importance_samples=100] [--json]

RUN is the --output_dir of t2t-trainer, or <set>/seed_<n> of t2t-af compare;
its run.json says model, hparams and problem. Of the newest checkpoint it adds,
and prints,

  results/likelihood.jsonl   NLL of every sequence of the split; with
                             --train_too of training sequences as well; with
                             --num_importance_samples=K of the bound of K
                             samples beside that of one (slvm)
  results/correlation.jsonl  temporal correlation of data and noise
  results/flow.npz           what the flows make of a few sequences
  results/calibration.jsonl  of series: PIT, coverage, CRPS
"""

import os

import t2t_af
from t2t_af import errors
from t2t_af.analysis.results import record_lines
from t2t_af.bin import arguments
from t2t_af.records import json_lines
from t2t_af.records import run_folder

_SAMPLES = "num_importance_samples"
_KINDS = ("likelihood", "correlation", "calibration")


def _parse(argv):
  parser = arguments.parser("analyse", __doc__)
  _add_what(parser.add_argument)
  _add_how_much(parser.add_argument)
  args = parser.parse_args(argv)
  args.output_dir = args.output_dir or args.run
  if not args.output_dir:
    raise errors.UserError("which RUN? Give its folder; see --help")
  args.output_dir, args.data_dir = map(
    os.path.expanduser, (args.output_dir, args.data_dir)
  )
  _check(args)
  return args


def _add_what(add):
  """Flags that say what is analysed."""
  add("run", metavar="RUN", nargs="?", help="its folder")
  add("--output_dir", metavar="RUN", help="the same, as another command has it")
  add("--data_dir", default="data")
  arguments.add_split(add)
  add(
    "--train_too",
    action="store_true",
    help="evaluate training sequences too, of those the run was trained on",
  )


def _add_how_much(add):
  """Flags that are numbers of sequences and samples."""
  add(
    "--num_train_sequences",
    type=int,
    default=0,
    help="how many of them, evenly apart; 0: as many as the split has",
  )
  add(
    "--num_importance_samples",
    type=int,
    default=1,
    help="K of the importance-weighted bound; 1: none",
  )
  add("--num_sequences", type=int, default=4, help="in flow.npz")
  add(
    "--num_samples",
    type=int,
    default=100,
    help="futures of a context, for the calibration of series; 0: no such "
    "calibration",
  )
  add(
    "--num_contexts",
    type=int,
    default=200,
    help="that futures are made of; -1: all",
  )
  arguments.add_json(add)


def _check(args):
  smallest = dict(
    num_train_sequences=0,
    num_importance_samples=1,
    num_sequences=1,
    num_samples=0,
    num_contexts=-1,
  )
  for name, number in smallest.items():
    if getattr(args, name) < number:
      raise errors.UserError("--%s must be at least %d" % (name, number))
  if args.num_samples == 1 or args.num_contexts == 0:
    raise errors.UserError(
      "--num_samples must be 0 or at least 2, and "
      "--num_contexts -1 or at least 1"
    )


def main(argv: list[str]) -> int:
  """Adds records of the run's newest checkpoint to its folder."""
  args = _parse(argv)
  t2t_af.register()
  from t2t_af.experiments import flow_file
  from t2t_af.experiments import trained_run

  run = trained_run.TrainedRun(args.output_dir, args.data_dir)
  before = _counts(args.output_dir)
  _evaluate(run, args)
  flow_file.write(run, args.split, args.num_sequences)
  if run.is_series:
    _calibrate(run, args)
  added = [
    record
    for kind, records in _records(args.output_dir).items()
    for record in records[before[kind] :]
  ]
  folder = os.path.abspath(os.path.join(args.output_dir, "results"))
  if args.json:
    arguments.print_json(records=added, folder=folder)
  else:
    print("\n".join([*map(record_lines.line, added), folder]), flush=True)
  return 0


def _records(output_dir):
  return {
    kind: json_lines.read(run_folder.results(output_dir, kind))
    for kind in _KINDS
  }


def _counts(output_dir):
  return {kind: len(found) for kind, found in _records(output_dir).items()}


def _evaluate(run, args):
  """The split, the training split, and the split by more samples."""
  is_slvm = _SAMPLES in run.hparams.values()
  if args.num_importance_samples > 1 and not is_slvm:
    raise errors.UserError(
      "--num_importance_samples: the likelihood of %s is exact, not a bound"
      % args.output_dir
    )
  # Whatever the evaluations while training took.
  one_sample = _SAMPLES + "=1" if is_slvm else ""
  num_sequences = run.num_sequences(args.split)
  run.evaluate(args.split, one_sample)
  if args.train_too:
    apart = run.num_sequences("train") // (
      args.num_train_sequences or num_sequences
    )
    run.evaluate("train", one_sample, num_partitions=max(1, apart))
  if args.num_importance_samples > 1:
    run.evaluate(args.split, "%s=%d" % (_SAMPLES, args.num_importance_samples))


def _calibrate(run, args):
  from t2t_af.experiments import calibration_records

  records = []
  if run.has_standard_noise:
    records.append(calibration_records.from_flow(run, args.split))
  if args.num_samples:
    records.append(
      calibration_records.from_samples(
        run, args.split, args.num_contexts, args.num_samples
      )
    )
  for record in records:
    json_lines.append(run_folder.results(run.output_dir, "calibration"), record)
