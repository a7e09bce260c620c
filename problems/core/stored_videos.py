"""What data made before has of a folder that has grown since.

A video that did not change keeps its records, as they are stored, and every
video keeps its split: what was tested on is never trained on later.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Callable, NamedTuple, Optional

import tensorflow.compat.v1 as tf

from problems.core import sequence_records
from problems.core import shard_entry
from problems.core import shards
from problems.core import source_changes
from t2t_af.errors import UserError

_FRAMES = "frames/count"


class Record:
  """A sequence as it is stored; its length is that of the sequence."""

  def __init__(self, data: bytes, num_steps: int) -> None:
    self.data = data
    self._num_steps = num_steps

  def __len__(self) -> int:
    return self._num_steps


class Stored(NamedTuple):
  """Data that is there.

  Attributes:
    store: where; None for nowhere.
    details: of its manifest; empty if there is none.
    shards: the files of each complete split, by its name in files.
    sequences: of each, {name of a video: its number of sequences}.
    decoders: of each, what its videos were decoded by.
  """

  store: Optional[shards.Store]
  details: Mapping[str, Any]
  shards: Mapping[str, Sequence[shards.Shard]]
  sequences: Mapping[str, Mapping[str, int]]
  decoders: Mapping[str, Optional[str]]

  def records(self, split: str) -> Iterator[tuple[str, Record]]:
    """Yields (id, record) of a split, in order."""
    if self.store is not None:
      for shard in self.shards.get(split, ()):
        yield from _records(self.store, shard)

  def reusable(
    self, details: Mapping[str, Any], decoder: str
  ) -> Callable[[str], Optional[str]]:
    """What gives the sha256 that a video had, if its records can be used.

    Args:
      details: what data is to be made with now.
      decoder: the same, of the programs that decode.
    """
    is_same = all(self.details.get(key) == details[key] for key in details)
    before = self.details.get(shard_entry.SOURCE_FILES, {})

    def _digest(name: str) -> Optional[str]:
      shown = source_changes.shown(name)
      for split, sequences in self.sequences.items():
        if is_same and shown in sequences and self.decoders[split] == decoder:
          while name and name not in before:
            name = name.rpartition("/")[0]  # of one of several in a file
          return before.get(name)
      return None

    return _digest

  def splits_of(
    self, digests: Mapping[str, str], source_dir: str
  ) -> dict[str, str]:
    """{name: split} of those of a folder's videos that were dealt out before.

    Args:
      digests: {name: sha256} of them; one that was renamed is known by it.
      source_dir: the folder.
    """
    if self.details.get("source_dir") != source_dir:
      return {}
    dealt = self._dealt()
    before = self.details.get(shard_entry.SOURCE_FILES, {})
    by_digest = {
      digest: dealt[source_changes.shown(name)]
      for name, digest in before.items()
      if source_changes.shown(name) in dealt
    }
    splits = {
      name: dealt.get(source_changes.shown(name), by_digest.get(digest))
      for name, digest in digests.items()
    }
    return {name: split for name, split in splits.items() if split}

  def _dealt(self) -> dict[str, str]:
    """{name of a video: its split}."""
    kept = self.details.get(shard_entry.SOURCE_SPLITS)
    dealt = kept if isinstance(kept, Mapping) else self.sequences
    return {name: split for split, names in dealt.items() for name in names}


def find(store: shards.Store, splits: Sequence[str]) -> Stored:
  """What is in a store and not damaged.

  Args:
    store: of the problem.
    splits: the names of its splits in files.
  """
  found: dict[str, Sequence[shards.Shard]] = {}
  sequences, decoders = {}, {}
  try:
    manifest = store.manifest()
  except UserError:
    manifest = {}
  for split in splits:
    try:
      files = store.shards(split)
      sequences[split] = _count(store, files)
    except UserError:
      continue
    found[split] = files
    decoders[split] = manifest["splits"][split].get("source", {}).get("decoder")
  return Stored(store, manifest.get("details", {}), found, sequences, decoders)


def video_name(sequence_id: str) -> str:
  """Of "kitchen/cam1.mp4/301-600", which video it is a part of."""
  return sequence_id.rpartition("/")[0]


def _count(
  store: shards.Store, files: Sequence[shards.Shard]
) -> dict[str, int]:
  counts: dict[str, int] = {}
  for shard in files:
    for sequence_id, _ in _records(store, shard):
      name = video_name(sequence_id)
      counts[name] = counts.get(name, 0) + 1
  return counts


def _records(
  store: shards.Store, shard: shards.Shard
) -> Iterator[tuple[str, Record]]:
  for record in store.read(shard):
    features = tf.train.Example.FromString(record.data).features.feature
    [length] = features[_FRAMES].int64_list.value
    yield sequence_records.sequence_id(features), Record(record.data, length)
