"""The comparison table as CSV: plain numbers, for other programs.

A line per set (mean over seeds), per set and seed, and per reference. Empty:
not run. Units are in the columns' names.
"""

import csv
import io

from t2t_af import likelihood
from t2t_af.analysis import pictures
from t2t_af.analysis import tables
from t2t_af.analysis.comparison import Comparison

COLUMNS = (
    "row", "name", "label", "seed", "split", "bound", "num_parameters",
    "nll_nats_per_dim", "nll_nats_per_dim_stderr_seeds",
    "nll_nats_per_dim_stderr_sequences", "nll_bits_per_dim",
    "difference_nats_per_dim", "difference_stderr", "psnr_best_of_n",
    "ssim_best_of_n", "seconds_per_step", "peak_memory_mib")


def text(comparison: Comparison) -> str:
  """The whole file, heading first."""
  stream = io.StringIO()
  writer = csv.DictWriter(stream, COLUMNS, restval="")
  writer.writeheader()
  for name in comparison.sets:
    for line in _lines(comparison, name):
      writer.writerow({k: _plain(v) for k, v in line.items()})
  for r in tables.references(comparison):
    writer.writerow({k: _plain(v) for k, v in {
        "row": "reference", "name": r["name"], "split": r["split"],
        "label": tables.REFERENCE_LABELS.get(r["name"], r["name"]),
        "bound": False,
        "nll_nats_per_dim": r["nll_nats_per_dim"],
        "nll_nats_per_dim_stderr_sequences": r["nll_nats_per_dim_stderr"],
        "nll_bits_per_dim": r["nll_bits_per_dim"],
        "psnr_best_of_n": r.get("psnr_best_of_n"),
        "ssim_best_of_n": r.get("ssim_best_of_n")}.items()})
  return stream.getvalue()


def write(comparison: Comparison, path: str) -> str:
  """Writes `text`; returns the path."""
  return pictures.write(path, text(comparison).encode("utf-8"))


def _lines(comparison: Comparison, name: str):
  """One line over seeds, then one per seed."""
  finals = comparison.final(name)
  drawn = comparison.final(name, "samples")
  estimate = comparison.estimate(name)
  first = comparison.sets[0]
  difference = None if name == first else comparison.difference(name, first)
  base = {"name": name, "label": comparison.label(name),
          "split": comparison.split}
  line = {"row": "set", **base, "seed": "all",
          "bound": comparison.is_bound(name) if finals else None}
  if estimate:
    line.update({
        "nll_nats_per_dim": estimate.mean,
        "nll_nats_per_dim_stderr_seeds": estimate.stderr_seeds,
        "nll_nats_per_dim_stderr_sequences": estimate.stderr_sequences,
        "nll_bits_per_dim": likelihood.bits_from_nats(estimate.mean)})
  if difference:
    line.update(difference_nats_per_dim=difference.mean,
                difference_stderr=difference.stderr)
  for field in ("num_parameters", "seconds_per_step", "peak_memory_mib"):
    line[field] = comparison.from_run(name, field)
  for field in ("psnr_best_of_n", "ssim_best_of_n"):
    over_seeds = comparison.estimate(name, field, "samples")
    line[field] = over_seeds.mean if over_seeds else None
  yield line
  for seed, r in finals.items():
    run, sampled = comparison.runs[name, seed], drawn.get(seed, {})
    yield {
        "row": "seed", **base, "seed": seed, "bound": r.get("bound"),
        "num_parameters": r.get("num_parameters"),
        "nll_nats_per_dim": r.get("nll_nats_per_dim"),
        "nll_nats_per_dim_stderr_sequences": r.get("nll_nats_per_dim_stderr"),
        "nll_bits_per_dim": r.get("nll_bits_per_dim"),
        "difference_nats_per_dim":
            difference.per_seed.get(seed) if difference else None,
        "psnr_best_of_n": sampled.get("psnr_best_of_n"),
        "ssim_best_of_n": sampled.get("ssim_best_of_n"),
        "seconds_per_step": run.info.get("seconds_per_step"),
        "peak_memory_mib": run.info.get("peak_memory_mib")}


def _plain(value):
  """Ten digits, as a mean's last bits are noise; None and NaN: empty."""
  if value is None or value != value:
    return ""
  return f"{value:.10g}" if isinstance(value, float) else value
