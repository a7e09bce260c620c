"""`report`: one HTML page about a comparison or any runs, from records alone.

    t2t-af report compare [--json]             # writes compare/report.html
    t2t-af report [RESULTS...] [--output=report.html]

A folder of `t2t-af compare` alone gives the report that it wrote, anew, with
what `t2t-af analyse` has added since. Any other folders, of runs or what lies
above them (none: `results`), give a page with what was run, the paper's tables
and figures that can be made, and the commands that make the others.
"""

import os

from t2t_af import errors
from t2t_af.analysis.report import comparison_json
from t2t_af.analysis.report import comparison_page
from t2t_af.analysis.report import runs_page
from t2t_af.analysis.results import comparison as comparison_lib
from t2t_af.analysis.tables import comparison_table
from t2t_af.bin import arguments


def main(argv: list[str]) -> int:
  """Writes the page and prints its path."""
  parser = arguments.parser("report", __doc__)
  parser.add_argument("results", nargs="*", metavar="RESULTS")
  parser.add_argument(
    "--output",
    help="a file; default: report.html, in the "
    "folder of a comparison, else here",
  )
  arguments.add_json(parser.add_argument)
  args = parser.parse_args(argv)
  if args.output and os.path.isdir(args.output):
    raise errors.UserError(
      f"--output={args.output} is a folder; give a file, "
      "such as report.html in it"
    )
  if _is_comparison(args.results):
    path = comparison_page.write(args.results[0], args.output)
    comparison = comparison_lib.Comparison(args.results[0])
    if args.json:
      page = os.path.abspath(path)
      arguments.print_json(**comparison_json.fields(comparison), page=page)
      return 0
    print(f"{comparison_table.text(comparison)}\n")
  elif args.json:
    raise errors.UserError(
      "--json is of a comparison's folder; of other runs: t2t-af table --json"
    )
  else:
    path = runs_page.write(args.results, args.output or "report.html")
  print(
    "report: %s (%.1f MB)"
    % (os.path.abspath(path), os.path.getsize(path) / 1e6)
  )
  return 0


def _is_comparison(paths: list) -> bool:
  return len(paths) == 1 and os.path.isfile(
    os.path.join(paths[0], "compare.json")
  )
