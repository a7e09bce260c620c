"""`references`: NLL of trivial models, which a model must beat.

    t2t-af references --problem=video_toy_pushing --data_dir=data
        [--split=test] [--num_inputs=3] [--num_targets=10]
        [--dequantization=uniform] [--output=FILE] [--json]

Of any problem of ours, video or series: N(0, 1), one Gaussian for all, one per
pixel or feature, a copy of the last step with one variance and with one per
pixel or feature; fitted on the training split, scored on the windows that
evaluation scores. Say the numbers of input and target steps of the models to
be compared with: these decide which steps are scored.
"""

import os

import t2t_af
from t2t_af import errors
from t2t_af.bin import arguments
from t2t_af.records import json_lines


def main(argv: list[str]) -> int:
  """Prints the likelihoods; appends the records where --output is given."""
  parser = arguments.parser("references", __doc__)
  add = parser.add_argument
  add("--problem", required=True)
  add("--data_dir", default="data")
  arguments.add_split(add)
  add("--num_inputs", type=int, default=3, help="video_num_input_frames")
  add("--num_targets", type=int, default=10, help="video_num_target_frames")
  add(
    "--dequantization",
    default="uniform",
    choices=["uniform", "gaussian"],
    help="of video",
  )
  add("--output", help="also appends the records to this file")
  arguments.add_json(add)
  args = parser.parse_args(argv)
  if args.num_inputs < 1 or args.num_targets < 1:
    raise errors.UserError("--num_inputs and --num_targets must be at least 1")
  t2t_af.register()
  from t2t_af.bin import checks
  from t2t_af.experiments import reference_records

  computed = reference_records.compute(
    checks.sequence_problem(args.problem),
    os.path.expanduser(args.data_dir),
    args.split,
    args.num_inputs,
    args.num_targets,
    args.dequantization,
  )
  for record in computed if args.output else ():
    json_lines.append(args.output, record)
  if args.json:
    arguments.print_json(references=computed)
  else:
    print("\n".join(map(_line, computed)), flush=True)
  return 0


def _line(record: dict) -> str:
  line = "%-28s %9.4f nats/dim" % (record["name"], record["nll_nats_per_dim"])
  if "nll_nats_per_step" not in record:
    return line + "  %9.4f bits/dim" % record["nll_bits_per_dim"]
  return line + "  %10.4f nats/step  %10.4f nats/step in raw units" % (
    record["nll_nats_per_step"],
    record["nll_raw_nats_per_step"],
  )
