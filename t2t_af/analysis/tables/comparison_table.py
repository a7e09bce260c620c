"""The comparison table: as rows, and as text for a terminal.

One row per hparams set, then one per trivial reference. The main error is over
seeds where there are several, else over sequences.
"""

import math
from typing import NamedTuple, Optional

from t2t_af.analysis import formats
from t2t_af.analysis.results import trivial
from t2t_af.analysis.results.comparison import Comparison
from t2t_af.analysis.results.comparison import Estimate
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
  "seconds": True,
  "memory": True,
}
# Of each metric of samples: its field, and decimals.
_QUALITY = {"psnr": 2, "ssim": 3, "rmse": 3}


class Cell(NamedTuple):
  """`text` in every form of the table; `detail`, parts after "; ", below."""

  text: str
  detail: str = ""
  best: bool = False
  value: Optional[float] = None  # what "best" is decided by


class Row(NamedTuple):
  name: str
  is_reference: bool
  cells: dict  # {column: Cell}


def headings(comparison: Comparison) -> dict[str, str]:
  """{column: heading}, in order."""
  return SERIES_HEADINGS if comparison.unit.is_series else HEADINGS


def rows(comparison: Comparison) -> list[Row]:
  """All rows; the best value of each column among the sets is marked."""
  found = [_set_row(comparison, name) for name in comparison.sets]
  for column, lower in LOWER_IS_BETTER.items():
    if column not in headings(comparison):
      continue
    values = [
      r.cells[column].value for r in found if r.cells[column].value is not None
    ]
    if len(values) > 1:
      best = (min if lower else max)(values)
      for row in found:
        cell = row.cells[column]
        row.cells[column] = cell._replace(best=cell.value == best)
  return found + [
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
    [row.cells[c].text + ("*" if row.cells[c].best else "") for c in columns]
    for row in table
  ]
  widths = [max(len(line[i]) for line in lines) for i in range(len(columns))]
  out = [
    "  ".join(
      part.ljust(width) if i == 0 else part.rjust(width)
      for i, (part, width) in enumerate(zip(line, widths))
    )
    for line in lines
  ]
  out.insert(1, "  ".join("-" * width for width in widths))
  for row in table:
    for extra in (row.cells["difference"].detail, row.cells["note"].text):
      if extra:
        out.append(f"{row.cells['label'].text}: {extra}")
  return "\n".join(line.rstrip() for line in out)


def _set_row(comparison: Comparison, name: str) -> Row:
  seconds = comparison.from_run(name, "seconds_per_step")
  memory = comparison.from_run(name, "peak_memory_mib")
  cells = {
    "label": Cell(comparison.label(name), name),
    "nll": _nll_cell(comparison, name, comparison.nll(name)),
    "difference": _difference_cell(comparison, name),
    "parameters": Cell(
      formats.thousands(comparison.from_run(name, "num_parameters"))
    ),
    "seconds": Cell(formats.significant(seconds), value=seconds),
    "memory": Cell(formats.thousands(memory), value=memory),
    "note": Cell("; ".join(_notes(comparison, name))),
  }
  nll = comparison.nll(name)
  if comparison.unit.is_series:
    raw = comparison.estimate(name, "nll_raw_nats_per_step")
    # A shift by sum log std: the errors are the same.
    cells["raw"] = _nll_cell(
      comparison, name, nll and raw and nll._replace(mean=raw.mean)
    )
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
) -> Cell:
  """The estimate, with "<=" where it is an upper bound."""
  if estimate is None:
    return Cell(formats.NOT_RUN)
  bound = formats.BOUND if comparison.is_bound(name) else ""
  mean, seeds, sequences = (
    estimate.mean,
    estimate.stderr_seeds,
    estimate.stderr_sequences,
  )
  if math.isnan(seeds):
    detail = "1 seed"
    if not math.isnan(sequences):
      detail += "; ± over sequences"
    return Cell(bound + formats.with_error(mean, sequences), detail, value=mean)
  detail = formats.plural(len(estimate.per_seed), "seed")
  if not math.isnan(sequences):
    detail += f"; sequences ± {formats.number(sequences)}"
  return Cell(bound + formats.with_error(mean, seeds), detail, value=mean)


def _difference_cell(comparison: Comparison, name: str) -> Cell:
  first = comparison.sets[0]
  if name == first:
    return Cell(formats.ABSENT)
  difference = comparison.difference(name, first)
  if difference is None:
    return Cell(formats.ABSENT)
  per_seed = "; ".join(
    f"seed {seed} {formats.signed(d)}"
    for seed, d in difference.per_seed.items()
  )
  return Cell(
    formats.with_error(difference.mean, difference.stderr, sign=True), per_seed
  )


def _quality_cell(
  comparison: Comparison, name: str, metric: str, decimals: int
) -> Cell:
  estimate = comparison.estimate(name, metric + "_best_of_n", "samples")
  if estimate is None:
    return Cell(formats.NOT_RUN)
  counts = {
    r.get("num_samples") for r in comparison.final(name, "samples").values()
  }
  best_of = "/".join(sorted(str(count) for count in counts))
  several = not math.isnan(estimate.stderr_seeds)
  stderr = estimate.stderr_seeds if several else estimate.stderr_sequences
  shown = formats.number(estimate.mean, decimals)
  if not math.isnan(stderr):
    shown += f" ± {formats.number(stderr, decimals)}"
  return Cell(shown, f"best of {best_of}", value=estimate.mean)


def _notes(comparison: Comparison, name: str) -> list[str]:
  """What is missing, not finite, early, or beaten by something trivial."""
  notes = []
  finals, steps = comparison.final(name), comparison.config.get("steps")
  missing = [seed for seed in comparison.seeds if seed not in finals]
  if missing:
    notes.append(
      "not run: "
      + ", ".join(
        f"seed {seed}{_progress(comparison, name, seed)}" for seed in missing
      )
    )
  diverged = comparison.diverged(name)
  if diverged:
    notes.append("not finite: " + ", ".join(f"seed {s}" for s in diverged))
  early = sorted(
    {
      r["step"]
      for r in finals.values()
      if steps and r.get("step") is not None and r["step"] != steps
    }
  )
  if early:
    notes.append(
      f"scored at step {formats.listing([str(s) for s in early])} of {steps}"
    )
  unbeaten = trivial.not_beaten(comparison, name)
  if unbeaten:
    notes.append(
      "does not beat: "
      + ", ".join(trivial.label(comparison, n) for n in unbeaten)
    )
  notes += [
    f"{metric} is not better than that of repeating the last given "
    f"{comparison.unit.step}"
    for metric in trivial.worse_than_a_copy(comparison, name)
  ]
  return _parts_of_bound(comparison, name) + notes


def _parts_of_bound(comparison: Comparison, name: str) -> list[str]:
  """What a bound is the sum of, and how many samples it is taken with."""
  if not comparison.is_bound(name):
    return []
  parts = []
  for field, words in (
    ("reconstruction_nats_per_dim", "reconstruction"),
    ("kl_nats_per_dim", "KL"),
  ):
    estimate = comparison.estimate(name, field)
    if estimate:
      value = estimate.mean * comparison.unit.scale
      parts.append(f"{words} {formats.number(value)}")
  counts = sorted(
    {r.get("num_samples") or 1 for r in comparison.final(name).values()}
  )
  samples = formats.listing([str(count) for count in counts])
  text_ = f"upper bound with {samples} sample{'s' * (counts != [1])}"
  return [f"{text_}: {' + '.join(parts)}" if parts else text_]


def _progress(comparison: Comparison, name: str, seed: int) -> str:
  training = comparison.runs[name, seed].training
  if not training:
    return ""
  return (
    f" (training, at step {training[-1].get('step')} of "
    f"{comparison.config.get('steps', '?')})"
  )


def _reference_row(comparison: Comparison, r: dict) -> Row:
  nats, stderr = r.get("nll_nats_per_dim"), r.get("nll_nats_per_dim_stderr")
  stderr = stderr if stderr else math.nan  # The uniform model's is 0.
  nats = math.nan if nats is None else nats
  scale = comparison.unit.scale
  columns = headings(comparison)
  cells = {
    "label": Cell(trivial.label(comparison, r["name"])),
    "nll": Cell(_three_decimals(nats * scale, stderr * scale)),
    "note": Cell(""),
  }
  if comparison.unit.is_series:
    cells["raw"] = Cell(
      _three_decimals(r.get("nll_raw_nats_per_step"), stderr * scale)
    )
  else:
    cells["bits"] = Cell(
      _three_decimals(
        likelihood.bits_from_nats(nats), likelihood.bits_from_nats(stderr)
      )
    )
  for metric, decimals in _QUALITY.items():
    value = r.get(metric + "_best_of_n")
    if metric in columns and value is not None:
      cells[metric] = Cell(
        formats.number(value, decimals), f"last {comparison.unit.step} repeated"
      )
  return _row(comparison, r["name"], True, cells)


def _row(
  comparison: Comparison, name: str, is_reference: bool, cells: dict
) -> Row:
  """The cells in the order of the headings; absent where there is none."""
  return Row(
    name,
    is_reference,
    {
      column: cells.get(column, Cell(formats.ABSENT))
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
