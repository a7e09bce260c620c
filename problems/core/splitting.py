"""Which recording belongs to which split: shuffled once, then kept in files.

    python scripts/make_splits.py      # writes problems/splits/*.json anew

The paper does not say how it splits its UCI sets. Here: by whole recordings,
stratified where there are classes, about 70 / 10 / 20 %; recordings that share
data or circumstances stay together (`Unit`). Which recordings are tested on
moves a result by much, so there are five splits, each a registered problem:
`series_activity_rec` has split seed 0, `series_activity_rec_split1`
split seed 1 ... They are the five folds of one shuffle: over all five, every
recording is tested on exactly once.

A file holds {split seed: {split: [names]}}. Loaders read the file, never this
rule: another NumPy may shuffle otherwise.
"""

from collections.abc import Sequence
import json
import pathlib

import numpy as np
from tensor2tensor.data_generators import problem
from tensor2tensor.utils import registry

NUM_SEEDS = 5
TRAIN = problem.DatasetSplit.TRAIN
EVAL = problem.DatasetSplit.EVAL
TEST = problem.DatasetSplit.TEST
SPLITS = (TRAIN, EVAL, TEST)
_SHUFFLE_SEED = 2021  # the paper's year

_FOLDER = pathlib.Path(__file__).parents[1] / "splits"

# {split: names of recordings}.
Splits = dict[str, list[str]]
# Recordings that no split may part.
Unit = Sequence[str]


def assign(strata: Sequence[Sequence[Unit]], seed: int) -> Splits:
  """Deals the recordings of each stratum out to the splits.

  Args:
    strata: groups that each split should have its share of; of each, the units.
    seed: 0 to 4, which fifth of each stratum is the test split.

  Returns:
    In every stratum of at least five units each split has at least one; of
    fewer, some splits lack the stratum.
  """
  rng = np.random.default_rng(_SHUFFLE_SEED)
  splits: Splits = {split: [] for split in SPLITS}
  for units in strata:
    order = rng.permutation(len(units))
    folds = [
      order[(seed + k) % NUM_SEEDS :: NUM_SEEDS] for k in range(NUM_SEEDS)
    ]
    num_eval = max(1, round(len(units) / 10))
    rest = np.concatenate(folds[1:])
    for split, part in (
      (TEST, folds[0]),
      (EVAL, rest[:num_eval]),
      (TRAIN, rest[num_eval:]),
    ):
      splits[split] += [name for i in part for name in units[i]]
  return {split: sorted(names) for split, names in splits.items()}


def load(name: str, seed: int) -> Splits:
  """The committed splits of a set under one seed."""
  text = (_FOLDER / f"{name}.json").read_text(encoding="utf-8")
  return json.loads(text)[str(seed)]


def register(cls: type[problem.Problem]) -> type[problem.Problem]:
  """Registers a problem (split seed 0) and its variants with other seeds."""
  for seed in range(1, NUM_SEEDS):
    registry.register_problem(
      type(
        f"{cls.__name__}Split{seed}",
        (cls,),
        {
          "split_seed": seed,
          "__module__": cls.__module__,
          "__doc__": f"{cls.__name__} with split seed {seed}.",
        },
      )
    )
  return registry.register_problem(cls)


def to_json(strata: Sequence[Sequence[Unit]]) -> str:
  """The content of a set's file: the splits under every seed."""
  splits = {str(seed): assign(strata, seed) for seed in range(NUM_SEEDS)}
  return json.dumps(splits, indent=1) + "\n"


def write(name: str, strata: Sequence[Sequence[Unit]]) -> None:
  """Writes the file of a set."""
  _FOLDER.mkdir(exist_ok=True)
  (_FOLDER / f"{name}.json").write_text(to_json(strata), encoding="utf-8")
