"""One self-contained HTML page about any runs.

What is claimed comes first: confirmed, refuted or open. Then the paper's
tables for which there are records of ours, the figures that can be made of
them, what was run, and what could not be made, with the command that makes it.
"""

from collections.abc import Sequence

from t2t_af import errors
from t2t_af import whole_file
from t2t_af.analysis import formats
from t2t_af.analysis.figures import paper_figures
from t2t_af.analysis.report import beyond
from t2t_af.analysis.report import claims
from t2t_af.analysis.report import figure_sections
from t2t_af.analysis.report import overview
from t2t_af.analysis.report import page
from t2t_af.analysis.results import folders
from t2t_af.analysis.tables import paper_pools
from t2t_af.analysis.tables import paper_tables

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
  tables, missing = _tables(results)
  of_one_split = [
    name for name in paper_figures.of_runs() if name not in _OF_ALL_SPLITS
  ]
  figures, no_figures = figure_sections.make(
    of_one_split, results.of_first_splits()
  )
  others, no_others = figure_sections.make(_OF_ALL_SPLITS, results)
  found, switches = claims.of(results), beyond.of(results)
  return page.render(
    "runs",
    title=_title(results),
    about=_ABOUT,
    claims=found,
    summary=claims.summary(found),
    switches=switches,
    beyond=beyond.summary(switches),
    tables=tables,
    figures=figures + others,
    run_headings=overview.HEADINGS,
    bodies=overview.bodies(results),
    hours=overview.summary(results),
    missing={**missing, **no_figures, **no_others},
  )


def _title(results: folders.Results) -> str:
  data = sorted({overview.data_of(run) for run in results.runs})
  models = {run.label for run in results.runs}
  where = data[0] if len(data) == 1 else f"{len(data)} data sets"
  return (
    f"{formats.plural(len(results.runs), 'run')} of "
    f"{formats.plural(len(models), 'model')} on {where}"
  )


def _tables(results: folders.Results) -> tuple[list, dict]:
  """(those with a number of ours, {heading: what makes the others})."""
  tables, missing = [], {}
  for number in _TABLES:
    table = paper_tables.build(number, results)
    if _has_ours(table):
      tables.append(table)
    else:
      missing[f"Table {number}. {table.title}"] = (
        f"no record of ours; it is made by: {_MAKES_TABLE[number]}"
      )
  return tables, missing


def _has_ours(table: paper_tables.Table) -> bool:
  return any(
    column.source == paper_pools.OURS and row.cells[i].status != formats.NOT_RUN
    for i, column in enumerate(table.columns)
    for row in table.rows
  )
