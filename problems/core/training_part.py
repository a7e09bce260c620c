"""A part of the training split, by whole sequences (Fig. 8c).

Hparams:
  train_fraction       share of the sequences, above 0 and at most 1
  train_fraction_seed  of the order in which sequences are taken

One order per seed, of which the first round(fraction * N) sequences are taken,
at least one: so the part of a smaller fraction lies within that of a larger
one. What the data was standardised by is still measured on all of them.
"""

from collections.abc import Sequence
from typing import NamedTuple, Optional

import numpy as np
from tensor2tensor.utils import hparam

from t2t_af import effect
from t2t_af.errors import UserError

_MAX_SEED = 2**32 - 1  # NumPy's
READS = (
  effect.Rule(("train_fraction",)),
  effect.Rule(
    ("train_fraction_seed",),
    (
      effect.Condition(
        "train_fraction below 1",
        lambda hparams, kind: getattr(hparams, "train_fraction", 1.0) != 1.0,
      ),
    ),
  ),
)


class Part(NamedTuple):
  """Fields as the hparams without `train_`."""

  fraction: float
  fraction_seed: int

  def size(self, num_sequences: int) -> int:
    """How many of `num_sequences` are taken."""
    return max(1, round(self.fraction * num_sequences))

  def masks(self, counts: Sequence[int]) -> list[np.ndarray]:
    """Which sequences of each file are taken.

    Args:
      counts: numbers of sequences of all files of the split.

    Returns:
      bool [count] per file.
    """
    total = sum(counts)
    # Not default_rng: NumPy may change its streams from version to version.
    order = np.random.RandomState(self.fraction_seed).permutation(total)
    taken = np.zeros([total], bool)
    taken[order[: self.size(total)]] = True
    return np.split(taken, np.cumsum(counts)[:-1])


def from_hparams(hparams: Optional[hparam.HParams]) -> Part:
  """The part by `train_fraction`; all where there is no such hparam.

  Raises:
    UserError: a fraction that is not above 0 and at most 1, or a seed that is
      none.
  """
  part = Part(
    getattr(hparams, "train_fraction", 1.0),
    getattr(hparams, "train_fraction_seed", 0),
  )
  if not 0.0 < part.fraction <= 1.0:  # NaN too
    raise UserError(
      f"train_fraction={part.fraction} must be above 0 and at "
      "most 1: the share of the training sequences to train on"
    )
  if not 0 <= part.fraction_seed <= _MAX_SEED:
    raise UserError(
      f"train_fraction_seed={part.fraction_seed} must be from 0 to {_MAX_SEED}"
    )
  return part
