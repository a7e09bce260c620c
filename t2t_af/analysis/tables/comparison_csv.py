"""The comparison table as CSV: plain numbers, for other programs.

A line per set (mean over seeds), per set and seed, and per reference. Empty:
not run. Units are in the columns' names.
"""

import csv
import io
from typing import Any, Optional

from t2t_af import whole_file
from t2t_af.analysis.results import estimates
from t2t_af.analysis.results import trivial
from t2t_af.analysis.results.comparison import Comparison
from t2t_af.analysis.results.estimates import Difference
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
  "nll_nats_per_dim_stderr_recordings",
  "nll_nats_per_dim_stderr_windows",
  "nll_nats_per_dim_median",
  "nll_nats_per_dim_worst_percent",
  "num_windows",
  "num_recordings",
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
  "nll_nats_per_dim_median",
  "nll_nats_per_dim_worst_percent",
  "reconstruction_nats_per_dim",
  "kl_nats_per_dim",
  "nll_nats_per_step",
  "nll_raw_nats_per_step",
)
_QUALITY = ("psnr_best_of_n", "ssim_best_of_n", "rmse_best_of_n")


def rows(comparison: Comparison) -> list[dict[str, Any]]:
  """Of each line {column: value}; None or no such column: not run."""
  lines = []
  for name in comparison.sets:
    lines.append(_set_line(comparison, name))
    lines += _seed_lines(comparison, name)
  return lines + [
    _reference_line(comparison, r) for r in comparison.scored_references()
  ]


def text(comparison: Comparison) -> str:
  """The whole file, heading first."""
  stream = io.StringIO()
  writer = csv.DictWriter(stream, COLUMNS, restval="")
  writer.writeheader()
  writer.writerows(
    {field: _plain(value) for field, value in line.items()}
    for line in rows(comparison)
  )
  return stream.getvalue()


def write(comparison: Comparison, path: str) -> str:
  """Writes `text`; returns the path."""
  return whole_file.write(path, text(comparison).encode("utf-8"))


def _set_line(comparison: Comparison, name: str) -> dict:
  """Over seeds."""
  finals = comparison.final(name)
  line = {
    **_name(comparison, name),
    "row": "set",
    "seed": "all",
    **_shared(
      finals.values(),
      "model",
      "dequantization",
      "num_samples",
      "num_windows",
      "num_recordings",
    ),
    "bound": comparison.is_bound(name) if finals else None,
  }
  estimate = comparison.estimate(name)
  if estimate:
    line.update(
      nll_nats_per_dim=estimate.mean,
      nll_nats_per_dim_stderr_seeds=estimate.stderr_runs,
      nll_nats_per_dim_stderr_recordings=estimate.stderr_recordings,
      nll_nats_per_dim_stderr_windows=estimates.mean_over_runs(
        finals.values(), "nll_nats_per_dim_window_stderr"
      ),
      nll_bits_per_dim=likelihood.bits_from_nats(estimate.mean),
    )
  difference = _difference(comparison, name)
  if difference:
    line.update(
      difference_nats_per_dim=difference.mean,
      difference_stderr=difference.stderr,
    )
  for field in ("num_parameters", "seconds_per_step", "peak_memory_mib"):
    line[field] = comparison.from_run(name, field)
  for fields, kind in ((_FIELDS, "likelihood"), (_QUALITY, "samples")):
    for field in fields:
      over_seeds = comparison.estimate(name, field, kind)
      line[field] = over_seeds.mean if over_seeds else None
  return line


def _seed_lines(comparison: Comparison, name: str) -> list[dict]:
  """One of every seed that has been scored."""
  sampled = comparison.final(name, "samples")
  difference = _difference(comparison, name)
  lines = []
  for seed, r in comparison.final(name).items():
    info = comparison.runs[name, seed].info
    lines.append(
      {
        **{field: r.get(field) for field in COLUMNS},
        **{field: sampled.get(seed, {}).get(field) for field in _QUALITY},
        **_name(comparison, name),
        "row": "seed",
        "seed": seed,
        "nll_nats_per_dim_stderr_recordings": estimates.own_error(r),
        "nll_nats_per_dim_stderr_windows": r.get(
          "nll_nats_per_dim_window_stderr"
        ),
        "difference_nats_per_dim": difference.per_run.get(seed)
        if difference
        else None,
        "seconds_per_step": info.get("seconds_per_step"),
        "peak_memory_mib": info.get("peak_memory_mib"),
      }
    )
  return lines


def _reference_line(comparison: Comparison, r: dict) -> dict:
  return {
    **{field: r.get(field) for field in COLUMNS},
    "row": "reference",
    "bound": False,
    "label": trivial.label(comparison, r["name"]),
    "nll_nats_per_dim_stderr_recordings": estimates.own_error(r),
  }


def _name(comparison: Comparison, name: str) -> dict:
  return {
    "name": name,
    "label": comparison.label(name),
    "split": comparison.split,
  }


def _difference(comparison: Comparison, name: str) -> Optional[Difference]:
  """To the first set, in nats per dimension."""
  first = comparison.sets[0]
  difference = None if name == first else comparison.difference(name, first)
  return difference and difference.times(1.0 / comparison.unit.scale)


def _shared(records, *fields: str) -> dict:
  """The fields whose value all records share."""
  by_field = {field: {r.get(field) for r in records} for field in fields}
  return {
    field: values.pop()
    for field, values in by_field.items()
    if len(values) == 1
  }


def _plain(value):
  """Ten digits, as a mean's last bits are noise; None and NaN: empty."""
  if value is None or value != value:
    return ""
  return f"{value:.10g}" if isinstance(value, float) else value
