"""How unlikely a step is, measured by what the model itself would do.

The tail probability of a step is the share of futures, drawn from the context
of its window, whose NLL at that step is at least the true one's:

  p = (1 + number of such futures) / (1 + number of futures)

Where the model is right it is uniform on its values, whatever the model, its
bound and its units; near 0 is what the model would hardly do.
"""

from collections.abc import Sequence

import numpy as np

from t2t_af.experiments.asking import asked_run
from t2t_af.experiments.asking import long_work
from t2t_af.experiments.asking import sampler as sampler_lib
from t2t_af.experiments.asking import scorer as scorer_lib
from t2t_af.experiments.asking import tiling


def of_sequence(
  run: asked_run.AskedRun,
  scorer: scorer_lib.Scorer,
  name: str,
  steps: np.ndarray,
  nll: np.ndarray,
  num_samples: int,
  seed: int = 0,
  show_progress: bool = False,
) -> np.ndarray:
  """Tail probabilities [time]; NaN at steps that no window has as targets.

  Args:
    run, scorer: the model.
    name, steps: of the sequence, [time, ...].
    nll: of `Scorer.sequence`, [time].
    num_samples: futures of each window.
    seed: of the draws.
    show_progress: whether a bar is drawn where it takes long.
  """
  sampler = sampler_lib.Sampler(run, run.num_targets, num_samples, seed)
  starts = scorer.window_starts(name, len(steps))
  at_once = sampler.contexts_at_once
  batches = [starts[i : i + at_once] for i in range(0, len(starts), at_once)]
  probabilities = [
    _of_windows(run, scorer, sampler, name, steps, nll, batch)
    for batch in long_work.bar(
      batches, show_progress, f"futures of {name}", "batches"
    )
  ]
  return tiling.per_step(
    np.concatenate(probabilities), starts, scorer.length, len(steps)
  )


def _of_windows(
  run: asked_run.AskedRun,
  scorer: scorer_lib.Scorer,
  sampler: sampler_lib.Sampler,
  name: str,
  steps: np.ndarray,
  nll: np.ndarray,
  starts: Sequence[int],
) -> np.ndarray:
  """[windows, targets] of windows that begin at `starts`."""
  windows = tiling.cut(steps, starts, scorer.length)
  given = windows[:, : run.num_inputs]
  futures = sampler.futures(given)  # [windows, samples, targets, ...]
  num_samples = futures.shape[1]
  given = np.repeat(given[:, np.newaxis], num_samples, axis=1)
  drawn = np.concatenate([given, futures.astype(given.dtype)], axis=2)
  of_drawn = scorer.windows(
    drawn.reshape([-1, *windows.shape[1:]]),
    *scorer_lib.labels(name, np.repeat(starts, num_samples)),
    are_samples=True,
  )[:, -run.num_targets :]
  of_drawn = of_drawn.reshape([len(starts), num_samples, run.num_targets])
  true = tiling.cut(nll, starts, scorer.length)[:, run.num_inputs :]
  # What is not a number was no future that one would expect.
  beyond = num_samples - (of_drawn < true[:, np.newaxis]).sum(axis=1)
  return (1 + beyond) / (1 + num_samples)


def threshold(
  run: asked_run.AskedRun, scorer: scorer_lib.Scorer, rate: float
) -> float:
  """NLL, nats per dimension, above which `rate` of the dev split's steps are.

  Raises:
    UserError: the split is not in the run's data_dir.
  """
  nll = [
    scorer.windows(batch["steps"], batch["sequence_id"], batch["window_start"])
    for batch in run.split_batches("dev")
  ]
  return float(np.quantile(np.concatenate(nll), 1.0 - rate))
