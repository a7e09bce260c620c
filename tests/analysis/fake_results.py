"""Run folders with invented numbers and small seeded arrays."""

import json
import os

import numpy as np

from t2t_af.analysis.metrics import calibration as calibration_lib
from t2t_af.records import json_lines
from t2t_af.records import records
from tests.analysis import fake_windows

PROBLEM, SERIES = "video_moving_digits32", "series_activity_rec"
NUM_COND, NUM_SCORED, SIZE = 3, 6, 16
# Second of the last record; each later one is a second newer.
_TIME = "2030-01-01T00:00:{:02d}+00:00"


def likelihood(
  hparams_set: str,
  nll: float,
  seed: int = 0,
  problem: str = PROBLEM,
  split: str = "test",
  **fields,
) -> dict:
  """A record of NLL `nll` nats/dim; `spread`: of 8 sequences about it."""
  spread = fields.pop("spread", 0.1)
  per_sequence = nll + spread * np.linspace(-1, 1, 8)
  return records.likelihood(
    **{
      **_identity(hparams_set, problem, seed),
      "split": split,
      **fake_windows.fields([f"{split}/{i}" for i in range(8)], per_sequence),
      "nll_nats_per_dim": nll,
      "nll_nats_per_dim_stderr": 0.01,
      "nll_nats_per_dim_per_step": [nll] * NUM_SCORED,
      "num_cond_steps": NUM_COND,
      "num_scored_steps": NUM_SCORED,
      **fields,
    }
  )


def series(hparams_set: str, nats_per_step: float, dims: int, **fields) -> dict:
  """A record of a series of `dims` columns."""
  return likelihood(
    hparams_set,
    nats_per_step / dims,
    dims_per_step=dims,
    dequantization="none",
    **fields,
  )


def _identity(hparams_set: str, problem: str, seed: int) -> dict:
  return {
    "model": "slvm",
    "hparams_set": hparams_set,
    "hparams": "",
    "problem": problem,
    "split": "test",
    "checkpoint": "model.ckpt-100",
    "step": 100,
    "seed": seed,
    "num_parameters": 1000,
    "time": _TIME.format(0),
  }


def correlation(
  hparams_set: str,
  signal: str,
  value: float,
  step: int = 100,
  seed: int = 0,
  split: str = "test",
  problem: str = PROBLEM,
) -> dict:
  """A record of one signal's correlation; its error is 0.02."""
  return records.correlation(
    **{
      **_identity(hparams_set, problem, seed),
      "split": split,
      "step": step,
      "signal": signal,
      "correlation": value,
      "correlation_stderr": 0.02,
      "num_sequences": 8,
      "num_steps": 8 * NUM_SCORED,
      "num_dims": 4,
      "num_constant_dims": 0,
    }
  )


def calibration(
  hparams_set: str,
  spread: float = 1.0,
  seed: int = 0,
  problem: str = SERIES,
  **fields,
) -> dict:
  """A record of a model whose spread is `spread` times the true one.

  40 sequences of 5 steps, cut from 10 series.
  """
  x = np.random.default_rng([seed, len(problem)]).standard_normal([40, 5])
  found = calibration_lib.calibrate(
    calibration_lib.pit_of_noise(x / spread), [i // 4 for i in range(40)]
  )
  return records.calibration(
    **{
      **_identity(hparams_set, problem, seed),
      "method": "samples",
      "num_samples": 20,
      "crps": 0.5,
      "crps_stderr": 0.03,
      **found.record_fields(),
      **fields,
    }
  )


def sampled(
  hparams_set: str, psnr: float, seed: int = 0, problem: str = PROBLEM, **fields
) -> dict:
  """A samples record whose PSNR begins at `psnr` and falls 1 dB a frame."""
  per_step = [psnr - i for i in range(NUM_SCORED)]
  return records.samples(
    **{
      **_identity(hparams_set, problem, seed),
      "temperature": 1.0,
      "num_contexts": 9,
      "num_samples": 10,
      "num_cond_steps": NUM_COND,
      "num_predicted_steps": NUM_SCORED,
      "psnr_best_of_n": float(np.mean(per_step)),
      "psnr_best_of_n_stderr": 0.3,
      "psnr_per_step": per_step,
      "psnr_per_step_stderr": [0.5] * NUM_SCORED,
      "ssim_best_of_n": None,
      "ssim_best_of_n_stderr": None,
      "ssim_per_step": None,
      **fields,
    }
  )


def study(folder: str) -> str:
  """Two models on digits, three seeds each; 1-AF on a series in two splits."""
  written = []
  for seed in range(3):
    for hparams_set in ("slvm_af1_tiny", "slvm_af2_tiny"):
      written += [
        correlation(hparams_set, "x", 0.8, seed=seed),
        correlation(hparams_set, "y1", 0.5, seed=seed),
        sampled(hparams_set, 25.0, seed),
        likelihood(hparams_set, 2.5, seed),
      ]
    for problem in (SERIES, f"{SERIES}_split1"):
      written += [
        calibration("af1_activity_rec", 0.6, seed, problem),
        correlation("af1_activity_rec", "y1", 0.3, 100, seed, "test", problem),
        series("af1_activity_rec", 2.0 + seed, 6, seed=seed, problem=problem),
      ]
  write(folder, written)
  for seed in range(3):
    for i, hparams_set in enumerate(("slvm_af1_tiny", "slvm_af2_tiny")):
      run = run_folder(folder, likelihood(hparams_set, 2.0, seed))
      flow(os.path.join(run, "results", "flow.npz"), i + 1)
      samples(os.path.join(run, "samples.npz"), seed=i)
  return folder


def later(record: dict, seconds: int = 1) -> dict:
  """The same, written later."""
  return dict(record, time=_TIME.format(seconds))


def write(folder: str, written) -> str:
  """Writes records where a run of their set, problem and seed would."""
  for record in written:
    run = run_folder(folder, record)
    os.makedirs(os.path.join(run, "results"), exist_ok=True)
    with open(os.path.join(run, "run.json"), "w", encoding="utf-8") as stream:
      json.dump(
        {
          key: record.get(key)
          for key in (
            "hparams_set",
            "hparams",
            "problem",
            "seed",
            "num_parameters",
          )
        },
        stream,
      )
    # As json_lines.append, but without waiting for the disk.
    path = os.path.join(run, "results", record["kind"] + ".jsonl")
    with open(path, "a", encoding="utf-8") as stream:
      stream.write(json_lines.dumps(record) + "\n")
  return str(folder)


def run_folder(folder: str, record: dict) -> str:
  share = record.get("train_fraction", 1.0)
  return os.path.join(
    folder,
    record["problem"] + f"_{share:g}",
    record["hparams_set"],
    f"seed_{record['seed']}",
  )


def video(channels: int = 1, seed: int = 0, num: int = 2) -> np.ndarray:
  """uint8 [num, time, SIZE, SIZE, channels]: a bright square that moves."""
  rng = np.random.default_rng(seed)
  frames = np.full(
    (num, NUM_COND + NUM_SCORED, SIZE, SIZE, channels), 30, np.uint8
  )
  for i in range(num):
    left = int(rng.integers(0, 4))
    for t in range(frames.shape[1]):
      frames[i, t, 4:9, left + t : left + t + 4] = 220
  return frames


def flow(
  path: str, num_transforms: int = 1, latents: bool = False, channels: int = 1
) -> dict:
  """Writes flow.npz; returns its arrays. Transform m: shift = last step."""
  x = video(channels)
  rng = np.random.default_rng(1)
  arrays = {"x": x, "num_cond": NUM_COND}
  signal = x / 256.0
  for m in range(1, num_transforms + 1):
    shift = np.roll(signal, 1, axis=1)
    scale = np.full(x.shape, 0.1) + 0.1 * rng.random(x.shape)
    noise = (signal - shift) / scale
    for values in (shift, scale, noise):
      values[:, : NUM_COND * m] = np.nan
    arrays.update(
      {
        f"shift_{m}": shift.astype(np.float16),
        f"scale_{m}": scale.astype(np.float16),
        f"y_{m}": noise.astype(np.float16),
      }
    )
    signal = noise
  if latents:
    for level in (0, 1):
      shape = x.shape[:2] + (SIZE // 2 ** (level + 1),) * 2 + (4,)
      for name in ("z", "alpha", "beta", "u"):
        arrays[f"{name}_{level}"] = (
          rng.normal(size=shape) + (name == "beta") * 3
        ).astype(np.float16)
  os.makedirs(os.path.dirname(path), exist_ok=True)
  np.savez_compressed(path, **arrays)
  return arrays


def samples(
  path: str,
  seed: int,
  num_given: int = NUM_COND,
  num_samples: int = 2,
  data_seed: int = 0,
) -> dict:
  """Writes samples.npz of the same videos; `seed`: of the samples."""
  frames = video(seed=data_seed)
  rng = np.random.default_rng(seed)
  truth = frames[:, num_given:]
  arrays = dict(
    inputs=frames[:, :num_given],
    targets=truth,
    outputs=rng.integers(
      0, 256, (len(truth), num_samples) + truth.shape[1:], dtype=np.uint8
    ),
  )
  os.makedirs(os.path.dirname(path), exist_ok=True)
  np.savez_compressed(path, **arrays)
  return arrays
