"""`figure`: a figure of the paper from our results, from records alone.

    t2t-af figure 5 [RESULTS...] [--output=FOLDER]

RESULTS are folders of runs or what lies above them; without any: `results`.
Writes every part of the figure, and a page with all of them.
"""

import argparse
import html
import os

from t2t_af.analysis import found_runs
from t2t_af.analysis import page
from t2t_af.analysis import paper_figures
from t2t_af.analysis import pictures

# Made from formulas: no runs are looked for.
_WITHOUT_RUNS = (3, 10)


def main(argv: list) -> int:
  listed = "\n".join(f"  {number:>2}  {title}" for number, title in
                     paper_figures.titles().items())
  parser = argparse.ArgumentParser(
      "t2t-af figure", description=f"{__doc__}\n{listed}",
      formatter_class=argparse.RawDescriptionHelpFormatter)
  parser.add_argument("number", type=int)
  parser.add_argument("results", nargs="*", metavar="RESULTS")
  parser.add_argument("--output", help="a folder; default: figure_<number>")
  args = parser.parse_args(argv)
  found = (found_runs.Found([], []) if args.number in _WITHOUT_RUNS
           else found_runs.find(args.results))
  parts = paper_figures.build(args.number, found)
  folder = args.output or f"figure_{args.number}"
  title = f"Figure {args.number}. {paper_figures.titles()[args.number]}"
  body = f"<h1>{html.escape(title)}</h1>" + "".join(
      page.figure(*part) for part in parts)
  files = {part.name: part.content for part in parts}
  files[f"figure_{args.number}.html"] = page.document(title, body).encode(
      "utf-8")
  for name, content in files.items():
    print(pictures.write(os.path.abspath(os.path.join(folder, name)),
                         content))
  return 0
