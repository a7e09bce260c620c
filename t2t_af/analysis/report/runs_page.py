"""One self-contained HTML page about any runs: tables, then figures.

What was run comes first, then the paper's tables for which there are records
of ours, its figures that can be made of them, what is beyond the paper, and
what could not be made, with the command that makes it.
"""

from collections.abc import Sequence
import html

from t2t_af import errors
from t2t_af import whole_file
from t2t_af.analysis import formats
from t2t_af.analysis.figures import paper_figures
from t2t_af.analysis.report import figure_sections
from t2t_af.analysis.report import overview
from t2t_af.analysis.report import page
from t2t_af.analysis.results import folders
from t2t_af.analysis.tables import paper_pools
from t2t_af.analysis.tables import paper_tables
from t2t_af.analysis.tables import table_forms

# Test likelihoods before training ones, parameters last.
_TABLES = (1, 2, 4, 3)
_MAKES_TABLE = {
  1: "t2t-af compare of a video problem",
  2: "t2t-af compare of a series problem",
  4: "t2t-af analyse --output_dir=RUN --train_too",
  3: "t2t-af compare of a video problem, or t2t-af params --output=FILE",
}
# Figures that take the splits of a data set together.
_OF_ALL_SPLITS = ("calibration",)
_ABOUT = (
  "Made from the records of these runs alone. Of several seeds the pictures "
  "show the lowest, of several splits of a data set the first; tables and "
  "CRPS are over all. What was not run is “not run”."
)


def write(paths: Sequence[str], output: str) -> str:
  """Writes the page about all runs below the paths; returns its path.

  Raises:
    UserError: if a path is no folder, or there is no run below any.
  """
  results = folders.find(paths)
  if not results.runs:
    where = ", ".join(paths) or folders.DEFAULT_PATH
    raise errors.UserError(
      f"there is no run below {where}; give a folder that t2t-trainer or "
      "t2t-af compare has written to, or one above it"
    )
  return whole_file.write(output, render(results).encode("utf-8"))


def render(results: folders.Results) -> str:
  """The page as one string."""
  title = _title(results)
  tables, missing = _tables(results)
  of_one_split = [
    name for name in paper_figures.titles() if name not in _OF_ALL_SPLITS
  ]
  figures = figure_sections.make(of_one_split, results.of_first_splits())
  others = figure_sections.make(_OF_ALL_SPLITS, results)
  body = "\n".join(
    (
      overview.section(results),
      tables,
      figures.sections,
      others.sections,
      _missing({**missing, **figures.missing, **others.missing}),
    )
  )
  return page.document(
    title,
    (
      f'<h1>{html.escape(title)}</h1><p class="protocol">{_ABOUT}</p>'
      f"{page.contents(body)}{body}"
    ),
  )


def _title(results: folders.Results) -> str:
  data = sorted({overview.data_of(run) for run in results.runs})
  models = {run.label for run in results.runs}
  where = data[0] if len(data) == 1 else f"{len(data)} data sets"
  return (
    f"{formats.plural(len(results.runs), 'run')} of "
    f"{formats.plural(len(models), 'model')} on {where}"
  )


def _tables(results: folders.Results) -> tuple[str, dict]:
  """(HTML of those with a number of ours, {heading: what makes the others})."""
  sections, missing = [], {}
  for number in _TABLES:
    table = paper_tables.build(number, results)
    if _has_ours(table):
      sections.append(table_forms.html_section(table))
    else:
      missing[f"Table {number}. {table.title}"] = (
        f"no record of ours; it is made by: {_MAKES_TABLE[number]}"
      )
  return "".join(sections), missing


def _has_ours(table: paper_tables.Table) -> bool:
  return any(
    column.source == paper_pools.OURS and row.cells[i].status != formats.NOT_RUN
    for i, column in enumerate(table.columns)
    for row in table.rows
  )


def _missing(missing: dict) -> str:
  """One line each."""
  lines = "".join(
    f"<li>{html.escape(f'{heading}: {why}')}</li>"
    for heading, why in missing.items()
  )
  return (
    (
      f'<section class="empty" id="missing"><h2>Not made</h2><ul>{lines}'
      "</ul></section>"
    )
    if lines
    else ""
  )
