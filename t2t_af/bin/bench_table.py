"""`bench table`: one table of what benches measured, from records alone.

    t2t-af bench table [FOLDER | FILE.jsonl ...] [--format=text|markdown]
        [--plot=FILE] [--json]

Without a folder: bench, where `t2t-af bench all` leaves its records. A chart
of the ratios goes to bench.svg beside the records, or to --plot (.svg, .pdf or
.png). ours/theirs of a time shall be small, that of a rate large.
"""

import os

from t2t_af import whole_file
from t2t_af.analysis.figures import bench_figure
from t2t_af.analysis.results import benches
from t2t_af.analysis.tables import bench_table
from t2t_af.bin import arguments
from t2t_af.errors import UserError

_KINDS = ("svg", "pdf", "png")


def main(argv: list[str]) -> int:
  """Prints the table and writes the chart."""
  parser = arguments.parser("bench table", __doc__)
  add = parser.add_argument
  add("paths", nargs="*", default=["bench"], metavar="PATH")
  add("--format", default="text", choices=list(bench_table.FORMS))
  add("--plot", help="default: bench.svg beside the first path's records")
  arguments.add_json(add)
  args = parser.parse_args(argv)
  plot = args.plot or _beside(args.paths[0])
  kind = os.path.splitext(plot)[1][1:]
  if kind not in _KINDS:
    raise UserError(f"--plot={plot}: the file must end in .svg, .pdf or .png")
  rows = benches.rows(benches.records(args.paths))
  if args.json:
    arguments.print_json(rows=[_fields(row) for row in rows])
  else:
    print(bench_table.FORMS[args.format](rows), flush=True)
  if any(row.times_better is not None for row in rows):
    path = whole_file.write(plot, bench_figure.file(rows, kind))
    if args.format == "text" and not args.json:
      print(os.path.abspath(path), flush=True)
  return 0


def _beside(path: str) -> str:
  folder = path if os.path.isdir(path) else os.path.dirname(path)
  return os.path.join(folder, "bench.svg")


def _fields(row: benches.Row) -> dict:
  return dict(row._asdict(), ratio=row.ratio, is_reached=row.is_reached)
