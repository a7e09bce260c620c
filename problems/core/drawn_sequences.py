"""Data sets that are drawn: each sequence follows from its split and number."""

from collections.abc import Iterator, Sequence

import numpy as np
from tensor2tensor.data_generators import problem

from problems.core import by_item

NUM_SEQUENCES = {
  problem.DatasetSplit.TRAIN: 2000,
  problem.DatasetSplit.EVAL: 200,
  problem.DatasetSplit.TEST: 200,
}
_SPLIT_KEYS = {
  problem.DatasetSplit.TRAIN: 0,
  problem.DatasetSplit.EVAL: 1,
  problem.DatasetSplit.TEST: 2,
}


def seed(split: str, index: int) -> np.random.SeedSequence:
  """The seed of sequence number `index` of a split: no two are the same."""
  return np.random.SeedSequence([_SPLIT_KEYS[split], index])


class DrawnSequences(by_item.SequencesByItem):
  """The part of a Problem that draws sequences one by one, in any order.

  A subclass (which is a `SequenceProblem` too) says `draw_sequence`.
  """

  sequences_per_split = NUM_SEQUENCES
  is_drawn = True

  def draw_sequence(self, split: str, index: int) -> np.ndarray:
    """Sequence number `index` of a split, [time, ...step_shape]."""
    raise NotImplementedError

  def items(self, split: str) -> Sequence[int]:
    """The numbers of the sequences of a split."""
    return range(self.sequences_per_split[split])

  def sequences_of(
    self, split: str, items: Sequence[int]
  ) -> Iterator[tuple[str, np.ndarray]]:
    """Yields ("split/index", sequence)."""
    for index in items:
      yield f"{split}/{index}", self.draw_sequence(split, index)
