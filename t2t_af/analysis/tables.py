"""The comparison table: as rows, and as text for a terminal.

One row per hparams set, then one per trivial reference. The main error is over
seeds where there are several, else over sequences.
"""

import math
from typing import NamedTuple, Optional

from t2t_af import likelihood
from t2t_af.analysis import formats
from t2t_af.analysis.comparison import Comparison, Estimate

HEADINGS = {
    "label": "Model", "nats": "NLL, nats/dim", "bits": "NLL, bits/dim",
    "difference": "Difference to first, nats/dim", "psnr": "PSNR, dB",
    "ssim": "SSIM", "parameters": "Parameters", "seconds": "Seconds per step",
    "memory": "Peak memory, MiB", "note": "Notes"}
SHORT_HEADINGS = dict(
    HEADINGS, nats="nats/dim", bits="bits/dim", difference="vs first, nats",
    seconds="s/step", memory="peak MiB")  # A terminal is 80 to 160 wide.
REFERENCE_LABELS = {
    "uniform": "Uniform", "standard_normal": "N(0, 1) on [0, 1]",
    "global_gaussian": "One Gaussian for all",
    "per_pixel_gaussian": "One Gaussian per pixel",
    "copy_last_frame": "Copy of the previous frame",
    "copy_last_frame_per_pixel": "Copy, one variance per pixel"}
LOWER_IS_BETTER = {"nats": True, "bits": True, "psnr": False, "ssim": False,
                   "seconds": True, "memory": True}


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


def rows(comparison: Comparison) -> list[Row]:
  """All rows; the best value of each column among the sets is marked."""
  found = [_set_row(comparison, name) for name in comparison.sets]
  for column, lower in LOWER_IS_BETTER.items():
    values = [r.cells[column].value for r in found
              if r.cells[column].value is not None]
    if len(values) > 1:
      best = (min if lower else max)(values)
      for row in found:
        cell = row.cells[column]
        row.cells[column] = cell._replace(best=cell.value == best)
  return found + [_reference_row(r) for r in references(comparison)]


def references(comparison: Comparison) -> list[dict]:
  """Reference records of the scored split."""
  return [r for r in comparison.references
          if r.get("split") == comparison.split]


def text(comparison: Comparison) -> str:
  """The table for a terminal; errors per seed and notes follow it."""
  table = rows(comparison)
  columns = [c for c in HEADINGS if c != "note"]
  lines = [[SHORT_HEADINGS[c] for c in columns]]
  lines += [[row.cells[c].text + ("*" if row.cells[c].best else "")
             for c in columns] for row in table]
  widths = [max(len(line[i]) for line in lines) for i in range(len(columns))]
  out = ["  ".join(part.ljust(width) if i == 0 else part.rjust(width)
                   for i, (part, width) in enumerate(zip(line, widths)))
         for line in lines]
  out.insert(1, "  ".join("-" * width for width in widths))
  for row in table:
    for extra in (row.cells["difference"].detail, row.cells["note"].text):
      if extra:
        out.append(f"{row.cells['label'].text}: {extra}")
  return "\n".join(line.rstrip() for line in out)


def not_beaten(comparison: Comparison, name: str) -> list[str]:
  """Names of the references that a set does not beat in nats/dim."""
  estimate = comparison.estimate(name)
  if estimate is None:
    return []
  return [r["name"] for r in references(comparison)
          if r.get("nll_nats_per_dim") is not None and
          estimate.mean >= r["nll_nats_per_dim"]]


def _set_row(comparison: Comparison, name: str) -> Row:
  estimate = comparison.estimate(name)
  bound = "<= " if comparison.is_bound(name) else ""
  seconds = comparison.from_run(name, "seconds_per_step")
  memory = comparison.from_run(name, "peak_memory_mib")
  return Row(name, False, {
      "label": Cell(comparison.label(name), name),
      "parameters": Cell(formats.thousands(
          comparison.from_run(name, "num_parameters"))),
      "nats": _nll_cell(estimate, bound, 1.),
      "bits": _nll_cell(estimate, bound, likelihood.NATS_PER_BIT),
      "difference": _difference_cell(comparison, name),
      "psnr": _quality_cell(comparison, name, "psnr_best_of_n", 2),
      "ssim": _quality_cell(comparison, name, "ssim_best_of_n", 3),
      "seconds": Cell(formats.significant(seconds), value=seconds),
      "memory": Cell(formats.thousands(memory), value=memory),
      "note": Cell("; ".join(_notes(comparison, name)))})


def _nll_cell(estimate: Optional[Estimate], bound: str,
              unit: float) -> Cell:
  """NLL divided by `unit` nats."""
  if estimate is None:
    return Cell(formats.NOT_RUN)
  mean, seeds, sequences = (
      v / unit for v in (estimate.mean, estimate.stderr_seeds,
                         estimate.stderr_sequences))
  if math.isnan(seeds):
    return Cell(bound + formats.with_error(mean, sequences),
                "1 seed; ± over sequences", value=mean)
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
  per_seed = "; ".join(f"seed {seed} {formats.signed(d)}"
                       for seed, d in difference.per_seed.items())
  return Cell(formats.with_error(difference.mean, difference.stderr,
                                 sign=True), per_seed)


def _quality_cell(comparison: Comparison, name: str, field: str,
                  decimals: int) -> Cell:
  estimate = comparison.estimate(name, field, "samples")
  if estimate is None:
    return Cell(formats.NOT_RUN)
  counts = {r.get("num_samples")
            for r in comparison.final(name, "samples").values()}
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
    notes.append("not run: " + ", ".join(
        f"seed {seed}{_progress(comparison, name, seed)}"
        for seed in missing))
  diverged = comparison.diverged(name)
  if diverged:
    notes.append("not finite: " + ", ".join(f"seed {s}" for s in diverged))
  early = sorted({r["step"] for r in finals.values()
                  if steps and r.get("step") is not None and
                  r["step"] != steps})
  if early:
    notes.append(f"scored at step {formats.listing([str(s) for s in early])} "
                 f"of {steps}")
  unbeaten = not_beaten(comparison, name)
  if unbeaten:
    notes.append("does not beat: " + ", ".join(
        REFERENCE_LABELS.get(n, n) for n in unbeaten))
  return notes + _below_copy(comparison, name)


def _below_copy(comparison: Comparison, name: str) -> list[str]:
  """PSNR or SSIM below that of repeating the last given frame."""
  notes = []
  for r in references(comparison):
    lengths = {s.get("num_predicted_frames")
               for s in comparison.final(name, "samples").values()}
    if lengths != {r.get("num_scored_frames")}:
      continue  # Later frames are harder: not comparable.
    for metric in ("psnr", "ssim"):
      field = metric + "_best_of_n"
      ours = comparison.estimate(name, field, "samples")
      if ours and r.get(field) is not None and ours.mean <= r[field]:
        notes.append(f"{metric.upper()} is not above that of repeating the "
                     "last given frame")
  return notes


def _progress(comparison: Comparison, name: str, seed: int) -> str:
  training = comparison.runs[name, seed].training
  if not training:
    return ""
  return (f" (training, at step {training[-1].get('step')} of "
          f"{comparison.config.get('steps', '?')})")


def _reference_row(r: dict) -> Row:
  nats, stderr = r.get("nll_nats_per_dim"), r.get("nll_nats_per_dim_stderr")
  stderr = stderr if stderr else math.nan  # The uniform model's is 0.
  nats = math.nan if nats is None else nats
  cells = {column: Cell(formats.ABSENT) for column in HEADINGS}
  cells.update(
      label=Cell(REFERENCE_LABELS.get(r["name"], r["name"])),
      nats=Cell(_three_decimals(nats, stderr)),
      bits=Cell(_three_decimals(likelihood.bits_from_nats(nats),
                                likelihood.bits_from_nats(stderr))),
      note=Cell(""))
  if r.get("psnr_best_of_n") is not None:
    cells["psnr"] = Cell(formats.number(r["psnr_best_of_n"], 2),
                         "last frame repeated")
  if r.get("ssim_best_of_n") is not None:
    cells["ssim"] = Cell(formats.number(r["ssim_best_of_n"], 3),
                         "last frame repeated")
  return Row(r["name"], True, cells)


def _three_decimals(value: float, stderr: float) -> str:
  """Some references' errors are tiny: nobody needs their sixth decimal."""
  text_ = formats.number(value)
  return text_ if math.isnan(stderr) else f"{text_} ± {formats.number(stderr)}"
