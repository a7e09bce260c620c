"""`rerun`: repeats the run of a record and says how far the result is.

    t2t-af rerun RECORD [--number=N] --data_dir=data [--output_dir=DIR]

RECORD is a run's folder, or its results/likelihood.jsonl; of several records
the last one of the test split, or number N. The run is trained again with the
record's model, hparams and seed on the data that it names, up to its step, and
evaluated as it was. Told are versions that changed since, and both results.
The exit code is 0 if they are the same but for rounding, or closer than a
standard error.
"""

import os

import t2t_af
from t2t_af import errors
from t2t_af.bin import arguments


def main(argv: list[str]) -> int:
  """Prints both results; 1 if they are more than a standard error apart."""
  parser = arguments.parser("rerun", __doc__)
  add = parser.add_argument
  add("record", metavar="RECORD")
  add("--number", type=int, help="of the record in its file, from 1")
  add("--data_dir", default="data")
  add("--output_dir", help="default: runs/rerun/<set>/seed_<n>")
  args = parser.parse_args(argv)
  t2t_af.register()
  from t2t_af.bin import checks
  from t2t_af.experiments import repeated_run

  original = repeated_run.find(os.path.expanduser(args.record), args.number)
  record = original.record
  checks.sequence_problem(record["problem"])
  data_dir = os.path.expanduser(args.data_dir)
  output_dir = os.path.expanduser(
    args.output_dir
    or os.path.join(
      "runs", "rerun", record["hparams_set"], f"seed_{record['seed']}"
    )
  )
  if original.folder and os.path.realpath(output_dir) == os.path.realpath(
    original.folder
  ):
    raise errors.UserError("--output_dir is the folder of the run itself")
  repeated_run.check_data(original, data_dir)
  print(
    f"{original.where}: {record['hparams_set']} on {record['problem']}, seed "
    f"{record['seed']}, step {record['step']}, {record['split']} split"
  )
  for change in repeated_run.changed_versions(original):
    print(change)
  return _tell(repeated_run.repeat(original, data_dir, output_dir))


def _tell(distance) -> int:
  apart = abs(distance.now - distance.then)
  print(
    f"then {distance.then:.6f}, now {distance.now:.6f} nats/dim: "
    f"{apart:.2g} apart",
    end="",
  )
  if distance.is_same:
    print(", the same but for rounding")
    return 0
  if distance.in_stderrs is None:
    print(", another result")
    return 1
  print(f", {distance.in_stderrs:.2g} standard errors")
  return int(distance.in_stderrs > 1.0)
