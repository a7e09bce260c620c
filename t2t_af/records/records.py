"""Records: what a run leaves of each kind, with the fields that are required.

A run leaves these files of them under `<output_dir>/results/`, appended to and
read by `json_lines`:

  likelihood.jsonl   one line per evaluation             `likelihood(...)`
  correlation.jsonl  one line per evaluation and signal  `correlation(...)`
  training.jsonl     one line per logged steps           `training(...)`
  samples.jsonl      one line per decode                 `samples(...)`
  calibration.jsonl  one line per `t2t-af analyse`       `calibration(...)`
  perceptual.jsonl   one line per decode and metric      `lpips(...)`,
                                                         `fvd(...)`

and a compare folder `references.jsonl`, one `reference(...)` each. The
functions make a record and refuse one that lacks what its table needs.

Steps are time steps of a sequence: of video its frames. `*_per_step` are lists
over the scored or predicted ones.

Records of likelihoods, correlations and samples say what they are of:
data_fingerprint, of the data that was scored (trained_data_fingerprint, of what
the run was trained on); sequence_ids and what the windows were cut from;
is_partial, whether the evaluation ended before the split did.

Records of runs that were trained on a part of the training split have
train_fraction and train_fraction_seed; of runs that are scored at the step
that was best on the dev split, chosen_of_steps: how many steps there were; of
runs whose weights began as another's, warm_start_from: whose.
"""

from collections.abc import Iterable, Sequence
import math

from t2t_af.records import environment
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
  "num_cond_steps",
  "num_predicted_steps",
)
_NETWORK = ("package", "weights_sha256", "resolution", "protocol")
REQUIRED = {
  "likelihood": IDENTITY
  + (
    "nll_nats_per_dim",
    "nll_nats_per_dim_stderr",
    "nll_nats_per_dim_per_step",
    "num_sequences",
    "num_cond_steps",
    "num_scored_steps",
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
    "psnr_per_step",
    "ssim_per_step",
  ),
  "lpips": _DECODE
  + _NETWORK
  + (
    "lpips_best_of_n",
    "lpips_best_of_n_stderr",
    "lpips_mean_of_n",
    "lpips_mean_of_n_stderr",
    "lpips_per_step",
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
    "num_cond_steps",
    "num_scored_steps",
  ),
}


# Of a samples record, where it was drawn otherwise than usual.
SAMPLED_OTHERWISE = (
  *("precision", "sample_mode", "sample_conditioning"),
  *("dequantization", "series_noise", "scale_floor"),
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
    precision: of the networks' products, where it is not float32.
    dims_per_step: numbers of a step. And of series: noise_std, of the noise
      added to standardised values; scale_floor, which no predicted scale is
      below; split_protocol, how recordings came to their split, where there
      are several; nll_nats_per_step with
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
    versions=environment.versions(),
  )


def correlation(**fields) -> dict:
  """A correlation record: Eq. 23 of one signal of one split.

  Of the scored steps. signal: "x" the data, "y1", "y2" ... the noise after
  each transform, "z0", "u0" ... a level's latents before and after its flow.
  num_steps: over all sequences; num_dims: per step, among them
  num_constant_dims that never change and are left out.
  """
  return _make("correlation", fields, versions=environment.versions())


def calibration(**fields) -> dict:
  """A calibration record: PIT, coverage and CRPS of one split of a series.

  method: "flow", each step given the true steps before it, exactly, from a
  flow to N(0, 1) (num_samples and crps are None); or "samples", all steps
  ahead, from num_samples futures of each context. CRPS is of standardised
  values.
  """
  return _make("calibration", fields, versions=environment.versions())


def samples(**fields) -> dict:
  """A samples record: PSNR and SSIM, best of N, of one decode.

  Optional: SAMPLED_OTHERWISE; of these precision, sample_mode and
  sample_conditioning where they are not what a set says (float32, "samples",
  "frames"), the rest where it is not what the run was trained with.
  """
  return _make("samples", fields, versions=environment.versions())


def lpips(**fields) -> dict:
  """An lpips record of one decode; lower is better. See lpips_quality."""
  return _make("lpips", fields, versions=environment.versions())


def fvd(**fields) -> dict:
  """An fvd record of one decode; lower is better. See fvd_quality."""
  return _make("fvd", fields, versions=environment.versions())


def training(**fields) -> dict:
  """A training record: mean NLL of the steps since the last record.

  num_skipped_steps: those whose numbers were not finite, which are in no mean.
  """
  return _make("training", fields)


def reference(**fields) -> dict:
  """A reference record: NLL of a trivial model (references.py)."""
  return _make(
    "reference",
    fields,
    dequantization="uniform",
    bound=False,
    versions=environment.versions(),
  )


def is_current(record: dict) -> bool:
  """Whether a record is of a whole split and made as they are made today.

  Those of version 0.2 and before do not say what their windows were cut from.
  """
  return "num_recordings" in record and not record.get("is_partial")


def newest(
  records: Iterable[dict],
  keys: Sequence[str] = ("hparams_set", "seed", "split"),
) -> dict[tuple, dict]:
  """The newest record of each (set, seed, split): by time, then by order."""
  newest_of = {}
  for record in records:
    key = tuple(record.get(k) for k in keys)
    old = newest_of.get(key)
    if old is None or _time(record) >= _time(old):
      newest_of[key] = record
  return newest_of


def _time(record: dict) -> str:
  return record.get("time") or ""


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
  record.setdefault("time", environment.now())
  return record
