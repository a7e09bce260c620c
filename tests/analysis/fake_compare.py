"""A compare folder with invented numbers, as three finished sets leave it.

Seeded; a test asserts against `NLL`, the numbers put in.
"""

import json
import os

import numpy as np

from t2t_af.analysis.metrics import quality
from t2t_af.analysis.metrics import references
from t2t_af.records import json_lines
from t2t_af.records import records
from tests.analysis import fake_windows

SETS = ("video_flow_tiny", "video_flow_af_tiny", "video_flow_af_tiny_residual")
LABELS = dict(
  zip(SETS, ("VideoFlow", "VideoFlow + AF", "VideoFlow + AF, residual start"))
)
SEEDS = (1, 2, 3)
STEPS = 600
NUM_COND, NUM_SCORED, NUM_SEQUENCES, NUM_SAMPLES = 3, 10, 40, 4
PARAMETERS = dict(zip(SETS, (871236, 1311228, 1311228)))
# nats/dim on the test split, per set, seeds 1 to 3.
NLL = dict(
  zip(
    SETS, ((1.361, 1.372, 1.350), (1.392, 1.411, 1.398), (1.341, 1.349, 1.336))
  )
)


def write(
  folder: str,
  sets=SETS,
  seeds=SEEDS,
  size: int = 16,
  bounds=(),
  with_samples: bool = True,
) -> str:
  """Writes the folder; `bounds`: sets whose NLL is an upper bound."""
  os.makedirs(folder, exist_ok=True)
  with open(
    os.path.join(folder, "compare.json"), "w", encoding="utf-8"
  ) as stream:
    json.dump(
      {
        "problem": "video_toy_pushing",
        "sets": list(sets),
        "seeds": list(seeds),
        "steps": STEPS,
        "labels": LABELS,
        "hardware": {"cpu": "Invented CPU", "cores": 2, "memory_gib": 24.0},
      },
      stream,
    )
  videos = moving_square(NUM_SEQUENCES, NUM_COND + NUM_SCORED, size, seed=0)
  train = moving_square(NUM_SEQUENCES, NUM_COND + NUM_SCORED, size, seed=1)
  for record in references.compute(
    train, videos, NUM_COND, NUM_SCORED, "video_toy_pushing"
  ):
    json_lines.append(os.path.join(folder, "references.jsonl"), record)
  for hparams_set in sets:
    for i, seed in enumerate(seeds):
      run = os.path.join(folder, hparams_set, f"seed_{seed}")
      write_run(
        run,
        hparams_set,
        seed,
        NLL[hparams_set][i],
        hparams_set in bounds,
        videos if with_samples else None,
      )
  return folder


def write_run(
  run: str,
  hparams_set: str,
  seed: int,
  nll: float,
  bound: bool = False,
  videos=None,
) -> None:
  """One run folder that ends at `nll` nats/dim on test."""
  rng = np.random.default_rng([seed, SETS.index(hparams_set)])
  results = os.path.join(run, "results")
  os.makedirs(results, exist_ok=True)
  _write_info(run, hparams_set, seed)
  _write_training(results, nll, rng)
  _write_likelihoods(results, hparams_set, seed, nll, bound, rng)
  if videos is not None:
    _write_samples(run, results, hparams_set, seed, videos, rng)


def _write_info(run: str, hparams_set: str, seed: int) -> None:
  with open(os.path.join(run, "run.json"), "w", encoding="utf-8") as stream:
    json.dump(
      {
        "hparams_set": hparams_set,
        "seed": seed,
        "steps": STEPS,
        "num_parameters": PARAMETERS[hparams_set],
        "peak_memory_mib": 900 + 90 * SETS.index(hparams_set),
        "seconds_per_step": 0.3 + 0.1 * SETS.index(hparams_set),
      },
      stream,
    )


def _write_training(results: str, nll: float, rng) -> None:
  _write_lines(
    os.path.join(results, "training.jsonl"),
    [
      records.training(
        step=step,
        seconds_per_step=0.3,
        nll_nats_per_dim=curve(nll, step) + 0.03 * rng.normal(),
      )
      for step in range(10, STEPS + 1, 10)
    ],
  )


def _write_likelihoods(results, hparams_set, seed, nll, bound, rng) -> None:
  """Of dev every 100 steps, then of test."""
  scored = [
    likelihood(
      hparams_set,
      seed,
      "dev",
      step,
      curve(nll, step) + 0.01 * rng.normal(),
      rng,
    )
    for step in range(100, STEPS + 1, 100)
  ]
  test = likelihood(hparams_set, seed, "test", STEPS, nll, rng)
  _write_lines(
    os.path.join(results, "likelihood.jsonl"),
    [*scored, dict(test, bound=bound)],
  )


def curve(nll: float, step: int) -> float:
  """A learning curve that reaches `nll` at the last step."""
  return nll + 3.0 * (np.exp(-step / 80.0) - np.exp(-STEPS / 80.0))


def identity(hparams_set: str, seed: int, split: str, step: int) -> dict:
  return dict(
    model="video_flow",
    hparams_set=hparams_set,
    hparams="",
    problem="video_toy_pushing",
    split=split,
    step=step,
    seed=seed,
    checkpoint=f"model.ckpt-{step}",
    num_parameters=PARAMETERS[hparams_set],
  )


def likelihood(hparams_set, seed, split, step, nll, rng, **fields) -> dict:
  per_step = nll + 0.01 * (np.arange(NUM_SCORED) - (NUM_SCORED - 1) / 2)
  ids = [f"{split}/{i}" for i in range(NUM_SEQUENCES)]
  per_sequence = fake_windows.about(
    nll, 0.006 + 0.001 * rng.random(), NUM_SEQUENCES, rng
  )
  return records.likelihood(
    **{
      **identity(hparams_set, seed, split, step),
      **fake_windows.fields(ids, per_sequence),
      "nll_nats_per_dim": nll,
      "nll_nats_per_dim_per_step": per_step,
      "num_cond_steps": NUM_COND,
      "num_scored_steps": NUM_SCORED,
      **fields,
    }
  )


def moving_square(num: int, time: int, size: int, seed: int) -> np.ndarray:
  """uint8 [num, time, size, size, 3]: a square over a fixed texture."""
  rng = np.random.default_rng(seed)
  table = np.random.default_rng(99).integers(60, 110, (size, size, 3))
  videos = np.empty((num, time, size, size, 3), np.uint8)
  side = size // 4
  for i in range(num):
    place = rng.uniform(0, size - side, 2)
    speed = rng.uniform(-size / 12, size / 12, 2)
    for t in range(time):
      place = np.clip(place + speed, 0, size - side)
      y, x = place.astype(int)
      frame = table + rng.integers(-2, 3, table.shape)
      frame[y : y + side, x : x + side] = (200, 80, 40)
      videos[i, t] = frame
  return videos


def _write_lines(path: str, lines) -> None:
  """As `json_lines.append`, but without waiting for the disk at each line."""
  with open(path, "w", encoding="utf-8") as stream:
    stream.writelines(json_lines.dumps(line) + "\n" for line in lines)


def _write_samples(run, results, hparams_set, seed, videos, rng) -> None:
  videos = videos[:4]
  truth = videos[:, NUM_COND:]
  noise = rng.normal(0, 12, (len(truth), NUM_SAMPLES) + truth.shape[1:])
  growth = np.linspace(0.5, 2, NUM_SCORED)[:, None, None, None]
  outputs = np.clip(truth[:, None] + noise * growth, 0, 255).astype(np.uint8)
  np.savez_compressed(
    os.path.join(run, "samples.npz"),
    inputs=videos[:, :NUM_COND],
    targets=truth,
    outputs=outputs,
  )
  found = quality.best_of_n(outputs, truth)
  json_lines.append(
    os.path.join(results, "samples.jsonl"),
    records.samples(
      **identity(hparams_set, seed, "test", STEPS),
      temperature=1.0,
      num_contexts=len(videos),
      num_samples=NUM_SAMPLES,
      num_cond_steps=NUM_COND,
      num_predicted_steps=NUM_SCORED,
      **quality.record_fields(found),
    ),
  )
