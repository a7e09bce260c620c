"""The comparison table: as rows, and as text for a terminal.

One row per hparams set, then one per trivial reference. The main error is over
seeds where there are several, else over recordings. Of series the mean NLL is
often decided by a few windows: the median and what the worst add stand beside.
"""

import math
from typing import NamedTuple, Optional

from t2t_af.analysis import formats
from t2t_af.analysis.results import estimates
from t2t_af.analysis.results import trivial
from t2t_af.analysis.results.comparison import Comparison
from t2t_af.analysis.results.estimates import Estimate
from t2t_af.analysis.results.estimates import NLL
from t2t_af.analysis.tables import comparison_notes
from t2t_af.analysis.tables import text_layout
from t2t_af.records import likelihood

HEADINGS = {  # of video
  "label": "Model",
  "nll": "NLL, nats/dim",
  "bits": "NLL, bits/dim",
  "difference": "Difference to first, nats/dim",
  "psnr": "PSNR, dB",
  "ssim": "SSIM",
  "parameters": "Parameters",
  "seconds": "Seconds per step",
  "memory": "Peak memory, MiB",
  "note": "Notes",
}
SERIES_HEADINGS = {
  "label": "Model",
  "nll": "NLL, nats/step",
  "median": "Median, nats/step",
  "worst": "Worst 1 %, nats/step",
  "raw": "NLL in raw units, nats/step",
  "difference": "Difference to first, nats/step",
  "rmse": "RMSE, standardised",
  "parameters": "Parameters",
  "seconds": "Seconds per step",
  "memory": "Peak memory, MiB",
  "note": "Notes",
}
_SHORT = {  # A terminal is 80 to 160 wide.
  "nll": "{unit}",
  "bits": "bits/dim",
  "median": "median",
  "worst": "worst 1 %",
  "raw": "raw {unit}",
  "difference": "vs first, nats",
  "rmse": "RMSE",
  "seconds": "s/step",
  "memory": "peak MiB",
}
LOWER_IS_BETTER = {
  "nll": True,
  "bits": True,
  "raw": True,
  "psnr": False,
  "ssim": False,
  "rmse": True,
  "memory": True,  # but not seconds: they are the machine's load too
}
_OF_LIKELIHOOD = ("nll", "bits", "raw")
# Columns of how far few windows decide a mean, with their fields.
_SPREAD = {"median": NLL + "_median", "worst": NLL + "_worst_percent"}
# Of each metric of samples: its field, and decimals.
_QUALITY = {"psnr": 2, "ssim": 3, "rmse": 3}


class ComparisonCell(NamedTuple):
  """`text` in every form of the table; `detail`, parts after "; ", below."""

  text: str
  detail: str = ""
  is_best: bool = False
  value: Optional[float] = None  # what "best" is decided by


class ComparisonRow(NamedTuple):
  """A set, or a trivial reference; `cells`: {column: cell}."""

  name: str
  is_reference: bool
  cells: dict


def headings(comparison: Comparison) -> dict[str, str]:
  """{column: heading}, in order."""
  return SERIES_HEADINGS if comparison.unit.is_series else HEADINGS


def rows(comparison: Comparison) -> list[ComparisonRow]:
  """All rows; the best value of each column among the sets is marked.

  Not of likelihoods of sets that were not scored alike, and not of samples of
  sets that were not sampled alike.
  """
  of_sets = [_set_row(comparison, name) for name in comparison.sets]
  not_ranked = [
    *(_OF_LIKELIHOOD if comparison.differing() else ()),
    *(() if comparison.is_sampled_alike() else _QUALITY),
  ]
  for column, lower in LOWER_IS_BETTER.items():
    if column not in headings(comparison) or column in not_ranked:
      continue
    values = [
      r.cells[column].value
      for r in of_sets
      if r.cells[column].value is not None
    ]
    if len(values) > 1:
      best = (min if lower else max)(values)
      for row in of_sets:
        cell = row.cells[column]
        row.cells[column] = cell._replace(is_best=cell.value == best)
  return of_sets + [
    _reference_row(comparison, r) for r in comparison.scored_references()
  ]


def text(comparison: Comparison) -> str:
  """The table for a terminal; errors per seed and notes follow it."""
  table = rows(comparison)
  columns = [c for c in headings(comparison) if c != "note"]
  lines = [
    [
      _SHORT.get(c, headings(comparison)[c]).format(unit=comparison.unit.name)
      for c in columns
    ]
  ]
  lines += [
    [row.cells[c].text + ("*" if row.cells[c].is_best else "") for c in columns]
    for row in table
  ]
  widths = text_layout.widths_of(lines)
  out = [text_layout.line(line, widths) for line in lines]
  out.insert(1, text_layout.rule(widths))
  for row in table:
    for extra in (row.cells["difference"].detail, row.cells["note"].text):
      if extra:
        out.append(f"{row.cells['label'].text}: {extra}")
  return "\n".join(line.rstrip() for line in out)


def _set_row(comparison: Comparison, name: str) -> ComparisonRow:
  seconds = comparison.from_run(name, "seconds_per_step")
  memory = comparison.from_run(name, "peak_memory_mib")
  cells = {
    "label": ComparisonCell(comparison.label(name), name),
    "nll": _nll_cell(comparison, name, comparison.nll(name)),
    "difference": _difference_cell(comparison, name),
    "parameters": ComparisonCell(
      formats.thousands(comparison.from_run(name, "num_parameters"))
    ),
    "seconds": ComparisonCell(formats.significant(seconds), value=seconds),
    "memory": ComparisonCell(formats.thousands(memory), value=memory),
    "note": ComparisonCell(
      "; ".join(comparison_notes.notes_on(comparison, name))
    ),
  }
  nll = comparison.nll(name)
  if comparison.unit.is_series:
    raw = comparison.estimate(name, "nll_raw_nats_per_step")
    # A shift by sum log std: the errors are the same.
    cells["raw"] = _nll_cell(
      comparison, name, nll and raw and nll._replace(mean=raw.mean)
    )
    for column, field in _SPREAD.items():
      cells[column] = _spread_cell(comparison, name, field)
  else:
    cells["bits"] = _nll_cell(
      comparison, name, nll and nll.times(likelihood.bits_from_nats(1.0))
    )
  for metric, decimals in _QUALITY.items():
    if metric in headings(comparison):
      cells[metric] = _quality_cell(comparison, name, metric, decimals)
  return _row(comparison, name, False, cells)


def _nll_cell(
  comparison: Comparison, name: str, estimate: Optional[Estimate]
) -> ComparisonCell:
  """The estimate, with "<=" where it is an upper bound."""
  if estimate is None:
    return ComparisonCell(formats.NOT_RUN)
  bound = formats.BOUND if comparison.is_bound(name) else ""
  detail = formats.plural(len(estimate.per_run), "seed")
  if not math.isnan(estimate.stderr_recordings):
    detail += (
      "; ± over recordings"
      if math.isnan(estimate.stderr_runs)
      else f"; recordings ± {formats.number(estimate.stderr_recordings)}"
    )
  return ComparisonCell(
    bound + formats.with_error(estimate.mean, estimate.stderr),
    detail,
    value=estimate.mean,
  )


def _spread_cell(
  comparison: Comparison, name: str, field: str
) -> ComparisonCell:
  """Mean over the seeds of the NLL; of a bound it is one too."""
  estimate = comparison.estimate(name, field)
  if estimate is None:
    return ComparisonCell(formats.ABSENT)
  bound = formats.BOUND if comparison.is_bound(name) else ""
  value = estimate.mean * comparison.unit.scale
  return ComparisonCell(bound + formats.number(value), value=value)


def _difference_cell(comparison: Comparison, name: str) -> ComparisonCell:
  first = comparison.sets[0]
  if name == first:
    return ComparisonCell(formats.ABSENT)
  difference = comparison.difference(name, first)
  if difference is None:
    return ComparisonCell(formats.ABSENT)
  per_seed = "; ".join(
    f"seed {seed} {formats.signed(d)}" for seed, d in difference.per_run.items()
  )
  return ComparisonCell(
    formats.with_error(difference.mean, difference.stderr, sign=True), per_seed
  )


def _quality_cell(
  comparison: Comparison, name: str, metric: str, decimals: int
) -> ComparisonCell:
  estimate = comparison.estimate(name, metric + "_best_of_n", "samples")
  if estimate is None:
    return ComparisonCell(formats.NOT_RUN)
  counts = {
    r.get("num_samples") for r in comparison.final(name, "samples").values()
  }
  best_of = "/".join(sorted(str(count) for count in counts))
  shown = formats.number(estimate.mean, decimals)
  if not math.isnan(estimate.stderr):
    shown += f" ± {formats.number(estimate.stderr, decimals)}"
  return ComparisonCell(shown, f"best of {best_of}", value=estimate.mean)


def _reference_row(comparison: Comparison, r: dict) -> ComparisonRow:
  nats, stderr = r.get(NLL), estimates.own_error(r)
  stderr = stderr if stderr else math.nan  # The uniform model's is 0.
  nats = math.nan if nats is None else nats
  scale = comparison.unit.scale
  columns = headings(comparison)
  cells = {
    "label": ComparisonCell(trivial.label(comparison, r["name"])),
    "nll": ComparisonCell(_three_decimals(nats * scale, stderr * scale)),
    "note": ComparisonCell(""),
  }
  if comparison.unit.is_series:
    cells["raw"] = ComparisonCell(
      _three_decimals(r.get("nll_raw_nats_per_step"), stderr * scale)
    )
  else:
    cells["bits"] = ComparisonCell(
      _three_decimals(
        likelihood.bits_from_nats(nats), likelihood.bits_from_nats(stderr)
      )
    )
  for metric, decimals in _QUALITY.items():
    value = r.get(metric + "_best_of_n")
    if metric in columns and value is not None:
      cells[metric] = ComparisonCell(
        formats.number(value, decimals), f"last {comparison.unit.step} repeated"
      )
  return _row(comparison, r["name"], True, cells)


def _row(
  comparison: Comparison, name: str, is_reference: bool, cells: dict
) -> ComparisonRow:
  """The cells in the order of the headings; absent where there is none."""
  return ComparisonRow(
    name,
    is_reference,
    {
      column: cells.get(column, ComparisonCell(formats.ABSENT))
      for column in headings(comparison)
    },
  )


def _three_decimals(value: Optional[float], stderr: float) -> str:
  """Some references' errors are tiny: nobody needs their sixth decimal."""
  text_ = formats.number(value)
  return (
    text_
    if math.isnan(stderr) or text_ == formats.ABSENT
    else f"{text_} ± {formats.number(stderr)}"
  )
