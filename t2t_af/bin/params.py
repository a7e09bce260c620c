"""`params`: counts the trainable parameters of hparams sets, part by part.

    t2t-af params video_flow_bair slvm_af1_kth [--problem=video_bair]
        [--output=results/parameters.jsonl] [--json]

Without --problem each set is counted on that of its column. With --output the
totals are also written as records, which `t2t-af table 3` reads.
"""

from collections.abc import Iterator

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
  arguments.add_json(parser.add_argument)
  args = parser.parse_args(argv)
  t2t_af.register()
  from t2t_af.experiments import model_names
  from t2t_af.experiments import parameters

  counted = []
  for name in args.hparams_sets:
    parts = parameters.count(name, args.problem, args.hparams)
    total = dict(
      hparams_set=name,
      hparams=args.hparams,
      problem=args.problem or model_names.problem_of(name),
      num_parameters=sum(parts.values()),
    )
    counted.append(dict(total, parts=parts))
    if not args.json:
      print("\n".join(_lines(name, parts, total["num_parameters"])))
    if args.output:
      record = dict(kind="parameters", **total, time=environment.now())
      json_lines.append(args.output, record)
  if args.json:
    arguments.print_json(hparams_sets=counted)
  return 0


def _lines(name: str, parts: dict[str, int], total: int) -> Iterator[str]:
  yield name
  for part, number in [*parts.items(), ("total", total)]:
    yield "  %-32s %14s" % (part, format(number, ","))
