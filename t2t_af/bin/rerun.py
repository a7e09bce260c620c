"""`rerun`: repeats the run of a record and says how far the result is.

    t2t-af rerun RECORD [--number=N] --data_dir=data [--output_dir=DIR] [--json]

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
  arguments.add_json(add)
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
  return _repeat(original, data_dir, output_dir, args.json)


def _repeat(original, data_dir: str, output_dir: str, as_json: bool) -> int:
  from t2t_af.experiments import repeated_run

  record = original.record
  changes = list(repeated_run.changed_versions(original))
  if not as_json:
    print(
      f"{original.where}: {record['hparams_set']} on {record['problem']}, seed "
      f"{record['seed']}, step {record['step']}, {record['split']} split"
    )
    print("".join(f"{change}\n" for change in changes), end="", flush=True)
  distance = repeated_run.repeat(original, data_dir, output_dir)
  if as_json:
    arguments.print_json(
      then_nats_per_dim=distance.then,
      now_nats_per_dim=distance.now,
      stderr_nats_per_dim=distance.stderr,
      is_same=distance.is_same,
      changed_versions=changes,
    )
  else:
    _tell(distance)
  return int(not _is_close(distance))


def _is_close(distance) -> bool:
  if distance.is_same or distance.in_stderrs is None:
    return distance.is_same
  return distance.in_stderrs <= 1.0


def _tell(distance) -> None:
  apart = abs(distance.now - distance.then)
  print(
    f"then {distance.then:.6f}, now {distance.now:.6f} nats/dim: "
    f"{apart:.2g} apart",
    end="",
  )
  if distance.is_same:
    print(", the same but for rounding")
  elif distance.in_stderrs is None:
    print(", another result")
  else:
    print(f", {distance.in_stderrs:.2g} standard errors")
