"""`params`: counts the trainable parameters of hparams sets, part by part.

    t2t-af params video_flow_bair slvm_af1_kth [--problem=video_bair]
        [--output=results/parameters.jsonl]

Without --problem each set is counted on that of its column. With --output the
totals are also written as records, which `t2t-af table 3` reads.
"""

import t2t_af
from t2t_af.bin import arguments
from t2t_af.records import environment
from t2t_af.records import json_lines


def main(argv: list[str]) -> int:
  """Prints a table of each set; appends totals where --output is given."""
  parser = arguments.parser("params", __doc__)
  parser.add_argument("hparams_sets", nargs="+")
  parser.add_argument("--problem", help="default: of the set's column")
  parser.add_argument("--hparams", default="", help="name=value,...")
  parser.add_argument("--output", help="a file to append the totals to")
  args = parser.parse_args(argv)
  t2t_af.register()
  from t2t_af.experiments import model_names
  from t2t_af.experiments import parameters

  for name in args.hparams_sets:
    parts = parameters.count(name, args.problem, args.hparams)
    print(name)
    for part, number in parts.items():
      print("  %-32s %14s" % (part, format(number, ",")))
    print("  %-32s %14s" % ("total", format(sum(parts.values()), ",")))
    if args.output:
      json_lines.append(
        args.output,
        dict(
          kind="parameters",
          hparams_set=name,
          hparams=args.hparams,
          problem=args.problem or model_names.problem_of(name),
          num_parameters=sum(parts.values()),
          time=environment.now(),
        ),
      )
  return 0
