"""One self-contained HTML page about a compare folder.

Made from the folder's files alone. What came out comes first, then the table,
curves, pictures, and what `t2t-af analyse` measured of the runs. What has not
been run is shown as "not run".
"""

import os
from typing import Optional

from t2t_af import whole_file
from t2t_af.analysis import formats
from t2t_af.analysis.figures import comparison_figures
from t2t_af.analysis.figures import context_figures
from t2t_af.analysis.report import claims
from t2t_af.analysis.report import comparison_words
from t2t_af.analysis.report import figure_sections
from t2t_af.analysis.report import page
from t2t_af.analysis.report import verdict
from t2t_af.analysis.results.comparison import Comparison
from t2t_af.analysis.tables import comparison_table

# Figures of the paper, and one more, that are made of runs, not of a study.
_OF_RUNS = (1, 4, 5, 6, 8, "calibration")


def write(compare_dir: str, path: Optional[str] = None) -> str:
  """Writes the page to `path`, or `<compare_dir>/report.html`; returns where.

  Raises:
    UserError: if there is no compare.json.
  """
  content = render(Comparison(compare_dir))
  return whole_file.write(
    path or os.path.join(compare_dir, "report.html"), content.encode("utf-8")
  )


def render(comparison: Comparison) -> str:
  """The page as one string."""
  curves = comparison_figures.curves(comparison)
  drawn = {curve.chart.title for curve in curves}
  figures, _ = figure_sections.make(_OF_RUNS, comparison.results())
  headings = dict(comparison_table.headings(comparison))
  del headings["note"]
  found = claims.of(comparison.results())
  return page.render(
    "comparison",
    title=_title(comparison),
    winner=comparison.best_set() or "",
    sentences=verdict.sentences(comparison),
    protocol=comparison_words.protocol(comparison),
    claims=found,
    summary=claims.summary(found),
    headings=headings,
    rows=comparison_table.rows(comparison),
    absent=formats.ABSENT,
    curves=curves,
    no_curves=[
      title
      for title in comparison_figures.titles(comparison)
      if title not in drawn
    ],
    samples=context_figures.context_pictures(comparison),
    figures=figures,
    how_to_read=comparison_words.how_to_read(comparison.unit),
    versions=_versions(comparison),
  )


def _title(comparison: Comparison) -> str:
  problem = comparison.config.get("problem", "unknown problem")
  return comparison.config.get("title") or (
    f"{formats.plural(len(comparison.sets), 'model')} side by side on {problem}"
  )


def _versions(comparison: Comparison) -> dict[str, str]:
  """Versions, and the overrides of each set, from the records."""
  pairs = {}
  for name in comparison.sets:
    for r in comparison.final(name).values():
      for package, version in (r.get("versions") or {}).items():
        pairs.setdefault(package, set()).add(str(version))
      if r.get("hparams"):
        pairs.setdefault(f"{name} with", set()).add(str(r["hparams"]))
  return {name: ", ".join(sorted(found)) for name, found in pairs.items()}
