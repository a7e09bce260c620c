"""How well the numbers of a trained model stand: what float32 loses in it.

round trips         what goes through a flow and back, on real windows
condition numbers   of the 1x1 convolutions of Glow: by about this factor an
                    error grows on the way back
share at the bound  of log-scales, of the conditioners of flows and of the
                    likelihoods: a network that wants to be elsewhere
"""

import math
import re
from typing import Any, NamedTuple

import numpy as np
import tensorflow.compat.v1 as tf

from t2t_af.experiments import trained_run
from t2t_af.networks import bounds

OK, POOR, BAD = "ok", "poor", "bad"
_AT_BOUND = 0.99  # of a bound counts as there
# Above the first a finding is poor, above the second it is bad.
_LIMITS = {
  "round trip": (1e-3, 1e-2),  # error by size; frames: half a level is 2e-3
  "condition": (1e3, 1e5),  # float32 keeps seven digits
  "share at bound": (0.01, 0.1),
}
_PARTS = ("P", "L", "U", "sign_S", "log_S")
_CONVOLUTION = re.compile(r"(.*/revnet_(\d+)/revnet_step_(\d+)/invertible)/P$")


class Finding(NamedTuple):
  """One number of a model, and what it means.

  Attributes:
    kind: of _LIMITS.
    what: it is of.
    value: the error by the size of what went, the condition number, the share.
    detail: where it comes from.
  """

  kind: str
  what: str
  value: float
  detail: str

  @property
  def verdict(self) -> str:
    """OK, POOR or BAD."""
    poor, bad = _LIMITS[self.kind]
    if not self.value <= bad:  # NaN too
      return BAD
    return OK if self.value <= poor else POOR


def findings(
  run: trained_run.TrainedRun, split: str, num_windows: int
) -> list[Finding]:
  """All of a run.

  Args:
    run: of one of our models.
    split: "train", "dev" or "test".
    num_windows: how many go there and back; of series evenly apart.
  """
  scopes: list[tuple[str, float, float]] = []

  def fetches(model: Any, features: Any) -> dict[str, Any]:
    trips = model.inversion(dict(features))
    noted = bounds.noted()
    scopes[:] = [(n.scope, n.low, n.high) for n in noted]
    shares = [
      tf.stack(
        [_share_above(-n.log_scale, -n.low), _share_above(n.log_scale, n.high)]
      )
      for n in noted
    ]
    return dict(trips=trips, shares=shares)

  batches = run.batches(split, num_windows, fetches)
  return [
    *_of_trips([batch["trips"] for batch in batches]),
    *_of_convolutions(tf.train.load_checkpoint(run.checkpoint)),
    *_of_shares(scopes, [batch["shares"] for batch in batches]),
  ]


def _share_above(values: tf.Tensor, bound: float) -> tf.Tensor:
  return tf.reduce_mean(tf.cast(values >= _AT_BOUND * bound, tf.float32))


def _of_trips(batches: list[dict[str, Any]]) -> list[Finding]:
  found = []
  for what in batches[0]:
    error = max(float(batch[what].error) for batch in batches)
    size = max(float(batch[what].size) for batch in batches)
    detail = f"largest error {error:.2g} of numbers up to {size:.2g}"
    found.append(Finding("round trip", what, error / max(size, 1e-30), detail))
  return found


def _of_convolutions(reader: Any) -> list[Finding]:
  """The worst of each level."""
  levels: dict[int, list[tuple[float, int]]] = {}
  for name in sorted(reader.get_variable_to_shape_map()):
    match = _CONVOLUTION.match(name)
    if match:
      scope, level, step = match.groups()
      parts = [
        reader.get_tensor(f"{scope}/{part}").astype(np.float64)
        for part in _PARTS
      ]
      condition = condition_number(*parts)
      levels.setdefault(int(level), []).append((condition, int(step)))
  return [
    Finding(
      "condition",
      f"1x1 convolutions of level {level}",
      max(conditions)[0],
      f"the largest of {len(conditions)}, in step {max(conditions)[1]}",
    )
    for level, conditions in sorted(levels.items())
  ]


def condition_number(
  p: np.ndarray,
  lower: np.ndarray,
  upper: np.ndarray,
  sign_s: np.ndarray,
  log_s: np.ndarray,
) -> float:
  """Of W = P (L + I) (U + diag(sign_s exp(log_s))); infinite if singular."""
  identity = np.eye(len(p))
  weights = p @ (np.tril(lower, -1) + identity)
  with np.errstate(over="ignore"):
    weights = weights @ (np.triu(upper, 1) + np.diag(sign_s * np.exp(log_s)))
  if not np.isfinite(weights).all():
    return math.inf
  return float(np.linalg.cond(weights))


def _of_shares(
  scopes: list[tuple[str, float, float]], batches: list[list[np.ndarray]]
) -> list[Finding]:
  found = []
  for number, (scope, low, high) in enumerate(scopes):
    below, above = np.mean([batch[number] for batch in batches], axis=0)
    found.append(
      Finding(
        "share at bound",
        f"log-scales of {scope.split('/body/')[-1]}",
        float(below + above),
        f"{100 * below:.2f} % at {low:g} and {100 * above:.2f} % at {high:g}",
      )
    )
  return found
