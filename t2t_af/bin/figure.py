"""`figure`: a figure of the paper from our results, from records alone.

    t2t-af figure 5 [RESULTS...] [--output=FOLDER]
    t2t-af figure 5 --output=figure.pdf  # for a paper: .pdf, .svg or .png
    t2t-af figure calibration            # not in the paper: a name, no number

RESULTS are folders of runs or what lies above them; without any: `results`.
A folder gets every part of the figure, and a page with all of them. A file is
of one kind; where a figure has several parts, each has its name at the end of
the file's, and moving pictures are left out.
"""

import os

from t2t_af import errors
from t2t_af import whole_file
from t2t_af.analysis.figures import paper_figures
from t2t_af.analysis.figures.figure_parts import Part
from t2t_af.analysis.report import page
from t2t_af.analysis.results import folders
from t2t_af.bin import arguments

_KINDS = (".pdf", ".svg", ".png")


def main(argv: list[str]) -> int:
  """Writes the parts of a figure and their page; prints the paths."""
  titles = paper_figures.titles()
  listed = "\n".join(f"  {name:<12}{title}" for name, title in titles.items())
  parser = arguments.parser("figure", f"{__doc__}\n{listed}")
  parser.add_argument("figure", type=_name, metavar="FIGURE")
  parser.add_argument("results", nargs="*", metavar="RESULTS")
  parser.add_argument(
    "--output", help="a folder, or a file; default: the folder figure_FIGURE"
  )
  args = parser.parse_args(argv)
  name = args.figure
  needs_runs = name in titles and name not in paper_figures.WITHOUT_RUNS
  results = (
    folders.find(args.results) if needs_runs else folders.Results([], [])
  )
  parts = paper_figures.build(name, results)
  output = args.output or f"figure_{name}"
  stem, ending = os.path.splitext(output)
  if ending in _KINDS and not os.path.isdir(output):
    files = _of_one_kind(parts, stem, ending)
  else:
    files = _with_page(name, parts, output)
  for path, content in files.items():
    print(whole_file.write(os.path.abspath(path), content))
  return 0


def _with_page(
  name: paper_figures.Name, parts: list[Part], folder: str
) -> dict[str, bytes]:
  """{path: content} of every part and the page."""
  files = {os.path.join(folder, part.name): part.content() for part in parts}
  content = page.render(
    "figure", title=paper_figures.heading(name), shown_parts=parts
  )
  files[os.path.join(folder, f"figure_{name}.html")] = content.encode("utf-8")
  return files


def _of_one_kind(parts: list[Part], stem: str, ending: str) -> dict[str, bytes]:
  """{path: content} of every part that stands still.

  Raises:
    UserError: if all of them move.
  """
  still = [part for part in parts if not part.name.endswith(".gif")]
  if not still:
    raise errors.UserError(f"there is no part that a {ending} file could hold")
  if len(still) == 1:
    return {stem + ending: still[0].content(ending[1:])}
  return {
    f"{stem}_{_part_name(part)}{ending}": part.content(ending[1:])
    for part in still
  }


def _part_name(part: Part) -> str:
  """ "figure_5a.svg" -> "5a"."""
  return os.path.splitext(part.name)[0].replace("figure_", "", 1)


def _name(text: str) -> paper_figures.Name:
  return int(text) if text.isdecimal() else text
