"""Which recording belongs to which split: shuffled once, then kept in files.

    python scripts/make_splits.py      # writes problems/splits/*.json anew

The paper does not say how it splits its UCI sets, and which recordings are
tested on moves a result by much. So there are three protocols, each split of
each a registered problem:

  folds   by whole recordings, stratified where there are classes, about
          70 / 10 / 20 %; recordings that share data or circumstances stay
          together (`Unit`). Five folds of one shuffle: over all five, every
          recording is tested on exactly once. `series_activity_rec` has split
          seed 0, `series_activity_rec_split1` split seed 1 ...
  random  by whole recordings, 20 % of them drawn at random for the test and
          10 % for dev, whatever they share: the plainest, and the likeliest to
          be the paper's. `series_activity_rec_random`, `..._random_split1` ...
  time    the last 20 % of every recording, with a gap of one window before it
          (`time_parts`). `series_activity_rec_time`

The files hold {split seed, of random ones "random" before it: {split:
[names]}}. Loaders read the file, never this
rule: another NumPy may shuffle otherwise.
"""

from collections.abc import Mapping, Sequence
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
FOLDS, RANDOM, TIME = "folds", "random", "time"
# As records and tables say them.
WORDS = {
  FOLDS: "five folds by recording",
  RANDOM: "random 80/20 by recording",
  TIME: "last 20 % of each recording",
}
_TEST, _EVAL = 0.2, 0.1  # shares, of random and time
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


def assign_random(strata: Sequence[Sequence[Unit]], seed: int) -> Splits:
  """Deals the recordings out at random, whatever stratum or unit they are in.

  Args:
    strata: as of `assign`.
    seed: 0 to 4.
  """
  names = sorted(name for units in strata for unit in units for name in unit)
  order = np.random.default_rng([_SHUFFLE_SEED, seed]).permutation(len(names))
  num_test, num_eval = (max(1, round(s * len(names))) for s in (_TEST, _EVAL))
  bounds = [num_test, num_test + num_eval]
  return {
    split: sorted(names[i] for i in part)
    for split, part in zip((TEST, EVAL, TRAIN), np.split(order, bounds))
  }


def time_parts(
  stretches: Sequence[np.ndarray], gap: int
) -> dict[str, list[np.ndarray]]:
  """Cuts a recording in time: train, a gap, dev (10 %), a gap, test (20 %).

  Args:
    stretches: [time, ...] each, of one recording, in order.
    gap: steps that are in no split, before dev and before test.

  Returns:
    {split: what of each stretch is in it}.
  """
  total = sum(map(len, stretches))
  test = total - round(_TEST * total)
  dev = test - gap - round(_EVAL * total)
  spans = {TRAIN: (0, dev - gap), EVAL: (dev, test - gap), TEST: (test, total)}
  parts: dict[str, list[np.ndarray]] = {split: [] for split in SPLITS}
  start = 0
  for stretch in stretches:
    for split, (first, last) in spans.items():
      part = stretch[max(0, first - start) : max(0, last - start)]
      if len(part):
        parts[split].append(part)
    start += len(stretch)
  return parts


def extend(known: Mapping[str, str], names: Sequence[str]) -> Splits:
  """Deals out those of `names` that are in no split yet.

  Args:
    known: {name: split} of the others.
    names: all of them.

  Returns:
    Each new name, in an order shuffled by a fixed seed, is in the split that
    lacks most of its share: a fifth is "test", a tenth is "eval"; an empty
    split comes first.
  """
  splits: Splits = {split: [] for split in SPLITS}
  for name in names:
    if name in known:
      splits[known[name]].append(name)
  new = [name for name in names if name not in known]
  shares = {TEST: _TEST, EVAL: _EVAL, TRAIN: 1 - _TEST - _EVAL}
  for k in np.random.default_rng(_SHUFFLE_SEED).permutation(len(new)):
    total = 1 + sum(map(len, splits.values()))

    def _lacks(split: str, total: int = total) -> tuple[bool, float]:
      return not splits[split], shares[split] * total - len(splits[split])

    splits[max(SPLITS, key=_lacks)].append(new[k])
  return {split: sorted(found) for split, found in splits.items()}


def load(name: str, seed: int, rule: str = FOLDS) -> Splits:
  """The committed splits of a set under one seed, of FOLDS or RANDOM."""
  text = (_FOLDER / f"{name}.json").read_text(encoding="utf-8")
  return json.loads(text)[_key(rule, seed)]


def register(cls: type[problem.Problem]) -> type[problem.Problem]:
  """Registers a problem (folds, split seed 0) and its other splits."""
  for rule, seeds in (
    (FOLDS, range(1, NUM_SEEDS)),
    (RANDOM, range(NUM_SEEDS)),
    (TIME, [0]),
  ):
    for seed in seeds:
      registry.register_problem(_variant(cls, rule, seed))
  return registry.register_problem(cls)


def _variant(
  cls: type[problem.Problem], rule: str, seed: int
) -> type[problem.Problem]:
  name = cls.__name__
  if rule != FOLDS:
    name += rule.capitalize()
  if seed:
    name += f"Split{seed}"
  attributes = {
    "split_rule": rule,
    "split_seed": seed,
    "__module__": cls.__module__,
    "__doc__": f"{cls.__name__}: {WORDS[rule]}, split seed {seed}.",
  }
  return type(name, (cls,), attributes)


def _key(rule: str, seed: int) -> str:
  return str(seed) if rule == FOLDS else f"{rule}{seed}"


def to_json(strata: Sequence[Sequence[Unit]]) -> str:
  """The content of a set's file: the splits under every seed."""
  splits = {
    _key(rule, seed): deal(strata, seed)
    for rule, deal in ((FOLDS, assign), (RANDOM, assign_random))
    for seed in range(NUM_SEEDS)
  }
  return json.dumps(splits, indent=1) + "\n"


def write(name: str, strata: Sequence[Sequence[Unit]]) -> None:
  """Writes the file of a set."""
  _FOLDER.mkdir(exist_ok=True)
  (_FOLDER / f"{name}.json").write_text(to_json(strata), encoding="utf-8")
