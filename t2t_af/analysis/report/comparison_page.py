"""One self-contained HTML page about a compare folder.

Made from the folder's files alone: no network, no script, pictures inside.
The table comes first, then curves, then pictures, then what `t2t-af analyse`
found of the runs. What has not been run is shown as "not run".
"""

from collections.abc import Iterable
import html
import os
from typing import Optional

from t2t_af.analysis import formats
from t2t_af.analysis.charts import pictures
from t2t_af.analysis.figures import comparison_figures
from t2t_af.analysis.figures import context_figures
from t2t_af.analysis.report import figure_sections
from t2t_af.analysis.report import overview
from t2t_af.analysis.report import page
from t2t_af.analysis.report import verdict
from t2t_af.analysis.results import found_runs
from t2t_af.analysis.results.comparison import Comparison
from t2t_af.analysis.tables import comparison_table

# Figures of the paper, and one more, that are made of runs, not of a study.
_OF_RUNS = (1, 4, 5, 6, 8, "calibration")
NOISE = {
  "uniform": "uniform noise U(0, 1) on 0–255 values",
  "gaussian": "Gaussian noise of deviation 1/256 (not comparable with "
  "uniform noise)",
  "none": "standardised by the training split",
}
_UNIT = {
  "nats/dim": (
    "NLL is the negative log-likelihood of the test videos: how surprised "
    "a model is by what happens. Lower is better. It is given per pixel "
    "value, in nats and in bits (one bit is 0.693 nats). A model that "
    "knows nothing, uniform over 256 values, has 5.545 nats or 8 bits."
  ),
  "nats/step": (
    "NLL is the negative log-likelihood of the test series: how surprised "
    "a model is by what happens. Lower is better. It is a density, so it "
    "may be negative. It is given per time step, of the standardised "
    "values and of the raw ones; the two differ by a constant, the sum of "
    "the logarithms of the columns' standard deviations."
  ),
}
_SAMPLES = {
  "nats/dim": (
    "PSNR and SSIM compare the best of N samples with the one future that "
    "happened. They reward a lucky guess and a blurred average, so they "
    "say less about a model than its NLL. SSIM is taken per colour "
    "channel."
  ),
  "nats/step": (
    "RMSE compares the best of N samples with the one future that "
    "happened, in standardised units. It rewards a lucky guess, so it "
    "says less about a model than its NLL."
  ),
}
_OF_ALL = (
  "± is one standard error. With several seeds it is over seeds: how much "
  "the result moves when training is repeated. The small print under it is "
  "over test sequences: how much it would move with other test sequences.",
  "The difference is taken seed by seed against the first row and then "
  "averaged, so that luck that both share under one seed falls out. Few "
  "seeds make a wide interval: with three, its half width is 4.3 standard "
  "errors.",
  "A value after <= is an upper bound on the NLL; the exact value may be "
  "lower. All other values are exact; of video, for the values with noise "
  "added, which makes each a bound on the NLL of the 8-bit values where "
  "that noise is uniform.",
  "The grey rows are trivial models fitted to the training split. A model "
  "that does not beat them has learned little about motion.",
  "Samples in the pictures are each set's first, not its best.",
)


def write(compare_dir: str, path: Optional[str] = None) -> str:
  """Writes the page to `path`, or `<compare_dir>/report.html`; returns where.

  Raises:
    UserError: if there is no compare.json.
  """
  content = render(Comparison(compare_dir))
  return pictures.write(
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
        _legend(comparison, comparison.sets),
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


def _legend(comparison: Comparison, sets: Iterable[str]) -> str:
  """Colour, marker and name of each set: the same all over the page."""
  return page.legend(
    (comparison.sets.index(name), comparison.label(name)) for name in sets
  )


def _verdict(comparison: Comparison) -> str:
  winner = html.escape(comparison.best_set() or "", quote=True)
  lines = "".join(
    f"<p>{html.escape(sentence)}</p>"
    for sentence in verdict.sentences(comparison)
  )
  return f'<section class="verdict" data-winner="{winner}">{lines}</section>'


def _protocol(comparison: Comparison) -> str:
  return (
    f'<p class="protocol">{html.escape(" · ".join(protocol(comparison)))}</p>'
  )


def protocol(comparison: Comparison) -> list[str]:
  """What the numbers depend on, each in a few words."""
  config, finals, drawn = comparison.config, [], []
  for name in comparison.sets:
    finals += comparison.final(name).values()
    drawn += comparison.final(name, "samples").values()
  parts = [
    f"Problem {config.get('problem', formats.ABSENT)}",
    f"{comparison.split} split",
  ]
  for r in finals[:1]:
    parts += [
      f"{r.get('num_sequences', '?')} sequences",
      f"{r.get('num_cond_steps', '?')} {comparison.unit.step}s given, "
      f"{r.get('num_scored_steps', '?')} scored",
    ]
  parts += [
    NOISE.get(noise, f"{noise} noise")
    for noise in dict.fromkeys(r.get("dequantization") for r in finals)
  ]
  if config.get("steps"):
    parts.append(f"{formats.thousands(config['steps'])} training steps")
  if config.get("eval_every"):
    parts.append(
      "scored at the best of every "
      f"{formats.thousands(config['eval_every'])} steps on the dev "
      "split"
    )
  seeds = ", ".join(str(seed) for seed in comparison.seeds)
  parts.append(f"{'seed' if len(comparison.seeds) == 1 else 'seeds'} {seeds}")
  for r in drawn[:1]:
    parts.append(
      f"best of {r.get('num_samples')} samples, "
      f"{r.get('num_contexts')} contexts of the {r.get('split')} "
      f"split, temperature {r.get('temperature')}"
    )
  return parts + overview.machines(
    [
      comparison.config.get("hardware"),
      *(run.info.get("hardware") for run in comparison.runs.values()),
    ]
  )


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


def _row(row: comparison_table.Row) -> str:
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
      out.append(f"<td{' class=best' if cell.best else ''}>{content}</td>")
  found = f"<tr>{''.join(out)}</tr>"
  note = row.cells["note"].text
  if note:
    found += (
      f'<tr class="note"><td colspan="{len(out)}"><span>'
      f"{html.escape(note)}</span></td></tr>"
    )
  return found


def _curves(comparison: Comparison) -> str:
  found = {
    curve.title: curve for curve in comparison_figures.curves(comparison)
  }
  shown = "".join(_curve(comparison, curve) for curve in found.values())
  missing = [
    title
    for title in comparison_figures.titles(comparison)
    if title not in found
  ]
  note = (
    f'<p class="empty">Not run, so not shown: '
    f"{html.escape(', '.join(missing))}.</p>"
    if missing
    else ""
  )
  return f'<h2>Curves</h2><div class="figures">{shown}</div>{note}'


def _curve(comparison: Comparison, curve: comparison_figures.Curves) -> str:
  return (
    f"<figure><h3>{html.escape(curve.title)}</h3>"
    f"{_legend(comparison, curve.sets)}{curve.svg}"
    f"<figcaption>{html.escape(curve.caption)}</figcaption></figure>"
  )


def _pictures(comparison: Comparison) -> str:
  found = context_figures.context_pictures(comparison)
  if not found:
    return '<h2>Samples</h2><p class="empty">Samples: not run.</p>'
  out = ["<h2>Samples</h2>"]
  for picture in found:
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
  found = found_runs.find([comparison.folder])
  runs = [
    run._replace(label=comparison.label(run.hparams_set))
    for run in found.runs
    if run.hparams_set in comparison.sets
  ]
  return figure_sections.make(_OF_RUNS, found._replace(runs=runs)).sections


def _how_to_read(comparison: Comparison) -> str:
  unit = comparison.unit.name
  items = "".join(
    f"<li>{html.escape(line)}</li>"
    for line in (_UNIT[unit], *_OF_ALL, _SAMPLES[unit])
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
