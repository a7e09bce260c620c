"""Records: one JSON object per line, appended, never rewritten.

A run leaves these files of them under `<output_dir>/results/`:

  likelihood.jsonl   one line per evaluation             `likelihood(...)`
  correlation.jsonl  one line per evaluation and signal  `correlation(...)`
  training.jsonl     one line per logged steps           `training(...)`
  samples.jsonl      one line per decode                 `samples(...)`
  calibration.jsonl  one line per `t2t-af analyse`       `calibration(...)`
  perceptual.jsonl   one line per decode and metric      `lpips(...)`,
                                                         `fvd(...)`

and a compare folder `references.jsonl`, one `reference(...)` each. The
functions make a record and refuse one that lacks what its table needs.

Records of runs that were trained on a part of the training split have
train_fraction and train_fraction_seed; of runs that are scored at the step
that was best on the dev split, chosen_of_steps: how many steps there were.

Strict JSON has no NaN: a number that is not finite is written as null, and the
record's "non_finite" says which it was, e.g. {"nll_nats_per_dim": "nan"}.
"""

from collections.abc import Iterable, Sequence
import datetime
from importlib import metadata
import json
import logging
import math
import os
import platform
from typing import Any, Optional

import numpy as np

from t2t_af.records import likelihood as likelihood_lib

IDENTITY = (
  "model",
  "hparams_set",
  "hparams",
  "problem",
  "split",
  "checkpoint",
  "step",
  "seed",
  "num_parameters",
)
_DECODE = IDENTITY + (
  "temperature",
  "num_contexts",
  "num_samples",
  "num_cond_frames",
  "num_predicted_frames",
)
_NETWORK = ("package", "weights_sha256", "resolution", "protocol")
REQUIRED = {
  "likelihood": IDENTITY
  + (
    "nll_nats_per_dim",
    "nll_nats_per_dim_stderr",
    "nll_nats_per_dim_per_frame",
    "num_sequences",
    "num_cond_frames",
    "num_scored_frames",
  ),
  "correlation": IDENTITY
  + (
    "signal",
    "correlation",
    "correlation_stderr",
    "num_sequences",
    "num_steps",
    "num_dims",
    "num_constant_dims",
  ),
  "calibration": IDENTITY
  + (
    "method",
    "num_samples",
    "pit_counts",
    "coverage_levels",
    "coverage",
    "coverage_stderr",
    "num_values",
    "num_sequences",
    "crps",
    "crps_stderr",
  ),
  "samples": _DECODE
  + (
    "psnr_best_of_n",
    "psnr_best_of_n_stderr",
    "ssim_best_of_n",
    "ssim_best_of_n_stderr",
    "psnr_per_frame",
    "ssim_per_frame",
  ),
  "lpips": _DECODE
  + _NETWORK
  + (
    "lpips_best_of_n",
    "lpips_best_of_n_stderr",
    "lpips_mean_of_n",
    "lpips_mean_of_n_stderr",
    "lpips_per_frame",
    "backbone",
  ),
  "fvd": _DECODE
  + _NETWORK
  + (
    "fvd",
    "fvd_by_sample_mean",
    "num_true_clips",
    "num_generated_clips",
    "clip_length",
    "features",
  ),
  "training": ("step", "nll_nats_per_dim", "seconds_per_step"),
  "reference": (
    "name",
    "problem",
    "split",
    "nll_nats_per_dim",
    "nll_nats_per_dim_stderr",
    "num_sequences",
    "num_cond_frames",
    "num_scored_frames",
  ),
}
PACKAGES = (
  "t2t_af",
  "tensorflow",
  "tensorflow-probability",
  "tensor2tensor",
  "numpy",
  "pillow",
)


def likelihood(**fields) -> dict:
  """A likelihood record: NLL of one split at one checkpoint.

  Fills in: kind, the bits from the nats, dequantization ("uniform"; also
  "gaussian", and "none" of series), bound (False: the number is exact up to
  dequantisation; True: it is an upper bound), num_samples (of a bound, 1),
  versions, time.

  Optional:
    nll_nats_per_dim_per_sequence: [num_sequences], in the order of the split;
      with it, two models that saw one seed each are compared sequence by
      sequence.
    reconstruction_nats_per_dim, kl_nats_per_dim: what the bound of one sample
      is the sum of; num_warmup_steps: steps that the model of y saw before the
      first scored one.
    dims_per_step: numbers of a step. And of series: noise_std, of the noise
      added to standardised values; nll_nats_per_step with
      its _stderr, of the standardised series, and nll_raw_nats_per_step, on
      the scale of the raw data.

  Raises:
    ValueError: names every required field that is missing.
  """
  return _make(
    "likelihood",
    fields,
    dequantization="uniform",
    bound=False,
    num_samples=1,
    versions=versions(),
  )


def correlation(**fields) -> dict:
  """A correlation record: Eq. 23 of one signal of one split.

  Of the scored steps. signal: "x" the data, "y1", "y2" ... the noise after
  each transform, "z0", "u0" ... a level's latents before and after its flow.
  num_steps: over all sequences; num_dims: per step, among them
  num_constant_dims that never change and are left out.
  """
  return _make("correlation", fields, versions=versions())


def calibration(**fields) -> dict:
  """A calibration record: PIT, coverage and CRPS of one split of a series.

  method: "flow", each step given the true steps before it, exactly, from a
  flow to N(0, 1) (num_samples and crps are None); or "samples", all steps
  ahead, from num_samples futures of each context. CRPS is of standardised
  values.
  """
  return _make("calibration", fields, versions=versions())


def samples(**fields) -> dict:
  """A samples record: PSNR and SSIM, best of N, of one decode."""
  return _make("samples", fields, versions=versions())


def lpips(**fields) -> dict:
  """An lpips record of one decode; lower is better. See lpips_quality."""
  return _make("lpips", fields, versions=versions())


def fvd(**fields) -> dict:
  """An fvd record of one decode; lower is better. See fvd_quality."""
  return _make("fvd", fields, versions=versions())


def training(**fields) -> dict:
  """A training record: mean NLL of the steps since the last record."""
  return _make("training", fields)


def reference(**fields) -> dict:
  """A reference record: NLL of a trivial model (references.py)."""
  return _make(
    "reference",
    fields,
    dequantization="uniform",
    bound=False,
    versions=versions(),
  )


def append(path: str, record: dict) -> None:
  """Appends one line; a process killed here leaves at most a partial line.

  A partial line left by an earlier kill is closed first, so that it can spoil
  only itself.
  """
  line = dumps(record) + "\n"
  os.makedirs(os.path.dirname(os.path.abspath(path)), exist_ok=True)
  with open(path, "ab") as stream:
    if not _ends_with_newline(path):
      line = "\n" + line
    stream.write(line.encode("utf-8"))  # One write: buffered, then flushed.
    stream.flush()
    os.fsync(stream.fileno())


def read(path: str) -> list[dict]:
  """All records of a file, oldest first; [] where there is no file.

  A line that is no JSON object is skipped with a warning that names it.
  """
  if not os.path.exists(path):
    return []
  found = []
  with open(path, encoding="utf-8", errors="replace") as stream:
    for number, line in enumerate(stream, start=1):
      record = _parse(line)
      if record is not None:
        found.append(record)
      elif line.strip():
        logging.warning(
          "%s line %d is no complete record: skipped", path, number
        )
  return found


def newest(
  records: Iterable[dict],
  keys: Sequence[str] = ("hparams_set", "seed", "split"),
) -> dict[tuple, dict]:
  """The newest record of each (set, seed, split): by time, then by order."""
  found = {}
  for record in records:
    key = tuple(record.get(k) for k in keys)
    old = found.get(key)
    if old is None or record.get("time", "") >= old.get("time", ""):
      found[key] = record
  return found


def dumps(record: dict) -> str:
  """`record` as one line of strict JSON; see the module on NaN."""
  non_finite = {}
  plain = _plain(record, "", non_finite)
  if non_finite:
    plain["non_finite"] = non_finite
  return json.dumps(plain, allow_nan=False)


def now() -> str:
  """The time in UTC, ISO 8601, to the microsecond."""
  return datetime.datetime.now(datetime.timezone.utc).isoformat()


def versions() -> dict:
  """Versions of Python and of the packages that numbers depend on.

  Read from the installed packages' metadata: nothing is imported.
  """
  found = {"python": platform.python_version()}
  for package in PACKAGES:
    try:
      found[package] = metadata.version(package)
    except metadata.PackageNotFoundError:
      continue
  return found


def hardware(accelerators: Sequence[str] = ()) -> dict:
  """The machine: processor, cores this process may use, memory in GiB.

  Args:
    accelerators: names of the devices that were used; this room cannot ask
      TensorFlow.
  """
  pages, size = os.sysconf("SC_PHYS_PAGES"), os.sysconf("SC_PAGE_SIZE")
  affinity = getattr(os, "sched_getaffinity", None)
  return {
    "cpu": _cpu_name(),
    "cores": len(affinity(0)) if affinity else os.cpu_count(),
    "memory_gib": round(pages * size / 2**30, 1),
    "accelerators": list(accelerators),
  }


def _make(kind: str, fields: dict, **defaults) -> dict:
  missing = [name for name in REQUIRED[kind] if name not in fields]
  if missing:
    raise ValueError(f"a {kind} record lacks: {', '.join(missing)}")
  record = {"kind": kind, **defaults, **fields}
  if record["kind"] != kind:
    raise ValueError(f"a {kind} record cannot have kind {record['kind']!r}")
  for suffix in ("", "_stderr"):
    nats = record.get("nll_nats_per_dim" + suffix)
    if nats is not None:
      bits = likelihood_lib.bits_from_nats(nats)
      given = record.setdefault("nll_bits_per_dim" + suffix, bits)
      if not math.isclose(given, bits, rel_tol=1e-4, abs_tol=1e-6) and not (
        math.isnan(given) and math.isnan(bits)
      ):
        raise ValueError(f"{given} bits are not {nats} nats ({bits} bits)")
  record.setdefault("time", now())
  return record


def _plain(value: Any, path: str, non_finite: dict) -> Any:
  """`value` as dicts, lists and Python scalars; notes what is not finite."""
  if isinstance(value, dict):
    return {
      str(k): _plain(v, f"{path}.{k}" if path else str(k), non_finite)
      for k, v in value.items()
    }
  if isinstance(value, np.ndarray):
    value = value.tolist()
  if isinstance(value, (list, tuple)):
    return [_plain(v, f"{path}[{i}]", non_finite) for i, v in enumerate(value)]
  if isinstance(value, np.generic):
    value = value.item()
  if isinstance(value, float) and not math.isfinite(value):
    non_finite[path] = str(value)
    return None
  return value


def _parse(line: str) -> Optional[dict]:
  try:
    record = json.loads(line)
  except ValueError:
    return None
  return record if isinstance(record, dict) else None


def _ends_with_newline(path: str) -> bool:
  with open(path, "rb") as stream:
    if not stream.seek(0, os.SEEK_END):
      return True
    stream.seek(-1, os.SEEK_END)
    return stream.read(1) == b"\n"


def _cpu_name() -> str:
  try:
    with open("/proc/cpuinfo", encoding="utf-8") as stream:
      for line in stream:
        if line.startswith("model name"):
          return line.split(":", 1)[1].strip()
  except OSError:
    pass
  return platform.processor() or platform.machine()
