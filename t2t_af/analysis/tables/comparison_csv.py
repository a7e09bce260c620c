"""The comparison table as CSV: plain numbers, for other programs.

A line per set (mean over seeds), per set and seed, and per reference. Empty:
not run. Units are in the columns' names.
"""

import csv
import io

from t2t_af.analysis.charts import pictures
from t2t_af.analysis.results import trivial
from t2t_af.analysis.results.comparison import Comparison
from t2t_af.records import likelihood

COLUMNS = (
  "row",
  "name",
  "label",
  "model",
  "seed",
  "split",
  "dequantization",
  "bound",
  "num_samples",
  "num_parameters",
  "nll_nats_per_dim",
  "nll_nats_per_dim_stderr_seeds",
  "nll_nats_per_dim_stderr_sequences",
  "nll_bits_per_dim",
  "reconstruction_nats_per_dim",
  "kl_nats_per_dim",
  "nll_nats_per_step",
  "nll_raw_nats_per_step",
  "difference_nats_per_dim",
  "difference_stderr",
  "psnr_best_of_n",
  "ssim_best_of_n",
  "rmse_best_of_n",
  "seconds_per_step",
  "peak_memory_mib",
)
# Means over seeds of likelihood records, and of sample records.
_FIELDS = (
  "reconstruction_nats_per_dim",
  "kl_nats_per_dim",
  "nll_nats_per_step",
  "nll_raw_nats_per_step",
)
_QUALITY = ("psnr_best_of_n", "ssim_best_of_n", "rmse_best_of_n")


def text(comparison: Comparison) -> str:
  """The whole file, heading first."""
  stream = io.StringIO()
  writer = csv.DictWriter(stream, COLUMNS, restval="")
  writer.writeheader()
  for name in comparison.sets:
    for line in _lines(comparison, name):
      writer.writerow({k: _plain(v) for k, v in line.items()})
  for r in comparison.scored_references():
    line = {field: r.get(field) for field in COLUMNS}
    line.update(
      {
        "row": "reference",
        "bound": False,
        "label": trivial.label(comparison, r["name"]),
        "nll_nats_per_dim_stderr_sequences": r["nll_nats_per_dim_stderr"],
      }
    )
    writer.writerow({k: _plain(v) for k, v in line.items()})
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
  base = {
    "name": name,
    "label": comparison.label(name),
    "split": comparison.split,
  }
  line = {
    "row": "set",
    **base,
    "seed": "all",
    **_shared(finals.values(), "model", "dequantization", "num_samples"),
    "bound": comparison.is_bound(name) if finals else None,
  }
  if estimate:
    line.update(
      {
        "nll_nats_per_dim": estimate.mean,
        "nll_nats_per_dim_stderr_seeds": estimate.stderr_seeds,
        "nll_nats_per_dim_stderr_sequences": estimate.stderr_sequences,
        "nll_bits_per_dim": likelihood.bits_from_nats(estimate.mean),
      }
    )
  scale = comparison.unit.scale
  if difference:
    line.update(
      difference_nats_per_dim=difference.mean / scale,
      difference_stderr=difference.stderr / scale,
    )
  for field in ("num_parameters", "seconds_per_step", "peak_memory_mib"):
    line[field] = comparison.from_run(name, field)
  for fields, kind in ((_FIELDS, "likelihood"), (_QUALITY, "samples")):
    for field in fields:
      over_seeds = comparison.estimate(name, field, kind)
      line[field] = over_seeds.mean if over_seeds else None
  yield line
  for seed, r in finals.items():
    run, sampled = comparison.runs[name, seed], drawn.get(seed, {})
    line = {field: r.get(field) for field in COLUMNS}
    line.update({field: sampled.get(field) for field in _QUALITY})
    line.update(
      {
        "row": "seed",
        **base,
        "seed": seed,
        "nll_nats_per_dim_stderr_sequences": r.get("nll_nats_per_dim_stderr"),
        "difference_nats_per_dim": difference.per_seed[seed] / scale
        if difference and seed in difference.per_seed
        else None,
        "seconds_per_step": run.info.get("seconds_per_step"),
        "peak_memory_mib": run.info.get("peak_memory_mib"),
      }
    )
    yield line


def _shared(records, *fields: str) -> dict:
  """The fields whose value all records share."""
  found = {field: {r.get(field) for r in records} for field in fields}
  return {
    field: values.pop() for field, values in found.items() if len(values) == 1
  }


def _plain(value):
  """Ten digits, as a mean's last bits are noise; None and NaN: empty."""
  if value is None or value != value:
    return ""
  return f"{value:.10g}" if isinstance(value, float) else value
