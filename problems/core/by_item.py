"""Data sets whose sequences come from a list of items, each for itself."""

from collections.abc import Iterator, Sequence
from typing import Any


class SequencesByItem:
  """The part of a Problem that can make its sequences in parts, side by side.

  An item is whatever one or more sequences are made from, e.g. a file; it is
  small and can be sent to another process. `--beam` needs this.

  A subclass (which is a `SequenceProblem` too) says `items` and `sequences_of`.
  """

  def items(self, split: str) -> Sequence[Any]:
    """What a split is made from, in order; after `prepare_to_generate`."""
    raise NotImplementedError

  def sequences_of(
    self, split: str, items: Sequence[Any]
  ) -> Iterator[tuple[str, Any]]:
    """Yields (id, sequence) of some neighbouring items of `items(split)`.

    They do not depend on which items come before or after.
    """
    raise NotImplementedError

  def generate_sequences(
    self, data_dir: str, tmp_dir: str, split: str
  ) -> Iterator[tuple[str, Any]]:
    """Yields (id, sequence) of all items."""
    del data_dir, tmp_dir
    return self.sequences_of(split, self.items(split))


def has_items(problem: Any) -> bool:
  """Whether a problem's sequences are those of its items, and no others."""
  return (
    getattr(type(problem), "generate_sequences", None)
    is SequencesByItem.generate_sequences
  )
