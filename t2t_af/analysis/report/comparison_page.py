"""One self-contained HTML page about a compare folder.

Made from the folder's files alone: no network, no script, pictures inside.
The table comes first, then curves, then pictures, then what `t2t-af analyse`
measured of the runs. What has not been run is shown as "not run".
"""

from collections.abc import Iterable
import html
import os
from typing import Optional

from t2t_af import whole_file
from t2t_af.analysis import formats
from t2t_af.analysis.charts import drawing
from t2t_af.analysis.figures import comparison_figures
from t2t_af.analysis.figures import context_figures
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
  title = _title(comparison)
  return page.document(
    title,
    "\n".join(
      (
        f"<h1>{html.escape(title)}</h1>",
        _verdict(comparison),
        _protocol(comparison),
        _table(comparison),
        _curves(comparison),
        _pictures(comparison),
        _of_runs(comparison),
        _how_to_read(comparison),
        _details(comparison),
      )
    ),
  )


def _title(comparison: Comparison) -> str:
  problem = comparison.config.get("problem", "unknown problem")
  return comparison.config.get("title") or (
    f"{formats.plural(len(comparison.sets), 'model')} side by side on {problem}"
  )


def _verdict(comparison: Comparison) -> str:
  winner = html.escape(comparison.best_set() or "", quote=True)
  lines = "".join(
    f"<p>{html.escape(sentence)}</p>"
    for sentence in verdict.sentences(comparison)
  )
  return f'<section class="verdict" data-winner="{winner}">{lines}</section>'


def _protocol(comparison: Comparison) -> str:
  words = " · ".join(comparison_words.protocol(comparison))
  return f'<p class="protocol">{html.escape(words)}</p>'


def _table(comparison: Comparison) -> str:
  head = "".join(
    f'<th scope="col">{html.escape(heading)}</th>'
    for column, heading in comparison_table.headings(comparison).items()
    if column != "note"
  )
  table = comparison_table.rows(comparison)
  bodies = "".join(
    f'<tbody data-row="{html.escape(row.name)}">{_row(row)}</tbody>'
    for row in table
    if not row.is_reference
  )
  trivial = "".join(_row(row) for row in table if row.is_reference)
  missing = (
    "" if trivial else '<p class="empty">Trivial references: not run.</p>'
  )
  return (
    f'<h2>Results</h2><div class="scroll"><table><thead><tr>{head}</tr>'
    f'</thead>{bodies}<tbody class="reference">{trivial}</tbody>'
    f"</table></div>{missing}"
  )


def _row(row: comparison_table.ComparisonRow) -> str:
  """The row, and under it its notes over the whole width."""
  out = []
  for column, cell in row.cells.items():
    content = html.escape(cell.text) + "".join(
      f"<small>{html.escape(line)}</small>"
      for line in cell.detail.split("; ")
      if line
    )
    if column == "label":
      out.append(f'<th scope="row">{content}</th>')
    elif column != "note":
      out.append(f"<td{' class=best' if cell.is_best else ''}>{content}</td>")
  shown = f"<tr>{''.join(out)}</tr>"
  note = row.cells["note"].text
  if note:
    shown += (
      f'<tr class="note"><td colspan="{len(out)}"><span>'
      f"{html.escape(note)}</span></td></tr>"
    )
  return shown


def _curves(comparison: Comparison) -> str:
  curves = comparison_figures.curves(comparison)
  shown = "".join(_curve(curve) for curve in curves)
  missing = [
    title
    for title in comparison_figures.titles(comparison)
    if title not in {curve.chart.title for curve in curves}
  ]
  note = (
    f'<p class="empty">Not run, so not shown: '
    f"{html.escape(', '.join(missing))}.</p>"
    if missing
    else ""
  )
  return f'<h2>Curves</h2><div class="figures">{shown}</div>{note}'


def _curve(curve: comparison_figures.Curves) -> str:
  return (
    f"<figure><h3>{html.escape(curve.chart.title)}</h3>"
    f"{drawing.inline(curve.chart)}"
    f"<figcaption>{html.escape(curve.caption)}</figcaption></figure>"
  )


def _pictures(comparison: Comparison) -> str:
  shown = context_figures.context_pictures(comparison)
  if not shown:
    return '<h2>Samples</h2><p class="empty">Samples: not run.</p>'
  out = ["<h2>Samples</h2>"]
  for picture in shown:
    title = picture.title
    animation = picture.animation and page.picture(
      "animation.gif", picture.animation, f"{title}, animated"
    )
    out.append(
      f"<figure><h3>{html.escape(title)}</h3>{animation or ''}"
      f"{page.picture('strip.png', picture.strip, title)}"
      f"<figcaption>{html.escape(picture.caption)}</figcaption></figure>"
    )
  return "".join(out)


def _of_runs(comparison: Comparison) -> str:
  """What there is of the flows, correlation, calibration of its runs."""
  return figure_sections.make(_OF_RUNS, comparison.results()).sections


def _how_to_read(comparison: Comparison) -> str:
  items = "".join(
    f"<li>{html.escape(line)}</li>"
    for line in comparison_words.how_to_read(comparison.unit)
  )
  return f"<h2>How to read this</h2><ul>{items}</ul>"


def _details(comparison: Comparison) -> str:
  """Versions, and the overrides of each set, from the records."""
  pairs = {}
  for name in comparison.sets:
    for r in comparison.final(name).values():
      for package, version in (r.get("versions") or {}).items():
        pairs.setdefault(package, set()).add(str(version))
      if r.get("hparams"):
        pairs.setdefault(f"{name} with", set()).add(str(r["hparams"]))
  return _definitions(
    {k: ", ".join(sorted(v)) for k, v in pairs.items()}.items()
  )


def _definitions(pairs: Iterable[tuple[str, str]]) -> str:
  lines = "".join(
    f"<dt>{html.escape(k)}</dt><dd>{html.escape(v)}</dd>" for k, v in pairs
  )
  return f"<h2>Versions</h2><dl>{lines}</dl>" if lines else ""
