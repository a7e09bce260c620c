"""A compare folder of a series with invented numbers: a flow and a bound."""

import json
import os

import numpy as np

from t2t_af.analysis.metrics import references
from t2t_af.analysis.metrics import series_quality
from t2t_af.records import json_lines
from t2t_af.records import records
from tests.analysis import fake_windows

FLOW, BOUND = SETS = ("af1_series_tiny", "slvm_series_tiny")
LABELS = dict(zip(SETS, ("1-AF", "SLVM")))
SEEDS = (0, 1)
DIMS, COND, SCORED, NUM, SAMPLES = 3, 4, 6, 20, 5
PER_RECORDING = 4  # windows
LOG_VOLUME = 2.5  # nats per step
# Windows of a recording about the mean; the worst 1 % are one window of 20.
SPREAD = np.array([-0.1, -0.1, -0.1, 0.3])
NLL = {FLOW: (0.3, 0.34), BOUND: (0.5, 0.58)}  # nats/dim, seeds 0 and 1
RECONSTRUCTION = 0.4  # nats/dim; the rest of the bound is KL
MEAN, STD = np.array([100.0, 0.0, -5.0]), np.array([20.0, 1.0, 0.1])


def series(seed: int, num: int = NUM) -> np.ndarray:
  """float32 [num, COND + SCORED, DIMS]: walks, about standardised."""
  rng = np.random.default_rng(seed)
  steps = rng.normal(0.0, 0.3, (num, COND + SCORED, DIMS))
  return (rng.normal(0.0, 1.0, (num, 1, DIMS)) + steps.cumsum(1)).astype(
    np.float32
  )


def write(folder: str, nll=None, protocol=(COND, SCORED)) -> str:
  """Writes the folder; `nll`: {set: nats/dim per seed} instead of NLL."""
  os.makedirs(folder, exist_ok=True)
  with open(
    os.path.join(folder, "compare.json"), "w", encoding="utf-8"
  ) as stream:
    json.dump(
      {
        "problem": "series_x",
        "sets": list(SETS),
        "steps": 9,
        "seeds": list(SEEDS),
        "labels": LABELS,
      },
      stream,
    )
  for record in references.compute(
    series(1),
    series(2),
    *protocol,
    "series_x",
    log_volume=LOG_VOLUME,
    recording_of=[i // PER_RECORDING for i in range(NUM)],
  ):
    record["data_fingerprint"] = fake_windows.DATA
    json_lines.append(os.path.join(folder, "references.jsonl"), record)
  for name in SETS:
    for seed in SEEDS:
      _write_run(
        os.path.join(folder, name, f"seed_{seed}"),
        name,
        seed,
        (nll or NLL)[name][seed],
      )
  return folder


def _write_run(run: str, name: str, seed: int, nll: float) -> None:
  identity = dict(
    model="slvm" if name == BOUND else "autoregressive_flow",
    hparams_set=name,
    hparams="",
    problem="series_x",
    split="test",
    step=9,
    seed=seed,
    checkpoint="model.ckpt-9",
    num_parameters=77,
  )
  json_lines.append(
    os.path.join(run, "results", "likelihood.jsonl"), _likelihood(identity, nll)
  )
  _write_samples(run, identity, seed)


def _likelihood(identity: dict, nll: float) -> dict:
  parts = {}
  if identity["hparams_set"] == BOUND:
    parts = dict(
      bound=True,
      reconstruction_nats_per_dim=RECONSTRUCTION,
      kl_nats_per_dim=nll - RECONSTRUCTION,
    )
  of_recording = np.repeat(
    np.linspace(-0.04, 0.04, NUM // PER_RECORDING), PER_RECORDING
  )
  found = fake_windows.fields(
    nll + of_recording + np.resize(SPREAD, NUM), PER_RECORDING
  )
  return records.likelihood(
    **identity,
    **parts,
    **found,
    dequantization="none",
    nll_nats_per_dim_per_step=[nll] * SCORED,
    num_cond_steps=COND,
    num_scored_steps=SCORED,
    dims_per_step=DIMS,
    nll_nats_per_step=nll * DIMS,
    nll_nats_per_step_stderr=found["nll_nats_per_dim_stderr"] * DIMS,
    nll_raw_nats_per_step=nll * DIMS + LOG_VOLUME,
  )


def _write_samples(run: str, identity: dict, seed: int) -> None:
  """Arrays and their record."""
  x = series(2)[:4]
  inputs, targets = x[:, :COND], x[:, COND:]
  noise = np.random.default_rng(seed).normal(
    0.0, 0.2, (len(x), SAMPLES, SCORED, DIMS)
  )
  outputs = (targets[:, None] + noise).astype(np.float32)
  np.savez(
    os.path.join(run, "samples.npz"),
    inputs=inputs,
    targets=targets,
    outputs=outputs,
    mean=MEAN,
    std=STD,
    names=np.array(["x0", "x1", "x2"]),
  )
  of_video = {
    f"{metric}_{field}": None
    for metric in ("psnr", "ssim")
    for field in ("best_of_n", "best_of_n_stderr", "per_step")
  }
  json_lines.append(
    os.path.join(run, "results", "samples.jsonl"),
    records.samples(
      **identity,
      **of_video,
      temperature=1.0,
      num_contexts=len(x),
      num_samples=SAMPLES,
      num_cond_steps=COND,
      num_predicted_steps=SCORED,
      **series_quality.record_fields(
        series_quality.best_of_n(outputs, targets)
      ),
    ),
  )
