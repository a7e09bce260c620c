"""`bench table`: one table of what benches measured, from records alone.

    t2t-af bench table [FOLDER | FILE.jsonl ...] [--format=text|markdown]
        [--plots=FOLDER] [--json]

Without a folder: bench, where `t2t-af bench all` leaves its records. Charts
are written to --plots, by default beside the records: bench.svg has the
ratios, growth.svg how time and memory grow. ours/theirs of a time shall be
small, that of a rate large.
"""

import os

from t2t_af import whole_file
from t2t_af.analysis.figures import bench_figure
from t2t_af.analysis.figures import growth_figure
from t2t_af.analysis.results import benches
from t2t_af.analysis.results import growth
from t2t_af.analysis.tables import bench_table
from t2t_af.bin import arguments


def main(argv: list[str]) -> int:
  """Prints the table and writes the charts."""
  parser = arguments.parser("bench table", __doc__)
  add = parser.add_argument
  add("paths", nargs="*", default=["bench"], metavar="PATH")
  add("--format", default="text", choices=list(bench_table.FORMS))
  add("--plots", metavar="FOLDER")
  arguments.add_json(add)
  args = parser.parse_args(argv)
  records = benches.records(args.paths)
  rows, points = benches.rows(records), growth.points(records)
  if args.json:
    arguments.print_json(
      rows=[
        dict(row._asdict(), ratio=row.ratio, is_reached=row.is_reached)
        for row in rows
      ],
      growth=[point._asdict() for point in points],
    )
  else:
    print(bench_table.FORMS[args.format](rows, points), flush=True)
  folder = args.plots or _beside(args.paths[0])
  for path in draw(folder, rows, points):
    if not args.json and args.format == "text":
      print(path, flush=True)
  return 0


def draw(
  folder: str, rows: list[benches.Row], points: list[growth.Point]
) -> list[str]:
  """Writes the charts for which there is anything; their paths."""
  charts = {}
  if any(row.times_better is not None for row in rows):
    charts["bench.svg"] = bench_figure.file(rows, "svg")
  if points:
    charts["growth.svg"] = growth_figure.file(points, "svg")
  return [
    whole_file.write(os.path.abspath(os.path.join(folder, name)), content)
    for name, content in charts.items()
  ]


def _beside(path: str) -> str:
  return path if os.path.isdir(path) else os.path.dirname(path)
