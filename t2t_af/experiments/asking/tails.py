"""How unlikely a step is, measured by what the model itself would do.

The tail probability of a step is the share of futures, drawn from the context
of its window, whose NLL at that step is at least the true one's:

  p = (1 + number of such futures) / (1 + number of futures)

Where the model is right it is uniform on its values, whatever the model, its
bound and its units; near 0 is what the model would hardly do.
"""

import numpy as np

from t2t_af.experiments.asking import asked_run
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
) -> np.ndarray:
  """Tail probabilities [time]; NaN at steps that no window has as targets.

  Args:
    run, scorer: the model.
    name, steps: of the sequence, [time, ...].
    nll: of `Scorer.sequence`, [time].
    num_samples: futures of each window.
    seed: of the draws.
  """
  sampler = sampler_lib.Sampler(run, run.num_targets, num_samples, seed)
  starts = scorer.window_starts(name, len(steps))
  num_inputs = run.num_inputs
  probabilities = []
  for start in starts:
    given = steps[start : start + num_inputs]
    futures = sampler.futures(given)
    given = np.repeat(given[np.newaxis], num_samples, axis=0)
    drawn = scorer.windows(
      np.concatenate([given, futures], axis=1),
      *scorer_lib.labels(name, [start] * num_samples),
      are_samples=True,
    )[:, -run.num_targets :]
    true = nll[start + num_inputs : start + scorer.length]
    # What is not a number was no future that one would expect.
    beyond = num_samples - (drawn < true).sum(axis=0)
    probabilities.append((1 + beyond) / (1 + num_samples))
  return tiling.per_step(
    np.array(probabilities), starts, scorer.length, len(steps)
  )


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
