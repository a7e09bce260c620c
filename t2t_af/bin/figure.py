"""`figure`: a figure of the paper from our results, from records alone.

    t2t-af figure 5 [RESULTS...] [--output=FOLDER]
    t2t-af figure calibration            # not in the paper: a name, no number

RESULTS are folders of runs or what lies above them; without any: `results`.
Writes every part of the figure, and a page with all of them.
"""

import html
import os

from t2t_af import whole_file
from t2t_af.analysis.figures import paper_figures
from t2t_af.analysis.report import page
from t2t_af.analysis.results import folders
from t2t_af.bin import arguments

# Made from formulas: no runs are looked for.
_WITHOUT_RUNS = (3, 10)


def main(argv: list[str]) -> int:
  """Writes the parts of a figure and their page; prints the paths."""
  titles = paper_figures.titles()
  listed = "\n".join(f"  {name:<12}{title}" for name, title in titles.items())
  parser = arguments.parser("figure", f"{__doc__}\n{listed}")
  parser.add_argument("figure", type=_name, metavar="FIGURE")
  parser.add_argument("results", nargs="*", metavar="RESULTS")
  parser.add_argument("--output", help="a folder; default: figure_FIGURE")
  args = parser.parse_args(argv)
  name = args.figure
  needs_runs = name in titles and name not in _WITHOUT_RUNS
  results = (
    folders.find(args.results) if needs_runs else folders.Results([], [])
  )
  parts = paper_figures.build(name, results)
  folder = args.output or f"figure_{name}"
  title = paper_figures.heading(name)
  body = f"<h1>{html.escape(title)}</h1>" + "".join(
    page.charts(part.charts, part.caption)
    if part.charts
    else page.figure(part.name, part.picture, part.caption)
    for part in parts
  )
  files = {part.name: part.content() for part in parts}
  files[f"figure_{name}.html"] = page.document(title, body).encode("utf-8")
  for file, content in files.items():
    print(
      whole_file.write(os.path.abspath(os.path.join(folder, file)), content)
    )
  return 0


def _name(text: str) -> paper_figures.Name:
  return int(text) if text.isdecimal() else text
