"""`table`: a table of the paper beside our results, from records alone.

    t2t-af table 1 [RESULTS...] [--format=text|csv|latex|html]
        [--json] [--output=FILE]

RESULTS are folders of runs or what lies above them; without any: `results`.
"""

import os

from t2t_af import whole_file
from t2t_af.analysis.report import page
from t2t_af.analysis.results import folders
from t2t_af.analysis.results import paper_values
from t2t_af.analysis.tables import paper_tables
from t2t_af.analysis.tables import table_cells
from t2t_af.analysis.tables import table_forms
from t2t_af.bin import arguments

_FORMS = {**table_forms.FORMS, "html": page.table_section}


def main(argv: list[str]) -> int:
  """Prints a table of the paper, or writes it to --output."""
  parser = arguments.parser("table", __doc__)
  parser.add_argument("number", type=int, choices=sorted(paper_values.TABLES))
  parser.add_argument("results", nargs="*", metavar="RESULTS")
  parser.add_argument("--format", default="text", choices=list(_FORMS))
  arguments.add_json(parser.add_argument)
  parser.add_argument("--output", help="a file; default: the terminal")
  args = parser.parse_args(argv)
  table = paper_tables.build(args.number, folders.find(args.results))
  form = table_cells.json_text if args.json else _FORMS[args.format]
  text = form(table).rstrip("\n")
  if not args.output:
    print(text)
    return 0
  whole_file.write(args.output, (text + "\n").encode("utf-8"))
  print(os.path.abspath(args.output))
  return 0
